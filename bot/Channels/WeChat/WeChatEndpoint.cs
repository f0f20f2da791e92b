using System.Globalization;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WeChat;

/// <summary>
/// <c>/channels/wechat[/account]</c>: size, signature, time, envelope, nonce, then the turn. The answer goes out in the response when it is ready in time, else later as a
/// customer-service message. A redelivery runs nothing and gets the first answer again.
/// </summary>
internal sealed partial class WeChatEndpoint(
    WeChatAccounts accounts, WeChatChannel channel, WeChatReports reports, SeenNonces nonces, ChannelInbox inbox, ChannelMeter meter, IDbContextFactory<OutreachDb> databases,
    TimeProvider clock, ILogger<WeChatEndpoint> logger)
{
    private const int MaxBytes = 64 * 1024;
    private const string Success = "success";

    /// <summary>The console's check of the address: the echo comes back as it is.</summary>
    public IResult Verify(HttpContext http, string accountName)
    {
        if (accounts.Find(accountName) is not { } account)
            return Results.NotFound();
        return IsSigned(http.Request.Query, account) && http.Request.Query["echostr"] is [{ Length: <= 1024 } echo]
            ? Results.Text(echo, MediaTypeNames.Text.Plain)
            : Refuse("signature");
    }

    public async Task<IResult> ReceiveAsync(HttpContext http, string accountName)
    {
        if (accounts.Find(accountName) is not { } account)
            return Results.NotFound();
        if (await LimitedBody.ReadAsync(http.Request, MaxBytes, http.RequestAborted) is not { } body)
            return Refuse("size", StatusCodes.Status413PayloadTooLarge);
        var query = http.Request.Query;
        if (!IsSigned(query, account))
            return Refuse("signature");
        if (Open(body.Span, query, account) is not { } fields)
            return Refuse("envelope");
        if (PushOf(fields, account) is not { } push)
            return Refuse("fields");
        if (nonces.Check($"{WeChatChannel.ChannelId}/{account.Name}", query["nonce"]!, push.Key) == NonceVerdict.Replayed)
            return Refuse("nonce");

        account.Report.Received(clock.GetUtcNow());
        meter.Received(WeChatChannel.ChannelId);
        return push.Kind switch
        {
            PushKind.Unfollow => await ForgetAsync(push.Reference),
            PushKind.Report => await ReportAsync(fields, account),
            PushKind.Ignored => Results.Text(Success),
            PushKind.Turn => await AnswerAsync(http, push, fields["ToUserName"], account),
        };
    }

    private async Task<IResult> AnswerAsync(HttpContext http, WeChatPush push, string accountId, WeChatAccount account)
    {
        var turns = RunAsync(push, clock.GetUtcNow() + account.Options.PassiveBudget);
        if (account.Options.PassiveBudget == TimeSpan.Zero || await Task.WhenAny(turns, Task.Delay(account.Options.PassiveBudget, clock, CancellationToken.None)) != turns)
        {
            _ = AnswerLateAsync(turns);
            return Results.Text(Success);
        }
        if (await turns is not { } receipt)
            return Results.StatusCode(StatusCodes.Status500InternalServerError);      // the vendor delivers it again
        var first = await inbox.CarriedAsync(receipt, most: 1);
        // More answers than one, and what waited for the follower to open the window again.
        http.Response.OnCompleted(() => inbox.AnswerAsync(receipt));
        return first is [var reply] ? Passive(channel.TextOf(reply), push.Reference.UserId, accountId, account) : Results.Text(Success);
    }

    /// <summary>
    /// Starts the sending once the turn is committed. Nobody waits for it: the server holds back a connection's next request until what is registered with a
    /// response has ended, and the vendor's next push may come over it. Should the process end first, the rows are due.
    /// </summary>
    private async Task AnswerLateAsync(Task<TurnReceipt?> turns)
    {
        if (await turns is { } late)
            await inbox.AnswerLateAsync(late);
    }

    /// <summary>The turns of one push, one after the other (a scan tells the community, then asks for its progress); the last one's receipt. Null: one failed.</summary>
    private async Task<TurnReceipt?> RunAsync(WeChatPush push, DateTimeOffset until)
    {
        TurnReceipt? last = null;
        foreach (var (index, activity) in push.Activities.Index())
            if ((last = await inbox.ReceiveAsync(push.Reference, activity, ChannelInbox.KeyOf(push.Key, index.ToString(CultureInfo.InvariantCulture)), carries: index == push.Activities.Count - 1 ? 1 : 0, until)) is null)
                return null;
        return last;
    }

    private IResult Passive(string text, string openId, string accountId, WeChatAccount account)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var xml = CallbackXml.Write(("ToUserName", openId), ("FromUserName", accountId), ("CreateTime", now), ("MsgType", "text"), ("Content", text));
        if (account.Crypto is { } crypto)
        {
            var (encrypted, nonce) = (crypto.Encrypt(xml), RandomNumberGenerator.GetHexString(16, lowercase: true));
            xml = CallbackXml.Write(
                ("Encrypt", encrypted), ("MsgSignature", CallbackCrypto.Sign(account.Options.Token!, now, nonce, encrypted)), ("TimeStamp", now), ("Nonce", nonce));
        }
        return Results.Text(xml, "text/xml", Encoding.UTF8);
    }

    private async Task<IResult> ForgetAsync(ConversationReference follower)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        await db.WriteAsync(() => db.Contacts.Where(c => c.Channel == follower.ChannelId && c.Account == follower.Account && c.UserId == follower.UserId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UnreachableSince, now), CancellationToken.None), CancellationToken.None);
        return Results.Text(Success);
    }

    private async Task<IResult> ReportAsync(IReadOnlyDictionary<string, string> fields, WeChatAccount account)
    {
        await reports.TakeAsync(account, fields, CancellationToken.None);
        return Results.Text(Success);
    }

    private bool IsSigned(IQueryCollection query, WeChatAccount account) =>
        query["timestamp"] is [{ Length: > 0 } timestamp] && query["nonce"] is [{ Length: > 0 and <= 128 } nonce] && query["signature"] is [{ } signature]
        && CallbackCrypto.IsSigned(signature, account.Options.Token!, timestamp, nonce) && nonces.IsFresh(timestamp);

    /// <summary>The fields, decrypted where the account has a key: then nothing plain is read, so that nobody talks us out of the key.</summary>
    private static IReadOnlyDictionary<string, string>? Open(ReadOnlySpan<byte> body, IQueryCollection query, WeChatAccount account)
    {
        if (Text(body) is not { } xml || CallbackXml.Parse(xml) is not { } outer)
            return null;
        if (account.Crypto is not { } crypto)
            return outer;
        return outer.TryGetValue("Encrypt", out var encrypted) && query["msg_signature"] is [{ } signature]
            && CallbackCrypto.IsSigned(signature, account.Options.Token!, query["timestamp"]!, query["nonce"]!, encrypted)
            && crypto.Decrypt(encrypted) is { } inner
                ? CallbackXml.Parse(inner)
                : null;
    }

    private static string? Text(ReadOnlySpan<byte> body)
    {
        try
        {
            return Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What a push wants of us. Null: fields are missing.</summary>
    private WeChatPush? PushOf(IReadOnlyDictionary<string, string> fields, WeChatAccount account)
    {
        if (!fields.TryGetValue("ToUserName", out var to) || to.Length == 0 || Field("FromUserName") is not { Length: > 0 and <= 128 } openId
            || Field("CreateTime") is not { Length: > 0 } created || Field("MsgType") is not { Length: > 0 } type)
            return null;
        var reference = new ConversationReference { ChannelId = WeChatChannel.ChannelId, Account = account.Name, ConversationId = openId, UserId = openId, BotId = to };
        if (type == "event")
        {
            var (name, eventKey) = (Field("Event") ?? "", Field("EventKey") ?? "");
            var key = ChannelInbox.KeyOf(account.Name, openId, created, name.ToUpperInvariant(), eventKey);
            if (WeChatReports.IsReport(name))
                return new(PushKind.Report, reference, ChannelInbox.KeyOf(account.Name, openId, created, name.ToUpperInvariant(), Field("MsgID")), []);
            return EventOf(name, eventKey) switch
            {
                null => new(PushKind.Unfollow, reference, key, []),
                [] => new(PushKind.Ignored, reference, key, []),
                var activities => new(PushKind.Turn, reference, key, [.. activities.Select(activity => Own(activity, reference))]),
            };
        }
        if (Field("MsgId") is not { Length: > 0 } messageId)
            return null;
        return new(PushKind.Turn, reference, ChannelInbox.KeyOf(account.Name, openId, messageId), [Own(MessageOf(type), reference)]);

        string? Field(string name) => fields.GetValueOrDefault(name);

        Activity MessageOf(string kind) => kind switch
        {
            "text" when Field("bizmsgmenuid") is { Length: > 0 } choice => TapOf(choice, Field("Content") ?? ""),
            "text" => Said(Field("Content")),
            "voice" when Field("Recognition") is { Length: > 0 } words => Said(words),
            "image" => WithFile("image/jpeg"),
            "voice" => WithFile("audio/amr"),
            "location" => WithFile(MediaTypes.Location),
            "link" => Said(Field("Title")),
            _ => WithFile("application/octet-stream"),
        };
    }

    /// <summary>Null: the follower left; empty: nothing to do.</summary>
    private static IReadOnlyList<Activity>? EventOf(string name, string key)
    {
        const string scene = "qrscene_";
        switch (name.ToUpperInvariant())
        {
            case "UNSUBSCRIBE":
                return null;
            case "SUBSCRIBE":
                return
                [
                    .. CommunityOf(key.StartsWith(scene, StringComparison.Ordinal) ? key[scene.Length..] : "") is [var home] ? (Activity[])[home] : [Followed],
                    new() { Type = ActivityTypes.ConversationUpdate, ChannelData = WeChatWindow.TapData },
                ];
            case "SCAN":
                return CommunityOf(key) is [var community] ? [community, Said("小区进展") with { ChannelData = WeChatWindow.TapData }] : [];
            case "CLICK" when key.StartsWith(MenuButton.SayPrefix, StringComparison.Ordinal):
                return [Said(key[MenuButton.SayPrefix.Length..]) with { ChannelData = WeChatWindow.TapData }];
            default:
                return [];
        }
    }

    /// <summary>A community's code carries the scene <c>c:key</c>, with more behind a semicolon.</summary>
    private static Activity[] CommunityOf(string scene) =>
        scene.StartsWith("c:", StringComparison.Ordinal) && scene[2..].Split(';')[0] is { Length: > 0 and <= 64 } key
            ? [new() { Type = ActivityTypes.Event, Name = "outreach/community", Value = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["key"] = key }) }]
            : [];

    /// <summary>Kept although it says nothing to the bot: it opens the window for a greeting that is late.</summary>
    private static Activity Followed { get; } = new() { Type = ActivityTypes.Event, Name = "outreach/followed" };

    private static Activity TapOf(string choice, string content) => choice.Split(':') is [var verdict, { Length: > 0 } sequence] && Verdicts.IsVerdict(verdict)
        ? Verdicts.On(new() { Type = ActivityTypes.Event }, verdict, sequence)
        : Said(content) with { ChannelData = WeChatWindow.TapData };

    private static Activity Said(string? text) => new() { Type = ActivityTypes.Message, Text = string.IsNullOrWhiteSpace(text) ? null : text };

    private static Activity WithFile(string contentType) => new() { Type = ActivityTypes.Message, Attachments = [new() { ContentType = contentType }] };

    private Activity Own(Activity activity, ConversationReference reference)
    {
        var follower = new ChannelAccount { Id = reference.UserId, Role = "user" };
        return activity with
        {
            Timestamp = clock.GetUtcNow(),
            ChannelId = WeChatChannel.ChannelId,
            From = follower,
            Recipient = new() { Id = reference.BotId, Role = "bot" },
            Conversation = new() { Id = reference.ConversationId },
            MembersAdded = activity.Type == ActivityTypes.ConversationUpdate ? [follower] : null,
        };
    }

    private IResult Refuse(string reason, int status = StatusCodes.Status403Forbidden)
    {
        meter.Refused(WeChatChannel.ChannelId, reason);
        Refused(reason);
        return Results.StatusCode(status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A WeChat callback was refused ({Reason})")]
    private partial void Refused(string reason);
}

internal enum PushKind { Turn, Unfollow, Report, Ignored }

/// <param name="Key">Tells the push from every other of its sender.</param>
internal sealed record WeChatPush(PushKind Kind, ConversationReference Reference, string Key, IReadOnlyList<Activity> Activities);
