using System.Net;
using System.Text.Json;

namespace Outreach.Activities;

/// <summary>What an HTTP exchange with somebody else's server means, in the classes of <see cref="SendClass"/>.</summary>
internal static class OutboundAnswer
{
    private const int MaxAnswerBytes = 64 * 1024;

    /// <summary>Writes one request and classifies what comes back. Never throws but for the caller's own cancellation.</summary>
    /// <param name="read">Reads a 2xx answer's body; null when the status says it all.</param>
    /// <param name="refused">What a status means to this server where it differs from the rule; null: the rule holds.</param>
    /// <param name="readRefusal">Reads what a server says in the body of an answer other than 2xx; where it gives null, the status tells.</param>
    public static async Task<SendResult> SendAsync(
        HttpClient http, HttpRequestMessage request, Func<string, SendResult>? read, TimeProvider clock, CancellationToken cancellationToken,
        Func<HttpStatusCode, SendClass?>? refused = null, Func<HttpResponseMessage, string, SendResult?>? readRefusal = null)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode && readRefusal is not null && await ReadRefusalAsync(response, readRefusal, cancellationToken) is { } told)
                return told;
            if (!response.IsSuccessStatusCode)
                return refused?.Invoke(response.StatusCode) is { } meaning ? new(meaning, VendorCode: CodeOf(response)) : Classify(response, clock);
            if (read is null)
                return new(SendClass.Ok);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            return read(await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException)
        {
            return new(SendClass.ConfigError, VendorCode: "private-address");
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return new(SendClass.Transient, VendorCode: e.HttpRequestError.ToString());          // nothing was written
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError)
        {
            return new(SendClass.ConfigError, VendorCode: "tls");                                // nothing was written
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new(SendClass.AmbiguousSent, VendorCode: e is OperationCanceledException ? "time-out" : "no-answer");
        }
    }

    /// <summary>A body that cannot be read leaves the status to tell.</summary>
    private static async Task<SendResult?> ReadRefusalAsync(HttpResponseMessage response, Func<HttpResponseMessage, string, SendResult?> read, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            return read(response, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }

    private static SendResult Classify(HttpResponseMessage response, TimeProvider clock)
    {
        var code = CodeOf(response);
        var wait = RetryAfter(response, clock);
        return response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => new(SendClass.RateLimited, VendorCode: code, RetryAfter: wait),
            HttpStatusCode.ServiceUnavailable when wait is not null => new(SendClass.RateLimited, VendorCode: code, RetryAfter: wait),
            HttpStatusCode.Gone => new(SendClass.RecipientGone, VendorCode: code),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(SendClass.AuthExpired, VendorCode: code),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new(SendClass.Transient, VendorCode: code),
            < HttpStatusCode.BadRequest => new(SendClass.ConfigError, VendorCode: code),        // a redirect: the address is not the receiver
            _ => new(SendClass.ContentRejected, VendorCode: code),
        };
    }

    private static string CodeOf(HttpResponseMessage response) => $"HTTP {(int)response.StatusCode}";

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };
}
