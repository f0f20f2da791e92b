using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>How a receiver treats the next requests.</summary>
public enum Misbehaviour
{
    None,
    /// <summary>500, nothing taken.</summary>
    Broken,
    /// <summary>429 with Retry-After 120.</summary>
    TooMany,
    /// <summary>503 with Retry-After 120.</summary>
    Busy,
    /// <summary>410.</summary>
    Gone,
    /// <summary>Takes the message, then closes the connection without an answer.</summary>
    LosesAnswer,
    /// <summary>302 to another place.</summary>
    Redirects,
    /// <summary>Takes the message, then answers only when <see cref="WebhookReceiver.Release"/> is called.</summary>
    Holds,
}

/// <param name="Id">The <c>webhook-id</c>.</param>
/// <param name="Body">The raw body.</param>
public sealed record ReceivedWebhook(string Id, long Timestamp, string Body);

/// <summary>
/// Another system that receives Standard Webhooks: verifies signature and time, refuses what is wrong, keeps a message id once, and can misbehave.
/// Written from the specification, not from our sender.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentQueue<ReceivedWebhook> _all = new();
    private readonly ConcurrentDictionary<string, ReceivedWebhook> _byId = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly TimeProvider _clock;
    private TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopbackServer? _server;
    private int _refused;

    private WebhookReceiver(TimeProvider clock) => _clock = clock;

    public string Secret => "whsec_" + Convert.ToBase64String(_key);
    public Uri Address => new(_server!.Address, "/leads");
    /// <summary>Every accepted request in order, repeats included.</summary>
    public IReadOnlyList<ReceivedWebhook> All => [.. _all];
    /// <summary>Each message id once, as a receiver that keeps to the standard sees it.</summary>
    public IReadOnlyCollection<ReceivedWebhook> Distinct => [.. _byId.Values];
    /// <summary>Requests with a missing or wrong signature, or an old timestamp.</summary>
    public int Refused => _refused;
    public Misbehaviour Mode { get; set; }
    /// <summary>Requests seen, whatever was answered.</summary>
    public int Requests { get; private set; }

    /// <param name="clock">Against which timestamps are judged.</param>
    public static async Task<WebhookReceiver> StartAsync(TimeProvider clock)
    {
        var receiver = new WebhookReceiver(clock);
        receiver._server = await LoopbackServer.StartAsync(receiver.ReceiveAsync);
        return receiver;
    }

    /// <summary>Lets held requests be answered.</summary>
    public void Release()
    {
        _release.TrySetResult();
        _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Waits until one more request was accepted.</summary>
    public Task WaitForOneAsync(CancellationToken cancellationToken) => _arrived.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Release();
        if (_server is not null)
            await _server.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        Requests++;
        switch (Mode)
        {
            case Misbehaviour.Broken: context.Response.StatusCode = 500; return;
            case Misbehaviour.Gone: context.Response.StatusCode = 410; return;
            case Misbehaviour.TooMany: context.Response.Headers.RetryAfter = "120"; context.Response.StatusCode = 429; return;
            case Misbehaviour.Busy: context.Response.Headers.RetryAfter = "120"; context.Response.StatusCode = 503; return;
            case Misbehaviour.Redirects: context.Response.Redirect("/elsewhere"); return;
            case Misbehaviour.None or Misbehaviour.LosesAnswer or Misbehaviour.Holds: break;
        }
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
        var id = context.Request.Headers["webhook-id"].ToString();
        var timestamp = context.Request.Headers["webhook-timestamp"].ToString();
        if (!IsSigned(id, timestamp, memory.ToArray(), context.Request.Headers["webhook-signature"].ToString()))
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = 401;
            return;
        }
        var message = new ReceivedWebhook(id, long.Parse(timestamp, CultureInfo.InvariantCulture), Encoding.UTF8.GetString(memory.ToArray()));
        _all.Enqueue(message);
        _byId.TryAdd(id, message);
        _arrived.Release();
        if (Mode == Misbehaviour.LosesAnswer)
            context.Abort();
        else if (Mode == Misbehaviour.Holds)
            await _release.Task.WaitAsync(context.RequestAborted);
    }

    private bool IsSigned(string id, string timestamp, byte[] body, string signatures)
    {
        if (id.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || (_clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Tolerance)
            return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var wanted = HMACSHA256.HashData(_key, signed);
        return signatures.Split(' ').Any(signature => signature.StartsWith("v1,", StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(signature[3..]), wanted));
    }
}
