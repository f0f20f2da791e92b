using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>One row that this process has claimed, with what its owner's row says.</summary>
/// <param name="Claim">By which it holds it.</param>
/// <param name="Contact">Where it goes; null: that row is gone.</param>
/// <param name="SignUpStands">Whether the sign-up for whose sake the owner is in the audience still stands.</param>
/// <param name="AtLimit">Whether the owner has had all the notices of these seven days.</param>
internal sealed record ClaimedRow(
    long Id, long PersonId, long ContactId, long CommunityId, string Channel, string Account, DateTimeOffset DueAt, int Tries, bool MayHaveArrived, string? Batch,
    string Claim, Contact? Contact, string? Reference, bool SignUpStands, bool AtLimit)
{
    public string Key => $"{RecentNotice.KeyPrefix}{Id}";

    /// <summary>The conversation, or the phone or mailbox that the contact stands for; null: nowhere.</summary>
    public ConversationReference? To { get; } =
        Reference is not null ? JsonSerializer.Deserialize(Reference, ActivityJson.Default.ConversationReference)
        : Contact?.OwnerId is null ? null
        : new() { ChannelId = Contact.Channel, Account = Contact.Account, ConversationId = Contact.UserId, UserId = Contact.UserId };
}

/// <summary>
/// Sends claim after claim for some seconds and writes what came of each row. The stages work side by side: the rows are claimed and read some dozens at a time (where the
/// vendor takes one call for many: a call's worth), named as about to be asked, sent, and written in commits of many. Before each of these portions everything that may have
/// changed is read anew: pause, stop, quiet hours and a vendor's refusal end it and give the other rows back; who opted out, withdrew the sign-up or has had enough for the
/// week is skipped.
/// </summary>
internal sealed class NoticeSender(
    IDbContextFactory<OutreachDb> databases, Audience audiences, DeliveryEnds rows, IOptionsMonitor<CampaignOptions> options, IOptions<SiteOptions> site,
    SendingHours hours, CityClock city, TimeProvider clock)
{
    // A portion is what still goes out after the word to pause: as many rows as the channel takes in this time.
    private static readonly TimeSpan PortionTime = TimeSpan.FromMilliseconds(50);
    private const int Portion = 64;
    private const int LeastPortion = 16;
    private const int MostPortion = 256;
    // Rows are named in parts of a portion, one part ahead: what a dying process leaves uncertain is two of them.
    private const int PartsOfPortion = 4;
    private const int LeastPart = 8;
    private const int MostPart = 64;
    // Answers wait for their commit no longer than this, nor for more than these.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    // It ends well within Orleans' call time-out of 30 s, however slow the channel is.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <param name="claimNext">Claims some rows of the account and returns their <see cref="Delivery.ClaimedBy"/>; null: there are none for now.</param>
    /// <returns>The channel's answers, one for each row that was handed to it.</returns>
    public async Task<IReadOnlyList<SendResult>> SendAsync(long campaignId, string account, IChannel channel, Func<Task<string?>> claimNext)
    {
        await using var db = await databases.CreateDbContextAsync();
        var work = new Work(await ReadAsync(db, campaignId), account, channel, city.Today, site.Value, clock.GetTimestamp());
        if (await audiences.ResolveAsync(db, AudienceChoice.Of(work.Campaign), CancellationToken.None) is { } audience)
        {
            var portions = System.Threading.Channels.Channel.CreateBounded<List<ClaimedRow>>(1);
            var ends = System.Threading.Channels.Channel.CreateBounded<Written>(work.Commit);
            // SQLite answers on the thread that asks, and a grain has one: there the stages would wait for each other and for the disk.
            await Parallel.ForEachAsync<Func<CancellationToken, Task>>(
                [
                    stop => ReadPortionsAsync(work, audience, claimNext, portions.Writer, stop),
                    stop => SendPortionsAsync(work, portions.Reader, ends.Writer, stop),
                    _ => WriteEndsAsync(work, ends.Reader),
                ],
                new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (stage, stop) => await stage(stop));
        }
        await GiveBackAsync(db, work);
        return work.Results;
    }

    private async Task ReadPortionsAsync(Work work, ResolvedAudience audience, Func<Task<string?>> claimNext, ChannelWriter<List<ClaimedRow>> portions, CancellationToken stop)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            var (size, last) = (work.Channel is IBulkChannel { MaxRecipients: var most } ? most : Portion, clock.GetTimestamp());
            while (!IsOver(work) && await claimNext() is { } claim)
            {
                work.Claims.Add(claim);
                for (var after = 0L; !IsOver(work) && await RowsAsync(db, work, claim, audience, after, size) is { Count: > 0 } portion; after = portion[^1].Id)
                {
                    await portions.WriteAsync(portion, stop);      // waits until the one before is on its way
                    var time = clock.GetElapsedTime(last);
                    if (work.CallsForEach)
                        size = Math.Clamp(time > TimeSpan.Zero ? (int)(portion.Count * (PortionTime / time)) : MostPortion, LeastPortion, MostPortion);
                    last = clock.GetTimestamp();
                }
            }
        }
        finally
        {
            portions.Complete();
        }
    }

    private async Task SendPortionsAsync(Work work, ChannelReader<List<ClaimedRow>> portions, ChannelWriter<Written> ends, CancellationToken stop)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            var going = GoingAsync(db, work, portions, stop);
            switch (work.Channel)
            {
                case IBulkChannel bulk:
                    await foreach (var portion in going)
                        await SendManyAsync(db, work, portion, bulk, ends, stop);
                    break;
                case { Capabilities.ReadsStoredMessages: true }:
                    await foreach (var portion in going)
                        foreach (var row in portion)
                            await ends.WriteAsync(new(WithoutCall(work, row)), stop);
                    break;
                default:
                    await CallForEachAsync(db, work, portions, ends, stop);
                    break;
            }
        }
        finally
        {
            ends.Complete();
        }
    }

    /// <summary>The portions that may still go out, each asked about right before it does. Those after a no are read past: the reader must not stand.</summary>
    private async IAsyncEnumerable<List<ClaimedRow>> GoingAsync(OutreachDb db, Work work, ChannelReader<List<ClaimedRow>> portions, [EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var portion in portions.ReadAllAsync(stop))
            if (MayGoOn(await ReadAsync(db, work.Campaign.Id), work) && await IsSaidAsync(db, work, portion))
                yield return portion;
            else
                work.Stop();
    }

    private Task CallForEachAsync(OutreachDb db, Work work, ChannelReader<List<ClaimedRow>> portions, ChannelWriter<Written> ends, CancellationToken ended)
    {
        var named = System.Threading.Channels.Channel.CreateBounded<ClaimedRow[]>(1);
        var calls = new ParallelOptions { MaxDegreeOfParallelism = options.CurrentValue.Concurrency };
        return Parallel.ForEachAsync<Func<CancellationToken, Task>>(
            [
                stop => NamePartsAsync(work, GoingAsync(db, work, portions, stop), named.Writer, ends, stop),
                stop => Parallel.ForEachAsync(EachAsync(named.Reader.ReadAllAsync(stop)), calls, async (row, _) =>
                {
                    if (!IsOver(work))      // else it is given back
                        await ends.WriteAsync(new(await SendOneAsync(work, row)), stop);
                }),
            ],
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ended }, async (stage, stop) => await stage(stop));
    }

    /// <summary>
    /// Has rows named that are a call of their own each, a part while the one before is on its way and in one commit with the ends of those before it. A part that another
    /// process took from us is left to it.
    /// </summary>
    private async Task NamePartsAsync(Work work, IAsyncEnumerable<List<ClaimedRow>> portions, ChannelWriter<ClaimedRow[]> named, ChannelWriter<Written> ends, CancellationToken stop)
    {
        try
        {
            await foreach (var portion in portions)
                foreach (var part in portion.Chunk(Math.Clamp(portion.Count / PartsOfPortion, LeastPart, MostPart)))
                    if (await named.WaitToWriteAsync(stop) && !IsOver(work))
                    {
                        var naming = new Naming(part, part[0].Claim);
                        await ends.WriteAsync(new(null, naming), stop);
                        if (await naming.IsOurs.Task.WaitAsync(stop))
                            await named.WriteAsync(part, stop);
                    }
        }
        finally
        {
            named.Complete();
        }
    }

    private static async IAsyncEnumerable<ClaimedRow> EachAsync(IAsyncEnumerable<ClaimedRow[]> portions)
    {
        await foreach (var portion in portions)
            foreach (var row in portion)
                yield return row;
    }

    /// <summary>Whatever else fails: what has its answer is written. Who waits for its name does not wait for others to gather.</summary>
    private async Task WriteEndsAsync(Work work, ChannelReader<Written> ends)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var some = new List<DeliveryEnd>(work.Commit);
        while (await ends.WaitToReadAsync(CancellationToken.None))
        {
            Naming? naming = null;
            using var patience = new CancellationTokenSource(Gather, clock);
            try
            {
                while (some.Count < work.Commit && naming is null && await ends.WaitToReadAsync(patience.Token))
                    while (some.Count < work.Commit && naming is null && ends.TryRead(out var next))
                        if (next.End is { } end)
                            some.Add(end);
                        else
                            naming = next.Naming;
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                // as many as have come
            }
            await rows.WriteAsync(db, work.Campaign, work.Channel, some, naming);
            work.Results.AddRange(some.Select(end => end.Result).OfType<SendResult>());
            some.Clear();
        }
    }

    private bool MayGoOn(Campaign campaign, Work work) => campaign.State == CampaignState.Sending && !hours.IsQuiet(clock.GetUtcNow()) && !IsOver(work);

    private bool IsOver(Work work) => work.IsStopped || clock.GetElapsedTime(work.Started) >= Budget;

    private static Task<Campaign> ReadAsync(OutreachDb db, long campaignId) => db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId);

    private Task<List<ClaimedRow>> RowsAsync(OutreachDb db, Work work, string claim, ResolvedAudience audience, long after, int atMost)
    {
        var (campaign, channel, account) = (work.Campaign, work.Channel.Id, work.Account);
        var leads = db.MeantLeads(audience);
        var full = db.Contacts.AtLimit(db, campaign.Step, new(options.CurrentValue.PerOwnerPerWeek, clock.GetUtcNow()));
        return (
            from d in db.Deliveries.AsNoTracking()
            where d.CampaignId == campaign.Id && d.State == DeliveryState.Sending && d.Channel == channel && d.Account == account && d.ClaimedBy == claim && d.Id > after
            orderby d.Id
            from c in db.Set<Contact>().Where(c => c.Id == d.ContactId).DefaultIfEmpty()
            from v in db.Set<Conversation>().Where(v => v.Id == c!.ConversationId).DefaultIfEmpty()
            select new ClaimedRow(d.Id, d.PersonId, d.ContactId, d.CommunityId, d.Channel, d.Account, d.DueAt, d.Tries, d.MayHaveArrived, d.Batch, claim, c, v!.Reference,
                leads.Any(l => l.ContactId == d.PersonId), full.Any(p => p.Id == d.PersonId))).Take(atMost).ToListAsync();
    }

    /// <summary>
    /// What each community of the portion is called, and its numbers: read once a call. False: a number that was there when the notice was written is not now, and
    /// nobody reads a hole; the campaign is paused.
    /// </summary>
    private async Task<bool> IsSaidAsync(OutreachDb db, Work work, List<ClaimedRow> portion)
    {
        var unknown = portion.Select(row => row.CommunityId).Distinct().Where(id => !work.Words.ContainsKey(id)).ToList();
        if (unknown.Count == 0)
            return true;
        foreach (var (id, words) in await NoticeWords.ReadAsync(db, unknown, CancellationToken.None))
        {
            if (words.Missing(work.Campaign.Title, work.Campaign.Body) is not null)
            {
                await PauseForMissingAsync(db, work, words);
                return false;
            }
            work.Words[id] = words;
            work.Notices[id] = work.Like(Notice.ToActivity(work.Campaign, words, work.Site, work.Today));
        }
        return true;
    }

    private async Task PauseForMissingAsync(OutreachDb db, Work work, NoticeWords words)
    {
        await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.SingleOrDefaultAsync(c => c.Id == work.Campaign.Id && c.State == CampaignState.Sending) is { } stopped)
                await db.PauseAsync(stopped, $"{words.Community}的 {words.Missing(work.Campaign.Title, work.Campaign.Body)} 现在没有数据，填不上。补上数据再接着发。", clock.GetUtcNow());
        }, CancellationToken.None);
        db.ChangeTracker.Clear();
    }

    private static async Task<DeliveryEnd> SendOneAsync(Work work, ClaimedRow row)
    {
        if (WhyNot(row, work) is { } reason)
            return new(row, null, reason, null);
        var notice = work.NoticeOf(row)!;
        var answer = await work.Channel.SendAsync(row.To!, notice, row.Key, CancellationToken.None);
        work.Heard(answer);
        return new(row, answer, null, notice);
    }

    /// <summary>A channel that reads the stored messages delivers what is written: then message and state are one commit, and nothing is ever uncertain.</summary>
    private static DeliveryEnd WithoutCall(Work work, ClaimedRow row) =>
        WhyNot(row, work) is { } reason ? new(row, null, reason, null) : new(row, new(SendClass.Ok), null, work.NoticeOf(row));

    /// <summary>Rows of equal words in one call. The batch is written before it is handed over; a name that rows already bear is kept, even by fewer of them.</summary>
    private async Task SendManyAsync(OutreachDb db, Work work, List<ClaimedRow> portion, IBulkChannel channel, ChannelWriter<Written> ends, CancellationToken stop)
    {
        foreach (var batch in portion.GroupBy(row => (row.Batch, Notice: work.NoticeOf(row))))
        {
            if (IsOver(work))
                return;      // the other rows are given back
            var meant = new List<ClaimedRow>();
            foreach (var row in batch)
                if (WhyNot(row, work) is { } reason)
                    await ends.WriteAsync(new(new DeliveryEnd(row, null, reason, null)), stop);
                else
                    meant.Add(row);
            if (meant.Count == 0)
                continue;
            var key = batch.Key.Batch ?? $"{work.Campaign.Id}-{Guid.NewGuid():N}";
            if (!await db.WriteAsync(() => DeliveryEnds.NameAsync(db, meant, key), CancellationToken.None))
                continue;      // another process took them from us: they are its rows now
            var results = await channel.SendManyAsync(meant.ConvertAll(row => row.To!), batch.Key.Notice!, key, CancellationToken.None);
            foreach (var (row, result) in meant.Zip(results))
            {
                work.Heard(result);
                await ends.WriteAsync(new(new DeliveryEnd(row with { Batch = key }, result, null, batch.Key.Notice)), stop);
            }
        }
    }

    private static SkipReason? WhyNot(ClaimedRow row, Work work) =>
        row.Contact is null ? SkipReason.RecipientGone
        : Audience(row, work) ?? (!row.SignUpStands || !work.Notices.ContainsKey(row.CommunityId) ? SkipReason.SignUpEnded
            : row.AtLimit ? SkipReason.WeeklyLimit
            : row.To is null ? SkipReason.RecipientGone
            : null);

    private static SkipReason? Audience(ClaimedRow row, Work work) => AudienceQueries.WhyNot(row.Contact!, work.Campaign.Topic);

    /// <summary>Rows of the claims that no channel has seen.</summary>
    private static Task<int> GiveBackAsync(OutreachDb db, Work work) => work.Claims.Count == 0 ? Task.FromResult(0) : db.WriteAsync(() => db.Deliveries
        .Where(d => d.CampaignId == work.Campaign.Id && d.State == DeliveryState.Sending && work.Claims.Contains(d.ClaimedBy!))
        .ExecuteUpdateAsync(set => set
            .SetProperty(d => d.State, DeliveryState.Queued)
            .SetProperty(d => d.ClaimedBy, (string?)null)
            .SetProperty(d => d.Batch, d => work.KeepsBatches ? d.Batch : null)
            .SetProperty(d => d.Tries, d => d.Tries - 1)), CancellationToken.None);

    /// <summary>What the last stage writes: an end, or a name.</summary>
    private readonly record struct Written(DeliveryEnd? End, Naming? Naming = null);

    /// <summary>What one call works with; the words are as they were at its beginning.</summary>
    private sealed record Work(Campaign Campaign, string Account, IChannel Channel, DateOnly Today, SiteOptions Site, long Started)
    {
        /// <summary>Neither one call for many nor none at all.</summary>
        public bool CallsForEach => Channel is not (IBulkChannel or { Capabilities.ReadsStoredMessages: true });

        /// <summary>The vendor knows a batch by its name.</summary>
        public bool KeepsBatches => Channel is IBulkChannel;

        /// <summary>Rows of one commit. Where to write is to send, no more than a portion: else a pause would come too late for those that wait to be written.</summary>
        public int Commit { get; } = Channel.Capabilities.ReadsStoredMessages ? Portion : DeliveryEnds.Commit;

        public List<string> Claims { get; } = [];

        public List<SendResult> Results { get; } = [];

        public Dictionary<long, NoticeWords> Words { get; } = [];

        /// <summary>By community; those of equal words share one object, and so one call.</summary>
        public ConcurrentDictionary<long, Activity> Notices { get; } = [];

        /// <summary>Nothing more is claimed, read or sent: a person or the clock says so, or the vendor said something that holds for the rows after this one too.</summary>
        public bool IsStopped { get; private set; }

        public void Stop() => IsStopped = true;

        public void Heard(SendResult answer)
        {
            if (answer.Class == SendClass.ContentRejected || (answer.Scope == SendScope.Account && DeliveryJudge.IsOfTheAccount(answer.Class)))
                Stop();
        }

        public Activity? NoticeOf(ClaimedRow row) => Notices.GetValueOrDefault(row.CommunityId);

        // A channel for many passes on no more than the text, and the picture of them all.
        public Activity Like(Activity notice) => Channel is IBulkChannel && Notices.Values.FirstOrDefault(known => known.Text == notice.Text) is { } same ? same : notice;
    }
}
