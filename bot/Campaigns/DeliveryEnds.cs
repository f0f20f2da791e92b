using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>One row of a claim and what came of it.</summary>
/// <param name="Result">The channel's answer; null: it was not asked.</param>
/// <param name="Skip">Why it was not asked.</param>
/// <param name="Notice">What the owner reads; the same object for equal words.</param>
internal sealed record DeliveryEnd(ClaimedRow Row, SendResult? Result, SkipReason? Skip, Activity? Notice);

/// <summary>Rows that are about to be asked, and the name under which they are.</summary>
internal sealed record Naming(IReadOnlyList<ClaimedRow> Rows, string Name)
{
    /// <summary>Once it is committed: from here on the rows may be on the wire. False: another process took some of them.</summary>
    public TaskCompletionSource<bool> IsOurs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Writes what came of the rows of a claim: their states by plain SQL, the notice into the owners' conversations, whom the channel cannot reach on to their next channel.
/// Some hundreds are one commit, and only rows that their claim still holds are touched.
/// </summary>
internal sealed class DeliveryEnds(
    Audience audiences, CampaignChannels channels, ConversationLog log, MessageFeed feed, IOptions<SiteOptions> site, CityClock city, TimeProvider clock)
{
    /// <summary>Rows of one commit: a call for ten thousand must not hold up the owners' turns.</summary>
    public const int Commit = 500;
    private const int Attempts = 5;

    public async Task WriteAsync(OutreachDb db, Campaign campaign, IChannel channel, IReadOnlyCollection<DeliveryEnd> ends, Naming? naming)
    {
        var isOurs = false;
        foreach (var some in ends.Count == 0 ? [[]] : ends.Chunk(Commit))
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    isOurs = await WriteSomeAsync(db, campaign, channel, some, naming);
                    break;
                }
                catch (Exception e) when (e is DbUpdateException or DbException { IsTransient: true } && attempt < Attempts)      // on another node an owner wrote into one of the conversations at the same moment
                {
                    db.ChangeTracker.Clear();
                }
            }
        naming?.IsOurs.SetResult(isOurs);
    }

    /// <summary>Within the caller's transaction. False: another process took some of these rows.</summary>
    public static async Task<bool> NameAsync(OutreachDb db, IReadOnlyList<ClaimedRow> rows, string name)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // numbers; what is text is a parameter
        command.CommandText = $"""UPDATE "Deliveries" SET "Batch" = @Name WHERE "State" = 'Sending' AND "ClaimedBy" = @Claim AND "Id" IN ({string.Join(',', rows.Select(row => row.Id))})""";
#pragma warning restore CA2100
        foreach (var (parameter, value) in new[] { ("@Name", name), ("@Claim", rows[0].Claim) })
        {
            var given = command.CreateParameter();
            (given.ParameterName, given.Value) = (parameter, value);
            command.Parameters.Add(given);
        }
        return await command.ExecuteNonQueryAsync() == rows.Count;
    }

    /// <summary>
    /// Writes deliveries that end as unknown without an answer of the channel into their owners' conversations, within the caller's transaction: who has the notice may
    /// answer it. Returns the conversations, to be told of by <see cref="Tell"/> afterwards.
    /// </summary>
    public async Task<List<long>> LogLostAsync(OutreachDb db, long campaignId, IReadOnlyList<long> ids)
    {
        if (ids.Count == 0)
            return [];
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId);
        var rows = await db.Deliveries.Where(d => ids.Contains(d.Id))
            .Select(d => new { d.Id, d.CommunityId, Conversation = db.Set<Contact>().Where(c => c.Id == d.ContactId).Select(c => c.ConversationId).FirstOrDefault() }).ToListAsync();
        var notices = (await NoticeWords.ReadAsync(db, [.. rows.Select(row => row.CommunityId).Distinct()], CancellationToken.None))
            .ToDictionary(pair => pair.Key, pair => Notice.ToActivity(campaign, pair.Value, site.Value, city.Today));
        return await log.AppendSentAsync(db, [.. rows.Where(row => row.Conversation is not null && notices.ContainsKey(row.CommunityId))
            .Select(row => new SentMessage(row.Conversation!.Value, $"{RecentNotice.KeyPrefix}{row.Id}", notices[row.CommunityId]))]);
    }

    public void Tell(List<long> conversations) => conversations.ForEach(feed.Publish);

    /// <summary>The next contact of these people after the one that did not reach them; who has none is missing.</summary>
    public async Task<IReadOnlyDictionary<long, Contact>> NextAsync(OutreachDb db, Campaign campaign, IReadOnlyCollection<(long PersonId, long ContactId, string Channel)> tried)
    {
        if (tried.Count == 0 || await audiences.ResolveAsync(db, AudienceChoice.Of(campaign), CancellationToken.None) is not { } audience)
            return new Dictionary<long, Contact>();
        var people = tried.Select(t => t.PersonId).ToList();
        var own = (await db.Contacts.AsNoTracking().Reachable(audience).Where(c => people.Contains(c.Id) || people.Contains(c.OwnerId!.Value)).ToListAsync())
            .Where(c => campaign.ApproverId is not null || !channels.NeedsApproval(c.Channel)).ToLookup(c => c.OwnerId ?? c.Id);
        var next = new Dictionary<long, Contact>();
        foreach (var (personId, contactId, channel) in tried)
            if (own[personId].Where(c => Place(audience.Ways, c.Channel, c.Id).CompareTo(Place(audience.Ways, channel, contactId)) > 0)
                .MinBy(c => Place(audience.Ways, c.Channel, c.Id)) is { } after)
                next[personId] = after;
        return next;

        static (int, long) Place(OpenWays ways, string channel, long id) => (ways.RankOf(channel), id);      // grows with every step, so a row never comes back
    }

    private async Task<bool> WriteSomeAsync(OutreachDb db, Campaign campaign, IChannel channel, DeliveryEnd[] ends, Naming? naming)
    {
        var now = clock.GetUtcNow();
        var resend = CampaignChannels.ResendOf(channel);
        var (told, isOurs) = await db.WriteAsync(async () =>
        {
            var isOurs = naming is not null && await NameAsync(db, naming.Rows, naming.Name);
            if (ends.Length == 0)
                return ([], isOurs);
            var next = await NextAsync(db, campaign, [.. ends.Where(MayFallBack).Select(end => (end.Row.PersonId, end.Row.ContactId, channel.Id))]);
            var (gone, sent) = (new List<long>(), new List<SentMessage>());
            await using var update = Update(db);
            foreach (var end in ends)
            {
                var after = Judge(end, resend, next.GetValueOrDefault(end.Row.PersonId), now);
                Fill(update, end, after, now);
                if (await update.RunAsync() == 0)
                    continue;      // another process holds it by now
                if (end.Result?.Class == SendClass.RecipientGone)
                    gone.Add(end.Row.ContactId);
                if (after.State is DeliveryState.Sent or DeliveryState.Unknown && end is { Row.Contact.ConversationId: { } conversation, Notice: { } notice })      // a phone or mailbox has none
                    sent.Add(new(conversation, end.Row.Key, notice));
            }
            if (gone.Count > 0)
                await db.Contacts.Where(c => gone.Contains(c.Id)).ExecuteUpdateAsync(set => set.SetProperty(c => c.UnreachableSince, now));
            var conversations = await log.AppendSentAsync(db, sent);
            if (ends.FirstOrDefault(end => end.Result?.Class == SendClass.ContentRejected) is { Result: { } rejected }
                && await db.Campaigns.SingleOrDefaultAsync(c => c.Id == campaign.Id && c.State == CampaignState.Sending) is { } stopped)
                await db.PauseAsync(stopped, $"渠道不收这段文字（{rejected.VendorCode}）。请停止后改写，再发一条。", now);
            return (conversations, isOurs);
        }, CancellationToken.None);
        db.ChangeTracker.Clear();
        Tell(told);
        return isOurs;
    }

    private static bool MayFallBack(DeliveryEnd end) => !end.Row.MayHaveArrived
        && (end.Result?.Class is SendClass.RecipientGone or SendClass.WindowClosed || end.Skip is SkipReason.RecipientGone or SkipReason.WindowClosed);

    private sealed record After(DeliveryState State, SkipReason Skip, DateTimeOffset DueAt, int Tries, bool MayHaveArrived, string? Batch, Contact? Moved);

    private static After Judge(DeliveryEnd end, Resend resend, Contact? next, DateTimeOffset now)
    {
        var (row, result) = (end.Row, end.Result);
        if (next is not null && MayFallBack(end))
            return new(DeliveryState.Queued, SkipReason.None, now, 0, false, null, next);
        if (result is null)
            return new(DeliveryJudge.Sure(DeliveryState.Skipped, row.MayHaveArrived), end.Skip ?? SkipReason.None, row.DueAt, row.Tries, row.MayHaveArrived, row.Batch, null);
        var state = DeliveryJudge.Sure(DeliveryJudge.After(result.Class, row.Tries, resend), row.MayHaveArrived);
        // What was not taken is free for another batch, but not what an earlier call may have carried; the account's trouble is not a try of the row.
        var mayHaveArrived = result.Class == SendClass.AmbiguousSent || (row.MayHaveArrived && result.Class != SendClass.Ok);
        var batch = state == DeliveryState.Queued && !mayHaveArrived ? null : row.Batch;
        var tries = state == DeliveryState.Queued && DeliveryJudge.IsOfTheAccount(result.Class) ? row.Tries - 1 : row.Tries;
        var due = state == DeliveryState.Queued ? now + (result.RetryAfter ?? DeliveryJudge.Backoff(row.Tries)) : row.DueAt;
        return new(state, DeliveryJudge.SkipReasonOf(result.Class), due, tries, mayHaveArrived, batch, null);
    }

    private static RowStatement<Delivery> Update(OutreachDb db) => new(db,
        """
        UPDATE "Deliveries" SET "State" = @State, "SkipReason" = @SkipReason, "MessageId" = @MessageId, "Batch" = @Batch, "LastError" = @LastError, "DueAt" = @DueAt, "Tries" = @Tries,
            "MayHaveArrived" = @MayHaveArrived, "ContactId" = @ContactId, "Channel" = @Channel, "Account" = @Account, "EndedAt" = CASE WHEN @State = 'Queued' THEN NULL ELSE @EndedAt END
        WHERE "Id" = @Id AND "ClaimedBy" = @ClaimedBy AND "State" = 'Sending'
        """,
        nameof(Delivery.Id), nameof(Delivery.ClaimedBy), nameof(Delivery.State), nameof(Delivery.SkipReason), nameof(Delivery.MessageId), nameof(Delivery.Batch), nameof(Delivery.LastError),
        nameof(Delivery.DueAt), nameof(Delivery.Tries), nameof(Delivery.MayHaveArrived), nameof(Delivery.ContactId), nameof(Delivery.Channel), nameof(Delivery.Account), nameof(Delivery.EndedAt));

    private static void Fill(RowStatement<Delivery> update, DeliveryEnd end, After after, DateTimeOffset now)
    {
        var (row, result) = (end.Row, end.Result);
        update[nameof(Delivery.Id)] = row.Id;
        update[nameof(Delivery.ClaimedBy)] = row.Claim;
        update[nameof(Delivery.State)] = after.State;
        update[nameof(Delivery.SkipReason)] = after.Skip;
        update[nameof(Delivery.MessageId)] = result?.MessageId;
        update[nameof(Delivery.Batch)] = after.Batch;
        update[nameof(Delivery.LastError)] = result is null or { Class: SendClass.Ok } ? null : result.Words;
        update[nameof(Delivery.DueAt)] = after.DueAt;
        update[nameof(Delivery.Tries)] = after.Tries;
        update[nameof(Delivery.MayHaveArrived)] = after.MayHaveArrived;
        update[nameof(Delivery.ContactId)] = after.Moved?.Id ?? row.ContactId;
        update[nameof(Delivery.Channel)] = after.Moved?.Channel ?? row.Channel;
        update[nameof(Delivery.Account)] = after.Moved?.Account ?? row.Account;
        update[nameof(Delivery.EndedAt)] = now;
    }
}
