namespace Outreach.Channels.WebChat.Pages;

/// <summary>What every page for owners needs of the request and the installation.</summary>
/// <param name="Theme"><c>light</c>, <c>dark</c>, or null: as the device is set.</param>
/// <param name="TextSize"><c>large</c> or null.</param>
/// <param name="City">Name of the one city of the directory; null where there are several or none.</param>
/// <param name="IsDemo">Demo communities are loaded: every page says so.</param>
/// <param name="Contact">Whom to call where the chat cannot help.</param>
public sealed record OwnerFrame(string? Theme, string? TextSize, string? City, bool IsDemo, string Contact, PageAssets Assets)
{
    public string Asset(string name) => Assets.Of(name);
}
