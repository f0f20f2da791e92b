using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Storage;
using static Xunit.TestContext;

namespace Outreach.Tests.Leads;

/// <summary>The inbox of leads: finding, tagging, assigning many, making two of one person one, and forgetting nobody.</summary>
public sealed class LeadDeskTests
{
    [Fact]
    public async Task A_lead_is_found_by_its_note_tag_name_and_phone_and_by_nobody_outside_its_subtree()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync(room: null);
        await scene.SignUpAsync(key: "anjuli", room: null);
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        await workflow.AddNoteAsync(lead.Id, new("周三下午在家，懂财务", null, lead.Version), scene.Street(), Current.CancellationToken);
        Assert.Equal(LeadOutcome.Done, await workflow.TagAsync(lead.Id, ["党员", "党员", "太长的标签太长的标签太长的标签"], scene.Street(), Current.CancellationToken));
        var list = scene.Rooms.Get<LeadList>();
        async Task<long[]> Find(string words, StaffScope? scope = null) =>
            [.. (await list.ListAsync(new LeadQuery { Tab = LeadTab.All, Search = words }, scope ?? scene.Street(), Current.CancellationToken)).Rows.Select(r => r.Id)];

        foreach (var words in new[] { "下午在家", "懂财务", "党员", LeadScene.Name, "139 0000 0000", "春晖" })
            Assert.Equal((words, lead.Id), (words, Assert.Single(await Find(words))));
        foreach (var words in new[] { "上午在家", "测试", "1390000000", "财务懂" })
            Assert.Empty(await Find(words));
        Assert.Empty(await Find("懂财务", scene.Street("anjuli")));
        Assert.Equal(["党员"], (await list.ReadAsync(lead.Id, scene.Street(), Current.CancellationToken))!.Tags);
        await using var db = scene.Rooms.Open();
        Assert.DoesNotContain(await db.LeadTerms.Select(t => t.Term).ToListAsync(Current.CancellationToken), term => term.Contains('财', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Saved_filters_hold_who_is_new_today_and_who_wants_to_do_something()
    {
        await using var scene = await LeadScene.CreateAsync();
        var old = await scene.SignUpAsync(wishes: Wishes.Support);
        scene.Rooms.Clock.Advance(TimeSpan.FromDays(1));
        var eager = await scene.SignUpAsync(wishes: Wishes.Support | Wishes.Candidate, room: null);
        var list = scene.Rooms.Get<LeadList>();
        async Task<long[]> Tab(LeadTab tab) => [.. (await list.ListAsync(new LeadQuery { Tab = tab }, scene.Street(), Current.CancellationToken)).Rows.Select(r => r.Id)];

        Assert.Equal([eager.Id], await Tab(LeadTab.Today));
        Assert.Equal([eager.Id], await Tab(LeadTab.Willing));
        Assert.Equal([old.Id, eager.Id], (await Tab(LeadTab.Open)).Order());
        Assert.Equal((1, 1, 2), ((await list.CountAsync(scene.Street(), Current.CancellationToken)) is var n ? (n.Today, n.Willing, n.Open) : default));
    }

    [Fact]
    public async Task Each_tab_counts_what_it_lists_page_by_page_in_every_order_for_bureau_and_street()
    {
        await using var scene = await LeadScene.CreateAsync();
        var workflow = scene.Rooms.Get<LeadWorkflow>();
        await scene.SignUpAsync(room: null, wishes: Wishes.JoinGroup);
        await workflow.MoveAsync((await scene.SignUpAsync(room: null)).Id, LeadState.Invalid, scene.Street(), Current.CancellationToken);
        await workflow.MoveAsync((await scene.SignUpAsync(room: null)).Id, LeadState.Contacted, scene.Street(), Current.CancellationToken);
        await scene.SignUpAsync(ConsentAnswer.Refused, room: null);
        var nowhere = await scene.PersonAsync();
        await scene.Rooms.TurnAsync(db => scene.Intake.SaveAsync(db, scene.SignUp(nowhere, null, null), Current.CancellationToken));
        scene.Rooms.Clock.Advance(TimeSpan.FromDays(9));
        await scene.SignUpAsync(room: null, wishes: Wishes.Candidate);
        await scene.SignUpAsync(key: "anjuli", room: null);
        var list = scene.Rooms.Get<LeadList>();
        foreach (var scope in new[] { LeadScene.Keeper, scene.Street(), scene.Street() with { AreaId = null, AreaPath = "/", AreaDepth = 0 }, scene.Street() with { Roles = StaffRoles.Publicity } })
        {
            var counts = await list.CountAsync(scope, Current.CancellationToken);
            foreach (var (tab, count) in new[]
            {
                (LeadTab.Open, counts.Open), (LeadTab.Mine, counts.Mine), (LeadTab.Due, counts.Due), (LeadTab.Late, counts.Late), (LeadTab.Today, counts.Today), (LeadTab.Willing, counts.Willing),
                (LeadTab.Unattached, counts.Unattached), (LeadTab.Closed, counts.Closed), (LeadTab.All, counts.Open + counts.Closed),
            })
                foreach (var sort in Enum.GetValues<LeadSort>())
                {
                    var whole = await list.ListAsync(new() { Tab = tab, Sort = sort }, scope, Current.CancellationToken);
                    Assert.Equal((tab, sort, count, count), (tab, sort, whole.Total, whole.Rows.Count));
                    var pages = new List<long>();
                    for (var page = 1; page <= whole.Total && tab == LeadTab.All; page++)
                        pages.AddRange((await list.ListAsync(new() { Tab = tab, Sort = sort, Page = page, PageSize = 1 }, scope, Current.CancellationToken)).Rows.Select(row => row.Id));
                    Assert.Equal(tab == LeadTab.All ? whole.Rows.Select(row => row.Id) : [], pages);
                }
        }
        var all = await list.CountAsync(LeadScene.Keeper, Current.CancellationToken);
        Assert.Equal((6, 0, 3, 3, 2, 2, 1, 1), (all.Open, all.Mine, all.Due, all.Late, all.Today, all.Willing, all.Unattached, all.Closed));
        var street = await list.CountAsync(scene.Street(), Current.CancellationToken);
        Assert.Equal((3, 1, 1, 1, 1, 2, 0, 1), (street.Open, street.Mine, street.Due, street.Late, street.Today, street.Willing, street.Unattached, street.Closed));
        var orders = await list.ListAsync(new() { Tab = LeadTab.All, Sort = LeadSort.Community }, LeadScene.Keeper, Current.CancellationToken);
        Assert.Equal(orders.Rows.OrderBy(r => r.IsUnattached).ThenBy(r => r.Community, StringComparer.Ordinal).ThenBy(r => r.Id).Select(r => r.Id), orders.Rows.Select(r => r.Id));
    }

    [Fact]
    public async Task Many_leads_are_given_at_once_and_go_back_but_for_those_moved_on_since()
    {
        await using var scene = await LeadScene.CreateAsync();
        var (first, second, other) = (await scene.SignUpAsync(room: null), await scene.SignUpAsync(room: null), await scene.SignUpAsync(key: "anjuli", room: null));
        var colleague = await MemberAsync(scene, "colleague1");
        var assignments = scene.Rooms.Get<LeadBulk>();

        var given = await assignments.AssignAsync([first.Id, second.Id, other.Id], colleague, scene.Street(), Current.CancellationToken);
        await scene.Rooms.Get<LeadWorkflow>().AssignAsync(second.Id, null, scene.Street(), Current.CancellationToken);
        var byAnother = await assignments.UndoAsync(given.BatchId, scene.Street() with { StaffId = "s-other" }, Current.CancellationToken);
        var back = await assignments.UndoAsync(given.BatchId, scene.Street(), Current.CancellationToken);

        Assert.Equal((LeadOutcome.Done, 2, 1), (given.Outcome, given.Changed, given.Left));
        Assert.Equal((0, 1), (byAnother, back));
        Assert.Equal(0, await assignments.UndoAsync(given.BatchId, scene.Street(), Current.CancellationToken));
        await using var db = scene.Rooms.Open();
        Assert.All(await db.Leads.Select(l => l.AssigneeId).ToListAsync(Current.CancellationToken), Assert.Null);
        Assert.Equal(LeadOutcome.NoSuchStaff, (await assignments.AssignAsync([first.Id], "nobody", scene.Street(), Current.CancellationToken)).Outcome);
    }

    [Fact]
    public async Task Many_leads_are_marked_contacted_or_given_a_day_at_once_and_go_back_but_for_those_moved_on_since()
    {
        await using var scene = await LeadScene.CreateAsync();
        var (first, second, further, other) = (await scene.SignUpAsync(room: null), await scene.SignUpAsync(room: null), await scene.SignUpAsync(room: null), await scene.SignUpAsync(key: "anjuli", room: null));
        var (bulk, workflow) = (scene.Rooms.Get<LeadBulk>(), scene.Rooms.Get<LeadWorkflow>());
        await workflow.MoveAsync(further.Id, LeadState.Volunteer, scene.Street(), Current.CancellationToken);
        var day = scene.Rooms.Clock.GetUtcNow().AddDays(9);
        async Task<(LeadState, DateTimeOffset?, string?)> StandAsync(Lead lead)
        {
            await using var db = scene.Rooms.Open();
            return await db.Leads.Where(l => l.Id == lead.Id).Select(l => new ValueTuple<LeadState, DateTimeOffset?, string?>(l.State, l.NextContactAt, l.AssigneeId)).SingleAsync(Current.CancellationToken);
        }
        var before = await StandAsync(first);

        var contacted = await bulk.ContactedAsync([first.Id, second.Id, further.Id, other.Id], scene.Street(), Current.CancellationToken);
        var after = await StandAsync(first);
        await workflow.MoveAsync(second.Id, LeadState.PreparatoryGroup, scene.Street(), Current.CancellationToken);
        var back = await bulk.UndoAsync(contacted.BatchId, scene.Street(), Current.CancellationToken);

        Assert.Equal((LeadOutcome.Done, 2, 2), (contacted.Outcome, contacted.Changed, contacted.Left));
        Assert.Equal((LeadState.Contacted, null, scene.Street().StaffId), after);
        Assert.Equal(1, back);
        Assert.Equal(before, await StandAsync(first));
        Assert.Equal(LeadState.PreparatoryGroup, (await StandAsync(second)).Item1);

        var dated = await bulk.ContactOnAsync([first.Id, further.Id, other.Id], day, scene.Street(), Current.CancellationToken);
        Assert.Equal((2, day), (dated.Changed, (await StandAsync(further)).Item2));
        Assert.Equal(2, await bulk.UndoAsync(dated.BatchId, scene.Street(), Current.CancellationToken));
        Assert.Equal(before, await StandAsync(first));
        Assert.Null((await StandAsync(further)).Item2);
        Assert.Equal(0, (await bulk.ContactedAsync([further.Id, other.Id], scene.Street(), Current.CancellationToken)).Changed);
    }

    [Fact]
    public async Task Two_sign_ups_under_one_phone_are_made_one_after_a_call_and_come_apart_again_and_an_opt_out_holds_throughout()
    {
        await using var scene = await LeadScene.CreateAsync();
        var (kept, merged, elsewhere) = (await scene.SignUpAsync(room: null), await scene.SignUpAsync(room: null), await scene.SignUpAsync(key: "anjuli", room: null));
        await scene.Rooms.TurnAsync(async db => await scene.Rooms.Get<OptOuts>().SetAsync(db, await db.Contacts.SingleAsync(c => c.Id == merged.ContactId, Current.CancellationToken), Current.CancellationToken));
        var merging = scene.Rooms.Get<LeadMerging>();

        Assert.Equal([merged.Id], (await merging.SuggestAsync(kept.Id, scene.Street(), Current.CancellationToken)).Select(s => s.Lead.Id));
        Assert.Equal(LeadOutcome.NotAllowed, await merging.MergeAsync(kept.Id, elsewhere.Id, LeadScene.Keeper, Current.CancellationToken));
        Assert.Equal(LeadOutcome.NoSuchLead, await merging.MergeAsync(kept.Id, elsewhere.Id, scene.Street(), Current.CancellationToken));
        Assert.Equal(LeadOutcome.Done, await merging.MergeAsync(kept.Id, merged.Id, scene.Street(), Current.CancellationToken));
        var together = Assert.Single(await merging.SuggestAsync(kept.Id, scene.Street(), Current.CancellationToken));
        Assert.Equal((LeadState.Invalid, false), (together.Lead.State, together.IsKept));
        Assert.Equal(LeadOutcome.Done, await merging.UndoAsync(together.MergeId!.Value, scene.Street(), Current.CancellationToken));
        await scene.Rooms.TurnAsync(async db => await scene.Rooms.Get<Erasure>().EraseAsync(db, await db.Contacts.SingleAsync(c => c.Id == merged.ContactId, Current.CancellationToken), Current.CancellationToken));

        await using var after = scene.Rooms.Open();
        Assert.Equal(LeadState.New, (await after.Leads.SingleAsync(l => l.Id == kept.Id, Current.CancellationToken)).State);
        Assert.True(await scene.Rooms.Get<OptOuts>().IsOptedOutAsync(after, await after.Contacts.SingleAsync(c => c.Id == merged.ContactId, Current.CancellationToken), Current.CancellationToken));
        Assert.False(await scene.Rooms.Get<OptOuts>().IsOptedOutAsync(after, await after.Contacts.SingleAsync(c => c.Id == kept.ContactId, Current.CancellationToken), Current.CancellationToken));
    }

    [Fact]
    public async Task New_leads_go_to_the_nearest_rule_and_one_that_nobody_contacts_in_time_is_an_alert_until_somebody_does()
    {
        await using var scene = await LeadScene.CreateAsync();
        var (colleague, boss) = (await MemberAsync(scene, "colleague1"), await MemberAsync(scene, "bureau001"));
        var directory = scene.Rooms.Get<CommunityDirectory>().Current;
        var neighbourhood = directory.Up(scene.Community().AreaId).First();
        var rules = scene.Rooms.Get<LeadRoutes>();
        Assert.Equal(LeadOutcome.Done, await rules.SetAsync(neighbourhood.Id, colleague, scene.Street(), Current.CancellationToken));
        Assert.Equal(LeadOutcome.Done, await rules.SetAsync(directory.Up(neighbourhood.Id).Last().Id, boss, LeadScene.Keeper, Current.CancellationToken));
        Assert.Equal(LeadOutcome.NoSuchCommunity, await rules.SetAsync(neighbourhood.Id, colleague, scene.Street("anjuli"), Current.CancellationToken));
        var (lead, other) = (await scene.SignUpAsync(), await scene.SignUpAsync(key: "anjuli"));
        var care = scene.Rooms.Get<IEnumerable<IDueWork>>().OfType<LeadCare>().Single();

        await care.RunDueAsync(Current.CancellationToken);
        scene.Rooms.Clock.Advance(TimeSpan.FromDays(3));
        await care.RunDueAsync(Current.CancellationToken);
        await care.RunDueAsync(Current.CancellationToken);

        await using (var db = scene.Rooms.Open())
        {
            Assert.Equal((colleague, boss), ((await db.Leads.SingleAsync(l => l.Id == lead.Id, Current.CancellationToken)).AssigneeId, (await db.Leads.SingleAsync(l => l.Id == other.Id, Current.CancellationToken)).AssigneeId));
            Assert.Equal(2, await db.LeadEvents.CountAsync(e => e.Kind == LeadEventKind.Escalated, Current.CancellationToken));
            var alert = await db.Alerts.VisibleTo(db, scene.Street()).SingleAsync(a => a.Kind == AlertKind.LeadsLate && a.ResolvedAt == null, Current.CancellationToken);
            Assert.Contains("1 条线索", alert.Text, StringComparison.Ordinal);
        }
        await scene.Rooms.Get<LeadWorkflow>().MoveAsync(lead.Id, LeadState.Contacted, scene.Street(), Current.CancellationToken);
        await care.RunDueAsync(Current.CancellationToken);
        await using var after = scene.Rooms.Open();
        Assert.False(await after.Alerts.VisibleTo(after, scene.Street()).AnyAsync(a => a.Kind == AlertKind.LeadsLate && a.ResolvedAt == null, Current.CancellationToken));
    }

    /// <summary>An account of the whole tree.</summary>
    private static Task<string> MemberAsync(LeadScene scene, string userName) => scene.Rooms.TurnAsync(db =>
    {
        var member = new StaffMember { UserName = userName, NormalizedUserName = userName.ToUpperInvariant(), DisplayName = userName, Roles = userName[0] == 'b' ? StaffRoles.Bureau : StaffRoles.Street, AreaId = userName[0] == 'b' ? null : scene.Street().AreaId };
        db.Staff.Add(member);
        return Task.FromResult(member.Id);
    });
}
