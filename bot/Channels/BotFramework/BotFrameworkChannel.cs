using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.BotFramework;

/// <summary>
/// Every channel of Azure Bot Service: one bot, whose accounts are the service's channel ids (<c>msteams</c>, <c>telegram</c>, <c>line</c> …).
/// No idempotency handle exists: a message whose answer was lost is not sent again.
/// </summary>
internal sealed class BotFrameworkChannel(
    ConnectorClient connector, BotFrameworkState state, IDbContextFactory<OutreachDb> databases, ChannelReports reports, TimeProvider clock) : IChannel
{
    public const string ChannelId = "botframework";
    public const string ReportAccount = "default";
    public const string TeamsAccount = "msteams";

    private static readonly ChannelCapabilities Plain = new() { Proactive = true, MaxTextBytes = 4000 };
    private static readonly ChannelCapabilities WithButtons = Plain with { Buttons = true, Pictures = PictureMeans.ByAddress };
    // A Teams message may have 100 KB with its card.
    private static readonly ChannelCapabilities Teams = WithButtons with { Cards = true, MaxTextBytes = 20_000 };

    public string Id => ChannelId;

    public ChannelCapabilities Capabilities => Plain;

    public string PictureNoteOf(Picture picture) =>
        picture.HasPublicAddress ? "Teams、Telegram 等应用里直接显示，别的给出说明和图片地址。" : picture.NoteFor(PictureMeans.Line);

    public ChannelCapabilities CapabilitiesOf(string account) => account switch
    {
        TeamsAccount => Teams,
        "emulator" or "webchat" or "directline" or "test" => WithButtons with { Cards = true, MaxTextBytes = 20_000 },
        "telegram" or "line" or "slack" or "facebook" or "skype" or "kik" or "groupme" => WithButtons,
        _ => Plain,     // e-mail, SMS and what is new: choices as numbered lines work everywhere
    };

    /// <summary>Where a person sees that the bot is writing; elsewhere it would be a message of its own.</summary>
    public static bool ShowsTyping(string account) => account is "msteams" or "webchat" or "directline" or "emulator" or "telegram" or "facebook" or "slack" or "skype";

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (!state.IsOn)
            return new(SendClass.ConfigError, VendorCode: "off");
        var (result, refused) = await connector.SendAsync(to, Render(activity, to, idempotencyKey), cancellationToken);
        if (refused == HttpStatusCode.NotFound && MayOpen(to))
            result = await SendAnewAsync(to, activity, idempotencyKey, cancellationToken);
        reports.Find(ChannelId, ReportAccount)?.Answered(result, clock.GetUtcNow());
        return result;
    }

    /// <summary>Whether the bot can open a chat with this person itself: in Teams, where it knows their organisation.</summary>
    public static bool MayOpen(ConversationReference with) => with is { Account: TeamsAccount, TenantId.Length: > 0, BotId.Length: > 0 };

    /// <summary>The chat is not there any more: opens it again, which sends nothing, and writes into that one from now on.</summary>
    private async Task<SendResult> SendAnewAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        var opened = await connector.OpenAsync(to, cancellationToken);
        if (opened.Class != SendClass.Ok)
            return opened;
        var there = to with { ConversationId = opened.MessageId! };
        await using (var db = await databases.CreateDbContextAsync(CancellationToken.None))
            await db.WriteAsync(async () =>
            {
                if (await db.Conversations.SingleOrDefaultAsync(c => c.Channel == ChannelId && c.Account == to.Account
                    && db.Set<Contact>().Any(contact => contact.ConversationId == c.Id && contact.UserId == to.UserId)) is { } conversation)
                    conversation.Reference = JsonSerializer.Serialize(there, ActivityJson.Default.ConversationReference);
                await db.SaveChangesAsync(CancellationToken.None);
            }, CancellationToken.None);
        return (await connector.SendAsync(there, Render(activity with { ReplyToId = null }, there, idempotencyKey), cancellationToken)).Result;
    }

    /// <summary>As the service wants it: addressed, without what only it may set (A2031, A2041, A2302), and within the account's means.</summary>
    /// <param name="idempotencyKey">Names the message, so that a verdict on it can; null: none is asked for.</param>
    public Activity Render(Activity activity, ConversationReference to, string? idempotencyKey = null)
    {
        var capabilities = CapabilitiesOf(to.Account);
        var shown = TextFallback.Render(activity, capabilities);
        if (activity.From is { Id: "staff", Name: { Length: > 0 } office })
            shown = shown with { Text = $"{office}{shown.Text}" };
        if (capabilities.Cards)
            shown = WithCards(shown, to.Account, idempotencyKey is null ? null : Verdicts.Judged(activity, idempotencyKey));
        return shown with
        {
            Id = null,
            Timestamp = null,
            ServiceUrl = null,
            ChannelData = null,
            Entities = shown.Entities?.Where(entity => entity.Type != MarkedText.EntityType).ToList() is { Count: > 0 } others ? others : null,      // ours alone
            From = new() { Id = to.BotId, Role = "bot" },
            Recipient = new() { Id = to.UserId },
            Conversation = new() { Id = to.ConversationId },
        };
    }

    /// <summary>Teams shows suggested actions in some clients only; a card's buttons show everywhere. What the message's own cards offer stands there once.</summary>
    private static Activity WithCards(Activity activity, string account, string? judged)
    {
        var choices = AdaptiveCards.NotOffered(activity);
        var onCard = account == TeamsAccount;
        return AdaptiveCards.Show(activity, account is "webchat" or "directline" ? CardTaps.Words : CardTaps.Value, onCard ? choices : [], judged) with
        {
            SuggestedActions = onCard || choices.Count == 0 ? null : activity.SuggestedActions! with { Actions = choices },
        };
    }
}
