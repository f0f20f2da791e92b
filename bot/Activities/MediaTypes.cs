namespace Outreach.Activities;

/// <summary>Content types of attachments for what chat apps send and MIME has no name for.</summary>
public static class MediaTypes
{
    public const string Sticker = "application/vnd.outreach.sticker";
    public const string Location = "application/vnd.outreach.location";
}
