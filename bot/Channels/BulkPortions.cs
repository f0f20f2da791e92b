using Outreach.Activities;

namespace Outreach.Channels;

/// <summary>Hands one message to many people in calls of so many, within the time that a caller waits.</summary>
internal static class BulkPortions
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(18);

    /// <param name="people">Each once.</param>
    /// <param name="send">Gives one result a person, in order.</param>
    /// <returns>One result a person. Who was not reached before the time was over was not tried (<see cref="SendClass.Transient"/>), or may have it (<see cref="SendClass.AmbiguousSent"/>).</returns>
    public static async Task<IReadOnlyDictionary<string, SendResult>> SendAsync(
        IReadOnlyList<string> people, int most, Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<SendResult>>> send, TimeProvider clock, CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, SendResult>(StringComparer.Ordinal);
        using var time = new CancellationTokenSource(Budget, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        SendResult? over = null;
        foreach (var portion in people.Chunk(most))
        {
            IReadOnlyList<SendResult> results;
            try
            {
                results = over is null ? await send(portion, stop.Token) : [.. portion.Select(_ => over)];
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                results = [.. portion.Select(_ => new SendResult(SendClass.AmbiguousSent, VendorCode: "time-out"))];
            }
            foreach (var (person, result) in portion.Zip(results))
                ends[person] = result;
            // What holds for the whole account holds for the portions that would follow.
            over ??= time.IsCancellationRequested ? new(SendClass.Transient, VendorCode: "time-out")
                : results.FirstOrDefault(result => result.Class is SendClass.RateLimited or SendClass.QuotaExhausted or SendClass.ConfigError or SendClass.AuthExpired or SendClass.ContentRejected
                    && results.All(other => other.Class == result.Class));
        }
        return ends;
    }
}
