using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Doubles;
using Outreach.Leads;
using Outreach.Storage;
using static Xunit.TestContext;

namespace Outreach.Tests.Leads;

public sealed class ForwardLeadsTests
{
    private static Dictionary<string, string?> To(WebhookReceiver receiver, bool trusted = false) => new()
    {
        ["PublicUrl"] = "https://ywh.example.org",
        ["Leads:Destinations:office:Type"] = "Webhook",
        ["Leads:Destinations:office:Url"] = receiver.Address.ToString(),
        ["Leads:Destinations:office:Secret"] = receiver.Secret,
        ["Leads:Destinations:office:AllowPrivateAddress"] = "true",
        ["Leads:Destinations:office:Trusted"] = trusted ? "true" : "false",
    };

    private static async Task<(LeadScene Scene, WebhookReceiver Receiver)> StartAsync(bool trusted = false)
    {
        var clock = new ClockOf();
        var receiver = await WebhookReceiver.StartAsync(clock);
        var scene = await LeadScene.CreateAsync(To(receiver, trusted));
        clock.Inner = scene.Rooms.Clock;
        return (scene, receiver);
    }

    private static async Task<LeadForward> ForwardOf(LeadScene scene, Lead lead, ForwardEvent happened = ForwardEvent.Created)
    {
        await using var db = scene.Rooms.Open();
        return await db.LeadForwards.AsNoTracking().SingleAsync(f => f.LeadKey == lead.Key && f.Event == happened, Current.CancellationToken);
    }

    [Fact]
    public async Task A_lead_arrives_signed_without_personal_fields_at_a_destination_that_is_not_trusted()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();

        await scene.ForwardAsync();

        var message = Assert.Single(receiver.All);
        Assert.Equal(0, receiver.Refused);
        using var body = JsonDocument.Parse(message.Body);
        var data = body.RootElement.GetProperty("data");
        Assert.Equal("lead.created", body.RootElement.GetProperty("type").GetString());
        Assert.Equal(lead.Key, data.GetProperty("leadId").GetString());
        Assert.Equal("春晖苑（演示）", data.GetProperty("community").GetString());
        Assert.Equal($"https://ywh.example.org/staff/leads/{lead.Id}", data.GetProperty("link").GetString());
        foreach (var personal in new[] { "13900000000", LeadScene.Name, "501" })
            Assert.DoesNotContain(personal, message.Body, StringComparison.Ordinal);
        Assert.Equal(ForwardState.Sent, (await ForwardOf(scene, lead)).State);
        foreach (var personal in new[] { "13900000000", LeadScene.Name, "3号楼" })
            Assert.DoesNotContain(personal, scene.Rooms.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_destination_gets_name_phone_and_room()
    {
        var (scene, receiver) = await StartAsync(trusted: true);
        await using var _ = scene;
        await using var __ = receiver;
        await scene.SignUpAsync();

        await scene.ForwardAsync();

        using var body = JsonDocument.Parse(Assert.Single(receiver.All).Body);
        var owner = body.RootElement.GetProperty("data").GetProperty("owner");
        Assert.Equal((LeadScene.Name, LeadScene.Phone, LeadScene.Room),
            (owner.GetProperty("name").GetString(), owner.GetProperty("phone").GetString(), owner.GetProperty("room").GetString()));
    }

    [Theory]
    [InlineData(Misbehaviour.Broken, "Transient HTTP 500")]
    [InlineData(Misbehaviour.Redirects, "ConfigError HTTP 302")]
    [InlineData(Misbehaviour.LosesAnswer, "AmbiguousSent no-answer")]
    public async Task A_failed_try_is_repeated_under_the_same_message_id_until_it_succeeds(Misbehaviour mode, string error)
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();
        receiver.Mode = mode;

        await scene.ForwardAsync();
        var failed = await ForwardOf(scene, lead);
        receiver.Mode = Misbehaviour.None;
        await scene.ForwardAsync();
        var early = await ForwardOf(scene, lead);
        scene.Rooms.Clock.Advance(TimeSpan.FromSeconds(7));
        await scene.ForwardAsync();

        Assert.Equal((ForwardState.Queued, 1, error), (failed.State, failed.Tries, failed.LastError));
        Assert.Equal(ForwardState.Queued, early.State);
        Assert.Equal((ForwardState.Sent, 2, null), (await ForwardOf(scene, lead)) is var sent ? (sent.State, sent.Tries, sent.LastError) : default);
        Assert.Equal(failed.MessageId, Assert.Single(receiver.Distinct).Id);
        Assert.Equal(mode == Misbehaviour.LosesAnswer ? 2 : 1, receiver.All.Count);
    }

    [Theory]
    [InlineData(Misbehaviour.TooMany)]
    [InlineData(Misbehaviour.Busy)]
    public async Task Retry_after_rests_the_destination_and_is_no_try(Misbehaviour mode)
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();
        receiver.Mode = mode;
        await scene.ForwardAsync();
        receiver.Mode = Misbehaviour.None;
        var other = await scene.SignUpAsync();

        scene.Rooms.Clock.Advance(TimeSpan.FromSeconds(110));
        await scene.ForwardAsync();
        var seenWhileResting = receiver.Requests;
        scene.Rooms.Clock.Advance(TimeSpan.FromSeconds(20));
        await scene.ForwardAsync();

        Assert.Equal(1, seenWhileResting);
        Assert.Equal((ForwardState.Sent, 1), (await ForwardOf(scene, lead)) is var sent ? (sent.State, sent.Tries) : default);
        Assert.Equal(ForwardState.Sent, (await ForwardOf(scene, other)).State);
    }

    [Fact]
    public async Task A_destination_that_is_gone_keeps_its_leads_and_raises_an_alert()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        receiver.Mode = Misbehaviour.Gone;
        var lead = await scene.SignUpAsync();

        await scene.ForwardAsync();
        receiver.Mode = Misbehaviour.None;
        scene.Rooms.Clock.Advance(TimeSpan.FromDays(1));
        await scene.ForwardAsync();

        Assert.Equal(ForwardState.Queued, (await ForwardOf(scene, lead)).State);
        Assert.Equal(1, receiver.Requests);
        await using var db = scene.Rooms.Open();
        var alerts = await db.Alerts.Where(a => a.ResolvedAt == null).ToListAsync(Current.CancellationToken);
        Assert.Contains(alerts, a => a.Subject == "destination/office" && a.Text.Contains("410", StringComparison.Ordinal));
        Assert.Contains(alerts, a => a.Subject == $"lead/{lead.Key}");
    }

    [Fact]
    public async Task A_row_left_in_sending_by_a_dead_process_goes_out_again_and_the_receiver_has_it_once()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();
        await scene.ForwardAsync();
        await using (var db = scene.Rooms.Open())
            await db.WriteAsync(() => db.LeadForwards.ExecuteUpdateAsync(set => set      // as if killed after the request was written, before the answer was
                .SetProperty(f => f.State, ForwardState.Sending).SetProperty(f => f.ClaimedBy, "a dead epoch"), Current.CancellationToken), Current.CancellationToken);

        await scene.ForwardAsync();

        Assert.Equal(ForwardState.Sent, (await ForwardOf(scene, lead)).State);
        Assert.Equal(2, receiver.All.Count);
        Assert.Single(receiver.Distinct);
    }

    [Fact]
    public async Task Two_runs_at_once_send_each_lead_once()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        for (var i = 0; i < 20; i++)
            await scene.SignUpAsync(room: null);

        await Task.WhenAll(scene.ForwardAsync(), scene.ForwardAsync(), scene.ForwardAsync());

        Assert.Equal(20, receiver.All.Count);
        Assert.Equal(20, receiver.Distinct.Count);
    }

    [Fact]
    public async Task A_sign_up_withdrawn_before_it_was_sent_reaches_nobody()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();
        await scene.WithAsync(lead, (db, l) => scene.Intake.WithdrawAsync(db, l, scene.Texts.Collect, "撤回", "webchat", Current.CancellationToken));

        await scene.ForwardAsync();
        await scene.ForwardAsync();

        Assert.Equal(0, receiver.Requests);
        await using var db = scene.Rooms.Open();
        Assert.All(await db.LeadForwards.ToListAsync(Current.CancellationToken), f => Assert.Equal(ForwardState.Cancelled, f.State));
    }

    [Fact]
    public async Task A_withdrawal_waits_for_a_sign_up_that_may_have_arrived_and_never_overtakes_it()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();
        receiver.Mode = Misbehaviour.LosesAnswer;
        await scene.ForwardAsync();
        receiver.Mode = Misbehaviour.None;
        await scene.WithAsync(lead, (db, l) => scene.Intake.WithdrawAsync(db, l, scene.Texts.Collect, "撤回", "webchat", Current.CancellationToken));

        await scene.ForwardAsync();
        var early = receiver.All.Count;
        scene.Rooms.Clock.Advance(TimeSpan.FromSeconds(7));
        await scene.ForwardAsync();
        await scene.ForwardAsync();

        Assert.Equal(1, early);
        Assert.Equal(2, receiver.All.Count);
        Assert.Contains("lead.withdrawn", receiver.All[1].Body, StringComparison.Ordinal);
        Assert.Equal(ForwardState.Cancelled, (await ForwardOf(scene, lead)).State);
        Assert.Equal(ForwardState.Sent, (await ForwardOf(scene, lead, ForwardEvent.Withdrawn)).State);
    }

    [Fact]
    public async Task An_erased_lead_is_told_to_who_got_it_and_its_row_is_gone()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();
        await scene.ForwardAsync();
        await scene.Rooms.TurnAsync(async db => await scene.Intake.EraseAsync(db, await db.Contacts.SingleAsync(Current.CancellationToken), Current.CancellationToken));

        await scene.ForwardAsync();

        Assert.Equal(["lead.created", "lead.erased"], receiver.All.Select(m => JsonDocument.Parse(m.Body).RootElement.GetProperty("type").GetString()));
        Assert.Contains(lead.Key, receiver.All[1].Body, StringComparison.Ordinal);
        await using var db = scene.Rooms.Open();
        Assert.Equal((0, 0, 0), (await db.Leads.CountAsync(Current.CancellationToken), await db.LeadEvents.CountAsync(Current.CancellationToken), await db.Consents.CountAsync(Current.CancellationToken)));
    }

    [Fact]
    public async Task After_thirty_minutes_without_delivery_there_is_an_alert_and_delivery_ends_it()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        receiver.Mode = Misbehaviour.Broken;
        var lead = await scene.SignUpAsync();
        await scene.ForwardAsync();

        scene.Rooms.Clock.Advance(TimeSpan.FromMinutes(29));
        await scene.ForwardAsync();
        await using var db = scene.Rooms.Open();
        var before = await db.Alerts.CountAsync(Current.CancellationToken);
        scene.Rooms.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.ForwardAsync();
        var alert = await db.Alerts.AsNoTracking().SingleAsync(Current.CancellationToken);
        receiver.Mode = Misbehaviour.None;
        scene.Rooms.Clock.Advance(TimeSpan.FromHours(1));
        await scene.ForwardAsync();

        Assert.Equal(0, before);
        Assert.Equal((AlertKind.ForwardLate, $"lead/{lead.Key}", scene.Community().AreaId), (alert.Kind, alert.Subject, alert.AreaId!.Value));
        Assert.NotNull((await db.Alerts.AsNoTracking().SingleAsync(Current.CancellationToken)).ResolvedAt);
    }

    [Fact]
    public async Task After_the_last_pause_a_forward_fails_and_staff_can_send_it_again()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        receiver.Mode = Misbehaviour.Broken;
        var lead = await scene.SignUpAsync();
        for (var i = 0; i <= ForwardVerdict.Pauses.Count; i++)
        {
            await scene.ForwardAsync();
            scene.Rooms.Clock.Advance(TimeSpan.FromHours(30));
        }
        var failed = await ForwardOf(scene, lead);
        await scene.ForwardAsync();
        receiver.Mode = Misbehaviour.None;

        var outcome = await scene.Rooms.Get<LeadWorkflow>().RetryForwardsAsync(lead.Id, scene.Street(), Current.CancellationToken);
        await scene.ForwardAsync();

        Assert.Equal((ForwardState.Failed, 10), (failed.State, failed.Tries));
        Assert.Equal(10, receiver.Requests - 1);
        Assert.Equal(LeadOutcome.Done, outcome);
        Assert.Equal(ForwardState.Sent, (await ForwardOf(scene, lead)).State);
        await using var db = scene.Rooms.Open();
        Assert.Contains(await db.Alerts.ToListAsync(Current.CancellationToken), a => a.Text.Contains("已不再重试", StringComparison.Ordinal));
        Assert.All(await db.Alerts.ToListAsync(Current.CancellationToken), a => Assert.NotNull(a.ResolvedAt));
    }

    [Fact]
    public async Task A_lead_that_no_destination_covers_is_an_alert()
    {
        await using var scene = await LeadScene.CreateAsync();
        await scene.SignUpAsync();
        await scene.SignUpAsync();

        await scene.ForwardAsync();
        await scene.ForwardAsync();

        await using var db = scene.Rooms.Open();
        var alert = Assert.Single(await db.Alerts.ToListAsync(Current.CancellationToken));
        Assert.Equal((AlertKind.NoDestination, scene.Community().AreaId), (alert.Kind, alert.AreaId!.Value));
        Assert.True(await db.Leads.AllAsync(l => l.Uncovered, Current.CancellationToken));
    }

    [Fact]
    public async Task A_destination_taken_out_of_the_configuration_leaves_no_lead_unseen_and_a_new_one_gets_it()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();
        await scene.Rooms.TurnAsync(db =>
        {
            db.LeadForwards.Add(new LeadForward
            {
                LeadId = lead.Id,
                LeadKey = lead.Key,
                Destination = "gone",
                Event = ForwardEvent.Created,
                MessageId = "msg_1",
                DueAt = scene.Rooms.Clock.GetUtcNow(),
                CreatedAt = scene.Rooms.Clock.GetUtcNow(),
            });
            return Task.CompletedTask;
        });

        await scene.ForwardAsync();

        await using var db = scene.Rooms.Open();
        Assert.Equal(ForwardState.Cancelled, (await db.LeadForwards.SingleAsync(Current.CancellationToken)).State);
        Assert.True((await db.Leads.SingleAsync(Current.CancellationToken)).Uncovered);
        Assert.Contains(await db.Alerts.ToListAsync(Current.CancellationToken), a => a.Subject == "destination/gone");
    }

    [Fact]
    public async Task A_lead_without_destination_goes_out_as_soon_as_one_covers_it_and_the_alert_ends()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        var lead = await scene.SignUpAsync();
        await scene.WithAsync(lead, async (db, l) =>      // as it was signed up before this destination was configured
        {
            l.Uncovered = true;
            db.LeadForwards.RemoveRange(await db.LeadForwards.ToListAsync(Current.CancellationToken));
            await db.RaiseAsync(AlertKind.NoDestination, $"area/{scene.Community().AreaId}", scene.Community().AreaId, "没有目的地", scene.Rooms.Clock.GetUtcNow(), Current.CancellationToken);
        });

        await scene.ForwardAsync();

        Assert.Contains("lead.created", Assert.Single(receiver.All).Body, StringComparison.Ordinal);
        await using var rows = scene.Rooms.Open();
        Assert.NotNull((await rows.Alerts.SingleAsync(Current.CancellationToken)).ResolvedAt);
    }

    [Fact]
    public async Task An_area_that_the_tree_does_not_hold_is_an_alert()
    {
        await using var receiver = await WebhookReceiver.StartAsync(TimeProvider.System);
        await using var scene = await LeadScene.CreateAsync(new Dictionary<string, string?>(To(receiver)) { ["Leads:Destinations:office:Areas:0"] = "没有的街道" });

        await scene.ForwardAsync();
        await scene.ForwardAsync();

        await using var db = scene.Rooms.Open();
        Assert.Contains("没有的街道", (await db.Alerts.SingleAsync(Current.CancellationToken)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Held_forwards_wait_for_the_keeper()
    {
        var (scene, receiver) = await StartAsync();
        await using var _ = scene;
        await using var __ = receiver;
        await scene.SignUpAsync();
        await using (var db = scene.Rooms.Open())
            await db.WriteAsync(() => db.LeadForwards.ExecuteUpdateAsync(set => set.SetProperty(f => f.State, ForwardState.Held), Current.CancellationToken), Current.CancellationToken);
        await scene.ForwardAsync();
        var whileHeld = receiver.Requests;
        var workflow = scene.Rooms.Get<LeadWorkflow>();

        var byStreet = await workflow.ReleaseHeldForwardsAsync(scene.Street(), Current.CancellationToken);
        var byKeeper = await workflow.ReleaseHeldForwardsAsync(LeadScene.Keeper, Current.CancellationToken);
        await scene.ForwardAsync();

        Assert.Equal((0, 0, 1, 1), (whileHeld, byStreet, byKeeper, receiver.All.Count));
    }

    [Fact]
    public void Every_answer_but_success_comes_back_and_only_waiting_costs_no_try() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.Enum<SendClass>(), CsCheck.Gen.Int[1, 10], CsCheck.Gen.Double[0, 1]),
        sample =>
        {
            var (answer, tries, jitter) = sample;
            var now = DateTimeOffset.UnixEpoch;
            var verdict = ForwardVerdict.After(new(answer), tries, now, jitter);
            return answer switch
            {
                SendClass.Ok => verdict.State == ForwardState.Sent,
                SendClass.RateLimited or SendClass.QuotaExhausted => verdict.State == ForwardState.Queued && verdict.Tries == tries - 1 && verdict.DueAt > now,
                SendClass.RecipientGone => verdict is { State: ForwardState.Queued, RestUntil: not null },
                _ => tries == 10 ? verdict.State == ForwardState.Failed : verdict.State == ForwardState.Queued && verdict.DueAt >= now + ForwardVerdict.Pauses[tries - 1] * 0.8,
            };
        });

    /// <summary>The receiver starts before the scene whose clock it follows.</summary>
    private sealed class ClockOf : TimeProvider
    {
        public TimeProvider Inner { get; set; } = System;

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow();
    }
}
