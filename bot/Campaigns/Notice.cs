using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>The text of a notice and the Activity that carries it.</summary>
public static partial class Notice
{
    public const int MaxTitle = 20;
    public const int MaxBody = 300;
    private const int MaxTyped = 2000;      // with the addresses behind words

    /// <summary>What is wrong with a text, for the person who wrote it; empty when it may go out.</summary>
    public static IEnumerable<(string Field, string Problem)> Check(string? title, string? body, string? link)
    {
        if (string.IsNullOrWhiteSpace(title))
            yield return ("Title", "请写标题。");
        else if (Length(title) > MaxTitle)
            yield return ("Title", $"标题最多 {MaxTitle} 个字，现在 {Length(title)} 个。");
        if (string.IsNullOrWhiteSpace(body))
            yield return ("Body", "请写正文。");
        else if (Length(MarkedText.Words(body)) is > MaxBody and var length)
            yield return ("Body", $"正文最多 {MaxBody} 个字，现在 {length} 个。");
        else if (body.Length > MaxTyped)
            yield return ("Body", $"正文连同里面的链接地址最多 {MaxTyped} 个字符，现在 {body.Length} 个。链接换成短一些的。");
        else if (MarkedText.WrongLinks(body).FirstOrDefault() is { } wrong)
            yield return ("Body", $"正文里的链接“{wrong}”要以 https:// 开头，写成 [文字](https://…)。");
        foreach (var (field, text) in new[] { ("Title", title), ("Body", body) })
            if (VariablesIn(text).FirstOrDefault(v => !NoticeWords.Variables.Contains(v)) is { } unfilled)
                yield return (field, $"“{unfilled}”还没有填。能自动填的只有 {string.Join(' ', NoticeWords.Variables)}，其他请写上具体内容。");
        if (!string.IsNullOrWhiteSpace(link) && !(Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"))
            yield return ("Link", "链接要以 https:// 开头。");
    }

    /// <summary>What stands in braces, braces included.</summary>
    public static IEnumerable<string> VariablesIn(string? text) => Placeholder().Matches(text ?? "").Select(match => match.Value);

    /// <summary>The text that one owner reads: title, body, link, how to leave, who sent it and when.</summary>
    public static string TextFor(Campaign campaign, NoticeWords words, string sender, DateOnly today) => TextFor(campaign, words, MarkedText.Plain(words.Fill(campaign.Body)), sender, today);

    private static string TextFor(Campaign campaign, NoticeWords words, string body, string sender, DateOnly today)
    {
        var lines = new List<string> { words.Fill(campaign.Title), "", body };
        if (!string.IsNullOrWhiteSpace(campaign.Link))
            lines.Add(campaign.Link);
        if (!campaign.Body.Contains("退订", StringComparison.Ordinal))
            lines.Add("回“退订”不再收。");
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{sender} {today.Year}年{today.Month}月{today.Day}日"));
        return string.Join('\n', lines);
    }

    /// <summary>The Activity; its channel data names the campaign, so that a reply finds its notice.</summary>
    public static Activity ToActivity(Campaign campaign, NoticeWords words, SiteOptions site, DateOnly today) => new()
    {
        Type = ActivityTypes.Message,
        TextFormat = "plain",
        Text = TextFor(campaign, words, site.Operator.DisplayName, today),
        Entities = words.Fill(campaign.Body) is var body && MarkedText.IsMarked(body) ? [MarkedText.ToEntity(TextFor(campaign, words, body, site.Operator.DisplayName, today))] : null,
        Attachments = campaign.Picture is { } picture ? [picture.At(site.PublicUrl).ToAttachment()] : null,
        SuggestedActions = campaign.Replies == ReplyChoices.Attend ? Attend : null,
        From = new() { Id = "bot", Role = "bot" },
        ChannelData = JsonSerializer.SerializeToElement(new NoticeData(new(campaign.Id, words.Fill(campaign.Title), words.Community, string.IsNullOrWhiteSpace(campaign.Link) ? null : campaign.Link)), NoticeJson.Default.NoticeData),
    };

    // In this order a bare 1, 2 or 3 means the same (NoticeReplies).
    private static readonly SuggestedActions Attend = new()
    {
        Actions = [.. ((string[])["参加", "要资料", "不来"]).Select(words => new CardAction { Type = "imBack", Title = words, Value = JsonSerializer.SerializeToElement(words) })],
    };

    private static int Length(string text) => new StringInfo(text).LengthInTextElements;

    [GeneratedRegex(@"\{[^{}\r\n]{0,20}\}|｛[^｛｝\r\n]{0,20}｝")]
    private static partial Regex Placeholder();
}

/// <summary>Channel data of a notice: <c>{"notice":{"campaign":17,"title":"…"}}</c>.</summary>
public sealed record NoticeData(NoticeOf Notice);

/// <param name="Community">Name of the community for whose sake the owner gets it.</param>
/// <param name="Link">What the notice points to; null: nothing.</param>
public sealed record NoticeOf(long Campaign, string Title, string Community, string? Link);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[System.Text.Json.Serialization.JsonSerializable(typeof(NoticeData))]
public sealed partial class NoticeJson : System.Text.Json.Serialization.JsonSerializerContext;
