using CsCheck;
using Microsoft.EntityFrameworkCore;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Campaigns;

/// <summary>What <see cref="DeliveryJudge"/> says must hold at every commit, checked on the real sender and database through random histories.</summary>
public sealed class CampaignLawTests : IAsyncLifetime
{
    private const int People = 6;
    private const int Quota = 4;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly StaffScope Staff = LeadScene.Keeper;

    private enum Deed { CarryOn, Pause, Resume, Stop, OptOut, Withdraw, Wait }

    private readonly record struct Step(Deed Deed, int Person, VendorWhim[] Keyed, VendorWhim[] Blind);

    private TestRooms _rooms = null!;

    public async ValueTask InitializeAsync() => _rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>
    {
        ["Campaigns:Quotas:keyed:Limit"] = $"{Quota}",
        ["Campaigns:Quotas:keyed:Window"] = $"{Window}",
        ["Campaigns:PageSize"] = "3",
        ["Campaigns:QuietUntilHour"] = "0",
        ["Campaigns:QuietFromHour"] = "24",
        ["Campaigns:PerOwnerPerWeek"] = "0",
    });

    public ValueTask DisposeAsync() => _rooms.DisposeAsync();

    [Fact]
    public async Task Whatever_comes_between_nobody_holds_two_copies_and_the_numbers_add_up_to_the_snapshot()
    {
        var whim = Gen.Enum<VendorWhim>();
        var step = Gen.Select(
            Gen.Frequency((6, Gen.Const(Deed.CarryOn)), (1, Gen.Const(Deed.Pause)), (2, Gen.Const(Deed.Resume)), (1, Gen.Const(Deed.Stop)), (2, Gen.Const(Deed.OptOut)), (1, Gen.Const(Deed.Withdraw)), (3, Gen.Const(Deed.Wait))),
            Gen.Int[0, People - 1], whim.Array[0, 4], whim.Array[0, 4], (deed, person, keyed, blind) => new Step(deed, person, keyed, blind));
        // One after the other: they share the database.
        await step.Array[3, 12].SampleAsync(history => Scene.PlayAsync(_rooms, history), iter: 40, threads: 1, print: history => string.Join("; ", history.Select(s => $"{s.Deed} {s.Person} [{string.Join(',', s.Keyed)}] [{string.Join(',', s.Blind)}]")));
    }

    /// <summary>One campaign to six people of a community of its own: half on a channel that knows keys, half on one that does not, one on both.</summary>
    private sealed class Scene
    {
        private readonly TestRooms _rooms;
        private readonly VendorInMemory _keyed = new("keyed", knowsKeys: true);
        private readonly VendorInMemory _blind = new("blind", knowsKeys: false);
        private readonly Dictionary<long, DeliveryState> _ended = [];
        private readonly Dictionary<string, int> _silentSince = [];
        private readonly List<Contact> _people;
        private readonly CampaignRun _run;
        private readonly AccountSender _sender;
        private readonly CampaignDesk _desk;
        private readonly long _id;
        private int _snapshot;

        private Scene(TestRooms rooms, List<Contact> people, long id)
        {
            (_rooms, _people, _id) = (rooms, people, id);
            (_run, _sender) = VendorInMemory.Sender(rooms, ["keyed"], _keyed, _blind);
            _desk = rooms.Get<CampaignDesk>();
        }

        public static async Task PlayAsync(TestRooms rooms, Step[] history)
        {
            var name = Guid.NewGuid().ToString("N");
            var now = rooms.Clock.GetUtcNow();
            await using var db = rooms.Open();
            await db.WriteAsync(() => db.ChannelQuotas.ExecuteDeleteAsync(Current.CancellationToken), Current.CancellationToken);
            var community = await CampaignSeeds.AddOwnersAsync(db, [.. Enumerable.Range(0, People).Select(n => (n % 2 == 0 ? "keyed" : "blind", $"{name}-{n}"))], now, Current.CancellationToken, name);
            var people = await db.Contacts.Where(c => c.UserId.StartsWith(name)).OrderBy(c => c.Id).ToListAsync(Current.CancellationToken);
            // The first, on the channel that comes first, has an address on the other one.
            db.Add(new Contact { Channel = "blind", Account = "default", UserId = $"{name}-0b", OwnerId = people[0].Id, CreatedAt = now, LastSeenAt = now });
            var campaign = CampaignSeeds.Planned(community, now);
            db.Add(campaign);
            await db.SaveChangesAsync(Current.CancellationToken);
            var scene = new Scene(rooms, people, campaign.Id);
            foreach (var step in history)
            {
                await scene.DoAsync(step);
                await scene.CheckAsync();
            }
            await scene.EndAsync();
        }

        private async Task DoAsync(Step step)
        {
            var person = _people[step.Person];
            switch (step.Deed)
            {
                case Deed.CarryOn:
                    _keyed.Next(step.Keyed);
                    _blind.Next(step.Blind);
                    await CarryOnAsync();
                    break;
                case Deed.Pause: await _desk.PauseAsync(Staff, _id, Current.CancellationToken); break;
                case Deed.Resume: await _desk.ResumeAsync(Staff, _id, Current.CancellationToken); break;
                case Deed.Stop: await _desk.CancelAsync(Staff, _id, Current.CancellationToken); break;
                case Deed.OptOut:
                    await _rooms.TurnAsync(async db => await _rooms.Get<OptOuts>().SetAsync(db, await db.Contacts.SingleAsync(c => c.Id == person.Id), Current.CancellationToken));
                    Silence(person.UserId);
                    break;
                case Deed.Withdraw:
                    await _rooms.TurnAsync(db => db.Leads.Where(l => l.ContactId == person.Id).ExecuteUpdateAsync(set => set.SetProperty(l => l.State, LeadState.Withdrawn)));
                    Silence(person.UserId);
                    break;
                case Deed.Wait: _rooms.Clock.Advance(TimeSpan.FromMinutes(6)); break;
            }
        }

        private void Silence(string userId) => _silentSince.TryAdd(userId, CallsTo(userId));

        private int CallsTo(string userId) => _keyed.Calls.Concat(_blind.Calls).Count(call => call == userId || call == userId + "b");

        private int CopiesOf(string userId) => _keyed.Copies.Concat(_blind.Copies).Count(copy => copy == userId || copy == userId + "b");

        private async Task CarryOnAsync()
        {
            try
            {
                await _run.CarryOnAsync(_id, _sender.SendAsync);
            }
            catch (ProcessDiedException)
            {
                // The next process finds the rows as this one left them.
            }
        }

        private async Task CheckAsync()
        {
            await using var db = _rooms.Open();
            var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == _id, Current.CancellationToken);
            var rows = await db.Deliveries.AsNoTracking().Where(d => d.CampaignId == _id).ToListAsync(Current.CancellationToken);
            if (campaign.SnapshotAt is not null && _snapshot == 0)
                _snapshot = rows.Count;
            if (_snapshot > 0)
                Assert.Equal(_snapshot, rows.Count);
            Assert.Equal(rows.Count, rows.Select(d => d.PersonId).Distinct().Count());
            foreach (var row in rows)
            {
                var isEnded = row.State is not (DeliveryState.Queued or DeliveryState.Sending);
                Assert.Equal(isEnded, row.EndedAt is not null);
                if (_ended.TryGetValue(row.Id, out var before))
                    Assert.Equal(before, row.State);
                if (isEnded)
                    _ended[row.Id] = row.State;
                var copies = CopiesOf(_people.Single(p => p.Id == row.PersonId).UserId);
                Assert.InRange(copies, row.State == DeliveryState.Sent ? 1 : 0, row.State is DeliveryState.Failed or DeliveryState.Skipped ? 0 : 1);
            }
            foreach (var (userId, calls) in _silentSince)
                Assert.Equal(calls, CallsTo(userId));
            if (await db.ChannelQuotas.AsNoTracking().SingleOrDefaultAsync(q => q.Account == "keyed/default", Current.CancellationToken) is { } quota)
                Assert.InRange(quota.Used, 0, Quota);
            if (campaign.State == CampaignState.Done)
                Assert.All(rows, row => Assert.NotNull(row.EndedAt));
        }

        /// <summary>Peace returns: everybody's row comes to an end, and nobody who can be reached is missing.</summary>
        private async Task EndAsync()
        {
            _keyed.BehaveWell();
            _blind.BehaveWell();
            await _desk.ResumeAsync(Staff, _id, Current.CancellationToken);
            for (var n = 0; n < 12; n++)
            {
                await CarryOnAsync();
                await CheckAsync();
                _rooms.Clock.Advance(TimeSpan.FromMinutes(30));
            }
            await using var db = _rooms.Open();
            var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == _id, Current.CancellationToken);
            Assert.True(campaign.State is CampaignState.Done or CampaignState.Cancelled, $"{campaign.State} {campaign.PauseReason}");
            Assert.False(await db.Deliveries.AnyAsync(d => d.CampaignId == _id && (d.State == DeliveryState.Queued || d.State == DeliveryState.Sending), Current.CancellationToken));
            if (campaign.State == CampaignState.Done)
                foreach (var person in _people.Where(p => !_silentSince.ContainsKey(p.UserId)))
                    Assert.True(await db.Deliveries.AnyAsync(d => d.CampaignId == _id && d.PersonId == person.Id, Current.CancellationToken), "nobody is missing");
        }
    }
}
