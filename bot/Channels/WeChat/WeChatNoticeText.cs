using System.Globalization;
using System.Text.RegularExpressions;
using Outreach.Activities;

namespace Outreach.Channels.WeChat;

/// <summary>What of a notice goes into the fields of a template; each field's kind has a longest value, and a longer one is refused (47003).</summary>
internal sealed partial record WeChatNoticeText(string Title, string Body, string Date, string? Link)
{
    /// <param name="activity">Its first line is the title; the address among its lines is the link.</param>
    public static WeChatNoticeText Of(Activity activity, DateOnly today)
    {
        var lines = (activity.Text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var link = lines.Skip(1).LastOrDefault(line => Uri.TryCreate(line, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");
        return new(lines.FirstOrDefault() ?? "", string.Join(' ', lines.Skip(1).TakeWhile(line => line != link)),
            string.Create(CultureInfo.InvariantCulture, $"{today.Year}年{today.Month}月{today.Day}日"), link);
    }

    public IReadOnlyDictionary<string, TemplateValue> Fill(WeChatTemplateOptions template) => template.Fields.ToDictionary(
        field => field.Key,
        field => new TemplateValue(Fit(field.Key, field.Value.Replace("{标题}", Title, StringComparison.Ordinal)
            .Replace("{正文}", Body, StringComparison.Ordinal).Replace("{日期}", Date, StringComparison.Ordinal))),
        StringComparer.Ordinal);

    private static string Fit(string field, string value)
    {
        var plain = Space().Replace(value, " ").Trim();
        return Kind().Match(field).Value switch
        {
            "thing" or "const" => Cut(plain, 20),
            "phrase" => Cut(NotHan().Replace(plain, ""), 5, end: ""),
            "name" => Cut(plain, 10, end: ""),
            _ => Cut(plain, 200),
        };
    }

    private static string Cut(string text, int most, string end = "…")
    {
        if (text.Length <= most)
            return text;
        var cut = most - end.Length;
        var starts = StringInfo.ParseCombiningCharacters(text);
        return text[..starts.Last(start => start <= cut)] + end;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("^[a-z_]+")]
    private static partial Regex Kind();

    [GeneratedRegex("[^一-龥]")]
    private static partial Regex NotHan();
}
