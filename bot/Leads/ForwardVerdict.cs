using Outreach.Activities;

namespace Outreach.Leads;

/// <summary>What becomes of a forward after one try. Pure, and the only place where it is judged.</summary>
/// <param name="DueAt">When it is tried next; meaningless unless <see cref="ForwardState.Queued"/>.</param>
/// <param name="Tries">Tries so far that count.</param>
/// <param name="RestUntil">Until when the whole destination rests; null: it does not.</param>
internal sealed record ForwardVerdict(ForwardState State, DateTimeOffset DueAt, int Tries, DateTimeOffset? RestUntil)
{
    private static readonly TimeSpan DefaultRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(24);

    /// <summary>Pauses before the tries after the first, as Standard Webhooks proposes; jitter comes on top.</summary>
    public static IReadOnlyList<TimeSpan> Pauses { get; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>
    /// Everything but success is tried again: a lead is never lost for one odd answer. A lost answer too: a webhook knows the message by its id, and a robot's message
    /// holds nothing personal, so that there a second copy is the smaller harm. "Wait" and "gone" rest the destination and do not count as a try.
    /// </summary>
    /// <param name="jitter">0 to 1.</param>
    public static ForwardVerdict After(SendResult answer, int tries, DateTimeOffset now, double jitter) => answer.Class switch
    {
        SendClass.Ok => new(ForwardState.Sent, now, tries, null),
        SendClass.RateLimited or SendClass.QuotaExhausted => Rested(answer.RetryAfter ?? DefaultRest, tries, now),
        SendClass.RecipientGone => new(ForwardState.Queued, now, tries, DateTimeOffset.MaxValue),
        SendClass.Transient or SendClass.AuthExpired or SendClass.WindowClosed or SendClass.ContentRejected or SendClass.ConfigError or SendClass.AmbiguousSent =>
            tries > Pauses.Count
                ? new(ForwardState.Failed, now, tries, null)
                : new(ForwardState.Queued, now + Pauses[tries - 1] * (0.8 + 0.4 * jitter), tries, null),
    };

    private static ForwardVerdict Rested(TimeSpan wanted, int tries, DateTimeOffset now)
    {
        var until = now + (wanted < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wanted > LongestRest ? LongestRest : wanted);
        return new(ForwardState.Queued, until, tries - 1, until);
    }
}
