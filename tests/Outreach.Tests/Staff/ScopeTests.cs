using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Staff;

namespace Outreach.Tests.Staff;

/// <summary>What lies outside the own subtree, and what the console does with what lies inside.</summary>
[Collection(ConsoleApps.Name)]
public sealed class ScopeTests(ConsoleApp shared) : IAsyncLifetime
{
    private const string Phone = "+8613900000007";
    private readonly OutreachApp _app = shared.App;

    public async ValueTask InitializeAsync() => await shared.ForgetStaffAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_lead_a_conversation_a_community_and_a_notice_outside_the_subtree_are_404()
    {
        var town = await Town.BuildAsync(_app);
        var lead = await StaffSeeds.AddLeadAsync(_app, "owner-b", town.CommunityB, "乙花园", "赵先", Phone);
        var handover = await StaffSeeds.AddHandoverAsync(_app, lead.ConversationId, town.CommunityB);
        var boss = await StaffSeeds.AddMemberAsync(_app, "boss01", StaffRoles.Bureau, null);
        var made = await _app.Services.GetRequiredService<CampaignDesk>().CreateAsync(
            StaffScopes.Of(boss.Id, "局", StaffRoles.Bureau, null, null),
            new() { Title = "乙街道通知", Body = "正文", Audience = new(town.StreetB, null, NoticeTopics.MyCommunity), StartAt = DateTimeOffset.UnixEpoch.AddYears(100), FormToken = Guid.NewGuid(), ConfirmedTotal = 1 }, StaffSeeds.Stop);
        Assert.Equal(CreateOutcome.Created, made.Outcome);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);

        foreach (var page in new[] { $"/staff/leads/{lead.Id}", $"/staff/waiting/{handover.Id}", $"/staff/communities/{town.CommunityB}", $"/staff/communities/{town.CommunityB}/edit", $"/staff/communities/{town.CommunityB}/papers/Ballot", $"/staff/communities/{town.CommunityB}/papers/Ballot/docx", $"/staff/notices/{made.Campaign!.Id}" })
        {
            var answer = await client.GetAsync(page);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{page}: {(int)answer.StatusCode}");
            Assert.DoesNotContain("赵先", await ConsoleClient.TextAsync(answer), StringComparison.Ordinal);
        }
        foreach (var page in new[] { "/staff", "/staff/leads?tab=all", "/staff/waiting", "/staff/communities", "/staff/board", "/staff/notices" })
        {
            var text = await client.ReadAsync(page);
            Assert.DoesNotContain("赵先", text, StringComparison.Ordinal);
            Assert.DoesNotContain("乙花园", text, StringComparison.Ordinal);
            Assert.DoesNotContain("乙街道通知", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_step_on_a_lead_outside_the_subtree_is_404_and_changes_nothing()
    {
        var town = await Town.BuildAsync(_app);
        var mine = await StaffSeeds.AddLeadAsync(_app, "owner-a", town.CommunityA, "甲花园", "李女", Phone);
        var other = await StaffSeeds.AddLeadAsync(_app, "owner-b", town.CommunityB, "乙花园", "赵先", null);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);

        var answer = await client.PostAsync($"/staff/leads/{mine.Id}", $"staff/leads/{mine.Id}/move", $"/staff/leads/{other.Id}/move", ("to", "Contacted"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        await using var db = await StaffSeeds.OpenAsync(_app);
        Assert.Equal(LeadState.New, (await db.Leads.SingleAsync(l => l.Id == other.Id, StaffSeeds.Stop)).State);
    }

    [Fact]
    public async Task A_lead_that_was_not_passed_on_is_seen_by_the_keeper_alone()
    {
        var town = await Town.BuildAsync(_app);
        var lead = await StaffSeeds.AddLeadAsync(_app, "owner-a", town.CommunityA, "甲花园", "李女", Phone, ConsentAnswer.Refused);
        using var street = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        using var keeper = await ConsoleClient.SignInAsync(_app, "bureau1", StaffRoles.Bureau);

        Assert.Equal(HttpStatusCode.NotFound, (await street.GetAsync($"/staff/leads/{lead.Id}")).StatusCode);
        Assert.Contains("业主不同意转交", await keeper.ReadAsync($"/staff/leads/{lead.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_is_masked_until_a_reason_is_given_and_the_audit_knows_it()
    {
        var town = await Town.BuildAsync(_app);
        var lead = await StaffSeeds.AddLeadAsync(_app, "owner-a", town.CommunityA, "甲花园", "李女", Phone);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        using var auditor = await ConsoleClient.SignInAsync(_app, "audit1", StaffRoles.Auditor);
        var page = $"/staff/leads/{lead.Id}";

        Assert.Contains("139****0007", await client.ReadAsync(page), StringComparison.Ordinal);
        var without = await ConsoleClient.TextAsync(await client.PostAsync(page, "phone"));
        var with = await ConsoleClient.TextAsync(await client.PostAsync(page, "phone", ("Phone.Reason", "联系业主")));

        Assert.Contains("选一个原因", without, StringComparison.Ordinal);
        Assert.DoesNotContain("13900000007", without, StringComparison.Ordinal);
        Assert.Contains("13900000007", with, StringComparison.Ordinal);
        Assert.DoesNotContain("13900000007", await client.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("看了号码", await client.ReadAsync(page), StringComparison.Ordinal);
        var audit = await auditor.ReadAsync("/staff/audit");
        Assert.Contains($"看了号码 第{lead.Id}号", audit, StringComparison.Ordinal);
        Assert.Contains("联系业主", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_words_reach_the_owner_once_and_without_their_own_name()
    {
        var town = await Town.BuildAsync(_app);
        var lead = await StaffSeeds.AddLeadAsync(_app, "owner-a", town.CommunityA, "甲花园", "李女", null);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        var page = $"/staff/leads/{lead.Id}";

        var token = Guid.NewGuid().ToString("N");
        var first = await client.PostAsync(page, "reply", ("Reply.Text", "周三上午<b>九点</b>见"), ("Reply.FormToken", token));
        var second = await client.PostAsync(page, "reply", ("Reply.Text", "周三上午<b>九点</b>见"), ("Reply.FormToken", token));

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Redirect), (first.StatusCode, second.StatusCode));
        await using var db = await StaffSeeds.OpenAsync(_app);
        var message = await db.Messages.SingleAsync(m => m.ConversationId == lead.ConversationId && m.From == Speaker.Staff, StaffSeeds.Stop);
        Assert.Contains("甲社区工作人员", message.Activity, StringComparison.Ordinal);
        Assert.DoesNotContain("street1", message.Activity, StringComparison.Ordinal);
        var html = await (await client.GetAsync(page)).Content.ReadAsStringAsync(StaffSeeds.Stop);
        Assert.Contains("&lt;b&gt;九点&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>九点</b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_on_a_lead_that_someone_changed_meanwhile_is_held_back_and_not_lost()
    {
        var town = await Town.BuildAsync(_app);
        var lead = await StaffSeeds.AddLeadAsync(_app, "owner-a", town.CommunityA, "甲花园", "李女", null);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        var page = $"/staff/leads/{lead.Id}";

        var refused = await ConsoleClient.TextAsync(await client.PostAsync(page, "note", async () =>
        {
            var moved = await client.PostAsync(page, $"staff/leads/{lead.Id}/move", ("to", "Contacted"));
            Assert.Equal(HttpStatusCode.Redirect, moved.StatusCode);
        }, ("Note.Words", "打过电话，周末再打")));

        Assert.Contains("别人刚改过这条。看看新的再存。", refused, StringComparison.Ordinal);
        Assert.Contains("打过电话，周末再打</textarea>", refused, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await client.PostAsync(page, "note", ("Note.Words", "打过电话，周末再打"))).StatusCode);
        Assert.Contains("打过电话，周末再打", await client.ReadAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_of_a_lead_offers_colleagues_who_may_see_it_and_refuses_a_note_that_is_too_long_with_its_words()
    {
        var town = await Town.BuildAsync(_app);
        var lead = await StaffSeeds.AddLeadAsync(_app, "owner-a", town.CommunityA, "甲花园", "李女", null);
        await StaffSeeds.AddMemberAsync(_app, "other1", StaffRoles.Street, town.StreetB, "别街的人");
        var colleague = await StaffSeeds.AddMemberAsync(_app, "near01", StaffRoles.Community, town.StreetA, "本街的人");
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        var page = $"/staff/leads/{lead.Id}";
        var words = new string('长', LeadWorkflow.MaxNoteCharacters + 1);

        var shown = await client.ReadAsync(page);
        var assigned = await client.PostAsync(page, "assign", ("Assign.StaffId", colleague.Id));
        var refused = await ConsoleClient.TextAsync(await client.PostAsync(page, "note", ("Note.Words", words)));

        Assert.Contains("本街的人</option>", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("别街的人", shown, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, assigned.StatusCode);
        Assert.Contains("负责人 本街的人", await client.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("备注最多 1000 个字", refused, StringComparison.Ordinal);
        Assert.Contains(words + "</textarea>", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_community_saved_by_two_at_once_keeps_the_first()
    {
        var town = await Town.BuildAsync(_app);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        var page = $"/staff/communities/{town.CommunityA}/edit";
        (string, string)[] Form(string households) => [("Input.Name", "甲花园"), ("Input.Stage", "Applied"), ("Input.StageSince", "2026-11-01"), ("Input.TermEndsOn", ""), ("Input.Households", households)];

        var second = await ConsoleClient.TextAsync(await client.PostAsync(page, "community", async () =>
            Assert.Equal(HttpStatusCode.Redirect, (await client.PostAsync(page, "community", Form("612"))).StatusCode), Form("700")));

        Assert.Contains("别人刚改过这条。看看新的再存。", second, StringComparison.Ordinal);
        Assert.Contains("value=\"700\"", second, StringComparison.Ordinal);
        Assert.Equal(612, _app.Services.GetRequiredService<CommunityDirectory>().Find(town.CommunityA)!.Households);
        Assert.Contains("成立筹备组", await client.ReadAsync($"/staff/communities/{town.CommunityA}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_waiting_owner_is_taken_answered_and_handed_back()
    {
        var town = await Town.BuildAsync(_app);
        var conversation = await StaffSeeds.AddOwnerAsync(_app, "owner-a", town.CommunityA);
        await StaffSeeds.SayAsync(_app, conversation.Id, (Speaker.Owner, "转人工"), (Speaker.Bot, "已转给工作人员"));
        var handover = await StaffSeeds.AddHandoverAsync(_app, conversation.Id, town.CommunityA);
        using var first = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        using var second = await ConsoleClient.SignInAsync(_app, "street2", StaffRoles.Street, town.StreetA);
        var page = $"/staff/waiting/{handover.Id}";

        Assert.Contains("1 位业主在等", await first.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("转人工", await first.ReadAsync(page), StringComparison.Ordinal);
        await first.PostAsync(page, "take");
        Assert.Contains("接了这段对话。要接过来吗", await second.ReadAsync(page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await first.PostAsync(page, "reply", ("Input.Text", "您好，我来答"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await first.PostAsync(page, "close")).StatusCode);

        await using var db = await StaffSeeds.OpenAsync(_app);
        Assert.Equal(HandoverState.Closed, (await db.Handovers.SingleAsync(h => h.Id == handover.Id, StaffSeeds.Stop)).State);
        Assert.Contains("没有人在等", await second.ReadAsync("/staff/waiting"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notice_is_counted_confirmed_and_made_once()
    {
        var town = await Town.BuildAsync(_app);
        await StaffSeeds.AddLeadAsync(_app, "owner-1", town.CommunityA, "甲花园", "一", null);
        var gone = await StaffSeeds.AddLeadAsync(_app, "owner-2", town.CommunityA, "甲花园", "二", null);
        await using (var db = await StaffSeeds.OpenAsync(_app))
        {
            (await db.Contacts.SingleAsync(c => c.Id == gone.ContactId, StaffSeeds.Stop)).OptedOutAt = DateTimeOffset.UnixEpoch;
            await db.SaveChangesAsync(StaffSeeds.Stop);
        }
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        (string, string)[] Form(string step) =>
        [
            ("Input.Title", "{小区}通知"), ("Input.Body", "11月28日（周六）上午9:00培训。"), ("Input.Link", ""), ("Input.Topic", "Training"),
            ("Input.AreaId", town.StreetA.ToString(CultureInfo.InvariantCulture)), ("Input.StartOn", "2099-11-28"), ("Input.StartTime", "09:00"), ("Input.Step", step),
        ];

        var asked = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("ask")));
        var token = System.Text.RegularExpressions.Regex.Match(asked, "name=\"Input.FormToken\" value=\"([0-9a-f]{32})\"").Groups[1].Value;
        var made = await client.PostAsync("/staff/notices/new", "compose", [.. Form("send"), ("Input.ConfirmedTotal", "1"), ("Input.FormToken", token)]);
        var again = await client.PostAsync("/staff/notices/new", "compose", [.. Form("send"), ("Input.ConfirmedTotal", "1"), ("Input.FormToken", token)]);

        Assert.Contains("发给 1 位业主？", asked, StringComparison.Ordinal);
        Assert.Contains("1 位不发：退订 1", asked, StringComparison.Ordinal);
        Assert.Contains("甲花园通知", asked, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        Assert.Equal(made.Headers.Location, again.Headers.Location);
        await using var after = await StaffSeeds.OpenAsync(_app);
        Assert.Equal(1, await after.Campaigns.CountAsync(c => c.AreaId == town.StreetA, StaffSeeds.Stop));
    }

    [Fact]
    public async Task A_notice_with_a_placeholder_left_open_goes_nowhere_and_keeps_its_text()
    {
        var town = await Town.BuildAsync(_app);
        await StaffSeeds.AddLeadAsync(_app, "owner-1", town.CommunityA, "甲花园", "一", null);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);

        var refused = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose",
            ("Input.Title", "通知"), ("Input.Body", "{会场}见"), ("Input.Topic", "Training"), ("Input.AreaId", town.StreetA.ToString(CultureInfo.InvariantCulture)), ("Input.Step", "ask")));

        Assert.Contains("有 1 处要改", refused, StringComparison.Ordinal);
        Assert.Contains("“{会场}”还没有填", refused, StringComparison.Ordinal);
        Assert.Contains("{会场}见</textarea>", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_live_stream_tells_new_numbers_and_ends_with_the_account()
    {
        var town = await Town.BuildAsync(_app);
        using var admin = await ConsoleClient.SignInAsync(_app, "admin1", StaffRoles.Administrator);
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(StaffSeeds.Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        await using var lines = client.LinesAsync("/staff/live", deadline.Token).GetAsyncEnumerator(deadline.Token);

        Assert.True(await lines.MoveNextAsync());
        Assert.Contains("\"waiting\":0", lines.Current, StringComparison.Ordinal);
        var conversation = await StaffSeeds.AddOwnerAsync(_app, "owner-a", town.CommunityA);
        await StaffSeeds.AddHandoverAsync(_app, conversation.Id, town.CommunityA);
        Assert.True(await lines.MoveNextAsync());
        Assert.Contains("\"waiting\":1", lines.Current, StringComparison.Ordinal);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var id = await db.Staff.Where(s => s.UserName == "street1").Select(s => s.Id).SingleAsync(StaffSeeds.Stop);
        await admin.PostAsync("/staff/people", $"deactivate-{id}");

        Assert.False(await lines.MoveNextAsync());
    }

    [Fact]
    public async Task What_a_restore_holds_is_let_go_by_the_keeper_after_a_look_and_by_nobody_else()
    {
        var town = await Town.BuildAsync(_app);
        var lead = await StaffSeeds.AddLeadAsync(_app, "owner-a", town.CommunityA, "甲花园", "李女", null);
        await using (var db = await StaffSeeds.OpenAsync(_app))
        {
            db.Add(new LeadForward
            {
                LeadKey = lead.Key,
                Destination = "群",
                Event = ForwardEvent.Created,
                MessageId = Guid.NewGuid().ToString("N"),
                State = ForwardState.Held,
                DueAt = DateTimeOffset.UnixEpoch,
                CreatedAt = DateTimeOffset.UnixEpoch,
            });
            await db.SaveChangesAsync(StaffSeeds.Stop);
        }
        using var street = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, town.StreetA);
        using var keeper = await ConsoleClient.SignInAsync(_app, "bureau1", StaffRoles.Bureau);

        Assert.Contains("放行要由保管资料的主管部门来做", await street.ReadAsync("/staff/status"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await street.PostAsync("/staff/more", "staff/sign-out", "/staff/held/release", ("confirmed", "yes"))).StatusCode);
        await keeper.PostAsync("/staff/status", "staff/held/release");
        Assert.Contains("1 条转交停着", await keeper.ReadAsync("/staff/status"), StringComparison.Ordinal);
        await keeper.PostAsync("/staff/status", "staff/held/release", ("confirmed", "yes"));

        Assert.DoesNotContain("条转交停着", await keeper.ReadAsync("/staff/status"), StringComparison.Ordinal);
        await using var after = await StaffSeeds.OpenAsync(_app);
        Assert.False(await after.LeadForwards.AnyAsync(f => f.State == ForwardState.Held, StaffSeeds.Stop));
    }
}
