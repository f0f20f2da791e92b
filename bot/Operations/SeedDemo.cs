using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Operations;

public sealed record DemoSize(int Communities, int Leads, int Messages);

/// <summary>
/// Makes up communities, owners, sign-ups and conversations: the same for the same size, each labelled （演示）, with numbers that reach nobody (no mobile number begins with 100).
/// Owners go in by the thousand, a transaction each.
/// </summary>
internal sealed class SeedDemo(IDbContextFactory<OutreachDb> databases, PersonalData personal, CommunityDirectory directory, TimeProvider clock)
{
    private const int Batch = 4000;
    private const int Districts = 6;
    private const int StreetsPerDistrict = 6;
    private const int HoodsPerStreet = 3;
    private const string Label = CommunityNames.DemoLabel;
    private static readonly TimeSpan Past = TimeSpan.FromDays(90);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(700);
    private static readonly string[] Says = ["业委会怎么成立", "开业主大会要多少人参加", "没投票的怎么算", "换物业要多少人同意", "维修资金怎么用", "电梯广告的钱归谁"];

    private readonly Random _random = new(20261126);
    private DateTimeOffset _now;

    /// <summary>Null when done; else why nothing was done.</summary>
    public async Task<string?> RunAsync(DemoSize size, CancellationToken cancellationToken)
    {
        _now = clock.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (await db.Communities.AnyAsync(c => !c.IsDemo, cancellationToken) || await db.Leads.AnyAsync(l => l.Community == null || !l.Community.IsDemo, cancellationToken))
                return "The database holds real communities or sign-ups; nothing was added. Point Storage:Path to another file.";
            if (await db.Contacts.AnyAsync(c => c.Account == Account, cancellationToken))
                return "The database was seeded before; nothing was added. Point Storage:Path to another file.";
        }
        var communities = await AddCommunitiesAsync(size.Communities, cancellationToken);
        await directory.ReloadAsync(cancellationToken);
        var messagesEach = size.Leads == 0 ? 0 : size.Messages / size.Leads;
        var left = size.Leads == 0 ? 0 : size.Messages - messagesEach * size.Leads;
        for (var first = 0; first < size.Leads; first += Batch)
            await AddOwnersAsync(communities, first, Math.Min(Batch, size.Leads - first), n => messagesEach + (n < left ? 1 : 0), cancellationToken);
        return null;
    }

    private const string Account = "seed-demo";

    private async Task<List<Community>> AddCommunitiesAsync(int count, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var city = await AreaAsync(db, null, AreaLevel.City, $"样例市{Label}", cancellationToken);
            var hoods = new List<Area>();
            for (var d = 1; d <= Districts; d++)
            {
                var district = await AreaAsync(db, city, AreaLevel.District, $"样例{d}区{Label}", cancellationToken);
                for (var s = 1; s <= StreetsPerDistrict; s++)
                {
                    var street = await AreaAsync(db, district, AreaLevel.Subdistrict, $"样例{d}-{s}街道{Label}", cancellationToken);
                    for (var h = 1; h <= HoodsPerStreet; h++)
                        hoods.Add(await AreaAsync(db, street, AreaLevel.Neighbourhood, $"样例{d}-{s}-{h}社区{Label}", cancellationToken));
                }
            }
            var today = DateOnly.FromDateTime(_now.UtcDateTime);
            var stages = Enum.GetValues<CommunityStage>();
            var communities = Enumerable.Range(1, count).Select(n =>
            {
                var stage = n % 2 == 0 ? CommunityStage.GatheringInterest : stages[_random.Next(stages.Length)];
                return new Community
                {
                    AreaId = hoods[n % hoods.Count].Id,
                    Key = string.Create(CultureInfo.InvariantCulture, $"seed-demo-{n}"),
                    Name = string.Create(CultureInfo.InvariantCulture, $"样例小区{n}{Label}"),
                    Households = 200 + _random.Next(1500),
                    FloorArea = (20_000 + _random.Next(150_000)) * 100L,
                    DeliveredOn = today.AddYears(-_random.Next(1, 25)),
                    Stage = stage,
                    StageSince = stage == CommunityStage.None ? null : today.AddDays(-_random.Next(1, 80)),
                    TermEndsOn = stage is CommunityStage.Filed or CommunityStage.TermOver ? today.AddDays(_random.Next(-60, 1500)) : null,
                    IsDemo = true,
                    Version = Guid.NewGuid(),
                };
            }).ToList();
            db.Communities.AddRange(communities);
            await db.TouchDirectoryAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return communities;
        }, cancellationToken);
    }

    private static async Task<Area> AreaAsync(OutreachDb db, Area? parent, AreaLevel level, string name, CancellationToken cancellationToken)
    {
        var area = new Area { ParentId = parent?.Id, Level = level, Name = name, Path = "", IsDemo = true };
        db.Areas.Add(area);
        await db.SaveChangesAsync(cancellationToken);          // the path holds the id
        area.Path = $"{parent?.Path ?? "/"}{area.Id}/";
        await db.SaveChangesAsync(cancellationToken);
        return area;
    }

    private async Task AddOwnersAsync(List<Community> communities, int first, int count, Func<int, int> messages, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        await db.WriteAsync(async () =>
        {
            var owners = Enumerable.Range(first, count).Select(n => (Number: n, Community: communities[_random.Next(communities.Count)], At: _now - Past * _random.NextDouble())).ToList();
            var contacts = owners.ConvertAll(o => new Contact
            {
                Channel = "webchat",
                Account = Account,
                UserId = Name("demo", o.Number),
                CommunityId = o.Community.Id,
                CreatedAt = o.At,
                LastSeenAt = o.At,
            });
            db.Contacts.AddRange(contacts);
            await db.SaveChangesAsync(cancellationToken);
            var talks = owners.Zip(contacts, (owner, contact) => new Conversation
            {
                Channel = "webchat",
                Account = Account,
                ChannelConversationId = Name("seed", owner.Number),
                ContactId = contact.Id,
                CreatedAt = owner.At,
                LastActiveAt = owner.At,
                LastSequence = messages(owner.Number),
                Reference = JsonSerializer.Serialize(new ConversationReference { ChannelId = "webchat", Account = Account, ConversationId = Name("seed", owner.Number), UserId = contact.UserId }, ActivityJson.Wire.ConversationReference),
            }).ToList();
            db.Conversations.AddRange(talks);
            await db.SaveChangesAsync(cancellationToken);
            var leads = owners.Select((owner, i) => NewLead(owner.Number, owner.Community, owner.At, contacts[i].Id, talks[i].Id)).ToList();
            foreach (var some in leads.Chunk(500))
            {
                db.Leads.AddRange(some);
                await db.SaveChangesAsync(cancellationToken);
            }
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE "Contacts" SET "ConversationId" = (SELECT "Id" FROM "Conversations" WHERE "ContactId" = "Contacts"."Id") WHERE "Id" >= {contacts[0].Id}
                """, cancellationToken);
            await AddStepsAsync(db, leads[0].Id);
            await AddMessagesAsync(db, talks[0].Id, talks.Max(talk => talk.LastSequence));
        }, cancellationToken);
    }

    private Lead NewLead(int number, Community community, DateTimeOffset at, long contactId, long conversationId)
    {
        var state = number % 20 == 0 ? LeadState.New : (LeadState)_random.Next(1, 6);
        var closed = LeadMoves.IsClosed(state);
        var phone = number % 4 == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"+8610{number % 1_000_000_000:000000000}");
        var room = string.Create(CultureInfo.InvariantCulture, $"{1 + number % 30}号楼{1 + number % 4}单元{1 + number / 120 % 18}0{1 + number % 2}");
        var passOn = number % 10 == 1 ? PassOnState.Refused : PassOnState.Given;
        return new Lead
        {
            Key = LeadKeys.NewKey(),
            ContactId = contactId,
            ConversationId = conversationId,
            CommunityId = community.Id,
            CommunityTyped = community.Name,
            Wishes = (Wishes)(1 << _random.Next(4)),
            Name = Name("演示业主", number),
            Phone = phone,
            PhoneHash = LeadKeys.PhoneHash(personal, phone),
            Room = room,
            RoomHash = LeadKeys.RoomHash(personal, community.Id, room),
            State = state,
            PassOn = passOn,
            CreatedAt = at,
            UpdatedAt = at,
            ClosedAt = closed ? at + TimeSpan.FromDays(5) : null,
            NextContactAt = closed ? null : state == LeadState.New ? at + TimeSpan.FromDays(2) : _now + TimeSpan.FromDays(_random.Next(1, 60)),
            EraseAt = at + Kept,
            OpenKey = closed ? null : LeadKeys.OpenKey(personal, contactId, community.Id, community.Name),
            Version = Guid.NewGuid(),
        };
    }

    /// <summary>The first step and the two consents of every lead from this one on: as the database has the leads at hand, it makes them itself.</summary>
    private async Task AddStepsAsync(OutreachDb db, long firstLead)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "LeadEvents" ("LeadId", "Kind", "At", "To") SELECT "Id", 'Created', "CreatedAt", 'New' FROM "Leads" WHERE "Id" >= {firstLead}
            """);
        var wording = personal.Protect("演示");
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Consents" ("ContactId", "LeadKey", "Purpose", "Answer", "TextVersion", "Receiver", "Channel", "Wording", "At")
            SELECT "ContactId", "Key", purpose.name, CASE purpose.name WHEN 'Collect' THEN 'Given' ELSE "PassOn" END, '演示', '演示单位', 'webchat', {wording}, "CreatedAt"
            FROM "Leads" CROSS JOIN (SELECT 'Collect' AS name UNION ALL SELECT 'PassOn') AS purpose WHERE "Id" >= {firstLead}
            """);
    }

    /// <summary>The messages of every conversation from this one on, as many as each says it has: owner and bot by turns, a few sentences over and over, each encrypted once.</summary>
    private async Task AddMessagesAsync(OutreachDb db, long firstConversation, int most)
    {
        var says = Says.Select(text => Stored(text)).ToArray();
        var answer = Stored("这是演示的回答，不是法律意见。");
        var pause = TimeSpan.FromSeconds(20).Ticks;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Messages" ("ConversationId", "Sequence", "From", "At", "SentAt", "Activity")
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {most})
            SELECT "Id", n, CASE n % 2 WHEN 1 THEN 'Owner' ELSE 'Bot' END, "CreatedAt" + n * {pause}, "CreatedAt" + n * {pause},
                CASE WHEN n % 2 = 0 THEN {answer} ELSE CASE ("Id" + n) % 6
                    WHEN 0 THEN {says[0]} WHEN 1 THEN {says[1]} WHEN 2 THEN {says[2]} WHEN 3 THEN {says[3]} WHEN 4 THEN {says[4]} ELSE {says[5]} END END
            FROM "Conversations" JOIN numbers ON n <= "LastSequence" WHERE "Id" >= {firstConversation} ORDER BY "Id", n
            """);
    }

    private string Stored(string text) => personal.Protect(JsonSerializer.Serialize(new Activity { Type = ActivityTypes.Message, Text = text }, ActivityJson.Wire.Activity));

    private static string Name(string stem, int number) => string.Create(CultureInfo.InvariantCulture, $"{stem}{number}");
}
