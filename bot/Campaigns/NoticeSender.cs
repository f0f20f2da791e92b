using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>One row that this process has claimed, with what its owner's row says.</summary>
/// <param name="Contact">Where it goes; null: that row is gone.</param>
/// <param name="SignUpStands">Whether the sign-up for whose sake the owner is in the audience still stands.</param>
/// <param name="AtLimit">Whether the owner has had all the notices of these seven days.</param>
internal sealed record ClaimedRow(
    long Id, long PersonId, long ContactId, long CommunityId, string Channel, string Account, DateTimeOffset DueAt, int Tries, bool MayHaveArrived, string? Batch,
    Contact? Contact, string? Reference, bool SignUpStands, bool AtLimit)
{
    public string Key => $"{RecentNotice.KeyPrefix}{Id}";

    /// <summary>The conversation, or the phone or mailbox that the contact stands for; null: nowhere.</summary>
    public ConversationReference? To { get; } =
        Reference is not null ? JsonSerializer.Deserialize(Reference, ActivityJson.Default.ConversationReference)
        : Contact?.OwnerId is null ? null
        : new() { ChannelId = Contact.Channel, Account = Contact.Account, ConversationId = Contact.UserId, UserId = Contact.UserId };
}

/// <summary>
/// Sends the rows of one claim, some dozens at a time (where the vendor takes one call for many: a call's worth), and writes what came of each. Before each of these
/// portions everything that may have changed is read anew: pause, stop and quiet hours end the claim and give its other rows back; who opted out, withdrew the sign-up
/// or has had enough for the week is skipped. While one portion is on its way the next is read and the last is written.
/// </summary>
internal sealed class NoticeSender(
    IDbContextFactory<OutreachDb> databases, Audience audiences, DeliveryEnds rows, IOptionsMonitor<CampaignOptions> options, IOptions<SiteOptions> site,
    SendingHours hours, CityClock city, TimeProvider clock)
{
    // A portion is what still goes out after the word to pause.
    private const int Portion = 64;
    // A claim ends well within Orleans' call time-out of 30 s, however slow the channel is.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <returns>The channel's answers, one for each row that was handed to it.</returns>
    public async Task<IReadOnlyList<SendResult>> SendAsync(long campaignId, string account, string claim, IChannel channel)
    {
        var started = clock.GetTimestamp();
        var results = new List<SendResult>();
        await using var watching = await databases.CreateDbContextAsync();
        await using var reading = await databases.CreateDbContextAsync();
        await using var writing = await databases.CreateDbContextAsync();
        var campaign = await ReadAsync(watching, campaignId);
        var work = new Work(campaign, claim, account, channel, city.Today, site.Value.Operator.DisplayName);
        if (await audiences.ResolveAsync(watching, AudienceChoice.Of(campaign), CancellationToken.None) is { } audience)
        {
            var (next, written) = (RowsAsync(reading, work, audience, 0), Task.CompletedTask);
            try
            {
                while (await next is { Count: > 0 } portion && MayGoOn(campaign = await ReadAsync(watching, campaignId), started))
                {
                    next = RowsAsync(reading, work, audience, portion[^1].Id);
                    await LearnAsync(watching, work, portion);
                    if (await PauseForMissingAsync(watching, work, portion))
                        break;
                    var ends = channel switch
                    {
                        IBulkChannel bulk => await SendManyAsync(watching, work, portion, bulk, started),
                        { Capabilities.ReadsStoredMessages: true } => portion.ConvertAll(row => WithoutCall(work, row)),
                        _ => await SendEachAsync(work, portion),
                    };
                    results.AddRange(ends.Select(end => end.Result).OfType<SendResult>());
                    await written;
                    written = rows.WriteAsync(writing, campaign, claim, channel, ends);
                }
            }
            finally
            {
                await Task.WhenAll(next, written);      // the contexts are not disposed of under them
            }
        }
        await GiveBackAsync(watching, campaignId, claim);
        return results;
    }

    private bool MayGoOn(Campaign campaign, long started) =>
        campaign.State == CampaignState.Sending && !hours.IsQuiet(clock.GetUtcNow()) && clock.GetElapsedTime(started) < Budget;

    private static Task<Campaign> ReadAsync(OutreachDb db, long campaignId) => db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId);

    private Task<List<ClaimedRow>> RowsAsync(OutreachDb db, Work work, ResolvedAudience audience, long after)
    {
        var (campaign, claim, channel, account) = (work.Campaign, work.Claim, work.Channel.Id, work.Account);
        var atMost = work.Channel is IBulkChannel { MaxRecipients: var most } ? most : Portion;
        var leads = db.MeantLeads(audience);
        var full = db.Contacts.AtLimit(db, campaign.Step, new(options.CurrentValue.PerOwnerPerWeek, clock.GetUtcNow()));
        return (
            from d in db.Deliveries.AsNoTracking()
            where d.CampaignId == campaign.Id && d.State == DeliveryState.Sending && d.Channel == channel && d.Account == account && d.ClaimedBy == claim && d.Id > after
            orderby d.Id
            from c in db.Set<Contact>().Where(c => c.Id == d.ContactId).DefaultIfEmpty()
            from v in db.Set<Conversation>().Where(v => v.Id == c!.ConversationId).DefaultIfEmpty()
            select new ClaimedRow(d.Id, d.PersonId, d.ContactId, d.CommunityId, d.Channel, d.Account, d.DueAt, d.Tries, d.MayHaveArrived, d.Batch, c, v!.Reference,
                leads.Any(l => l.ContactId == d.PersonId), full.Any(p => p.Id == d.PersonId))).Take(atMost).ToListAsync();
    }

    /// <summary>What each community of the portion is called, and its numbers: read once a claim.</summary>
    private static async Task LearnAsync(OutreachDb db, Work work, List<ClaimedRow> portion)
    {
        var unknown = portion.Select(row => row.CommunityId).Distinct().Where(id => !work.Words.ContainsKey(id)).ToList();
        if (unknown.Count == 0)
            return;
        foreach (var (id, words) in await NoticeWords.ReadAsync(db, unknown, CancellationToken.None))
        {
            work.Words[id] = words;
            if (words.Missing(work.Campaign.Title, work.Campaign.Body) is null)
                work.Notices[id] = work.Like(Notice.ToActivity(work.Campaign, words, work.Sender, work.Today));
        }
    }

    /// <summary>A number that was there when the notice was written and is not now: nobody reads a hole.</summary>
    private async Task<bool> PauseForMissingAsync(OutreachDb db, Work work, List<ClaimedRow> portion)
    {
        if (portion.Select(row => work.Words.GetValueOrDefault(row.CommunityId)).FirstOrDefault(words => words?.Missing(work.Campaign.Title, work.Campaign.Body) is not null) is not { } words)
            return false;
        await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.SingleOrDefaultAsync(c => c.Id == work.Campaign.Id && c.State == CampaignState.Sending) is { } stopped)
                await db.PauseAsync(stopped, $"{words.Community}的 {words.Missing(work.Campaign.Title, work.Campaign.Body)} 现在没有数据，填不上。补上数据再接着发。", clock.GetUtcNow());
        }, CancellationToken.None);
        db.ChangeTracker.Clear();
        return true;
    }

    private async Task<List<DeliveryEnd>> SendEachAsync(Work work, List<ClaimedRow> portion)
    {
        var ends = new ConcurrentBag<DeliveryEnd>();
        await Parallel.ForEachAsync(portion, new ParallelOptions { MaxDegreeOfParallelism = options.CurrentValue.Concurrency }, async (row, _) =>
        {
            var notice = work.NoticeOf(row);
            ends.Add(WhyNot(row, work) is { } reason ? new(row, null, reason, null)
                : new(row, await work.Channel.SendAsync(row.To!, notice!, row.Key, CancellationToken.None), null, notice));
        });
        return [.. ends];
    }

    /// <summary>A channel that reads the stored messages delivers what is written: then message and state are one commit, and nothing is ever uncertain.</summary>
    private static DeliveryEnd WithoutCall(Work work, ClaimedRow row) =>
        WhyNot(row, work) is { } reason ? new(row, null, reason, null) : new(row, new(SendClass.Ok), null, work.NoticeOf(row));

    /// <summary>Rows of equal words in one call. The batch is written before it is handed over; a name that rows already bear is kept, even by fewer of them.</summary>
    private async Task<List<DeliveryEnd>> SendManyAsync(OutreachDb db, Work work, List<ClaimedRow> portion, IBulkChannel channel, long started)
    {
        var ends = new List<DeliveryEnd>(portion.Count);
        foreach (var batch in portion.GroupBy(row => (row.Batch, Notice: work.NoticeOf(row))))
        {
            if (clock.GetElapsedTime(started) >= Budget)
                return ends;      // the other rows are given back
            var meant = new List<ClaimedRow>();
            foreach (var row in batch)
                if (WhyNot(row, work) is { } reason)
                    ends.Add(new(row, null, reason, null));
                else
                    meant.Add(row);
            if (meant.Count == 0)
                continue;
            var key = batch.Key.Batch ?? $"{work.Campaign.Id}-{Guid.NewGuid():N}";
            if (!await NameAsync(db, work, meant, key))
                continue;      // another process took them from us: they are its rows now
            var results = await channel.SendManyAsync(meant.ConvertAll(row => row.To!), batch.Key.Notice!, key, CancellationToken.None);
            ends.AddRange(meant.Zip(results, (row, result) => new DeliveryEnd(row with { Batch = key }, result, null, batch.Key.Notice)));
        }
        return ends;
    }

    private static async Task<bool> NameAsync(OutreachDb db, Work work, List<ClaimedRow> meant, string key)
    {
        var ids = meant.ConvertAll(row => row.Id);
        var claim = work.Claim;
        return await db.WriteAsync(() => db.Deliveries.Where(d => ids.Contains(d.Id) && d.State == DeliveryState.Sending && d.ClaimedBy == claim)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Batch, key)), CancellationToken.None) == ids.Count;
    }

    private static SkipReason? WhyNot(ClaimedRow row, Work work) =>
        row.Contact is null ? SkipReason.RecipientGone
        : Audience(row, work) ?? (!row.SignUpStands || !work.Notices.ContainsKey(row.CommunityId) ? SkipReason.SignUpEnded
            : row.AtLimit ? SkipReason.WeeklyLimit
            : row.To is null ? SkipReason.RecipientGone
            : null);

    private static SkipReason? Audience(ClaimedRow row, Work work) => AudienceQueries.WhyNot(row.Contact!, work.Campaign.Topic);

    /// <summary>Rows of the claim that no channel has seen.</summary>
    private static Task<int> GiveBackAsync(OutreachDb db, long campaignId, string claim) => db.WriteAsync(() => db.Deliveries
        .Where(d => d.CampaignId == campaignId && d.State == DeliveryState.Sending && d.ClaimedBy == claim)
        .ExecuteUpdateAsync(set => set
            .SetProperty(d => d.State, DeliveryState.Queued)
            .SetProperty(d => d.ClaimedBy, (string?)null)
            .SetProperty(d => d.Tries, d => d.Tries - 1)), CancellationToken.None);

    /// <summary>What one claim works with; the words are as they were at its beginning.</summary>
    private sealed record Work(Campaign Campaign, string Claim, string Account, IChannel Channel, DateOnly Today, string Sender)
    {
        public Dictionary<long, NoticeWords> Words { get; } = [];

        /// <summary>By community; those of equal words share one object, and so one call.</summary>
        public Dictionary<long, Activity> Notices { get; } = [];

        public Activity? NoticeOf(ClaimedRow row) => Notices.GetValueOrDefault(row.CommunityId);

        // A channel for many passes on no more than the text.
        public Activity Like(Activity notice) => Channel is IBulkChannel && Notices.Values.FirstOrDefault(known => known.Text == notice.Text) is { } same ? same : notice;
    }
}
