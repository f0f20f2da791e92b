using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Leads;

public sealed class LeadIntakeTests
{
    private static readonly Dictionary<string, string?> TwoDestinations = new()
    {
        ["Leads:Destinations:all:Type"] = "Webhook",
        ["Leads:Destinations:all:Url"] = "https://example.org/leads",
        ["Leads:Destinations:all:Secret"] = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        ["Leads:Destinations:street:Type"] = "Webhook",
        ["Leads:Destinations:street:Url"] = "https://example.org/street",
        ["Leads:Destinations:street:Secret"] = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        ["Leads:Destinations:street:Areas:0"] = "示范区（演示）/和平街道（演示）",
    };

    [Fact]
    public async Task A_sign_up_writes_lead_event_consents_and_the_forwards_of_covering_destinations()
    {
        await using var scene = await LeadScene.CreateAsync(TwoDestinations);

        var here = await scene.SignUpAsync(key: "chunhuiyuan");
        var there = await scene.SignUpAsync(key: "anjuli");

        await using var db = scene.Rooms.Open();
        Assert.Equal(["all"], await db.LeadForwards.Where(f => f.LeadKey == here.Key).Select(f => f.Destination).ToListAsync(Current.CancellationToken));
        Assert.Equal(["all", "street"], await db.LeadForwards.Where(f => f.LeadKey == there.Key).OrderBy(f => f.Destination).Select(f => f.Destination).ToListAsync(Current.CancellationToken));
        Assert.Equal([LeadEventKind.Created, LeadEventKind.PassOnGiven],
            await db.LeadEvents.Where(e => e.LeadId == here.Id).OrderBy(e => e.Id).Select(e => e.Kind).ToListAsync(Current.CancellationToken));
        var consents = await db.Consents.Where(c => c.LeadKey == here.Key).OrderBy(c => c.Purpose).ToListAsync(Current.CancellationToken);
        Assert.Equal([ConsentPurpose.Collect, ConsentPurpose.PassOn], consents.Select(c => c.Purpose));
        Assert.Equal(["演示单位", "示范街道办事处（演示）和春晖社区（演示）"], consents.Select(c => c.Receiver));
        Assert.Equal(new DateTimeOffset(2028, 11, 24, 2, 0, 0, TimeSpan.Zero), here.EraseAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 26, 10, 0, 0, TimeSpan.Zero), here.NextContactAt);       // Thursday 18:00 in the city
    }

    [Fact]
    public async Task What_is_not_passed_on_is_forwarded_to_nobody()
    {
        await using var scene = await LeadScene.CreateAsync(TwoDestinations);

        await scene.SignUpAsync(passOn: ConsentAnswer.Refused);
        await scene.SignUpAsync(passOn: null);

        await using var db = scene.Rooms.Open();
        Assert.Empty(await db.LeadForwards.ToListAsync(Current.CancellationToken));
        Assert.Equal([PassOnState.Refused, PassOnState.NotAsked], await db.Leads.OrderBy(l => l.Id).Select(l => l.PassOn).ToListAsync(Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_first_consent_nothing_is_stored()
    {
        await using var scene = await LeadScene.CreateAsync();
        var person = await scene.PersonAsync();
        var refused = scene.SignUp(person, scene.Community(), null) with { Collect = new(scene.Texts.Collect, ConsentAnswer.Refused, "不同意") };

        await Assert.ThrowsAsync<ArgumentException>(() => scene.Rooms.TurnAsync(db => scene.Intake.SaveAsync(db, refused, Current.CancellationToken)));

        await using var db = scene.Rooms.Open();
        Assert.Equal(0, await db.Leads.CountAsync(Current.CancellationToken));
    }

    [Fact]
    public async Task A_second_sign_up_of_the_same_owner_and_community_updates_the_open_lead()
    {
        await using var scene = await LeadScene.CreateAsync(TwoDestinations);
        var person = await scene.PersonAsync();
        var first = await scene.Rooms.TurnAsync(db => scene.Intake.SaveAsync(db, scene.SignUp(person, scene.Community(), ConsentAnswer.Given), Current.CancellationToken));

        var again = scene.SignUp(person, scene.Community(), null, Wishes.JoinGroup, room: null) with { Phone = null };
        var second = await scene.Rooms.TurnAsync(db => scene.Intake.SaveAsync(db, again, Current.CancellationToken));

        Assert.Equal((SaveKind.Created, SaveKind.Updated), (first.Kind, second.Kind));
        await using var db = scene.Rooms.Open();
        var lead = await db.Leads.SingleAsync(Current.CancellationToken);
        Assert.Equal((Wishes.JoinGroup, LeadScene.Phone, LeadScene.Room), (lead.Wishes, lead.Phone, lead.Room));
        Assert.Equal([ForwardEvent.Created, ForwardEvent.Updated], await db.LeadForwards.OrderBy(f => f.Id).Select(f => f.Event).ToListAsync(Current.CancellationToken));
    }

    [Fact]
    public async Task Two_turns_at_once_make_one_open_lead()
    {
        await using var scene = await LeadScene.CreateAsync();
        var person = await scene.PersonAsync();

        var saved = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            scene.Rooms.TurnAsync(db => scene.Intake.SaveAsync(db, scene.SignUp(person, scene.Community(), null), Current.CancellationToken))));

        Assert.Single(saved, s => s.Kind == SaveKind.Created);
        await using var db = scene.Rooms.Open();
        Assert.Equal(1, await db.Leads.CountAsync(Current.CancellationToken));
    }

    [Fact]
    public async Task Withdrawing_closes_the_lead_hides_it_from_staff_and_tells_the_destination()
    {
        await using var scene = await LeadScene.CreateAsync(TwoDestinations);
        var lead = await scene.SignUpAsync();

        await scene.WithAsync(lead, (db, l) => scene.Intake.WithdrawAsync(db, l, scene.Texts.Collect, "撤回", "webchat", Current.CancellationToken));

        await using var db = scene.Rooms.Open();
        var withdrawn = await db.Leads.SingleAsync(Current.CancellationToken);
        Assert.Equal((LeadState.Withdrawn, PassOnState.Withdrawn, null), (withdrawn.State, withdrawn.PassOn, withdrawn.OpenKey));
        Assert.Equal(scene.Rooms.Clock.GetUtcNow().AddDays(7), withdrawn.EraseAt);
        Assert.Empty(await db.Leads.VisibleTo(db, scene.Street()).ToListAsync(Current.CancellationToken));
        Assert.Equal([ForwardEvent.Created, ForwardEvent.Withdrawn], await db.LeadForwards.OrderBy(f => f.Id).Select(f => f.Event).ToListAsync(Current.CancellationToken));
        Assert.Contains(await db.Consents.ToListAsync(Current.CancellationToken), c => c is { Answer: ConsentAnswer.Withdrawn, Wording: "撤回" });
    }

    [Fact]
    public async Task Another_community_clears_the_room_and_asks_the_second_consent_anew_where_the_receiver_changes()
    {
        await using var scene = await LeadScene.CreateAsync(TwoDestinations);
        var lead = await scene.SignUpAsync();

        await scene.WithAsync(lead, async (db, l) => Assert.True(await scene.Intake.MoveAsync(db, l, scene.Community("anjuli"), Current.CancellationToken)));

        await using var db = scene.Rooms.Open();
        var moved = await db.Leads.SingleAsync(Current.CancellationToken);
        Assert.Equal((scene.Community("anjuli").Id, PassOnState.NotAsked, null, null), (moved.CommunityId!.Value, moved.PassOn, moved.Room, moved.RoomHash));
        Assert.Equal([ForwardEvent.Created, ForwardEvent.Withdrawn], await db.LeadForwards.OrderBy(f => f.Id).Select(f => f.Event).ToListAsync(Current.CancellationToken));
    }

    [Fact]
    public async Task A_household_counts_once_and_only_owners_who_want_something_and_none_below_five()
    {
        await using var scene = await LeadScene.CreateAsync();
        var reader = scene.Rooms.Get<ProgressReader>();
        foreach (var room in new[] { "1号楼1单元101", "一栋一单元101室", "1-1-102", "1-1-103", null })
            await scene.SignUpAsync(room: room);
        await scene.SignUpAsync(room: "9-9-901", wishes: Wishes.JustInformed);
        var four = await reader.ReadAsync(scene.Community().Id, Current.CancellationToken);

        await scene.SignUpAsync(room: null);
        var five = await reader.ReadAsync(scene.Community().Id, Current.CancellationToken);

        Assert.Null(four!.Households);
        Assert.Null(four.MissingForQuorum);
        Assert.Equal((5, 612, 123 - 5, 408 - 5), (five!.Households!.Value, five.OfHouseholds!.Value, five.MissingForProposal!.Value, five.MissingForQuorum!.Value));
        Assert.Equal("征集意愿", five.StageText);
    }

    [Fact]
    public async Task My_data_shows_what_this_identity_gave_with_the_phone_masked()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();
        await scene.SignUpAsync();
        await using var db = scene.Rooms.Open();
        var contact = await db.Contacts.SingleAsync(c => c.Id == lead.ContactId, Current.CancellationToken);

        var mine = await MyData.ReadAsync(db, contact, scene.Rooms.Get<CommunityDirectory>(), Current.CancellationToken);

        Assert.Equal("春晖苑（演示），支持成立，测试甲，3号楼2单元501，139****0000", Assert.Single(mine.Leads).Line);
        Assert.Equal("示范街道办事处（演示）和春晖社区（演示）", mine.Leads[0].Receiver);
    }
}
