using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Outreach.Contacts;

/// <summary>Addresses at which one contact leaves the notices: sealed, so that they tell nothing and nobody makes one for another contact. They never end.</summary>
public sealed class UnsubscribeLinks(IDataProtectionProvider protection)
{
    public const string Path = "/unsubscribe/";
    private const int MaxLength = 512;
    private readonly IDataProtector _protector = protection.CreateProtector("Outreach.Unsubscribe.v1");

    /// <summary>Below the public address.</summary>
    public string PathOf(long contactId)
    {
        var id = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(id, contactId);
        return Path + Base64Url.EncodeToString(_protector.Protect(id));
    }

    /// <summary>Null: not one of ours.</summary>
    public long? ContactOf(string token)
    {
        try
        {
            return token.Length <= MaxLength && Base64Url.IsValid(token) && _protector.Unprotect(Base64Url.DecodeFromChars(token)) is { Length: sizeof(long) } id
                ? BinaryPrimitives.ReadInt64BigEndian(id)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
