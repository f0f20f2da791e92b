using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Channels.Email;

/// <summary>
/// Where a reader leaves: opening the address shows a page with one button (programs that look at links change nothing), a POST opts the address out, by that button or
/// by the mail program's own (RFC 8058). The token is all the proof there is; no cookie, no sign-in.
/// </summary>
internal sealed class EmailUnsubscribe(UnsubscribeLinks links, OptOuts optOuts, NoticeAddresses addresses, IDbContextFactory<OutreachDb> databases)
{
    private static readonly HtmlEncoder Text = HtmlEncoder.Create(UnicodeRanges.All);

    public async Task<IResult> ShowAsync(string token, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, token, cancellationToken) is not { } contact)
            return Unknown();
        return contact.OptedOutAt is not null ? Done() : Page(200, "不再收小区通知？",
            $"<p>点下面的按钮，以后{Where(contact)}不再收通知。别的地方照旧，聊天里提问也照常。</p><form method=\"post\"><button class=\"btn\">退订</button></form>");
    }

    public async Task<IResult> LeaveAsync(string token, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            if (await FindAsync(db, token, cancellationToken) is not { } contact)
                return Unknown();
            await optOuts.SetAsync(db, contact, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return Done();
        }, cancellationToken);
    }

    private async Task<Contact?> FindAsync(OutreachDb db, string token, CancellationToken cancellationToken) =>
        links.ContactOf(token) is { } id ? await addresses.ContactAsync(db, id, cancellationToken) : null;

    private static string Where(Contact contact) => Text.Encode(contact.Channel == EmailChannel.ChannelId ? "这个邮箱" : "这个号码");

    private static IResult Done() => Page(200, "好，不再发了", "<p>以后不再往这里发通知。想再收，在聊天里说“通知发邮箱”。</p>");

    private static IResult Unknown() => Page(404, "这个地址没有用了", "<p>链接不完整，或者资料已经删掉，不会再给您发通知。还收到的话，在聊天里说“退订”。</p>");

    private static IResult Page(int status, string heading, string body)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Append("<meta name=\"robots\" content=\"noindex\"><meta name=\"referrer\" content=\"no-referrer\"><title>").Append(Text.Encode(heading))
            .Append("</title><link rel=\"stylesheet\" href=\"/tokens.css\"></head><body><main class=\"page\"><h1>").Append(Text.Encode(heading)).Append("</h1>").Append(body).Append("</main></body></html>");
        return Results.Content(page.ToString(), "text/html; charset=utf-8", statusCode: status);
    }
}
