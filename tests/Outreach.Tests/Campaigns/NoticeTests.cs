using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Tests.Campaigns;

public sealed class NoticeTests
{
    [Theory]
    [InlineData("", "正文", null, "Title", "请写标题")]
    [InlineData("这个标题写得实在太长了超过二十个字了吧是的", "正文", null, "Title", "最多 20 个字")]
    [InlineData("标题", "", null, "Body", "请写正文")]
    [InlineData("标题", "定于{会期}开会", null, "Body", "{会期}")]
    [InlineData("标题", "正文", "javascript:alert(1)", "Link", "https://")]
    [InlineData("标题", "看[公告](ywh.example.org)", null, "Body", "“ywh.example.org”要以 https:// 开头")]
    public void A_text_that_may_not_go_out_says_which_field_and_why(string title, string body, string? link, string field, string problem)
    {
        var found = Assert.Single(Notice.Check(title, body, link));

        Assert.Equal(field, found.Field);
        Assert.Contains(problem, found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_longer_than_the_limit_names_its_length() =>
        Assert.Contains("现在 301 个", Assert.Single(Notice.Check("标题", new string('字', 301), null)).Problem, StringComparison.Ordinal);

    [Fact]
    public void Marks_and_addresses_behind_words_do_not_count_but_have_a_limit_of_their_own()
    {
        Assert.Empty(Notice.Check("标题", $"**{new string('字', 298)}**[公告](https://ywh.example.org/{new string('a', 500)})", null));
        Assert.Contains("最多 2000 个字符", Assert.Single(Notice.Check("标题", $"[公告](https://ywh.example.org/{new string('a', 2000)})", null)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_marked_body_travels_plain_and_marked_and_a_plain_one_only_plain()
    {
        var campaign = new Campaign
        {
            Title = "{小区}培训",
            Body = "**周六**开会，看[公告](https://ywh.example.org/1)。",
            Topic = NoticeTopics.MyCommunity,
            AreaId = 1,
            ComposerId = "a",
            ComposerName = "甲",
            CreatedAt = DateTimeOffset.UnixEpoch,
            FormToken = Guid.NewGuid(),
        };

        var marked = Notice.ToActivity(campaign, NoticeWords.Of("春晖苑（演示）"), new SiteOptions(), new DateOnly(2026, 11, 25));
        campaign.Body = "周六开会。";
        var plain = Notice.ToActivity(campaign, NoticeWords.Of("春晖苑（演示）"), new SiteOptions(), new DateOnly(2026, 11, 25));

        Assert.Equal("春晖苑（演示）培训\n\n周六开会，看公告（https://ywh.example.org/1）。\n回“退订”不再收。\n演示单位 2026年11月25日", marked.Text);
        Assert.Equal("春晖苑（演示）培训\n\n**周六**开会，看[公告](https://ywh.example.org/1)。\n回“退订”不再收。\n演示单位 2026年11月25日", MarkedText.Of(marked));
        Assert.Null(plain.Entities);
    }

    [Fact]
    public void The_owner_reads_the_community_the_way_out_and_who_sent_it()
    {
        var campaign = new Campaign
        {
            Title = "{小区}通知",
            Body = "{小区}周六开会。",
            Topic = NoticeTopics.MyCommunity,
            AreaId = 1,
            ComposerId = "a",
            ComposerName = "甲",
            CreatedAt = DateTimeOffset.UnixEpoch,
            FormToken = Guid.NewGuid(),
        };

        var text = Notice.TextFor(campaign, NoticeWords.Of("春晖苑（演示）"), "演示单位", new DateOnly(2026, 11, 25));

        Assert.Equal("春晖苑（演示）通知\n\n春晖苑（演示）周六开会。\n回“退订”不再收。\n演示单位 2026年11月25日", text);
    }
}
