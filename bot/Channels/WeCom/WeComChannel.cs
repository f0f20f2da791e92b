using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WeCom;

/// <summary>
/// Application messages to the members of a corp: the userid is user and conversation. May begin at any time; the vendor compares whole requests for some hours, so one
/// key is delivered once. A notice goes to a thousand members in one call.
/// </summary>
internal sealed class WeComChannel(WeComApi api, WeComAccounts accounts, IDbContextFactory<OutreachDb> databases, TimeProvider clock) : IBulkChannel
{
    public const string ChannelId = "wecom";
    public const int MaxTextBytes = 2048;
    /// <summary>Before the words of a card's button in its key.</summary>
    public const string SayKey = "say:";
    private const int NameBytes = 120;                 // of 【…社区工作人员】
    private const int MaxCardText = 112;               // text elements of a card's text
    private const int MaxButtons = 6;
    private const int MaxButtonText = 10;
    private const int MaxCardTitleBytes = 128;
    private const int MaxCardDescriptionBytes = 512;

    public string Id => ChannelId;

    public int MaxRecipients => 1000;

    // The vendor compares requests, and fewer addresses make another request.
    public bool RemembersBatches => false;

    public ChannelCapabilities Capabilities { get; } = new() { MaxTextBytes = MaxTextBytes, Proactive = true, RemembersKeysFor = TimeSpan.FromHours(2) };

    public ChannelCapabilities CapabilitiesOf(string account) => Capabilities with { Buttons = accounts.FindApp(account)?.Options.TemplateCards ?? false };

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (accounts.FindApp(to.Account) is not { } account)
            return new(SendClass.ConfigError, VendorCode: "off");
        if (await WaitAsync(account, to, cancellationToken) is { } wait)
            return new(SendClass.RateLimited, VendorCode: "member", RetryAfter: wait);
        var (result, answer) = await api.PostAsync(account, "message/send", Render(activity, account, to.UserId, idempotencyKey), WeComJson.Wire.AppMessage, cancellationToken);
        return Of(to, result, NotReached(answer));
    }

    public async Task<IReadOnlyList<SendResult>> SendManyAsync(
        IReadOnlyList<ConversationReference> to, Activity activity, string batchKey, CancellationToken cancellationToken)
    {
        if (accounts.FindApp(to[0].Account) is not { } account)
            return [.. to.Select(_ => new SendResult(SendClass.ConfigError, VendorCode: "off"))];
        var message = Render(activity, account, string.Join('|', to.Select(one => one.UserId)), batchKey);
        var (result, answer) = await api.PostAsync(account, "message/send", message, WeComJson.Wire.AppMessage, cancellationToken);
        var missed = NotReached(answer);
        return [.. to.Select(one => Of(one, result, missed))];
    }

    /// <summary>The text of a message: choices as numbered lines, the office's name before a person's words.</summary>
    public static string TextOf(Activity activity)
    {
        var text = TextFallback.Render(activity, new ChannelCapabilities { MaxTextBytes = MaxTextBytes - NameBytes }).Text ?? "";
        return activity.From is { Id: "staff", Name: { Length: > 0 } office } ? office + text : text;
    }

    /// <summary>Whether a message is better sent than carried in a response, which knows no cards.</summary>
    public static bool IsCard(Activity activity, WeComAccount account) => ButtonsOf(activity, account) is not null || CardOf(activity) is not null;

    private static AppMessage Render(Activity activity, WeComAccount account, string users, string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        var agent = int.Parse(account.Options.AgentId!, NumberStyles.None, CultureInfo.InvariantCulture);
        var message = ButtonsOf(activity, account) is { } buttons
                ? new AppMessage(users, agent, "template_card", TemplateCard: new(activity.Text!, Convert.ToHexStringLower(hash.AsSpan(0, 16)), buttons))
            : CardOf(activity) is { } card ? new(users, agent, "textcard", TextCard: card)
            : activity.TextFormat == "markdown" ? new(users, agent, "markdown", Markdown: new(TextOf(activity)))
            : new AppMessage(users, agent, "text", Text: new(TextOf(activity)));
        // The whole request is compared: a number of the key's own, two to four hours, makes equal words of another key another request.
        return message with { DuplicateCheckInterval = 7200 + (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % 7200) };
    }

    /// <summary>The buttons of a short message, where the account wants cards. Null: no card.</summary>
    private static IReadOnlyList<TemplateButton>? ButtonsOf(Activity activity, WeComAccount account) =>
        account.Options.TemplateCards && activity is { Attachments: null or [], Text.Length: > 0, From: not { Id: "staff" }, SuggestedActions.Actions: { Count: >= 1 and <= MaxButtons } actions }
        && new StringInfo(activity.Text).LengthInTextElements <= MaxCardText
        && actions.All(action => action.Title.Length > 0 && new StringInfo(action.Title).LengthInTextElements <= MaxButtonText)
            ? [.. actions.Select(action => new TemplateButton(action.Title, SayKey + action.Title))] : null;

    /// <summary>One card with a single link to open. Null: another kind of message.</summary>
    private static TextCard? CardOf(Activity activity) =>
        activity is { SuggestedActions: null, Attachments: [var only] } && HeroCard.From(only) is { Title.Length: > 0, Buttons: [{ Type: "openUrl", Value: { ValueKind: JsonValueKind.String } url } button] } card
        && (card.Text ?? card.Subtitle ?? activity.Text) is { Length: > 0 } words
            ? new(Utf8Text.Cut(card.Title, MaxCardTitleBytes), Utf8Text.Cut(words, MaxCardDescriptionBytes), url.GetString()!, button.Title) : null;

    private static HashSet<string> NotReached(WeComAnswer? answer) =>
        new($"{answer?.InvalidUser}|{answer?.UnlicensedUser}".Split('|', StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);      // the vendor lowers the case

    private static SendResult Of(ConversationReference to, SendResult result, HashSet<string> notReached) =>
        result.Class == SendClass.Ok && notReached.Contains(to.UserId) ? new(SendClass.RecipientGone, VendorCode: "invaliduser") : result;

    /// <summary>How long a member must be left alone, so that the vendor drops nothing; null: not at all. Counted from the rows.</summary>
    private async Task<TimeSpan?> WaitAsync(WeComAccount account, ConversationReference to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var (most, window) in new[] { (account.Options.MemberAMinute, TimeSpan.FromMinutes(1)), (account.Options.MemberAnHour, TimeSpan.FromHours(1)) })
        {
            var since = now - window;
            var sent = await db.Messages.Where(m => m.From != Speaker.Owner && m.SentAt > since
                && db.Set<Conversation>().Any(c => c.Id == m.ConversationId && c.Channel == ChannelId && c.Account == to.Account && c.ChannelConversationId == to.ConversationId))
                .OrderByDescending(m => m.SentAt).Select(m => m.SentAt!.Value).Skip(most - 1).Take(1).ToListAsync(cancellationToken);
            if (sent is [var oldest])
                return oldest + window - now;
        }
        return null;
    }
}
