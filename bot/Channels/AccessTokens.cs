using System.Collections.Concurrent;

namespace Outreach.Channels;

/// <param name="Value">Goes into requests and nowhere else: never into a log or a message.</param>
internal sealed record AccessToken(string Value, DateTimeOffset ExpiresAt);

/// <summary>
/// Tokens that vendors lend us, by account: fetched by one caller at a time (the others wait for it), used until five minutes before their end.
/// </summary>
internal sealed class AccessTokens(TimeProvider clock)
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <param name="account">Such as <c>botframework/default</c>.</param>
    /// <param name="fetch">Throws what the vendor's refusal means to the caller; nothing is kept then.</param>
    public async Task<AccessToken> GetAsync(string account, Func<CancellationToken, Task<AccessToken>> fetch, CancellationToken cancellationToken)
    {
        var slot = _slots.GetOrAdd(account, _ => new());
        if (slot.Token is { } fresh && IsFresh(fresh))
            return fresh;
        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            if (slot.Token is { } fetched && IsFresh(fetched))
                return fetched;
            var token = await fetch(cancellationToken);
            slot.Token = token;
            return token;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>The vendor refused this token: the next caller fetches another. A newer one that somebody fetched meanwhile stays.</summary>
    public void Forget(string account, AccessToken refused)
    {
        if (_slots.TryGetValue(account, out var slot) && slot.Token == refused)
            slot.Token = null;
    }

    private bool IsFresh(AccessToken token) => clock.GetUtcNow() < token.ExpiresAt - Early;

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public volatile AccessToken? Token;
    }
}
