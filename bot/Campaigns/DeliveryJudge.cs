using Outreach.Activities;

namespace Outreach.Campaigns;

/// <summary>Whether a repeated send is told apart by the channel.</summary>
public enum Resend { Blind, WithKey }

/// <summary>
/// The states of a delivery and what leads from one to the next. Invariants, whatever pauses, crashes or opt-outs come between:
/// a campaign's deliveries are its snapshot, one a contact; Sent, Failed, Skipped and Unknown never change (but for a Sent that the vendor takes back, see <see cref="DeliveryReports"/>); only Queued rows are claimed;
/// a row whose request may have been written and whose channel has no idempotency handle is never queued again.
/// </summary>
public static class DeliveryJudge
{
    public const int MaxTries = 5;

    /// <summary>The state that an answer leads to. Pure, and the only place where one is judged.</summary>
    /// <param name="tries">Tries made, this one included.</param>
    public static DeliveryState After(SendClass answer, int tries, Resend resend) => answer switch
    {
        SendClass.Ok => DeliveryState.Sent,
        SendClass.Transient => tries < MaxTries ? DeliveryState.Queued : DeliveryState.Failed,
        SendClass.RateLimited or SendClass.QuotaExhausted or SendClass.AuthExpired or SendClass.ConfigError => DeliveryState.Queued,   // the account pauses, not the row
        SendClass.RecipientGone or SendClass.WindowClosed => DeliveryState.Skipped,
        SendClass.AmbiguousSent => resend == Resend.Blind ? DeliveryState.Unknown : tries < MaxTries ? DeliveryState.Queued : DeliveryState.Unknown,
        SendClass.ContentRejected => DeliveryState.Failed,   // and the whole campaign pauses with the reason
    };

    /// <summary>The state of a row that a dead process left in Sending.</summary>
    public static DeliveryState AfterCrash(Resend resend) => resend == Resend.WithKey ? DeliveryState.Queued : DeliveryState.Unknown;

    public static SkipReason SkipReasonOf(SendClass answer) => answer switch
    {
        SendClass.RecipientGone => SkipReason.RecipientGone,
        SendClass.WindowClosed => SkipReason.WindowClosed,
        SendClass.Ok or SendClass.Transient or SendClass.RateLimited or SendClass.QuotaExhausted or SendClass.AuthExpired
            or SendClass.ContentRejected or SendClass.ConfigError or SendClass.AmbiguousSent => SkipReason.None,
    };

    /// <summary>How long a row waits before its next try: 5 s, 20 s, 80 s, 320 s.</summary>
    public static TimeSpan Backoff(int tries) => TimeSpan.FromSeconds(5 * Math.Pow(4, Math.Clamp(tries - 1, 0, 3)));
}
