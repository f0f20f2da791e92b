using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Outreach.Activities;

namespace Outreach.Channels.BotFramework;

/// <param name="Endorsements">The channels that this key may speak for.</param>
internal sealed record SigningKey(SecurityKey Key, IReadOnlySet<string> Endorsements);

/// <summary>
/// The Connector's public keys, from its OpenID document: kept for a day, fetched again at once for a key id that is unknown, though not more than once an hour
/// for the same id and once in ten seconds at all. While the document cannot be fetched the old keys serve.
/// </summary>
internal sealed partial class SigningKeys(IOptions<BotFrameworkOptions> options, OutboundHttp http, IHostEnvironment environment, TimeProvider clock, ILogger<SigningKeys> logger)
    : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(1);
    private static readonly TimeSpan SameKey = TimeSpan.FromHours(1);
    private static readonly TimeSpan AnyKey = TimeSpan.FromSeconds(10);
    private const int MostUnknown = 1000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _unknown = new(StringComparer.Ordinal);
    private volatile Known _known = new(new Dictionary<string, SigningKey>(), DateTimeOffset.MinValue);
    private DateTimeOffset _triedAt = DateTimeOffset.MinValue;

    /// <summary>The key of this id; null: there is none.</summary>
    public async Task<SigningKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var known = _known;
        if (known.Keys.TryGetValue(keyId, out var key) && now - known.FetchedAt < Age)
            return key;
        var mayAsk = key is not null || !_unknown.TryGetValue(keyId, out var asked) || now - asked >= SameKey;
        if (mayAsk)
            await RefreshAsync(known, key is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken);
        if (_known.Keys.TryGetValue(keyId, out key))
            return key;
        if (_unknown.Count >= MostUnknown)
            _unknown.Clear();
        if (mayAsk && _known.FetchedAt >= now)
            _unknown[keyId] = now;
        return null;
    }

    public void Dispose() => _gate.Dispose();

    /// <param name="patience">For a fetch that is under way; who has a key at hand does not wait for a newer one.</param>
    private async Task RefreshAsync(Known seen, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await _gate.WaitAsync(patience, cancellationToken))
            return;
        try
        {
            var now = clock.GetUtcNow();
            if (!ReferenceEquals(_known, seen) || now - _triedAt < AnyKey)
                return;      // somebody fetched it while this caller waited, or just now
            _triedAt = now;
            var address = options.Value.MetadataAddress;
            var retriever = new HttpDocumentRetriever(http.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public))
            {
                RequireHttps = !environment.IsDevelopment(),
            };
            var document = await OpenIdConnectConfigurationRetriever.GetAsync(address, retriever, cancellationToken);
            _known = new(document.JsonWebKeySet.Keys.Where(key => !string.IsNullOrEmpty(key.Kid)).DistinctBy(key => key.Kid, StringComparer.Ordinal)
                .ToDictionary(key => key.Kid, key => new SigningKey(key, EndorsementsOf(key)), StringComparer.Ordinal), now);
        }
#pragma warning disable CA1031 // whatever the other side answered: the old keys serve, and the line says so
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _triedAt = clock.GetUtcNow();      // one that hung until its time-out is not followed by the next at once
            NotFetched(e);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static HashSet<string> EndorsementsOf(JsonWebKey key) => key.AdditionalData.TryGetValue("endorsements", out var value)
        ? [.. value switch
        {
            JsonElement { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
            IEnumerable<object> items => items.OfType<string>(),
            _ => [],
        }]
        : [];

    private sealed record Known(IReadOnlyDictionary<string, SigningKey> Keys, DateTimeOffset FetchedAt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The Bot Framework's signing keys could not be fetched; the ones known before serve on")]
    private partial void NotFetched(Exception exception);
}
