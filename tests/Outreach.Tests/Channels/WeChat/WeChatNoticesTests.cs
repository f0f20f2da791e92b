using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Channels.WeChat;

/// <summary>Notices to followers whose window is mostly closed: by the way that reaches them, once, whatever breaks in between.</summary>
public sealed class WeChatNoticesTests(WeChatNoticeApp shared) : IClassFixture<WeChatNoticeApp>
{
    private readonly string _batch = $"7-{Guid.NewGuid():N}";

    [Fact]
    public async Task Each_follower_is_reached_by_the_first_way_that_is_open()
    {
        var followers = await shared.FollowersAsync(shared.Templates, "default", 3);
        await shared.Templates.SayAsync(followers[0].UserId, "谢谢");
        await shared.Templates.AnswerPopupAsync(followers[1].UserId, shared.Subscription, WeChatPopup.Accept);

        var results = await shared.SendAsync(followers, _batch);

        Assert.All(results, result => Assert.Equal(SendClass.Ok, result.Class));
        Assert.Equal([WeChatWay.CustomerService, WeChatWay.Notice, WeChatWay.Template], followers.Select(one => shared.Templates.Ledger(one.UserId)[^1].Way));
        Assert.StartsWith("春晖苑业主大会通知\n\n各位业主", shared.Templates.Ledger(followers[0].UserId)[^1].Text, StringComparison.Ordinal);
        Assert.Equal("春晖苑业主大会通知：各位业主：本周六上午九点在社区二楼开会…", shared.Templates.Ledger(followers[1].UserId)[^1].Text);
        var template = shared.Templates.Ledger(followers[2].UserId)[^1];
        Assert.Matches("^春晖苑业主大会通知 各位业主：本周六上午九点在社区二楼开会… 2026年1[12]月[0-9]+日 小区通知$", template.Text);
        Assert.Equal("https://outreach.example/n/1", template.Opens);
    }

    [Fact]
    public async Task A_batch_that_is_handed_over_again_gets_its_answers_and_sends_nothing()
    {
        var followers = await shared.FollowersAsync(shared.ByList, WeChatNoticeApp.Listed, 3);
        await shared.ByList.SayAsync(followers[0].UserId, "谢谢");
        var first = await shared.SendAsync(followers, _batch);
        shared.Clock.Advance(TimeSpan.FromHours(49));      // the first one's window is closed now: still no reason for the mass send

        var again = await shared.SendAsync(followers, _batch);

        Assert.Equal(first, again);
        Assert.All(first, result => Assert.Equal(SendClass.Ok, result.Class));
        var job = Assert.Single(shared.ByList.Mass.Jobs, job => job.ClientId == _batch);
        Assert.Equal(2, job.Sent);
        Assert.Equal(first[1].MessageId, job.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(followers, one => Assert.Single(Notices(shared.ByList, one)));
    }

    [Fact]
    public async Task A_mass_send_whose_answer_was_lost_is_settled_under_its_own_id()
    {
        var followers = await shared.FollowersAsync(shared.ByList, WeChatNoticeApp.Listed, 2);
        shared.ByList.FaultsOf("/cgi-bin/message/mass/send").Next(VendorFault.LosesAnswer);

        var lost = await shared.SendAsync(followers, _batch);
        var tooSoon = await shared.SendAsync(followers, _batch);
        shared.Clock.Advance(TimeSpan.FromMinutes(1));
        var settled = await shared.SendAsync(followers, _batch);

        Assert.All(lost.Concat(tooSoon), result => Assert.Equal(SendClass.AmbiguousSent, result.Class));
        Assert.All(settled, result => Assert.Equal(SendClass.Ok, result.Class));
        Assert.All(followers, one => Assert.Single(Notices(shared.ByList, one)));
    }

    [Theory]
    [InlineData("/cgi-bin/message/custom/send", SendClass.AmbiguousSent)]
    [InlineData("/cgi-bin/message/subscribe/bizsend", SendClass.AmbiguousSent)]
    [InlineData("/cgi-bin/message/template/send", SendClass.Ok)]
    public async Task A_single_message_whose_answer_was_lost_is_repeated_only_under_an_id(string path, SendClass second)
    {
        var followers = await shared.FollowersAsync(shared.Templates, "default", 1);
        if (path.Contains("custom", StringComparison.Ordinal))
            await shared.Templates.SayAsync(followers[0].UserId, "谢谢");
        if (path.Contains("subscribe", StringComparison.Ordinal))
            await shared.Templates.AnswerPopupAsync(followers[0].UserId, shared.Subscription, WeChatPopup.Accept);
        shared.Templates.FaultsOf(path).Next(VendorFault.LosesAnswer);

        var lost = await shared.SendAsync(followers, _batch);
        var again = await shared.SendAsync(followers, _batch);
        shared.Clock.Advance(TimeSpan.FromHours(1));
        var late = await shared.SendAsync(followers, _batch);

        Assert.Equal((SendClass.AmbiguousSent, second, second), (lost[0].Class, again[0].Class, late[0].Class));
        Assert.Single(Notices(shared.Templates, followers[0]));
    }

    [Fact]
    public async Task What_the_vendor_did_not_take_may_go_out_in_another_batch()
    {
        var followers = await shared.FollowersAsync(shared.ByList, WeChatNoticeApp.Listed, 2);
        shared.ByList.RefuseNext("/cgi-bin/message/mass/send", 45028);

        var refused = await shared.SendAsync(followers, _batch);
        var taken = await shared.SendAsync(followers, _batch + "-2");

        Assert.All(refused, result => Assert.Equal((SendClass.QuotaExhausted, "45028"), (result.Class, result.VendorCode)));
        Assert.All(taken, result => Assert.Equal(SendClass.Ok, result.Class));
        Assert.All(followers, one => Assert.Single(Notices(shared.ByList, one)));
    }

    [Fact]
    public async Task A_single_follower_and_an_account_without_lists_are_reached_by_a_tag_that_goes_away()
    {
        var alone = await shared.FollowersAsync(shared.ByList, WeChatNoticeApp.Listed, 1);
        var many = await shared.FollowersAsync(shared.ByTag, WeChatNoticeApp.Tagged, 3);

        var results = (await shared.SendAsync(alone, _batch)).Concat(await shared.SendAsync(many, _batch)).ToList();
        var nextDay = await shared.SendAsync(many, _batch + "-2");

        Assert.All(results, result => Assert.Equal(SendClass.Ok, result.Class));
        Assert.All(nextDay, result => Assert.Equal(SendClass.QuotaExhausted, result.Class));      // one a day
        Assert.Single(Notices(shared.ByList, alone[0]));
        Assert.All(many, one => Assert.Single(Notices(shared.ByTag, one)));
    }

    [Fact]
    public async Task Nobody_is_reached_where_no_way_is_open()
    {
        var followers = await shared.FollowersAsync(shared.Templates, "default", 2);
        await shared.Templates.UnfollowAsync(followers[0].UserId);

        var results = await shared.SendAsync(followers, _batch);

        Assert.Equal((SendClass.RecipientGone, SendClass.Ok), (results[0].Class, results[1].Class));
    }

    [Fact]
    public async Task A_notice_stands_in_the_conversation_and_a_reply_finds_it()
    {
        var followers = await shared.FollowersAsync(shared.ByList, WeChatNoticeApp.Listed, 2);
        var campaign = await CampaignAsync(followers);

        await shared.ByList.SayAsync(followers[0].UserId, "参加");

        await using var db = shared.Open();
        var deliveries = await db.Deliveries.AsNoTracking().Where(d => d.CampaignId == campaign).ToListAsync(Current.CancellationToken);
        Assert.All(deliveries, delivery => Assert.Equal(DeliveryState.Sent, delivery.State));
        foreach (var delivery in deliveries)
        {
            var row = await db.Messages.AsNoTracking().SingleAsync(m => m.OutgoingKey == "delivery/" + delivery.Id, Current.CancellationToken);
            Assert.Equal((Speaker.Bot, true), (row.From, row.SentAt is not null));
        }
        Assert.StartsWith("记下了：", shared.ByList.Ledger(followers[0].UserId)[^1].Text, StringComparison.Ordinal);
        Assert.Single(Notices(shared.ByList, followers[0]));
        Assert.Single(Notices(shared.ByList, followers[1]));
        var report = await db.Set<VendorReport>().AsNoTracking().SingleAsync(r => r.MessageId == deliveries[0].MessageId, Current.CancellationToken);
        Assert.Equal((2, 2, 2, 0), (report.Total, report.Filtered, report.Sent, report.Failed));
        Assert.NotNull(report.AppliedAt);
    }

    [Fact]
    public async Task A_mass_send_that_the_vendor_stops_later_ends_its_deliveries_as_failed_and_out_of_the_conversation()
    {
        var followers = await shared.FollowersAsync(shared.ByList, WeChatNoticeApp.Listed, 2);
        shared.ByList.Mass.NextStatus = "err(20001)";

        var campaign = await CampaignAsync(followers);

        await using var db = shared.Open();
        var deliveries = await db.Deliveries.AsNoTracking().Where(d => d.CampaignId == campaign).ToListAsync(Current.CancellationToken);
        Assert.All(deliveries, delivery => Assert.Equal((DeliveryState.Failed, "ContentRejected err(20001)"), (delivery.State, delivery.LastError)));
        var keys = deliveries.ConvertAll(delivery => $"delivery/{delivery.Id}");
        Assert.False(await db.Messages.AnyAsync(m => keys.Contains(m.OutgoingKey!), Current.CancellationToken));
    }

    [Fact]
    public async Task A_template_message_that_the_follower_blocks_ends_as_skipped()
    {
        var followers = await shared.FollowersAsync(shared.Templates, "default", 2);
        shared.Templates.BlockTemplates(followers[0].UserId);

        var campaign = await CampaignAsync(followers);

        await using var db = shared.Open();
        var states = await db.Deliveries.AsNoTracking().Where(d => d.CampaignId == campaign)
            .Select(d => new { db.Set<Contact>().Single(c => c.Id == d.ContactId).UserId, d.State, d.SkipReason }).ToListAsync(Current.CancellationToken);
        Assert.Equal((DeliveryState.Skipped, SkipReason.RecipientGone), states.Where(s => s.UserId == followers[0].UserId).Select(s => (s.State, s.SkipReason)).Single());
        Assert.Equal(DeliveryState.Sent, states.Single(s => s.UserId == followers[1].UserId).State);
    }

    [Fact]
    public async Task Each_account_gets_its_menu_and_a_tap_speaks_for_the_follower()
    {
        await CalledBack.UntilAsync(() => shared.Templates.Menus.Current is not null && shared.ByTag.Menus.Current is not null, "both menus");

        Assert.Equal([("问问题", "say:怎么成立"), ("我想报名", "say:我要登记"), ("小区进展", "say:小区进展")], shared.Templates.Menus.Lines);
        Assert.Equal([("换物业要多少人同意", "say:换物业要多少人同意"), ("我的小区", "https://outreach.example/")], shared.ByTag.Menus.Lines);
        var owner = $"o{Guid.NewGuid():N}";
        await shared.ByTag.ClickAsync(owner, shared.ByTag.Menus.Lines[0].Target);
        Assert.Contains("依据：《", shared.ByTag.Ledger(owner)[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_communitys_code_is_made_once_and_who_scans_it_comes_from_there()
    {
        var codes = shared.App.Services.GetRequiredService<IFollowCodes>();
        Assert.Null(await codes.FindAsync("chunhuiyuan", Current.CancellationToken));
        using var http = shared.App.CreateClient();

        var first = await codes.MakeAsync("chunhuiyuan", Current.CancellationToken);
        var again = await codes.MakeAsync("chunhuiyuan", Current.CancellationToken);

        Assert.NotNull(first);
        Assert.Equal(first, again);
        Assert.Equal("c:chunhuiyuan", Assert.Single(shared.Templates.Codes.Scenes));
        Assert.Contains("微信扫一扫，关注微信公众号", WebUtility.HtmlDecode(await http.GetStringAsync("/c/chunhuiyuan/poster?code=follow", Current.CancellationToken)), StringComparison.Ordinal);
        var owner = $"o{Guid.NewGuid():N}";
        await shared.Templates.FollowAsync(owner, shared.Templates.Codes.Scenes[0]);
        Assert.Contains("您是从春晖苑", shared.Templates.Ledger(owner)[0].Text, StringComparison.Ordinal);
    }

    /// <summary>What reached a follower as a notice.</summary>
    private static List<WeChatRead> Notices(WeChatServer vendor, ConversationReference one) =>
        [.. vendor.Ledger(one.UserId).Where(read => read.Text.Contains("通知", StringComparison.Ordinal) && read.Way is not WeChatWay.Passive)];

    /// <summary>A notice to these followers, who signed up for a community of their own, sent to its end.</summary>
    private async Task<long> CampaignAsync(IReadOnlyList<ConversationReference> followers)
    {
        var stop = Current.CancellationToken;
        // Noon in the city.
        var now = shared.Clock.GetUtcNow();
        var noon = new DateTimeOffset(now.Year, now.Month, now.Day, 4, 0, 0, TimeSpan.Zero);
        shared.Clock.SetUtcNow(noon > now ? noon : noon.AddDays(1));
        now = shared.Clock.GetUtcNow();
        long id;
        await using (var db = shared.Open())
        {
            var area = await db.Areas.FirstAsync(a => a.Level == AreaLevel.Neighbourhood, stop);
            var community = new Community { AreaId = area.Id, Key = $"t{Guid.NewGuid():N}"[..20], Name = $"测试小区{Guid.NewGuid():N}"[..12] };
            db.Add(community);
            await db.SaveChangesAsync(stop);
            foreach (var one in followers)
            {
                var contact = await db.Contacts.SingleAsync(c => c.UserId == one.UserId, stop);
                db.Add(new Lead
                {
                    ContactId = contact.Id,
                    ConversationId = contact.ConversationId!.Value,
                    CommunityId = community.Id,
                    CommunityTyped = community.Name,
                    Wishes = Wishes.Support,
                    CreatedAt = now,
                    UpdatedAt = now,
                    OpenKey = $"{contact.Id}/{community.Id}",
                    Key = $"n-{contact.Id}",
                    EraseAt = now.AddMonths(24),
                });
            }
            var campaign = Campaigns.CampaignSeeds.Planned(community, now);
            campaign.Audience = new AudienceFilter { Communities = [community.Id] }.ToJson();
            db.Add(campaign);
            await db.SaveChangesAsync(stop);
            id = campaign.Id;
        }
        await shared.App.Services.GetRequiredService<CommunityDirectory>().ReloadAsync(stop);
        await shared.App.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>(id).CarryOnAsync();
        foreach (var vendor in new[] { shared.Templates, shared.ByList, shared.ByTag })
            await vendor.FinishJobsAsync();
        await shared.App.Services.GetRequiredService<VendorReports>().RunDueAsync(stop);
        return id;
    }
}
