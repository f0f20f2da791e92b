using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WeCom;

/// <summary>
/// WeChat customer service (微信客服): owners in WeChat write to a corp. A conversation is a customer-service account and a customer. Five messages in 48 hours after the
/// customer's own, and one greeting with the code that comes when the conversation is opened; each message has an id of ours, under which the vendor delivers it once.
/// </summary>
internal sealed class KfChannel(WeComApi api, WeComAccounts accounts, IDbContextFactory<OutreachDb> databases, TimeProvider clock) : IChannel
{
    public const string ChannelId = "wecom-kf";
    public const int MaxTextBytes = 2048;
    private const int NameBytes = 120;                                            // of 【…社区工作人员】
    private const int MaxMenuLines = 10;
    private const int MaxMenuLineBytes = 128;
    private const int Looked = 8;                                                 // of the customer's latest rows, to find the one that opened the window
    private static readonly TimeSpan WelcomeLife = TimeSpan.FromSeconds(18);      // the vendor's code lives for 20
    private static readonly TimeSpan Waits = TimeSpan.FromDays(7);                // only the customer's next message opens the window again

    public string Id => ChannelId;

    public ChannelCapabilities Capabilities { get; } = new() { Buttons = true, MaxTextBytes = MaxTextBytes, ReplyWindow = TimeSpan.FromHours(48), Idempotent = true };

    public static ConversationReference ReferenceOf(string account, string openKfId, string customer) =>
        new() { ChannelId = ChannelId, Account = account, ConversationId = $"{openKfId}:{customer}", UserId = customer, BotId = openKfId };

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (accounts.FindKf(to.Account) is not { } account)
            return new(SendClass.ConfigError, VendorCode: "off");
        var standing = await StandingAsync(account, to, cancellationToken);
        if (standing is { WelcomeCode: null, IsOpen: false })
            return new(SendClass.WindowClosed, VendorCode: "window");
        var message = Render(activity, to, IdOf(standing.Installed, to, idempotencyKey), idempotencyKey);
        var (result, _) = standing.WelcomeCode is { } code
            ? await api.PostAsync(account, "kf/send_msg_on_event", message with { ToUser = null, OpenKfId = null, Code = code }, WeComJson.Wire.KfMessage, cancellationToken)
            : await api.PostAsync(account, "kf/send_msg", message, WeComJson.Wire.KfMessage, cancellationToken);
        // A person in WeCom has the customer: what the bot would have said is moot, what staff wrote is not.
        if (WeComMeanings.IsWithPerson(result) && activity.From is not { Id: "staff" } && idempotencyKey.StartsWith("message/", StringComparison.Ordinal))
            result = result with { Class = SendClass.ContentRejected };
        result = result with { MessageId = message.MsgId };
        if (result.Class == SendClass.Ok && standing.WantsPerson)
            await HandOverAsync(account, to, cancellationToken);
        return result;
    }

    /// <summary>The vendor took a message and reports that it did not arrive for want of a window: it waits for the customer's next message.</summary>
    /// <param name="messageId">Ours, as it was sent.</param>
    public async Task TakeBackAsync(ConversationReference to, string messageId, SendClass why)
    {
        if (why != SendClass.WindowClosed)
            return;
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        var (since, installed) = (now - Waits, await InstalledAsync(db, CancellationToken.None));
        var sent = await db.Messages.AsNoTracking().Where(m => m.From != Speaker.Owner && m.SentAt > since
            && db.Set<Conversation>().Any(c => c.Id == m.ConversationId && c.Channel == ChannelId && c.Account == to.Account && c.ChannelConversationId == to.ConversationId)).ToListAsync();
        if (sent.Find(m => IdOf(installed, to, m.OutgoingKey ?? $"message/{m.ConversationId}/{m.Sequence}") == messageId) is not { } message)
            return;
        var again = now + Waits;
        await db.WriteAsync(() => db.Messages.Where(m => m.Id == message.Id && m.SentAt == message.SentAt)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, (DateTimeOffset?)null).SetProperty(m => m.RetryAt, again)), CancellationToken.None);
    }

    /// <param name="WelcomeCode">Lets this message greet; null: it goes the usual way.</param>
    /// <param name="IsOpen">The customer's last message still lets us write.</param>
    /// <param name="WantsPerson">The customer asked for a person and nobody has taken over yet.</param>
    private sealed record Standing(string? WelcomeCode, bool IsOpen, bool WantsPerson, DateTimeOffset Installed);

    /// <summary>Counted from the rows, so that a restart does not forget.</summary>
    private async Task<Standing> StandingAsync(WeComAccount account, ConversationReference to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Conversations.AsNoTracking().SingleAsync(
            c => c.Channel == ChannelId && c.Account == to.Account && c.ChannelConversationId == to.ConversationId, cancellationToken);
        var rows = await db.Messages.AsNoTracking().Where(m => m.ConversationId == conversation.Id && m.From == Speaker.Owner)
            .OrderByDescending(m => m.Sequence).Take(Looked).Select(m => new { m.At, m.Activity }).ToListAsync(cancellationToken);
        var said = rows.ConvertAll(row => (row.At, Activity: JsonSerializer.Deserialize(row.Activity, ActivityJson.Default.Activity)!));
        var wantsPerson = account.Options.Kf.HandOver != KfHandOver.Console
            && await db.Handovers.AnyAsync(h => h.ConversationId == conversation.Id && h.State == HandoverState.Waiting, cancellationToken);
        var (now, installed) = (clock.GetUtcNow(), await InstalledAsync(db, cancellationToken));

        var (window, last) = (account.Options.Kf.Window, said.Find(one => OpensWindow(one.Activity)));
        if (last.Activity is not null && now < last.At + window && await SentSinceAsync(db, conversation, last.At, cancellationToken) < account.Options.Kf.Sends)
            return new(null, true, wantsPerson, installed);
        var code = said is [var first, ..] && now < first.At + WelcomeLife && await SentSinceAsync(db, conversation, first.At, cancellationToken) == 0
            ? KfReading.WelcomeCodeOf(first.Activity) : null;
        return new(code, false, wantsPerson, installed);
    }

    private static bool OpensWindow(Activity activity) => activity is { Type: ActivityTypes.Message } or { Type: ActivityTypes.Event, Name: "outreach/feedback" };

    private static async Task<int> SentSinceAsync(OutreachDb db, Conversation conversation, DateTimeOffset since, CancellationToken cancellationToken) =>
        await db.Messages.CountAsync(m => m.ConversationId == conversation.Id && m.From != Speaker.Owner && m.SentAt >= since, cancellationToken)
        + await db.Deliveries.CountAsync(d => d.PersonId == conversation.ContactId && d.ContactId == conversation.ContactId && d.State == DeliveryState.Sent && d.EndedAt >= since, cancellationToken);

    private static Task<DateTimeOffset> InstalledAsync(OutreachDb db, CancellationToken cancellationToken) =>
        db.Set<Installation>().Select(i => i.CreatedAt).SingleAsync(cancellationToken);

    /// <summary>Ours for good, and of this installation: another database that counts from one anew must not repeat it. 32 characters.</summary>
    private static string IdOf(DateTimeOffset installed, ConversationReference to, string key) => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{installed.UtcTicks}\n{to.ConversationId}\n{key}"))).AsSpan(0, 24));

    /// <summary>Choices, and below an answer the two verdicts, as a menu to tap; where they do not fit, numbered lines.</summary>
    private static KfMessage Render(Activity activity, ConversationReference to, string id, string key)
    {
        var lines = new List<KfMenuLine>();
        foreach (var action in activity.SuggestedActions?.Actions ?? [])
            lines.Add(new(new($"choice:{lines.Count + 1}", action.Title)));
        if (Verdicts.Judged(activity, key) is { } sequence)
            lines.AddRange([new(new($"helpful:{sequence}", "有帮助")), new(new($"wrong:{sequence}", "没答对"))]);
        var isMenu = lines.Count is > 0 and <= MaxMenuLines && lines.TrueForAll(line => Encoding.UTF8.GetByteCount(line.Click.Content) is > 0 and <= MaxMenuLineBytes);
        var shown = TextFallback.Render(isMenu ? activity with { SuggestedActions = null } : activity, new ChannelCapabilities { MaxTextBytes = MaxTextBytes - NameBytes }).Text ?? "";
        var text = activity.From is { Id: "staff", Name: { Length: > 0 } office } ? office + shown : shown;
        return isMenu
            ? new(to.UserId, to.BotId, null, id, "msgmenu", null, new(text, lines))
            : new(to.UserId, to.BotId, null, id, "text", new(text), null);
    }

    /// <summary>Gives the session to people in WeCom, after the customer was told so; from then on the vendor takes nothing from us until they end it.</summary>
    private async Task HandOverAsync(WeComAccount account, ConversationReference to, CancellationToken cancellationToken)
    {
        const int pool = 2, person = 3;
        var (state, servicer) = account.Options.Kf.HandOver == KfHandOver.Servicer ? (person, account.Options.Kf.Servicer) : (pool, null);
        await api.PostAsync(account, "kf/service_state/trans", new(to.BotId!, to.UserId, state, servicer), WeComJson.Wire.KfMove, cancellationToken);
    }
}
