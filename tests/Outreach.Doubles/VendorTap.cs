using System.Net;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>Where a call to a vendor stands.</summary>
public enum CallStage
{
    /// <summary>Written by us, not seen by the vendor.</summary>
    Asked,
    /// <summary>The vendor has taken it; we know nothing yet.</summary>
    Taken,
    /// <summary>The answer is on the wire.</summary>
    Answered,
}

/// <summary>A wire between the program and a vendor's server that tells how far every sending call is: for who wants something to happen exactly there.</summary>
public sealed class VendorTap : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 64 });
    private readonly Uri _vendor;
    private readonly Func<string, bool> _counts;
    private LoopbackServer? _server;
    private int _calls;

    private VendorTap(Uri vendor, Func<string, bool> counts) => (_vendor, _counts) = (vendor, counts);

    public Uri Address => _server!.Address;

    /// <summary>Number of the call, from 1, and how far it is. Runs on the call's own path: it goes no further before this ends.</summary>
    public Action<int, CallStage>? On { get; set; }

    /// <param name="counts">Which paths send something.</param>
    public static async Task<VendorTap> StartAsync(Uri vendor, Func<string, bool> counts)
    {
        var tap = new VendorTap(vendor, counts);
        tap._server = await LoopbackServer.StartAsync(tap.PassAsync);
        return tap;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var counts = _counts(context.Request.Path.Value ?? "");
        var number = counts ? Interlocked.Increment(ref _calls) : 0;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (counts)
            On?.Invoke(number, CallStage.Asked);
        if (context.RequestAborted.IsCancellationRequested)
            return;      // the caller is dead: what was not passed on never reached the vendor
        using var request = new HttpRequestMessage(new(context.Request.Method), new Uri(_vendor, context.Request.Path + context.Request.QueryString.ToUriComponent()));
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, value) in context.Request.Headers)
            if (name is "Authorization" or "Content-Type" && !request.Headers.TryAddWithoutValidation(name, (string?)value))
                request.Content.Headers.TryAddWithoutValidation(name, (string?)value);
        using var answer = await _http.SendAsync(request);      // to its end, whether or not somebody still waits
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        if (counts)
            On?.Invoke(number, CallStage.Taken);
        if (context.RequestAborted.IsCancellationRequested)
            return;
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.StatusCode != HttpStatusCode.NoContent)
            await context.Response.Body.WriteAsync(bytes);
        await context.Response.CompleteAsync();
        if (counts)
            On?.Invoke(number, CallStage.Answered);
    }
}
