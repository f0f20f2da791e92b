using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Outreach.Activities;

namespace Outreach.Channels.Email;

/// <summary>A notice as a page of mail: what people wrote is text, and the only links are web addresses in it and the one to leave.</summary>
internal static partial class EmailHtml
{
    private const int ColumnWidth = 544;      // pixels of the column's 36em less its edges

    private static readonly HtmlEncoder Text = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Of(string title, string text, string? marked, MailedPicture? picture, string leave)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>").Append(Text.Encode(title))
            .Append("</title></head><body style=\"font:16px/1.6 sans-serif;max-width:36em;margin:0 auto;padding:1em\">");
        foreach (var line in (marked ?? text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            page.Append("<p>").Append(marked is null ? Linked(line) : string.Concat(MarkedText.Read(line).Select(Marked))).Append("</p>");
        if (picture is { Picture: var shown })
            page.Append(CultureInfo.InvariantCulture, $"<p><img src=\"cid:{picture.ContentId}\" alt=\"{Text.Encode(shown.Description)}\" width=\"{Math.Min(shown.Width, ColumnWidth)}\" style=\"max-width:100%;height:auto\"></p>");
        return page.Append("<hr><p style=\"font-size:13px;color:#555\">不想再收这类邮件：<a href=\"").Append(Text.Encode(leave)).Append("\">退订</a></p></body></html>").ToString();
    }

    private static string Marked(MarkedRun run)
    {
        var words = run.Link is { } link ? $"<a href=\"{Text.Encode(link)}\">{Text.Encode(run.Text)}</a>" : Linked(run.Text);
        return run.Weight == Weight.Bold ? $"<strong>{words}</strong>" : words;
    }

    private static string Linked(string line)
    {
        var html = new StringBuilder();
        var end = 0;
        foreach (Match link in Address().Matches(line))
        {
            html.Append(Text.Encode(line[end..link.Index])).Append("<a href=\"").Append(Text.Encode(link.Value)).Append("\">").Append(Text.Encode(link.Value)).Append("</a>");
            end = link.Index + link.Length;
        }
        return html.Append(Text.Encode(line[end..])).ToString();
    }

    [GeneratedRegex(@"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")]
    private static partial Regex Address();
}
