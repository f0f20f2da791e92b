namespace Outreach.Activities;

/// <summary>The seam to the outside: one messaging app that owners use. A channel turns its wire format into Activities and back; the bot knows no channel.</summary>
public interface IChannel
{
    /// <summary>Channel id, such as <c>webchat</c> or <c>wechat</c> (ordinal, lower case).</summary>
    string Id { get; }

    ChannelCapabilities Capabilities { get; }

    /// <summary>Of one account, where a channel's accounts differ (the apps behind Azure Bot Service).</summary>
    ChannelCapabilities CapabilitiesOf(string account) => Capabilities;

    /// <summary>What a person would read of this activity here, for staff who look before they send.</summary>
    string PreviewOf(Activity activity) => TextFallback.Render(activity, Capabilities).Text ?? "";

    /// <summary>For the same staff: how a picture reaches the owners here.</summary>
    string PictureNoteOf(Picture picture) => picture.NoteFor(Capabilities.Pictures);

    /// <summary>
    /// Sends one activity to a conversation. <paramref name="idempotencyKey"/> names the message for good (such as <c>delivery/17</c>):
    /// a channel with <see cref="ChannelCapabilities.Idempotent"/> accepts the same key twice and delivers once.
    /// Never throws for what the vendor answers; see <see cref="SendClass"/>.
    /// </summary>
    Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>A channel that can show an answer while it is still being written (<see cref="ChannelCapabilities.ShowsDrafts"/>).</summary>
public interface IDraftChannel : IChannel
{
    /// <summary>Shows the beginning of an answer; the next call or the answer itself takes its place. Nothing is stored; a draft that cannot be shown is lost silently.</summary>
    Task ShowDraftAsync(ConversationReference to, string text, CancellationToken cancellationToken);
}

/// <summary>What a channel can do; all that the bot may know of it.</summary>
public sealed record ChannelCapabilities
{
    /// <summary>Shows suggested actions as buttons; without them choices become numbered lines.</summary>
    public bool Buttons { get; init; }
    public bool Cards { get; init; }
    public PictureMeans Pictures { get; init; }
    /// <summary>Shows bold words and links on words (<see cref="Activities.MarkedText"/>); elsewhere the message's plain words stand.</summary>
    public bool MarkedText { get; init; }
    /// <summary>Longest text of one message in UTF-8 bytes.</summary>
    public int MaxTextBytes { get; init; } = int.MaxValue;
    /// <summary>How long after the person's last message we may still write; null: always.</summary>
    public TimeSpan? ReplyWindow { get; init; }
    /// <summary>Whether a message may start from our side (notices, staff replies later on).</summary>
    public bool Proactive { get; init; }
    /// <summary>Whether the same idempotency key is delivered once only.</summary>
    public bool Idempotent { get; init; }
    /// <summary>How long the same idempotency key is delivered once only, where that is not for good; null: see <see cref="Idempotent"/>.</summary>
    public TimeSpan? RemembersKeysFor { get; init; }
    /// <summary>Delivers from the stored message rows itself: nothing is sent to it, a nudge is enough.</summary>
    public bool ReadsStoredMessages { get; init; }
    /// <summary>Whether an answer that is still being written can be shown as it grows; the channel is an <see cref="IDraftChannel"/>.</summary>
    public bool ShowsDrafts { get; init; }
}

/// <summary>What a channel did with one message.</summary>
public enum SendClass
{
    Ok, Transient, RateLimited, QuotaExhausted, AuthExpired, RecipientGone,
    WindowClosed, ContentRejected, ConfigError, AmbiguousSent,
}

/// <summary>Whom a limit or a rest concerns.</summary>
public enum SendScope
{
    /// <summary>The whole channel account.</summary>
    Account,
    /// <summary>This recipient alone (so many text messages a day and number): others can be written to.</summary>
    Recipient,
}

/// <param name="VendorCode">Such as WeChat's <c>errcode</c> 45047: for people, never for decisions.</param>
public sealed record SendResult(
    SendClass Class, string? MessageId = null, string? VendorCode = null, TimeSpan? RetryAfter = null, SendScope Scope = SendScope.Account)
{
    /// <summary>The class with the vendor's code where there is one, as it is kept with a row that was not delivered.</summary>
    public string Words => $"{Class} {VendorCode}".TrimEnd();
}
