using Outreach.Activities;
using Outreach.Campaigns;

namespace Outreach.Staff;

/// <summary>The channels that notices can go out on, as staff call them.</summary>
internal sealed class CampaignChannelNames(CampaignChannels channels)
{
    public IReadOnlyList<(string Id, string Name)> All =>
        [.. channels.All.Where(channels.IsOn).Select(channel => (channel.Id, NoticeNames.Channel(channel.Id))).OrderBy(pair => pair.Id, StringComparer.Ordinal)];

    /// <summary>What an owner reads on a channel, and how much of its room that takes.</summary>
    public NoticeLook? Look(string id, Activity notice)
    {
        if (channels.Find(id) is not { } channel)
            return null;
        var text = channel.PreviewOf(notice);
        int? room = channel.Capabilities.MaxTextBytes == int.MaxValue ? null : channel.Capabilities.MaxTextBytes;
        var full = TextFallback.Render(notice, channel.Capabilities with { MaxTextBytes = int.MaxValue }).Text ?? "";
        var picture = Picture.Of(notice);
        return new(NoticeNames.Channel(id), picture?.IsShownBy(channel.Capabilities.Pictures) is true ? picture : null, picture is null ? null : channel.PictureNoteOf(picture), channel.Capabilities.MarkedText ? MarkedText.Of(notice) : null, text, System.Text.Encoding.UTF8.GetByteCount(text), room, room is { } most && channel is not IAddressChannel && System.Text.Encoding.UTF8.GetByteCount(full) > most);
    }
}

/// <param name="Picture">In the message itself; null: it has none there.</param>
/// <param name="PictureNote">What becomes of the notice's picture here; null: it has none.</param>
/// <param name="Marked">The words with their marks, where the channel shows them.</param>
/// <param name="Bytes">Of the text, in UTF-8.</param>
/// <param name="MaxBytes">Null: the channel sets no limit.</param>
/// <param name="IsCut">The channel takes less than the notice has.</param>
internal sealed record NoticeLook(string Channel, Picture? Picture, string? PictureNote, string? Marked, string Text, int Bytes, int? MaxBytes, bool IsCut);
