using System.Collections.Concurrent;
using Outreach.Activities;

namespace Outreach.Tests.Campaigns;

/// <summary>What a vendor does with the next message.</summary>
public enum VendorWhim
{
    Delivers, DeliversAndTheAnswerIsLost, LosesTheMessage, IsDown, FindsNobody, ClosedTheWindow, HasNoQuotaLeft,
    /// <summary>Our process dies when the message is out.</summary>
    DeliversAndWeDie,
    /// <summary>Our process dies before it is.</summary>
    WeDie,
}

/// <summary>The process is gone: nothing of the call runs on.</summary>
public sealed class ProcessDiedException : Exception;

/// <summary>A vendor without wires, for histories by the thousand: does with each message what it is told, and keeps a ledger of the copies that people hold.</summary>
internal sealed class VendorInMemory(string id, bool knowsKeys) : IChannel
{
    private readonly ConcurrentDictionary<string, byte> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<VendorWhim> _whims = new();

    public string Id => id;

    public ChannelCapabilities Capabilities { get; } = new() { Proactive = true, Idempotent = knowsKeys };

    /// <summary>User ids, one a copy.</summary>
    public ConcurrentQueue<string> Copies { get; } = new();

    /// <summary>User ids, one a call.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public void Next(IEnumerable<VendorWhim> whims)
    {
        foreach (var whim in whims)
            _whims.Enqueue(whim);
    }

    public void BehaveWell() => _whims.Clear();

    public Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        Calls.Enqueue(to.UserId);
        var whim = _whims.TryDequeue(out var next) ? next : VendorWhim.Delivers;
        if (whim is VendorWhim.Delivers or VendorWhim.DeliversAndTheAnswerIsLost or VendorWhim.DeliversAndWeDie && (!knowsKeys || _keys.TryAdd(idempotencyKey, 0)))
            Copies.Enqueue(to.UserId);
        return Task.FromResult(whim switch
        {
            VendorWhim.Delivers => new SendResult(SendClass.Ok, MessageId: idempotencyKey),
            VendorWhim.DeliversAndTheAnswerIsLost or VendorWhim.LosesTheMessage => new(SendClass.AmbiguousSent),
            VendorWhim.IsDown => new(SendClass.Transient),
            VendorWhim.FindsNobody => new(SendClass.RecipientGone),
            VendorWhim.ClosedTheWindow => new(SendClass.WindowClosed),
            VendorWhim.HasNoQuotaLeft => new(SendClass.QuotaExhausted),
            VendorWhim.DeliversAndWeDie or VendorWhim.WeDie => throw new ProcessDiedException(),
        });
    }
}
