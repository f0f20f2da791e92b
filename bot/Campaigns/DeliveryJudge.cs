using Outreach.Activities;

namespace Outreach.Campaigns;

/// <summary>Whether a repeated send is told apart by the channel.</summary>
public enum Resend { Blind, WithKey }

/// <summary>
/// The states of a delivery and what leads from one to the next. Whatever comes between (pause, resume, stop, a crash at any point, an opt-out, a used-up quota, a lost
/// answer), at every commit:
/// <list type="number">
/// <item>A person has one row of a campaign, and so one copy: <c>(CampaignId, PersonId)</c> is unique. The states of the rows add up to the snapshot.</item>
/// <item>Sent, Failed, Skipped and Unknown never change (but for a Sent that the vendor itself takes back, see <see cref="DeliveryReports"/>); they alone have an end time.</item>
/// <item>Only Queued rows of a campaign that is Sending are claimed; a row is sent and ended only by the claim that holds it.</item>
/// <item>A row whose request may have been written is never sent again, but under an idempotency handle of the channel; without one it ends as Unknown.</item>
/// <item>Sent means one copy, Failed and Skipped mean none, Unknown one or none: a row that may have arrived earlier ends as Sent or Unknown, whatever is said later.</item>
/// <item>A row changes its channel only after an answer that says that nothing arrived, and only to a later one in the person's order: it comes to an end.</item>
/// <item>Who has opted out is not handed to a channel any more once the portion that was in flight is over.</item>
/// <item>No more is handed to an account in a window than its quota, and what waits for the next window waits as Queued.</item>
/// <item>A stopped campaign ends with no row Queued or Sending; a campaign is Done exactly when all its rows have ended.</item>
/// </list>
/// The property tests drive the real sender through random histories and check these.
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

    /// <summary>The state that may be told: what may have arrived is neither failed nor skipped.</summary>
    public static DeliveryState Sure(DeliveryState state, bool mayHaveArrived) =>
        mayHaveArrived && (state is DeliveryState.Failed or DeliveryState.Skipped) ? DeliveryState.Unknown : state;

    /// <summary>Whether an answer is about the account and not about the row.</summary>
    public static bool IsOfTheAccount(SendClass answer) => answer is SendClass.RateLimited or SendClass.QuotaExhausted or SendClass.AuthExpired or SendClass.ConfigError;

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
