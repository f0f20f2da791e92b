using System.Text;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels;

/// <summary>What a group's robot says of leads: community, wish and a link a line, never a name, phone or room, for a group is a room of readers. Pure.</summary>
internal static class LeadDigest
{
    private const int RestBytes = 64;      // of the line that counts what did not fit

    public static string Title(IReadOnlyList<LeadNotice> notices) => notices.Count == 1 ? "业主登记有新消息" : $"业主登记有 {notices.Count} 条新消息";

    /// <param name="line">How the robot shows one line: its words, and the link or null.</param>
    /// <param name="maxBytes">Of the whole text, in UTF-8; lines beyond are counted instead.</param>
    /// <param name="maxNameBytes">Of a community's name.</param>
    public static string Text(IReadOnlyList<LeadNotice> notices, Func<string, string?, string> line, int maxBytes, int maxNameBytes = int.MaxValue)
    {
        var text = new StringBuilder(Title(notices));
        for (var i = 0; i < notices.Count; i++)
        {
            var (words, link) = WordsOf(notices[i], maxNameBytes);
            var next = line(words, link);
            if (Encoding.UTF8.GetByteCount(text.ToString()) + Encoding.UTF8.GetByteCount(next) > maxBytes - RestBytes)
                return text.Append(line($"还有 {notices.Count - i} 条，请在控制台看", null)).ToString();
            text.Append(next);
        }
        return text.ToString();
    }

    private static (string Words, string? Link) WordsOf(LeadNotice notice, int maxNameBytes) => notice.Event switch
    {
        ForwardEvent.Created => ($"{Plain(notice.Community, maxNameBytes)} 新登记：{WishText.Of(notice.Wishes)}", notice.Link),
        ForwardEvent.Updated => ($"{Plain(notice.Community, maxNameBytes)} 有更新：{WishText.Of(notice.Wishes)}", notice.Link),
        ForwardEvent.Withdrawn => ($"{notice.LeadKey} 业主已撤回，请停止联系", null),
        ForwardEvent.Summary => (notice.Summary ?? "", notice.Link),
        ForwardEvent.Erased => ($"{notice.LeadKey} 业主要求删除，请删掉自己留下的记录", null),
    };

    // A name is data: no link, mention, colour or line of its own.
    private static string Plain(string? name, int maxBytes) =>
        Utf8Text.Cut(string.Concat((name ?? "").Where(c => !char.IsControl(c) && !"[]()<>*_`#~|\\@!".Contains(c, StringComparison.Ordinal))), maxBytes);
}
