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

/// <summary>Sends the rows of one claim and writes what came of each. Opt-outs are read here, right before the send.</summary>
internal sealed class NoticeSender(IOptionsMonitor<CampaignOptions> options, IOptions<SiteOptions> site, CityClock clock)
{
    public async Task<IReadOnlyList<SendResult>> SendAsync(OutreachDb db, long campaignId, string claim, IChannel channel)
    {
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId);
        var rows = await db.Deliveries.AsNoTracking().Where(d => d.CampaignId == campaignId && d.ClaimedBy == claim && d.State == DeliveryState.Sending)
            .Select(d => new Row(d.Id, d.Tries,
                db.Set<Contact>().Single(c => c.Id == d.ContactId),
                db.Set<Conversation>().Where(v => v.Id == db.Set<Contact>().Single(c => c.Id == d.ContactId).ConversationId).Select(v => v.Reference).SingleOrDefault(),
                db.Set<Community>().Where(m => m.Id == d.CommunityId).Select(m => m.Name).Single()))
            .ToListAsync();
        var today = clock.Today;
        var sender = site.Value.Operator.DisplayName;

        var ends = new ConcurrentBag<(Row Row, SendResult? Result, SkipReason? Skip)>();
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = options.CurrentValue.Concurrency }, async (row, _) =>
        {
            if (Audience.WhyNot(row.Contact, campaign.Topic) is { } reason)
                ends.Add((row, null, reason));
            else if (row.Reference is null)
                ends.Add((row, null, SkipReason.RecipientGone));
            else
                ends.Add((row, await SendOneAsync(channel, row, campaign, sender, today), null));
        });
        await WriteAsync(db, claim, channel, ends);
        return [.. ends.Where(end => end.Result is not null).Select(end => end.Result!)];
    }

    private static async Task<SendResult> SendOneAsync(IChannel channel, Row row, Campaign campaign, string sender, DateOnly today)
    {
        var reference = JsonSerializer.Deserialize(row.Reference!, ActivityJson.Default.ConversationReference)!;
        return await channel.SendAsync(reference, Notice.ToActivity(campaign, row.Community, sender, today), $"delivery/{row.Id}", CancellationToken.None);
    }

    private async Task WriteAsync(OutreachDb db, string claim, IChannel channel, IEnumerable<(Row Row, SendResult? Result, SkipReason? Skip)> ends)
    {
        var now = clock.UtcNow;
        var resend = channel.Capabilities.Idempotent ? Resend.WithKey : Resend.Blind;
        var byId = ends.ToDictionary(end => end.Row.Id);
        await db.WriteAsync(async () =>
        {
            var ids = byId.Keys.ToList();
            foreach (var delivery in await db.Deliveries.Where(d => ids.Contains(d.Id) && d.ClaimedBy == claim && d.State == DeliveryState.Sending).ToListAsync())
            {
                var (row, result, skip) = byId[delivery.Id];
                delivery.State = result is null ? DeliveryState.Skipped : DeliveryJudge.After(result.Class, row.Tries, resend);
                delivery.SkipReason = skip ?? (result is null ? SkipReason.None : DeliveryJudge.SkipReasonOf(result.Class));
                delivery.MessageId = result?.MessageId;
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
            await db.SaveChangesAsync();
            if (byId.Values.FirstOrDefault(end => end.Result?.Class == SendClass.ContentRejected).Result is { } rejected)
            {
                var campaignId = await db.Deliveries.Where(d => d.ClaimedBy == claim).Select(d => d.CampaignId).FirstAsync();
                var reason = $"渠道不收这段文字（{rejected.VendorCode}）。请停止后改写，再发一条。";
                await db.Campaigns.Where(c => c.Id == campaignId && c.State == CampaignState.Sending)
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CampaignState.Paused).SetProperty(c => c.PauseReason, reason));
            }
        }, CancellationToken.None);
    }

    private sealed record Row(long Id, int Tries, Contact Contact, string? Reference, string Community);
}
