using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>
/// Turns an audience into rows, a page at a time: the database selects and inserts in one statement, so that neither the time of a page nor the memory of the process
/// grows with the audience. A page and the cursor behind it are one commit.
/// </summary>
internal sealed class AudienceSnapshot(Audience audiences, TimeProvider clock)
{
    // Contacts looked at in one transaction: an owner's turn waits no longer than that takes.
    private const int Page = 10_000;

    /// <summary>Inside the caller's <see cref="OutreachDb.WriteAsync{T}"/>, on a tracked campaign. True when the snapshot is complete. Null: the area is gone.</summary>
    public async Task<bool?> TakePageAsync(OutreachDb db, Campaign campaign)
    {
        if (await audiences.ResolveAsync(db, AudienceChoice.Of(campaign), CancellationToken.None) is not { } audience)
            return null;
        var from = campaign.SnapshotCursor;
        var last = await db.Contacts.Where(c => c.Id > from).OrderBy(c => c.Id).Select(c => (long?)c.Id).Skip(Page - 1).FirstOrDefaultAsync();
        var to = last ?? long.MaxValue;
        var people = db.MeantFrom(audience, from, to);
        if (campaign is { FollowsId: { } earlier, FollowUp: { } kind } && StateOf(kind) is var state)
            people = people.Where(p => db.Set<Delivery>().Any(d => d.CampaignId == earlier && d.PersonId == p.Id && d.State == state));
        await InsertAsync(db, campaign, audience, people);
        campaign.SnapshotCursor = last ?? from;
        if (last is null)
            campaign.SnapshotAt = clock.GetUtcNow();
        await db.SaveChangesAsync();
        return last is null;
    }

    /// <summary>One row each for these people, as far as they can be reached and have none of this campaign yet.</summary>
    public static async Task<int> InsertAsync(OutreachDb db, Campaign campaign, ResolvedAudience audience, IQueryable<Contact> people)
    {
        var leads = db.MeantLeads(audience);
        var rows = people.WithBest(db, audience).Where(person => person.ContactId != null && !db.Set<Delivery>().Any(d => d.CampaignId == campaign.Id && d.PersonId == person.PersonId))
            .Select(person => new { person.PersonId, person.ContactId, CommunityId = leads.Where(l => l.ContactId == person.PersonId).Min(l => l.CommunityId) });
        await using var command = rows.CreateDbCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // the provider's own translation of the query above; values are parameters
        command.CommandText =
            $"""
            WITH meant("PersonId", "ContactId", "CommunityId") AS (
            {command.CommandText})
            INSERT INTO "Deliveries" ("CampaignId", "PersonId", "ContactId", "CommunityId", "Channel", "Account", "State", "SkipReason", "Tries", "MayHaveArrived", "DueAt")
            SELECT campaign."Id", meant."PersonId", meant."ContactId", meant."CommunityId", contact."Channel", contact."Account", 'Queued', 'None', 0, FALSE, campaign."StartAt"
            FROM meant JOIN "Contacts" AS contact ON contact."Id" = meant."ContactId" JOIN "Campaigns" AS campaign ON campaign."Id" = @snapshot
            ORDER BY meant."PersonId"
            """;
#pragma warning restore CA2100
        Add(command, "@snapshot", campaign.Id);
        return await command.ExecuteNonQueryAsync();
    }

    private static DeliveryState StateOf(FollowUpKind kind) => kind switch
    {
        FollowUpKind.Failed => DeliveryState.Failed,
        FollowUpKind.Unknown => DeliveryState.Unknown,
    };

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
