using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Conversations;
using Outreach.Storage;

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

    /// <summary>The real sender of <paramref name="rooms"/>, over these vendors in place of the program's channels.</summary>
    /// <param name="order">Where a person's copy goes first.</param>
    public static (CampaignRun Run, AccountSender Sender) Sender(TestRooms rooms, string[] order, params VendorInMemory[] vendors)
    {
        var databases = rooms.Get<IDbContextFactory<OutreachDb>>();
        var configured = rooms.Get<IOptionsMonitor<CampaignOptions>>();
        var now = configured.CurrentValue;
        var options = new FixedOptions(new CampaignOptions
        {
            PageSize = now.PageSize,
            Concurrency = 1,
            QuietUntilHour = now.QuietUntilHour,
            QuietFromHour = now.QuietFromHour,
            PerOwnerPerWeek = now.PerOwnerPerWeek,
            Quotas = now.Quotas,
            ChannelOrder = order,
        });
        var channels = new CampaignChannels(new ChannelSet(vendors), new ChannelReports(), options);
        var audience = new Audience(channels, rooms.Clock);
        var (hours, quotas, city) = (rooms.Get<SendingHours>(), rooms.Get<QuotaKeeper>(), rooms.Get<CityClock>());
        var ends = new DeliveryEnds(audience, channels, rooms.Get<ConversationLog>(), rooms.Get<MessageFeed>(), rooms.Get<IOptions<SiteOptions>>(), city, rooms.Clock);
        var notices = new NoticeSender(databases, audience, ends, options, rooms.Get<IOptions<SiteOptions>>(), hours, city, rooms.Clock);
        return (new(databases, audience, new(audience, rooms.Clock), new(audience, rooms.Clock), channels, quotas, options, hours, city, rooms.Clock),
            new(databases, channels, quotas, notices, ends, rooms.Get<InstanceMark>(), hours, options, rooms.Clock, NullLogger<AccountSender>.Instance));
    }

    /// <summary>What the scheduler does every two seconds, now and to its end.</summary>
    public static Task CarryOnAsync(TestRooms rooms, long campaignId, string[] order, params VendorInMemory[] vendors)
    {
        var (run, sender) = Sender(rooms, order, vendors);
        return run.CarryOnAsync(campaignId, sender.SendAsync);
    }

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

    private sealed class FixedOptions(CampaignOptions options) : IOptionsMonitor<CampaignOptions>
    {
        public CampaignOptions CurrentValue => options;

        public CampaignOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<CampaignOptions, string?> listener) => null;
    }
}
