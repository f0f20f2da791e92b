using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>Sends the digits by which owners confirm an address. A row is claimed first; one whose answer was lost, or whose process died, is not sent again: the owner asks anew.</summary>
internal sealed partial class SendCodes(IDbContextFactory<OutreachDb> databases, ChannelSet channels, TimeProvider clock, ILogger<SendCodes> logger) : IDueWork
{
    private const int AtOnce = 20;
    private const int MaxTries = 3;

    public string Name => "address-codes";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var fresh = now - NoticeAddresses.CodeIsGoodFor;
        foreach (var row in await db.NoticeAddresses.AsNoTracking().Where(a => a.CodeState == CodeState.Queued && a.DueAt <= now && a.CreatedAt > fresh)
            .OrderBy(a => a.Id).Take(AtOnce).ToListAsync(cancellationToken))
            await SendAsync(db, row, cancellationToken);
    }

    private async Task SendAsync(OutreachDb db, NoticeAddress row, CancellationToken cancellationToken)
    {
        var claimed = await db.WriteAsync(() => db.NoticeAddresses.Where(a => a.Id == row.Id && a.CodeState == CodeState.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.CodeState, CodeState.Sending).SetProperty(a => a.ClaimedBy, Epoch.Current).SetProperty(a => a.Tries, a => a.Tries + 1),
                cancellationToken), cancellationToken);
        if (claimed == 0)
            return;
        var result = channels.Find(row.Channel) is IAddressChannel channel
            ? await channel.SendCodeAsync(row.Address, row.Code, $"code/{row.Id}", CancellationToken.None)
            : new SendResult(SendClass.ConfigError, VendorCode: "off");
        var again = result.Class is SendClass.Transient or SendClass.RateLimited && row.Tries + 1 < MaxTries;
        var state = result.Class == SendClass.Ok ? CodeState.Sent : again ? CodeState.Queued : CodeState.Failed;
        var due = clock.GetUtcNow() + (result.RetryAfter ?? TimeSpan.FromSeconds(20));
        await db.WriteAsync(() => db.NoticeAddresses.Where(a => a.Id == row.Id && a.CodeState == CodeState.Sending)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.CodeState, state).SetProperty(a => a.DueAt, due), CancellationToken.None), CancellationToken.None);
        if (state != CodeState.Sent)
            NotSent(row.Id, result.Class, result.VendorCode);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The digits for address {Id} were not sent: {Class} {Code}")]
    private partial void NotSent(long id, SendClass @class, string? code);
}
