using Outreach.Contacts;
using Outreach.Conversations;
using static Outreach.Contacts.NoticeTopics;

namespace Outreach.Tests.Conversations;

/// <summary>Topics of notices in owners' words: chosen, left and taken up again one by one.</summary>
public sealed class NoticeTopicsTests
{
    [Theory]
    [InlineData("不要活动通知", All, Procedure | MyCommunity | General)]
    [InlineData("培训的就别发了", Training | MyCommunity, MyCommunity)]
    [InlineData("不要其他通知", All, Procedure | MyCommunity | Training)]
    [InlineData("只要培训消息", All, Training)]
    [InlineData("光发俺小区嘞", All, MyCommunity)]
    [InlineData("别的小区的通知不要发了", All, MyCommunity)]
    [InlineData("订阅投票通知", MyCommunity, MyCommunity | Procedure)]
    [InlineData("培训的也给我发", MyCommunity, MyCommunity | Training)]
    [InlineData("订阅投票通知", All, All)]
    [InlineData("全都要", MyCommunity, All)]
    [InlineData("不要我的小区的通知", MyCommunity, None)]
    public void What_an_owner_says_chooses_leaves_or_adds(string said, NoticeTopics before, NoticeTopics after) =>
        Assert.Equal(after, NoticeChoices.TopicsIn(said, before));

    [Fact]
    public void Words_that_name_no_topic_choose_none() => Assert.Null(NoticeChoices.TopicsIn("通知怎么设置", All));
}
