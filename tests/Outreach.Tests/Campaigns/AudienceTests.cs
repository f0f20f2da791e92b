using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Campaigns;

/// <summary>Who belongs to an audience, on which channel, and why others are left out.</summary>
public sealed class AudienceTests : IAsyncLifetime
{
    private static readonly StaffScope Staff = LeadScene.Keeper;
    private static readonly StaffScope Second = Staff with { StaffId = "s-second", DisplayName = "第二人" };

    private TestRooms _rooms = null!;
    private Community _community = null!;
    private List<Contact> _owners = null!;

    public async ValueTask InitializeAsync()
    {
        _rooms = await TestRooms.CreateAsync(new Dictionary<string, string?> { ["Campaigns:Quotas:webchat:Limit"] = "100", ["Campaigns:Quotas:webchat:Window"] = "1.00:00:00" });
        await using var db = _rooms.Open();
        _community = await CampaignSeeds.AddOwnersAsync(db, 6, _rooms.Clock.GetUtcNow(), Current.CancellationToken);
        await _rooms.Get<CommunityDirectory>().ReloadAsync(Current.CancellationToken);
        _owners = await db.Contacts.OrderBy(c => c.Id).ToListAsync(Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _rooms.DisposeAsync();

    [Fact]
    public async Task Everyone_meant_stands_in_the_preview_once_with_the_reason_why_not()
    {
        await ChangeAsync(0, c => c.OptedOutAt = _rooms.Clock.GetUtcNow());
        await ChangeAsync(1, c => c.Topics = NoticeTopics.Training);
        await ChangeAsync(2, c => c.UnreachableSince = _rooms.Clock.GetUtcNow());

        await _rooms.TurnAsync(db =>
        {
            db.Add(new ChannelQuota { Account = "webchat/default", WindowStart = _rooms.Clock.GetUtcNow(), Used = 98 });
            return Task.CompletedTask;
        });
        var preview = await PreviewAsync(new());

        var line = Assert.Single(preview.Channels);
        Assert.Equal(("webchat", 3, 3), (line.Channel, line.WillSend, line.NotSent));
        Assert.Equal([(SkipReason.OptedOut, 1), (SkipReason.TopicLeft, 1), (SkipReason.RecipientGone, 1)], line.Excluded.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
        Assert.Equal((2, 1), (line.QuotaLeft, line.OverQuota));
    }

    [Theory]
    [InlineData("{\"wishes\":2}", 1)]
    [InlineData("{\"wishes\":\"JoinGroup\"}", 1)]
    [InlineData("{\"wroteWithinDays\":7}", 5)]
    [InlineData("{\"silentForDays\":7}", 1)]
    [InlineData("{\"languages\":[\"English\"]}", 1)]
    [InlineData("{\"languages\":[\"Chinese\",\"Other\"]}", 0)]
    [InlineData("{\"languages\":[\"English\",\"Unknown\"]}", 6)]
    [InlineData("{\"channels\":[\"sms\"]}", 0)]
    [InlineData("{\"channels\":[\"webchat\"]}", 6)]
    [InlineData("{\"stages\":[\"GatheringInterest\"]}", 6)]
    [InlineData("{\"stages\":[\"Elected\",\"Filed\"]}", 0)]
    [InlineData("{\"fromPercent\":60}", 6)]
    [InlineData("{\"fromPercent\":61}", 0)]
    [InlineData("{\"belowPercent\":61}", 6)]
    [InlineData("{\"belowPercent\":60}", 0)]
    public async Task A_filter_keeps_those_it_names(string filter, int expected)
    {
        await _rooms.TurnAsync(async db =>
        {
            (await db.Leads.FirstAsync(l => l.ContactId == _owners[0].Id)).Wishes = Wishes.Support | Wishes.JoinGroup;
            (await db.Contacts.SingleAsync(c => c.Id == _owners[2].Id)).Language = ContactLanguage.English;
            (await db.Contacts.SingleAsync(c => c.Id == _owners[1].Id)).LastSeenAt = _rooms.Clock.GetUtcNow().AddDays(-8);
            var community = await db.Communities.SingleAsync(c => c.Id == _community.Id);
            (community.Stage, community.Households) = (CommunityStage.GatheringInterest, 10);
        });

        Assert.Equal(expected, (await PreviewAsync(AudienceFilter.From(filter))).Total);
    }

    [Fact]
    public async Task A_filter_comes_back_from_a_saved_segment_as_it_was_and_the_same_name_is_the_same_segment()
    {
        var filter = new AudienceFilter { Communities = [_community.Id], Except = [99], Stages = [CommunityStage.Applied], FromPercent = 20, Channels = ["webchat"], Languages = [ContactLanguage.English], Wishes = Wishes.Candidate | Wishes.JoinGroup, SilentForDays = 30 };
        var segments = _rooms.Get<Segments>();

        await segments.SaveAsync(Staff, "沉默的积极分子", new AudienceChoice(_community.AreaId, null, NoticeTopics.General), Current.CancellationToken);
        await segments.SaveAsync(Staff, " 沉默的积极分子 ", new AudienceChoice(_community.AreaId, filter.Communities, NoticeTopics.General) { Filter = filter }, Current.CancellationToken);

        var saved = Assert.Single(await segments.ListAsync(Staff, Current.CancellationToken));
        Assert.Equivalent(filter, AudienceFilter.From(saved.Audience), strict: true);
        Assert.Empty(await segments.ListAsync(Staff with { AreaPath = "/999/" }, Current.CancellationToken));
        Assert.False(await segments.DeleteAsync(Staff with { AreaPath = "/999/" }, saved.Id, Current.CancellationToken));
        Assert.True(await segments.DeleteAsync(Staff, saved.Id, Current.CancellationToken));
    }

    [Fact]
    public async Task One_person_gets_one_copy_where_they_asked_for_it_and_in_the_next_place_when_that_fails()
    {
        var (first, second, chat) = (new VendorInMemory("first", knowsKeys: false), new VendorInMemory("second", knowsKeys: false), new VendorInMemory("webchat", knowsKeys: false));
        await _rooms.TurnAsync(db =>
        {
            foreach (var channel in (string[])["first", "second"])
                db.Add(new Contact { Channel = channel, Account = "default", UserId = $"of-0-{channel}", OwnerId = _owners[0].Id, CreatedAt = _rooms.Clock.GetUtcNow(), LastSeenAt = _rooms.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        first.Next([VendorWhim.FindsNobody]);
        second.Next([VendorWhim.ClosedTheWindow]);
        var id = await AddAsync();

        await CarryOnAsync(id, ["first", "second"], first, second, chat);

        Assert.Equal((1, 1, 6), (first.Calls.Count, second.Calls.Count, chat.Copies.Count));
        await using var db = _rooms.Open();
        var rows = await db.Deliveries.Where(d => d.CampaignId == id).ToListAsync(Current.CancellationToken);
        Assert.Equal((6, 6), (rows.Count, rows.Count(d => d is { State: DeliveryState.Sent, Channel: "webchat" })));
        Assert.NotNull((await db.Contacts.SingleAsync(c => c.Channel == "first", Current.CancellationToken)).UnreachableSince);
    }

    [Fact]
    public async Task What_may_have_arrived_does_not_go_to_another_channel_as_well()
    {
        var (first, chat) = (new VendorInMemory("first", knowsKeys: true), new VendorInMemory("webchat", knowsKeys: false));
        await _rooms.TurnAsync(db =>
        {
            db.Add(new Contact { Channel = "first", Account = "default", UserId = "of-0", OwnerId = _owners[0].Id, CreatedAt = _rooms.Clock.GetUtcNow(), LastSeenAt = _rooms.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        first.Next([VendorWhim.DeliversAndTheAnswerIsLost, VendorWhim.FindsNobody]);
        var id = await AddAsync();

        for (var n = 0; n < 2; n++)
        {
            await CarryOnAsync(id, ["first"], first, chat);
            _rooms.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal((1, 5), (first.Copies.Count, chat.Copies.Count));
        await using var db = _rooms.Open();
        Assert.Equal(DeliveryState.Unknown, (await db.Deliveries.SingleAsync(d => d.CampaignId == id && d.PersonId == _owners[0].Id, Current.CancellationToken)).State);
    }

    [Fact]
    public async Task A_channel_switched_off_in_the_middle_passes_its_people_on_or_says_so()
    {
        var (first, chat) = (new VendorInMemory("first", knowsKeys: false), new VendorInMemory("webchat", knowsKeys: false));
        await _rooms.TurnAsync(async db =>
        {
            db.Add(new Contact { Channel = "first", Account = "default", UserId = "of-0", OwnerId = _owners[0].Id, CreatedAt = _rooms.Clock.GetUtcNow(), LastSeenAt = _rooms.Clock.GetUtcNow() });
            await db.Contacts.Where(c => c.Id == _owners[1].Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.Channel, "first"));
        });
        first.Next([VendorWhim.HasNoQuotaLeft, VendorWhim.HasNoQuotaLeft]);
        var id = await AddAsync();
        await CarryOnAsync(id, ["first"], first, chat);

        await CarryOnAsync(id, ["first"], chat);

        await using var db = _rooms.Open();
        Assert.Equal(CampaignState.Done, (await db.Campaigns.SingleAsync(c => c.Id == id, Current.CancellationToken)).State);
        Assert.Equal((5, 1), (chat.Copies.Count, await db.Deliveries.CountAsync(d => d.State == DeliveryState.Skipped && d.SkipReason == SkipReason.ChannelOff, Current.CancellationToken)));
    }

    [Fact]
    public async Task Variables_without_data_and_communities_that_are_gone_are_named_before_the_start()
    {
        var desk = _rooms.Get<CampaignDesk>();
        CampaignDraft Draft(string body, params long[] communities) => new()
        {
            Title = "{小区}进展",
            Body = body,
            Audience = new(_community.AreaId, communities.Length == 0 ? null : communities, NoticeTopics.MyCommunity),
            FormToken = Guid.NewGuid(),
            ConfirmedTotal = 6,
        };

        var missing = await desk.CreateAsync(Staff, Draft("已有{登记户数}户，占{登记比例}。"), Current.CancellationToken);
        var gone = await desk.CreateAsync(Staff, Draft("周六开会。", _community.Id, 4711), Current.CancellationToken);
        await _rooms.TurnAsync(db => db.Communities.ExecuteUpdateAsync(set => set.SetProperty(c => c.Households, 60)));
        var filled = await desk.CreateAsync(Staff, Draft("已有{登记户数}户，占{登记比例}，共{全部户数}户，{阶段}。"), Current.CancellationToken);

        Assert.Equal((CreateOutcome.Invalid, CreateOutcome.Invalid, CreateOutcome.Created), (missing.Outcome, gone.Outcome, filled.Outcome));
        Assert.StartsWith("{登记比例} 有 1 个小区没有数据：测试小区。", Assert.Single(missing.Problems!).Problem, StringComparison.Ordinal);
        Assert.Contains("有 1 个已从名册删掉", Assert.Single(gone.Problems!).Problem, StringComparison.Ordinal);
        Assert.Equal("已有6户，占10%，共60户，还没开始。", (await desk.ExampleAsync([_community.Id], "", Current.CancellationToken))!.Fill("已有{登记户数}户，占{登记比例}，共{全部户数}户，{阶段}。").Replace(StageText.Of(CommunityStage.None), "还没开始", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_what_has_not_begun_is_edited_and_an_edit_takes_the_approval_back()
    {
        var desk = _rooms.Get<CampaignDesk>();
        var draft = new CampaignDraft { Title = "通知", Body = "周六开会。", Audience = new(_community.AreaId, null, NoticeTopics.MyCommunity), StartAt = _rooms.Clock.GetUtcNow().AddHours(2), FormToken = Guid.NewGuid(), ConfirmedTotal = 6 };
        var id = (await desk.CreateAsync(Staff, draft, Current.CancellationToken)).Campaign!.Id;
        var old = (await desk.FindAsync(Staff, id, Current.CancellationToken))!.Campaign.Version;

        var edited = await desk.EditAsync(Second, id, old, draft with { Body = "周日开会。" }, Current.CancellationToken);
        var overwritten = await desk.EditAsync(Staff, id, old, draft with { Body = "周一开会。" }, Current.CancellationToken);
        var chat = new VendorInMemory("webchat", knowsKeys: false);
        _rooms.Clock.Advance(TimeSpan.FromHours(2));
        await CarryOnAsync(id, [], chat);
        var begun = (await desk.FindAsync(Staff, id, Current.CancellationToken))!.Campaign;
        var late = await desk.EditAsync(Staff, id, begun.Version, draft, Current.CancellationToken);

        Assert.Equal((CreateOutcome.Created, CreateOutcome.TooLate, CreateOutcome.TooLate), (edited.Outcome, overwritten.Outcome, late.Outcome));
        Assert.Equal(("周日开会。", "第二人"), (begun.Body, begun.ComposerName));
    }

    [Fact]
    public async Task The_failed_are_sent_again_at_once_and_the_unknown_after_a_second_person_as_campaigns_of_their_own()
    {
        var chat = new VendorInMemory("webchat", knowsKeys: false);
        var followUps = _rooms.Get<FollowUps>();
        var desk = _rooms.Get<CampaignDesk>();
        chat.Next([VendorWhim.LosesTheMessage, VendorWhim.DeliversAndTheAnswerIsLost]);
        var id = await AddAsync(LegalNotice.FirstMeeting);
        await CarryOnAsync(id, [], chat);
        await _rooms.TurnAsync(async db =>
        {
            var one = await db.Deliveries.FirstAsync(d => d.CampaignId == id && d.State == DeliveryState.Sent);
            one.State = DeliveryState.Failed;      // the vendor took it back
        });

        var seen = await followUps.CreateAsync(Staff, id, FollowUpKind.Unknown, confirmed: 1, Current.CancellationToken);
        var unknown = await followUps.CreateAsync(Staff, id, FollowUpKind.Unknown, confirmed: 2, Current.CancellationToken);
        var twice = await followUps.CreateAsync(Second, id, FollowUpKind.Unknown, confirmed: 2, Current.CancellationToken);
        var failed = await followUps.CreateAsync(Staff, id, FollowUpKind.Failed, confirmed: 1, Current.CancellationToken);
        var own = await desk.ApproveAsync(Staff, unknown.CampaignId!.Value, Current.CancellationToken);
        await CarryOnAsync(unknown.CampaignId.Value, [], chat);
        var before = chat.Calls.Count;
        await desk.ApproveAsync(Second, unknown.CampaignId.Value, Current.CancellationToken);
        await CarryOnAsync(unknown.CampaignId.Value, [], chat);
        await CarryOnAsync(failed.CampaignId!.Value, [], chat);
        var left = await _rooms.Get<CampaignReport>().NotReachedAsync(Staff, id, Current.CancellationToken);

        Assert.Equal((FollowUpOutcome.NumberChanged, 2), (seen.Outcome, seen.Number));
        Assert.Equal((FollowUpOutcome.Created, FollowUpOutcome.AlreadyCreated, unknown.CampaignId), (unknown.Outcome, twice.Outcome, twice.CampaignId));
        Assert.Equal((FollowUpOutcome.Created, StepOutcome.OwnCampaign), (failed.Outcome, own));
        Assert.Equal((6, 9), (before, chat.Calls.Count));
        Assert.Equal((0, 0), (left!.Owners.Count, left.Hidden));
    }

    [Fact]
    public async Task Whom_a_legal_notice_did_not_reach_is_listed_by_building_and_the_report_counts_what_it_caused()
    {
        await ChangeAsync(0, c => c.OptedOutAt = _rooms.Clock.GetUtcNow());
        await _rooms.TurnAsync(async db =>
        {
            var leads = await db.Leads.OrderBy(l => l.ContactId).ToListAsync();
            (leads[0].Room, leads[0].Name, leads[1].Room, leads[1].Name) = ("12号楼1单元101", "测试甲", "3号楼2单元501", "测试乙");
        });
        var chat = new VendorInMemory("webchat", knowsKeys: false);
        chat.Next([VendorWhim.FindsNobody]);
        var id = await AddAsync(LegalNotice.FirstMeeting);
        await CarryOnAsync(id, [], chat);
        _rooms.Clock.Advance(TimeSpan.FromMinutes(5));
        await _rooms.TurnAsync(async db =>
        {
            var conversation = await db.Conversations.SingleAsync(c => c.ContactId == _owners[3].Id);
            _rooms.Get<ConversationLog>().Append(db, conversation, Speaker.Owner, new Activity { Type = "message", Text = "去" }, null, null, null, "in-1");
            db.NoticeReplies.Add(new()
            {
                ConversationId = conversation.Id,
                Answer = NoticeAnswer.Coming,
                People = 2,
                At = _rooms.Clock.GetUtcNow(),
                Notice = $"delivery/{await db.Deliveries.Where(d => d.PersonId == _owners[3].Id).Select(d => d.Id).SingleAsync()}",
            });
            await _rooms.Get<OptOuts>().SetAsync(db, await db.Contacts.SingleAsync(c => c.Id == _owners[4].Id), Current.CancellationToken);
        });
        var report = _rooms.Get<CampaignReport>();

        var list = await report.NotReachedAsync(Staff, id, Current.CancellationToken);
        var street = await report.NotReachedAsync(Staff with { Roles = StaffRoles.Street, AreaId = _community.AreaId, AreaPath = $"/{_community.AreaId}/", AreaDepth = 1 }, id, Current.CancellationToken);
        var funnel = await report.FunnelAsync(Staff, id, Current.CancellationToken);
        var log = await report.LogAsync(Staff, id, DeliveryState.Skipped, 0, 10, Current.CancellationToken);
        await using var file = (await report.ExportAsync(Staff, id, "核对送达", Current.CancellationToken))!;

        Assert.Equal([("3", "测试乙", SkipReason.RecipientGone), ("12", "测试甲", SkipReason.OptedOut)], list!.Owners.Select(o => (o.Building, o.Name, o.Why)));
        Assert.Equal((0, 2), (street!.Owners.Count, street.Hidden));
        Assert.Equal((5, 4, null, 1, 1), (funnel!.Audience, funnel.Sent, funnel.Delivered, funnel.Replied, funnel.OptOuts));
        Assert.Equal((2, 1), funnel.Answers[NoticeAnswer.Coming]);
        Assert.Equal((SkipReason.RecipientGone, "RecipientGone"), (Assert.Single(log!).Reason, log![0].LastError));
        Assert.Equal(5, MiniExcelLibs.MiniExcel.Query(file, useHeaderRow: true).Count());
        await using var db = _rooms.Open();
        Assert.Equal("通知发送记录 5 行：核对送达", (await db.AuditEntries.SingleAsync(e => e.Kind == AuditKind.Exported, Current.CancellationToken)).Detail);
    }

    [Fact]
    public async Task A_recurring_notice_plans_the_next_once_and_stopping_that_ends_it()
    {
        var chat = new VendorInMemory("webchat", knowsKeys: false);
        var id = await AddAsync(repeat: Repeat.Weekly);
        await CarryOnAsync(id, [], chat);
        await CarryOnAsync(id, [], chat);
        await using var db = _rooms.Open();
        var next = await db.Campaigns.SingleAsync(c => c.SeriesId == id, Current.CancellationToken);

        Assert.Equal((CampaignState.Scheduled, _rooms.Clock.GetUtcNow().AddDays(7)), (next.State, next.StartAt));
        await _rooms.Get<CampaignDesk>().CancelAsync(Staff, next.Id, Current.CancellationToken);
        _rooms.Clock.Advance(TimeSpan.FromDays(7));
        await CarryOnAsync(next.Id, [], chat);

        Assert.Equal((2, 6), (await db.Campaigns.CountAsync(Current.CancellationToken), chat.Copies.Count));
    }

    [Fact]
    public async Task A_sequence_follows_each_sign_up_by_its_days_until_the_owner_acts()
    {
        var chat = new VendorInMemory("webchat", knowsKeys: false);
        var drip = Guid.NewGuid();
        var (first, third) = (await AddAsync(drip: (drip, 0)), await AddAsync(drip: (drip, 3)));
        async Task RunAsync()
        {
            await CarryOnAsync(first, [], chat);
            await CarryOnAsync(third, [], chat);
        }

        await RunAsync();
        var day0 = chat.Copies.Count;
        _rooms.Clock.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        await _rooms.TurnAsync(async db =>
        {
            var conversation = await db.Conversations.SingleAsync(c => c.ContactId == _owners[0].Id);
            _rooms.Get<ConversationLog>().Append(db, conversation, Speaker.Owner, new Activity { Type = "message", Text = "我来帮忙" }, null, null, null, "in-1");
            (await db.Leads.SingleAsync(l => l.ContactId == _owners[1].Id)).State = LeadState.Contacted;
        });
        _rooms.Clock.Advance(TimeSpan.FromDays(2));
        await RunAsync();
        await RunAsync();

        Assert.Equal((6, 10), (day0, chat.Copies.Count));
        Assert.DoesNotContain(_owners[0].UserId, chat.Copies.Skip(6));
        Assert.DoesNotContain(_owners[1].UserId, chat.Copies.Skip(6));
    }

    private async Task<AudiencePreview> PreviewAsync(AudienceFilter filter) => (await _rooms.Get<CampaignDesk>().PreviewAsync(
        Staff, new AudienceChoice(_community.AreaId, filter.Communities, NoticeTopics.MyCommunity) { Filter = filter }, Current.CancellationToken))!;

    private Task ChangeAsync(int owner, Action<Contact> change) => _rooms.TurnAsync(async db => change(await db.Contacts.SingleAsync(c => c.Id == _owners[owner].Id)));

    private Task<long> AddAsync(LegalNotice? step = null, Repeat repeat = Repeat.Never, (Guid Id, int Day)? drip = null) => _rooms.TurnAsync(async db =>
    {
        var now = _rooms.Clock.GetUtcNow();
        var campaign = new Campaign
        {
            Title = "{小区}通知",
            Body = "周六开会。",
            Topic = NoticeTopics.MyCommunity,
            Step = step,
            Repeat = repeat,
            AreaId = _community.AreaId,
            State = CampaignState.Scheduled,
            ComposerId = "s-other",
            ComposerName = "别人",
            CreatedAt = now,
            StartAt = now,
            DripId = drip?.Id,
            DripDay = drip?.Day,
            FormToken = Guid.NewGuid(),
        };
        db.Add(campaign);
        await db.SaveChangesAsync();
        return campaign.Id;
    });

    /// <summary>What the scheduler does, with these channels in place of the program's.</summary>
    private async Task CarryOnAsync(long id, string[] order, params VendorInMemory[] vendors) => await VendorInMemory.CarryOnAsync(_rooms, id, order, vendors);
}
