using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>
/// Sends the rows of one claim, some dozens at a time (where the vendor takes one call for many: a call's worth), and writes what came of each. Before each of these
/// portions everything that may have changed is read anew: pause, stop and quiet hours end the claim and give its other rows back; who opted out, withdrew the sign-up
/// or has had enough for the week is skipped.
/// </summary>
internal sealed class NoticeSender(
    IOptionsMonitor<CampaignOptions> options, IOptions<SiteOptions> site, ConversationLog log, MessageFeed feed, SendingHours hours, CityClock city, TimeProvider clock)
{
    // Rows of one commit: a call for ten thousand must not hold up the owners' turns.
    private const int Commit = 500;
    private const int Attempts = 5;
    // A portion is what still goes out after the word to pause.
    private const int Portion = 64;
    // A claim ends well within Orleans' call time-out of 30 s, however slow the channel is.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <returns>The channel's answers, one for each row that was handed to it.</returns>
    public async Task<IReadOnlyList<SendResult>> SendAsync(OutreachDb db, long campaignId, string claim, IChannel channel)
    {
        var started = clock.GetTimestamp();
        var results = new List<SendResult>();
        var campaign = await ReadAsync(db, campaignId);
        var areaPath = await db.Areas.Where(a => a.Id == campaign.AreaId).Select(a => a.Path).SingleAsync();
        for (var last = 0L; MayGoOn(campaign, started); campaign = await ReadAsync(db, campaignId))
        {
            var rows = await RowsAsync(db, campaign, areaPath, claim, last, channel is IBulkChannel { MaxRecipients: var most } ? most : Portion);
            if (rows.Count == 0)
                return results;
            last = rows[^1].Id;
            var ends = channel is IBulkChannel bulk ? await SendManyAsync(db, rows, campaign, bulk, started) : await SendAsync(rows, campaign, channel);
            await WriteAsync(db, campaign, claim, channel, ends);
            results.AddRange(ends.Select(end => end.Result).OfType<SendResult>());
        }
        await GiveBackAsync(db, campaignId, claim);
        return results;
    }

    /// <summary>
    /// Writes deliveries that ended as unknown without an answer of the channel into their owners' conversations, within the caller's transaction: who has the notice may
    /// answer it. Returns the conversations, to be published afterwards.
    /// </summary>
    public async Task<IReadOnlyList<long>> LogUnknownAsync(OutreachDb db, long campaignId, IReadOnlyList<long> ids)
    {
        if (ids.Count == 0)
            return [];
        var campaign = await ReadAsync(db, campaignId);
        var areaPath = await db.Areas.Where(a => a.Id == campaign.AreaId).Select(a => a.Path).SingleAsync();
        return await LogAsync(db, campaign, await ReadRowsAsync(db, campaign, areaPath, db.Deliveries.Where(d => ids.Contains(d.Id))), clock.GetUtcNow());
    }

    private bool MayGoOn(Campaign campaign, long started) =>
        campaign.State == CampaignState.Sending && !hours.IsQuiet(clock.GetUtcNow()) && clock.GetElapsedTime(started) < Budget;

    private static Task<Campaign> ReadAsync(OutreachDb db, long campaignId) => db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId);

    private Task<List<Row>> RowsAsync(OutreachDb db, Campaign campaign, string areaPath, string claim, long after, int atMost) => ReadRowsAsync(db, campaign, areaPath,
        db.Deliveries.Where(d => d.CampaignId == campaign.Id && d.ClaimedBy == claim && d.State == DeliveryState.Sending && d.Id > after).OrderBy(d => d.Id).Take(atMost));

    private Task<List<Row>> ReadRowsAsync(OutreachDb db, Campaign campaign, string areaPath, IQueryable<Delivery> deliveries)
    {
        var leads = db.MeantLeads(campaign.AudienceChoice(), areaPath);
        var full = db.Contacts.AtLimit(db, campaign.Topic, new(options.CurrentValue.PerOwnerPerWeek, clock.GetUtcNow()));
        return deliveries.AsNoTracking()
            .Select(d => new Row(d.Id, d.Tries, d.Batch,
                db.Set<Contact>().Single(c => c.Id == d.ContactId),
                db.Set<Conversation>().Where(v => v.Id == db.Set<Contact>().Single(c => c.Id == d.ContactId).ConversationId).Select(v => v.Reference).SingleOrDefault(),
                db.Set<Community>().Where(m => m.Id == d.CommunityId).Select(m => m.Name).Single(),
                leads.Any(l => l.ContactId == d.ContactId || db.Set<Contact>().Any(c => c.Id == d.ContactId && c.OwnerId == l.ContactId)),
                full.Any(c => c.Id == d.ContactId)))
            .ToListAsync();
    }

    private async Task<IReadOnlyCollection<End>> SendAsync(List<Row> rows, Campaign campaign, IChannel channel)
    {
        var (today, sender) = (city.Today, site.Value.Operator.DisplayName);
        var ends = new ConcurrentBag<End>();
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = options.CurrentValue.Concurrency }, async (row, _) =>
            ends.Add(WhyNot(row, campaign) is { } reason ? new(row, null, reason) : new(row, await SendOneAsync(channel, row, campaign, sender, today), null)));
        return ends;
    }

    /// <summary>Rows of equal words in one call. The batch is written before it is handed over; a name that rows already bear is kept, even by fewer of them.</summary>
    private async Task<IReadOnlyCollection<End>> SendManyAsync(OutreachDb db, List<Row> rows, Campaign campaign, IBulkChannel channel, long started)
    {
        var (today, sender) = (city.Today, site.Value.Operator.DisplayName);
        var ends = new List<End>();
        foreach (var batch in rows.GroupBy(row => (row.Batch, row.Community)))
        {
            if (clock.GetElapsedTime(started) >= Budget)
                return ends;      // the other rows are given back
            var skipped = batch.Select(row => (Row: row, Reason: WhyNot(row, campaign))).ToLookup(pair => pair.Reason is null);
            ends.AddRange(skipped[false].Select(pair => new End(pair.Row, null, pair.Reason)));
            List<Row> meant = [.. skipped[true].Select(pair => pair.Row)];
            if (meant.Count == 0)
                continue;
            var key = batch.Key.Batch ?? $"{campaign.Id}-{Guid.NewGuid():N}";
            var ids = meant.ConvertAll(row => row.Id);
            await db.WriteAsync(() => db.Deliveries.Where(d => ids.Contains(d.Id)).ExecuteUpdateAsync(set => set.SetProperty(d => d.Batch, key)), CancellationToken.None);
            var results = await channel.SendManyAsync(
                meant.ConvertAll(row => row.To!),
                Notice.ToActivity(campaign, batch.Key.Community, sender, today), key, CancellationToken.None);
            ends.AddRange(meant.Zip(results, (row, result) => new End(row, result, null)));
        }
        return ends;
    }

    private static SkipReason? WhyNot(Row row, Campaign campaign) =>
        Audience.WhyNot(row.Contact, campaign.Topic)
        ?? (!row.SignUpStands ? SkipReason.SignUpEnded
            : row.AtLimit ? SkipReason.WeeklyLimit
            : row.To is null ? SkipReason.RecipientGone
            : null);

    private static Task<SendResult> SendOneAsync(IChannel channel, Row row, Campaign campaign, string sender, DateOnly today) =>
        channel.SendAsync(row.To!, Notice.ToActivity(campaign, row.Community, sender, today), KeyOf(row), CancellationToken.None);

    private async Task WriteAsync(OutreachDb db, Campaign campaign, string claim, IChannel channel, IReadOnlyCollection<End> ends)
    {
        var now = clock.GetUtcNow();
        var isKnown = channel is IBulkChannel bulk ? bulk.RemembersBatches : channel.Capabilities.Idempotent;
        var resend = isKnown ? Resend.WithKey : Resend.Blind;
        foreach (var some in ends.Chunk(Commit))
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await WriteSomeAsync(db, campaign, claim, channel, resend, some.ToDictionary(end => end.Row.Id), now);
                    break;
                }
                catch (DbUpdateException) when (attempt < Attempts)      // on another node an owner wrote into one of the conversations at the same moment
                {
                    db.ChangeTracker.Clear();
                }
            }
    }

    private async Task WriteSomeAsync(OutreachDb db, Campaign campaign, string claim, IChannel channel, Resend resend, Dictionary<long, End> byId, DateTimeOffset now)
    {
        List<long> told = [];
        await db.WriteAsync(async () =>
        {
            var ids = byId.Keys.ToList();
            var deliveries = await db.Deliveries.Where(d => ids.Contains(d.Id) && d.ClaimedBy == claim && d.State == DeliveryState.Sending).ToListAsync();
            foreach (var delivery in deliveries)
            {
                var (row, result, skip) = byId[delivery.Id];
                delivery.State = result is null ? DeliveryState.Skipped : DeliveryJudge.After(result.Class, row.Tries, resend);
                delivery.SkipReason = skip ?? (result is null ? SkipReason.None : DeliveryJudge.SkipReasonOf(result.Class));
                delivery.MessageId = result?.MessageId;
                if (result?.Class != SendClass.AmbiguousSent)
                    delivery.Batch = delivery.State == DeliveryState.Queued ? null : delivery.Batch;      // not taken: free for another batch
                delivery.LastError = result is null or { Class: SendClass.Ok } ? null : $"{result.Class} {result.VendorCode}".TrimEnd();
                if (delivery.State == DeliveryState.Queued)
                {
                    delivery.DueAt = now + (result!.RetryAfter ?? DeliveryJudge.Backoff(row.Tries));
                    if (result.Class is SendClass.RateLimited or SendClass.QuotaExhausted or SendClass.AuthExpired or SendClass.ConfigError)
                        delivery.Tries--;   // the account's trouble is not a try of the row
                }
                else
                    delivery.EndedAt = now;
                if (result?.Class == SendClass.RecipientGone)
                    await db.Contacts.Where(c => c.Id == delivery.ContactId).ExecuteUpdateAsync(set => set.SetProperty(c => c.UnreachableSince, now));
            }
            if (!channel.Capabilities.ReadsStoredMessages)
                told = await LogAsync(db, campaign, [.. deliveries.Where(d => d.State is DeliveryState.Sent or DeliveryState.Unknown).Select(d => byId[d.Id].Row)], now);
            await db.SaveChangesAsync();
            if (byId.Values.FirstOrDefault(end => end.Result?.Class == SendClass.ContentRejected) is { Result: { } rejected }
                && await db.Campaigns.SingleOrDefaultAsync(c => c.Id == campaign.Id && c.State == CampaignState.Sending) is { } stopped)
                await db.PauseAsync(stopped, $"渠道不收这段文字（{rejected.VendorCode}）。请停止后改写，再发一条。", now);
        }, CancellationToken.None);
        db.ChangeTracker.Clear();
        told.ForEach(feed.Publish);
    }

    /// <summary>
    /// Writes the notice into its owners' conversations, where staff see it and a reply finds it; the row says at once that it is sent, so nothing sends it again.
    /// A channel that reads the rows has written it itself. Returns the conversations.
    /// </summary>
    private async Task<List<long>> LogAsync(OutreachDb db, Campaign campaign, List<Row> rows, DateTimeOffset now)
    {
        rows = rows.FindAll(row => row.Contact.ConversationId is not null);      // a phone or mailbox has none
        if (rows.Count == 0)
            return [];
        var (today, sender) = (city.Today, site.Value.Operator.DisplayName);
        var (ids, keys) = (rows.ConvertAll(row => row.Contact.ConversationId!.Value), rows.ConvertAll(KeyOf));
        var conversations = await db.Conversations.Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id);
        var before = await db.Messages.Where(m => ids.Contains(m.ConversationId) && keys.Contains(m.OutgoingKey!)).Select(m => m.OutgoingKey!).ToListAsync();
        var told = new List<long>();
        foreach (var row in rows)
            if (conversations.TryGetValue(row.Contact.ConversationId!.Value, out var conversation) && !before.Contains(KeyOf(row)))
            {
                var activity = Notice.ToActivity(campaign, row.Community, sender, today) with { Conversation = new() { Id = conversation.ChannelConversationId } };
                log.Append(db, conversation, Speaker.Bot, activity, KeyOf(row), staffId: null, replyTo: null, inboundKey: null).SentAt = now;
                told.Add(conversation.Id);
            }
        return told;
    }

    private static string KeyOf(Row row) => $"delivery/{row.Id}";

    /// <summary>Rows of the claim that no channel has seen.</summary>
    private static Task<int> GiveBackAsync(OutreachDb db, long campaignId, string claim) => db.WriteAsync(() => db.Deliveries
        .Where(d => d.CampaignId == campaignId && d.ClaimedBy == claim && d.State == DeliveryState.Sending)
        .ExecuteUpdateAsync(set => set
            .SetProperty(d => d.State, DeliveryState.Queued)
            .SetProperty(d => d.ClaimedBy, (string?)null)
            .SetProperty(d => d.Tries, d => d.Tries - 1)), CancellationToken.None);

    /// <param name="SignUpStands">Whether the sign-up for whose sake the owner is in the audience still stands.</param>
    /// <param name="AtLimit">Whether the owner has had all the notices of these seven days.</param>
    private sealed record Row(long Id, int Tries, string? Batch, Contact Contact, string? Reference, string Community, bool SignUpStands, bool AtLimit)
    {
        /// <summary>The conversation, or the phone or mailbox that the contact stands for; null: nowhere.</summary>
        public ConversationReference? To { get; } =
            Reference is not null ? JsonSerializer.Deserialize(Reference, ActivityJson.Default.ConversationReference)
            : Contact.OwnerId is null ? null
            : new() { ChannelId = Contact.Channel, Account = Contact.Account, ConversationId = Contact.UserId, UserId = Contact.UserId };
    }

    /// <param name="Result">The channel's answer; null: it was not asked.</param>
    private sealed record End(Row Row, SendResult? Result, SkipReason? Skip);
}
