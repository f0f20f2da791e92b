using Outreach.Conversations;

namespace Outreach.Tests.Conversations.Calculations;

public sealed class SpokenDateTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);     // a Tuesday

    [Theory]
    [InlineData("明天公示什么时候能投票", "2026-11-25", "Notice")]
    [InlineData("2026年3月10日选出来，备案最晚哪天", "2026-03-10", "Elected")]
    [InlineData("3月10号选出的", "2026-03-10", "Elected")]
    [InlineData("准备3月10号选出来", "2027-03-10", "Elected")]
    [InlineData("会议定于2026-06-13，公告最晚几号", "2026-06-13", "Meeting")]
    [InlineData("6月13日开会最晚哪天公告", "2026-06-13", "Meeting")]
    [InlineData("2026年5月6日书面通知解聘物业", "2026-05-06", "Termination")]
    [InlineData("下周三开大会来得及吗", "2026-12-02", "Meeting")]
    [InlineData("周五发通知", "2026-11-27", "Notice")]
    [InlineData("十天后开会", "2026-12-04", "Meeting")]
    [InlineData("28号贴公告", "2026-11-28", "Notice")]
    [InlineData("十二月一日申请", "2026-12-01", "Applied")]
    [InlineData("筹备组11月20日成立的", "2026-11-20", "GroupFormed")]
    [InlineData("2026年12月1日", "2026-12-01", null)]
    public void Reads_the_day_and_what_happens_on_it(string said, string day, string? what)
    {
        var named = Assert.Single(SpokenDate.Read(said, Today));

        Assert.Equal((day, what), (named.Day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), named.Event?.ToString()));
    }

    [Theory]
    [InlineData("2月30日开会")]
    [InlineData("2026年13月1日公告")]
    public void A_day_that_does_not_exist_is_named_as_none(string said) => Assert.Null(Assert.Single(SpokenDate.Read(said, Today)).Day);

    [Theory]
    [InlineData("我家在3号楼")]
    [InlineData("公示几天")]
    [InlineData("15日内通知")]
    public void What_is_no_day_is_none(string said) => Assert.Empty(SpokenDate.Read(said, Today));
}
