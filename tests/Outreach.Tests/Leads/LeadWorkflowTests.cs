using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Storage;
using static Xunit.TestContext;

namespace Outreach.Tests.Leads;

public sealed class LeadWorkflowTests
{
    [Fact]
    public async Task Street_sees_what_was_passed_on_in_its_subtree_the_keeper_sees_all_and_others_nothing()
    {
        await using var scene = await LeadScene.CreateAsync();
        var given = await scene.SignUpAsync();
        await scene.SignUpAsync(passOn: ConsentAnswer.Refused);
        await scene.SignUpAsync(passOn: null);
        await scene.SignUpAsync(key: "anjuli");
        var person = await scene.PersonAsync();
        await scene.Rooms.TurnAsync(db => scene.Intake.SaveAsync(db, scene.SignUp(person, null, null), Current.CancellationToken));
        var list = scene.Rooms.Get<LeadList>();

        async Task<int> Count(StaffScope scope) => (await list.ListAsync(new LeadQuery { Tab = LeadTab.All }, scope, Current.CancellationToken)).Total;

        Assert.Equal([given.Id], (await list.ListAsync(new LeadQuery(), scene.Street(), Current.CancellationToken)).Rows.Select(r => r.Id));
        Assert.Equal(5, await Count(LeadScene.Keeper));
        Assert.Equal(0, await Count(LeadScene.Keeper with { Roles = StaffRoles.Administrator | StaffRoles.Publicity | StaffRoles.Auditor }));
        Assert.Equal(2, await Count(LeadScene.Keeper with { Roles = StaffRoles.Street }));
        Assert.Equal(1, (await list.CountAsync(LeadScene.Keeper, Current.CancellationToken)).Unattached);
    }

    [Fact]
    public async Task A_lead_that_is_not_for_these_eyes_answers_like_one_that_does_not_exist()
    {
        await using var scene = await LeadScene.CreateAsync();
        var hidden = await scene.SignUpAsync(passOn: ConsentAnswer.Refused);
        var workflow = scene.Rooms.Get<LeadWorkflow>();

        Assert.Null(await scene.Rooms.Get<LeadList>().ReadAsync(hidden.Id, scene.Street(), Current.CancellationToken));
        Assert.Equal(LeadOutcome.NoSuchLead, await workflow.AddNoteAsync(hidden.Id, new("看看", null, hidden.Version), scene.Street(), Current.CancellationToken));
        Assert.Equal(LeadOutcome.NoSuchLead, (await workflow.DisclosePhoneAsync(hidden.Id, "联系业主", scene.Street(), Current.CancellationToken)).Outcome);
    }

    [Fact]
    public async Task The_phone_is_handed_out_only_with_an_event_and_an_audit_entry()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();

        var disclosed = await scene.Rooms.Get<LeadWorkflow>().DisclosePhoneAsync(lead.Id, "联系业主", scene.Street(), Current.CancellationToken);

        Assert.Equal("13900000000", disclosed.Phone);
        await using var db = scene.Rooms.Open();
        var entry = await db.AuditEntries.SingleAsync(Current.CancellationToken);
        Assert.Equal((AuditKind.SawPhone, "s-street", lead.Id, "联系业主"), (entry.Kind, entry.StaffId, entry.SubjectId!.Value, entry.Detail));
        Assert.Equal("s-street", (await db.LeadEvents.SingleAsync(e => e.Kind == LeadEventKind.PhoneDisclosed, Current.CancellationToken)).StaffId);
        Assert.Equal("139****0000", (await scene.Rooms.Get<LeadList>().ReadAsync(lead.Id, scene.Street(), Current.CancellationToken))!.Phone);
    }

    [Fact]
    public async Task Of_two_notes_on_the_same_lead_the_second_is_refused_and_leaves_nothing_half_done()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        var day = scene.Rooms.Clock.GetUtcNow().AddDays(3);
        Task<LeadOutcome> Note(string words) => workflow.AddNoteAsync(lead.Id, new(words, day, lead.Version), scene.Street(), Current.CancellationToken);

        var outcomes = await Task.WhenAll(Note("打过电话"), Note("周三上门"));
        var seen = (await scene.Rooms.Get<LeadList>().ReadAsync(lead.Id, scene.Street(), Current.CancellationToken))!;
        var again = await workflow.AddNoteAsync(lead.Id, new("周三上门", null, seen.Version), scene.Street(), Current.CancellationToken);

        Assert.Equal([LeadOutcome.Done, LeadOutcome.ChangedMeanwhile], outcomes.Order());
        Assert.Equal(day, seen.Row.NextContactAt);
        Assert.Single(seen.Events, e => e.Kind == LeadEventKind.NoteAdded);
        Assert.Single(seen.Events, e => e.Kind == LeadEventKind.Updated);
        Assert.Equal(LeadOutcome.Done, again);
    }

    [Fact]
    public async Task A_note_that_is_too_long_is_refused_not_cut()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        Task<LeadOutcome> Note(int length) => workflow.AddNoteAsync(lead.Id, new(new string('字', length), null, lead.Version), scene.Street(), Current.CancellationToken);

        Assert.Equal(LeadOutcome.NoteTooLong, await Note(LeadWorkflow.MaxNoteCharacters + 1));
        Assert.Equal(LeadOutcome.Done, await Note(LeadWorkflow.MaxNoteCharacters));
    }

    [Fact]
    public async Task A_closed_lead_takes_words_but_no_date()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        await workflow.MoveAsync(lead.Id, LeadState.Invalid, scene.Street(), Current.CancellationToken);
        var seen = (await scene.Rooms.Get<LeadList>().ReadAsync(lead.Id, scene.Street(), Current.CancellationToken))!.Version;

        var withDate = await workflow.AddNoteAsync(lead.Id, new("再联系", scene.Rooms.Clock.GetUtcNow(), seen), scene.Street(), Current.CancellationToken);
        var words = await workflow.AddNoteAsync(lead.Id, new("说是打错了", null, seen), scene.Street(), Current.CancellationToken);

        Assert.Equal((LeadOutcome.Closed, LeadOutcome.Done), (withDate, words));
    }

    [Fact]
    public async Task A_lead_is_given_only_to_active_staff_who_may_see_it()
    {
        await using var scene = await LeadScene.CreateAsync();
        var passedOn = await scene.SignUpAsync();
        var kept = await scene.SignUpAsync(passOn: ConsentAnswer.Refused, room: "9号楼");
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        var street = scene.Street().AreaId;
        var elsewhere = scene.Street("anjuli").AreaId;
        await scene.Rooms.TurnAsync(db =>
        {
            db.AddRange(
                new StaffMember { Id = "here", UserName = "here", DisplayName = "甲", Roles = StaffRoles.Street, AreaId = street },
                new StaffMember { Id = "there", UserName = "there", DisplayName = "乙", Roles = StaffRoles.Street, AreaId = elsewhere },
                new StaffMember { Id = "writes", UserName = "writes", DisplayName = "丙", Roles = StaffRoles.Publicity, AreaId = street },
                new StaffMember { Id = "left", UserName = "left", DisplayName = "丁", Roles = StaffRoles.Street, AreaId = street, DeactivatedAt = DateTimeOffset.UnixEpoch },
                new StaffMember { Id = "keeper", UserName = "keeper", DisplayName = "戊", Roles = StaffRoles.Bureau, AreaId = null });
            return Task.CompletedTask;
        });
        Task<LeadOutcome> Assign(Lead lead, string? staff) => workflow.AssignAsync(lead.Id, staff, LeadScene.Keeper, Current.CancellationToken);

        Assert.NotEqual(street, elsewhere);
        Assert.Equal(LeadOutcome.NotForThatStaff, await Assign(passedOn, "there"));
        Assert.Equal(LeadOutcome.NotForThatStaff, await Assign(passedOn, "writes"));
        Assert.Equal(LeadOutcome.NoSuchStaff, await Assign(passedOn, "left"));
        Assert.Equal(LeadOutcome.NoSuchStaff, await Assign(passedOn, "nobody"));
        Assert.Equal(LeadOutcome.Done, await Assign(passedOn, "here"));
        Assert.Equal(LeadOutcome.NotForThatStaff, await Assign(kept, "here"));
        Assert.Equal(LeadOutcome.Done, await Assign(kept, "keeper"));
        Assert.Equal(LeadOutcome.Done, await Assign(kept, null));
    }

    [Fact]
    public async Task A_closed_lead_can_be_reopened_unless_the_owner_signed_up_anew()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        await workflow.MoveAsync(lead.Id, LeadState.Contacted, scene.Street(), Current.CancellationToken);
        await workflow.MoveAsync(lead.Id, LeadState.Done, scene.Street(), Current.CancellationToken);

        var reopened = await workflow.MoveAsync(lead.Id, LeadState.Contacted, scene.Street(), Current.CancellationToken);
        await workflow.MoveAsync(lead.Id, LeadState.Done, scene.Street(), Current.CancellationToken);
        await using (var db = scene.Rooms.Open())
        {
            var contact = await db.Contacts.SingleAsync(Current.CancellationToken);
            await scene.Rooms.TurnAsync(d => scene.Intake.SaveAsync(d, scene.SignUp((contact, lead.ConversationId), scene.Community(), ConsentAnswer.Given), Current.CancellationToken));
        }
        var again = await workflow.MoveAsync(lead.Id, LeadState.Contacted, scene.Street(), Current.CancellationToken);
        var skipped = await workflow.MoveAsync(lead.Id, LeadState.PreparatoryGroup, scene.Street(), Current.CancellationToken);

        Assert.Equal((LeadOutcome.Done, LeadOutcome.AlreadyOpen, LeadOutcome.NotAllowed), (reopened, again, skipped));
    }

    [Fact]
    public void Every_state_leads_only_to_other_states_and_withdrawn_to_none()
    {
        foreach (var state in Enum.GetValues<LeadState>())
            Assert.DoesNotContain(state, LeadMoves.From(state));
        Assert.Empty(LeadMoves.From(LeadState.Withdrawn));
        Assert.DoesNotContain(Enum.GetValues<LeadState>(), state => LeadMoves.From(state).Contains(LeadState.Withdrawn));
    }

    [Fact]
    public async Task Attaching_a_community_asks_the_second_consent_in_the_same_conversation_once()
    {
        await using var scene = await LeadScene.CreateAsync();
        var person = await scene.PersonAsync();
        var lead = (await scene.Rooms.TurnAsync(db => scene.Intake.SaveAsync(db, scene.SignUp(person, null, null), Current.CancellationToken))).Lead;
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        using var listener = scene.Rooms.Get<MessageFeed>().Listen(person.ConversationId);

        var byStreet = await workflow.AttachCommunityAsync(lead.Id, scene.Community().Id, scene.Street(), Current.CancellationToken);
        var byKeeper = await workflow.AttachCommunityAsync(lead.Id, scene.Community().Id, LeadScene.Keeper, Current.CancellationToken);
        var twice = await workflow.AttachCommunityAsync(lead.Id, scene.Community().Id, LeadScene.Keeper, Current.CancellationToken);

        Assert.Equal((LeadOutcome.NoSuchLead, LeadOutcome.Done, LeadOutcome.NotAllowed), (byStreet, byKeeper, twice));
        await using var db = scene.Rooms.Open();
        var message = await db.Messages.SingleAsync(m => m.ConversationId == person.ConversationId, Current.CancellationToken);
        Assert.Contains("示范街道办事处（演示）和春晖社区（演示）", message.Activity, StringComparison.Ordinal);
        Assert.Contains("同意转交", message.Activity, StringComparison.Ordinal);
        Assert.Equal(PassOnState.NotAsked, (await db.Leads.SingleAsync(Current.CancellationToken)).PassOn);
        Assert.Empty(await db.LeadForwards.ToListAsync(Current.CancellationToken));
    }

    [Fact]
    public async Task Leads_are_found_by_phone_key_community_wish_and_state_page_by_page()
    {
        await using var scene = await LeadScene.CreateAsync();
        var first = await scene.SignUpAsync(wishes: Wishes.Candidate | Wishes.Support);
        for (var i = 0; i < 24; i++)
            await scene.SignUpAsync(key: "anjuli", passOn: null);
        var list = scene.Rooms.Get<LeadList>();

        async Task<LeadPage> Find(LeadQuery query) => await list.ListAsync(query, LeadScene.Keeper, Current.CancellationToken);

        Assert.Equal(25, (await Find(new() { Search = "139 0000 0000" })).Total);
        Assert.Equal([first.Id], (await Find(new() { Search = first.Key.ToLowerInvariant() })).Rows.Select(r => r.Id));
        Assert.Equal(24, (await Find(new() { Search = "安居里" })).Total);
        Assert.Equal([first.Id], (await Find(new() { Wishes = Wishes.Candidate })).Rows.Select(r => r.Id));
        Assert.Equal(0, (await Find(new() { State = LeadState.Contacted })).Total);
        var (one, two, beyond) = (await Find(new()), await Find(new() { Page = 2 }), await Find(new() { Page = 99 }));
        Assert.Equal((20, 5, 2, 2), (one.Rows.Count, two.Rows.Count, two.Pages, beyond.Page));
        Assert.Empty(one.Rows.Select(r => r.Id).Intersect(two.Rows.Select(r => r.Id)));
    }
}
