using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WeCom;

/// <summary>
/// <c>/channels/wecom[/account]</c>: what members write to the application. The answer goes out in the response when it is ready in time, else later as a message.
/// A redelivery runs nothing and gets the first answer again.
/// </summary>
internal sealed class WeComEndpoint(
    WeComAccounts accounts, WeComCallback callback, ChannelInbox inbox, IDbContextFactory<OutreachDb> databases, TimeProvider clock)
{
    public IResult Verify(HttpContext http, string account) => callback.Verify(http, accounts.FindApp(account));

    public async Task<IResult> ReceiveAsync(HttpContext http, string accountName)
    {
        var account = accounts.FindApp(accountName);
        var (push, refusal) = await callback.ReadAsync(http, account, fields => PushOf(fields, account!));
        return push is null ? refusal! : push.Kind switch
        {
            AppPushKind.Leaves => await ForgetAsync(push.Reference),
            AppPushKind.Ignored => Results.Ok(),
            AppPushKind.Enters => await IsKnownAsync(push.Reference) ? Results.Ok() : await AnswerAsync(http, push, account!),
            AppPushKind.Turn => await AnswerAsync(http, push, account!),
        };
    }

    private async Task<IResult> AnswerAsync(HttpContext http, AppPush push, WeComAccount account)
    {
        var turn = inbox.ReceiveAsync(push.Reference, push.Activity, push.Key, carries: 1, clock.GetUtcNow() + account.Options.PassiveBudget);
        if (account.Options.PassiveBudget == TimeSpan.Zero || await Task.WhenAny(turn, Task.Delay(account.Options.PassiveBudget, clock, CancellationToken.None)) != turn)
        {
            _ = AnswerLateAsync(turn);
            return Results.Ok();
        }
        if (await turn is not { } receipt)
            return Results.StatusCode(StatusCodes.Status500InternalServerError);      // the vendor delivers it again
        var first = await inbox.CarriedAsync(receipt, most: 1) is [var reply] ? reply : null;
        if (first is not null && receipt.Outcome == TurnOutcome.Answered && account.Options.TemplateCards && WeComChannel.IsCard(first, account))
        {
            http.Response.OnCompleted(() => inbox.AnswerLateAsync(receipt));        // a response holds no card
            return Results.Ok();
        }
        // More answers than one, and what waited.
        http.Response.OnCompleted(() => inbox.AnswerAsync(receipt));
        return first is null ? Results.Ok() : Passive(WeComChannel.TextOf(first), push.Reference.UserId, account);
    }

    /// <summary>Nobody waits for it: the connection is free for the vendor's next push meanwhile. Should the process end first, the rows are due.</summary>
    private async Task AnswerLateAsync(Task<TurnReceipt?> turn)
    {
        if (await turn is { } late)
            await inbox.AnswerLateAsync(late);
    }

    private IResult Passive(string text, string userId, WeComAccount account)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var encrypted = account.Crypto.Encrypt(CallbackXml.Write(
            ("ToUserName", userId), ("FromUserName", account.CorpId), ("CreateTime", now), ("MsgType", "text"), ("Content", text)));
        return Results.Text(CallbackXml.Write(
            ("Encrypt", encrypted), ("MsgSignature", CallbackCrypto.Sign(account.CallbackToken, now, nonce, encrypted)), ("TimeStamp", now), ("Nonce", nonce)),
            "text/xml", Encoding.UTF8);
    }

    private async Task<bool> IsKnownAsync(ConversationReference member)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        return await db.Conversations.AnyAsync(c => c.Channel == member.ChannelId && c.Account == member.Account && c.ChannelConversationId == member.ConversationId, CancellationToken.None);
    }

    private async Task<IResult> ForgetAsync(ConversationReference member)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        await db.WriteAsync(() => db.Contacts.Where(c => c.Channel == member.ChannelId && c.Account == member.Account && c.UserId == member.UserId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UnreachableSince, now), CancellationToken.None), CancellationToken.None);
        return Results.Ok();
    }

    /// <summary>What a push wants of us. Null: fields are missing, or it is another application's.</summary>
    private (AppPush, string)? PushOf(IReadOnlyDictionary<string, string> fields, WeComAccount account)
    {
        if (Field("FromUserName") is not { Length: > 0 and <= 128 } user || Field("CreateTime") is not { Length: > 0 } created || Field("MsgType") is not { Length: > 0 } type
            || Field("AgentID") is { Length: > 0 } agent && agent != account.Options.AgentId)
            return null;
        var reference = new ConversationReference
        {
            ChannelId = WeComChannel.ChannelId,
            Account = account.Name,
            ConversationId = user,
            UserId = user,
            BotId = account.Options.AgentId,
        };
        if (type == "event")
        {
            var (name, eventKey) = (Field("Event") ?? "", Field("EventKey") ?? "");
            var key = ChannelInbox.KeyOf(account.Name, user, created, name.ToUpperInvariant(), eventKey, Field("TaskId"));
            var (kind, activity) = EventOf(name.ToUpperInvariant(), eventKey);
            return (new(kind, reference, key, Own(activity, reference)), key);
        }
        if (Field("MsgId") is not { Length: > 0 } messageId)
            return null;
        var message = ChannelInbox.KeyOf(account.Name, user, messageId);
        return (new(AppPushKind.Turn, reference, message, Own(MessageOf(type), reference)), message);

        string? Field(string name) => fields.GetValueOrDefault(name);

        Activity MessageOf(string kind) => kind switch
        {
            "text" => Said(Field("Content")),
            "link" => Said(Field("Title")),
            "image" => WithFile("image/jpeg"),
            "voice" => WithFile("audio/amr"),
            "location" => WithFile(MediaTypes.Location),
            _ => WithFile("application/octet-stream"),
        };
    }

    /// <summary>Opening the application greets who never wrote; a tap on the menu or on a card says its words.</summary>
    private static (AppPushKind Kind, Activity Activity) EventOf(string name, string key)
    {
        const string say = WeComChannel.SayKey;
        return name switch
        {
            "SUBSCRIBE" => (AppPushKind.Turn, Greeted),
            "ENTER_AGENT" => (AppPushKind.Enters, Greeted),
            "UNSUBSCRIBE" => (AppPushKind.Leaves, Greeted),
            "CLICK" or "TEMPLATE_CARD_EVENT" when key.StartsWith(say, StringComparison.Ordinal) => (AppPushKind.Turn, Said(key[say.Length..])),
            _ => (AppPushKind.Ignored, Greeted),
        };
    }

    private static Activity Greeted { get; } = new() { Type = ActivityTypes.ConversationUpdate };

    private static Activity Said(string? text) => new() { Type = ActivityTypes.Message, Text = string.IsNullOrWhiteSpace(text) ? null : text };

    private static Activity WithFile(string contentType) => new() { Type = ActivityTypes.Message, Attachments = [new() { ContentType = contentType }] };

    private Activity Own(Activity activity, ConversationReference reference)
    {
        var member = new ChannelAccount { Id = reference.UserId, Role = "user" };
        return activity with
        {
            Timestamp = clock.GetUtcNow(),
            ChannelId = WeComChannel.ChannelId,
            From = member,
            Recipient = new() { Id = reference.BotId, Role = "bot" },
            Conversation = new() { Id = reference.ConversationId },
            MembersAdded = activity.Type == ActivityTypes.ConversationUpdate ? [member] : null,
        };
    }
}

internal enum AppPushKind
{
    Turn,
    /// <summary>A member opened the application: a turn the first time only.</summary>
    Enters,
    Leaves,
    Ignored,
}

/// <param name="Key">Tells the push from every other of its sender.</param>
internal sealed record AppPush(AppPushKind Kind, ConversationReference Reference, string Key, Activity Activity);
