using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Orleans.Concurrency;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Channels.WeCom;

/// <summary>Fetches the news of one customer-service account, one caller at a time. Key: <c>account/open_kfid</c>.</summary>
[Alias("Outreach.IKfSyncGrain")]
public interface IKfSyncGrain : IGrainWithStringKey
{
    /// <summary>Starts and does not wait: what is not fetched stays wanted in its row.</summary>
    [OneWay, Alias("StartAsync")]
    Task StartAsync();
}

internal sealed class KfSyncGrain(KfSync sync) : Grain, IKfSyncGrain
{
    public Task StartAsync() => this.GetPrimaryKeyString().Split('/', 2) is [var account, var id] ? sync.PullAsync(account, id, CancellationToken.None) : Task.CompletedTask;
}

/// <summary>
/// Reads customer service page by page behind a stored cursor. Every message is a turn, known by the vendor's id, and the cursor moves once the turns of its page are
/// committed: after a crash a page is read again and runs nothing twice. What a callback announced stays wanted until it was read.
/// </summary>
internal sealed partial class KfSync(
    IDbContextFactory<OutreachDb> databases, IGrainFactory grains, WeComAccounts accounts, WeComApi api, ChannelInbox inbox, KfChannel channel, DeliveryReports deliveries,
    TimeProvider clock, ILogger<KfSync> logger) : IDueWork
{
    private const int PageSize = 10;                                        // ten messages of the longest kind stay below what we read of an answer
    private const int MaxTries = 5;                                         // of one message's turn
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(9);   // the vendor's is ten
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(10);     // of the first callback: older talk was not meant for us
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, int> _failed = new(StringComparer.Ordinal);
    private int _looked;

    public string Name => "wecom-kf-messages";

    /// <summary>Writes down that there are news, and starts fetching them.</summary>
    public async Task NoteAsync(string account, string openKfId, string token)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        await db.WriteAsync(async () =>
        {
            if (await db.KfCursors.FindAsync(account, openKfId) is not { } row)
                db.KfCursors.Add(row = new() { Account = account, OpenKfId = openKfId, CreatedAt = now });
            (row.Token, row.TokenUntil, row.Wanted, row.RetryAt) = (token, now + TokenLife, Guid.NewGuid().ToString("N"), null);
            await db.SaveChangesAsync(CancellationToken.None);
        }, CancellationToken.None);
        await grains.GetGrain<IKfSyncGrain>($"{account}/{openKfId}").StartAsync();
    }

    /// <summary>What is still wanted; once after the start everything is, for what came while nobody listened.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (Interlocked.Exchange(ref _looked, 1) == 0)
            await db.WriteAsync(() => db.KfCursors.Where(c => c.Wanted == null).ExecuteUpdateAsync(set => set.SetProperty(c => c.Wanted, "start"), CancellationToken.None), CancellationToken.None);
        var now = clock.GetUtcNow();
        foreach (var row in await db.KfCursors.AsNoTracking().Where(c => c.Wanted != null && (c.RetryAt == null || c.RetryAt <= now)).ToListAsync(cancellationToken))
            await grains.GetGrain<IKfSyncGrain>($"{row.Account}/{row.OpenKfId}").StartAsync();
    }

    public async Task PullAsync(string accountName, string openKfId, CancellationToken cancellationToken)
    {
        if (accounts.FindKf(accountName) is not { } account)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var started = clock.GetTimestamp();
        while (await db.KfCursors.AsNoTracking().SingleOrDefaultAsync(c => c.Account == accountName && c.OpenKfId == openKfId, cancellationToken) is { Wanted: { } wanted } row)
        {
            if (row.RetryAt > clock.GetUtcNow() || clock.GetElapsedTime(started) > Budget)
                return;
            var (result, answer) = await ReadPageAsync(account, row, cancellationToken);
            if (answer is null || result.Class != SendClass.Ok)
            {
                await WaitAsync(db, row, result.RetryAfter ?? (result.Class is SendClass.RateLimited ? TimeSpan.FromMinutes(1) : Pause));
                return;
            }
            foreach (var message in answer.Received)
                if (!await TakeAsync(account, row, message))
                {
                    await WaitAsync(db, row, Pause);
                    return;
                }
            var (cursor, isOver) = (answer.NextCursor is { Length: > 0 } next ? next : row.Cursor, answer.HasMore != 1);
            await db.WriteAsync(async () =>
            {
                var rows = db.KfCursors.Where(c => c.Account == accountName && c.OpenKfId == openKfId);
                await rows.ExecuteUpdateAsync(set => set.SetProperty(c => c.Cursor, cursor), CancellationToken.None);
                if (isOver)      // but for a callback that came meanwhile
                    await rows.Where(c => c.Wanted == wanted).ExecuteUpdateAsync(set => set.SetProperty(c => c.Wanted, (string?)null), CancellationToken.None);
            }, CancellationToken.None);
        }
    }

    private async Task<(SendResult Result, WeComAnswer? Answer)> ReadPageAsync(WeComAccount account, KfCursor row, CancellationToken cancellationToken)
    {
        var token = row.TokenUntil > clock.GetUtcNow() ? row.Token : null;
        var page = await CallAsync(token, PageSize);
        if (token is not null && WeComMeanings.IsCallbackTokenOver(page.Answer))
            page = await CallAsync(null, PageSize);
        // A page that is more than we read of an answer: one by one, then.
        return page.Result.Class == SendClass.AmbiguousSent ? await CallAsync(token, 1) : page;

        Task<(SendResult Result, WeComAnswer? Answer)> CallAsync(string? with, int limit) =>
            api.PostAsync(account, "kf/sync_msg", new(row.Cursor, with, row.OpenKfId, limit, 0), WeComJson.Wire.KfPageAsked, cancellationToken);
    }

    private async Task WaitAsync(OutreachDb db, KfCursor row, TimeSpan pause)
    {
        var at = clock.GetUtcNow() + pause;
        await db.WriteAsync(() => db.KfCursors.Where(c => c.Account == row.Account && c.OpenKfId == row.OpenKfId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.RetryAt, at), CancellationToken.None), CancellationToken.None);
    }

    /// <summary>One message or event. False: its turn failed and is to be tried again.</summary>
    private async Task<bool> TakeAsync(WeComAccount account, KfCursor row, KfReceived message)
    {
        if (message.Event is { EventType: "msg_send_fail" } failed)
            await NoteFailureAsync(account, row.OpenKfId, failed);
        if (message.MsgId is not { Length: > 0 } id || (message.Customer ?? message.Event?.Customer) is not { Length: > 0 and <= 128 } customer
            || DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(message.SendTime, 0, 253_402_300_799)) < row.CreatedAt - Before)
            return true;
        var reference = KfChannel.ReferenceOf(account.Name, row.OpenKfId, customer);
        var key = ChannelInbox.KeyOf(account.Name, row.OpenKfId, customer, id);
        foreach (var (index, activity) in KfReading.ActivitiesOf(message).Index())
        {
            var receipt = await inbox.ReceiveAsync(reference, KfReading.Own(activity, reference, clock.GetUtcNow()), index == 0 ? key : ChannelInbox.KeyOf(key, "next"));
            if (receipt is null)
                return IsGivenUp(id);
            await inbox.AnswerAsync(receipt);
        }
        _failed.TryRemove(id, out _);
        return true;
    }

    /// <summary>A message that fails again and again must not hold up everybody behind it.</summary>
    private bool IsGivenUp(string id)
    {
        if (_failed.AddOrUpdate(id, 1, (_, tries) => tries + 1) < MaxTries)
            return false;
        _failed.TryRemove(id, out _);
        GivenUp(MaxTries);
        return true;
    }

    /// <summary>
    /// The vendor took a message and could not deliver it: a message that came after the window waits for the customer's next one, a notice ends as not sent, and a
    /// customer who refuses us gets no notices.
    /// </summary>
    private async Task NoteFailureAsync(WeComAccount account, string openKfId, KfReceivedEvent failed)
    {
        if (failed is not { FailedId: { Length: > 0 } id, Customer: { Length: > 0 } customer })
            return;
        var why = new SendResult(KfReading.WhyFailed(failed.FailType), VendorCode: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"fail {failed.FailType}"));
        account.Report.Answered(why, clock.GetUtcNow());
        NotDelivered(failed.FailType);
        await channel.TakeBackAsync(KfChannel.ReferenceOf(account.Name, openKfId, customer), id, why.Class);
        await deliveries.FailedAsync(KfChannel.ChannelId, account.Name, id, customer, why, CancellationToken.None);
        if (why.Class != SendClass.RecipientGone)
            return;
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        await db.WriteAsync(() => db.Contacts.Where(c => c.Channel == KfChannel.ChannelId && c.Account == account.Name && c.UserId == customer)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UnreachableSince, now), CancellationToken.None), CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A customer's message could not be run {Times} times and is left out")]
    private partial void GivenUp(int times);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Customer service took a message and did not deliver it (fail_type {FailType})")]
    private partial void NotDelivered(int failType);
}
