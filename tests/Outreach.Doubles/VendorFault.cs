using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>What a vendor does with one call instead of judging it, or with its answer.</summary>
public enum VendorFault
{
    None,
    /// <summary>500, nothing taken.</summary>
    Broken,
    /// <summary>502, nothing taken.</summary>
    BadGateway,
    /// <summary>412, nothing taken.</summary>
    Precondition,
    /// <summary>429 with Retry-After 120, nothing taken.</summary>
    TooMany,
    /// <summary>Takes the call, then answers half a JSON object.</summary>
    BrokenJson,
    /// <summary>Takes the call, then closes the connection.</summary>
    LosesAnswer,
    /// <summary>Takes the call, then says nothing until the caller hangs up.</summary>
    Hangs,
    /// <summary>Takes back the token before it looks at it.</summary>
    RevokesToken,
}

/// <summary>The faults of a vendor: those of the next calls, then the one that lasts.</summary>
public sealed class VendorFaults
{
    private readonly ConcurrentQueue<VendorFault> _next = new();

    /// <summary>Of every call that has none of its own.</summary>
    public VendorFault Lasting { get; set; }

    public void Next(params ReadOnlySpan<VendorFault> faults)
    {
        foreach (var fault in faults)
            _next.Enqueue(fault);
    }

    internal VendorFault Take() => _next.TryDequeue(out var fault) ? fault : Lasting;

    /// <summary>Whether the fault is the whole answer.</summary>
    internal static bool Refuses(VendorFault fault, HttpResponse response)
    {
        if (fault == VendorFault.TooMany)
            response.Headers.RetryAfter = "120";
        response.StatusCode = fault switch
        {
            VendorFault.Broken => 500,
            VendorFault.BadGateway => 502,
            VendorFault.Precondition => 412,
            VendorFault.TooMany => 429,
            VendorFault.None or VendorFault.BrokenJson or VendorFault.LosesAnswer or VendorFault.Hangs or VendorFault.RevokesToken => 200,
        };
        return response.StatusCode != 200;
    }

    /// <summary>Whether the fault took the place of the answer, after the call was taken.</summary>
    internal static async Task<bool> SpoilsAsync(VendorFault fault, HttpContext context)
    {
        switch (fault)
        {
            case VendorFault.BrokenJson:
                await context.Response.WriteAsync("{\"id\":", context.RequestAborted);
                return true;
            case VendorFault.LosesAnswer:
                context.Abort();
                return true;
            case VendorFault.Hangs:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return true;
            default:
                return false;
        }
    }
}
