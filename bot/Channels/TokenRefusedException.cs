using Outreach.Activities;

namespace Outreach.Channels;

/// <summary>The vendor lent no token, and so nothing was sent.</summary>
internal sealed class TokenRefusedException(SendClass @class, string? vendorCode = null) : Exception("The vendor lent no token.")
{
    public SendClass Class { get; } = @class;
    public string? VendorCode { get; } = vendorCode;
}
