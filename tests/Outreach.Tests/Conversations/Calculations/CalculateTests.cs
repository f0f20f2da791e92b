using System.Text;
using Outreach.Activities;
using Outreach.Conversations;

namespace Outreach.Tests.Conversations.Calculations;

/// <summary>The calculators through the whole bot: what an owner types and reads.</summary>
public sealed class CalculateTests(Asking asking) : IClassFixture<Asking>
{
    private const string Of900 = "全体900人、90000平方米，";
    private readonly string _conversation = Guid.NewGuid().ToString("N");

    public static TheoryData<string, string, string> WorkedCases => new()
    {
        { "1", Of900 + "参加600人、60000平方米，同意301人、30000.01平方米，选业委会能通过吗", "通过。" },
        { "2", Of900 + "参加600人、60000平方米，同意300人、35000平方米，换物业能通过吗", "不通过：同意的还差1人。" },
        { "3", Of900 + "参加599人、70000平方米，同意599人、70000平方米，换物业过了没", "这次定不了：参加的还差1人。" },
        { "4", Of900 + "参加700人、59999.99平方米，同意700人、59999.99平方米，换物业过了没", "这次定不了：参加的还差0.01平方米。" },
        { "5", Of900 + "参加600人、60000平方米，同意450人、45000平方米，筹集维修资金能通过吗", "通过。" },
        { "6", Of900 + "参加600人、60000平方米，同意449人、50000平方米，改建能通过吗", "不通过：同意的还差1人。" },
        { "7", "全体1000人、100000平方米，参加666人、70000平方米，同意的还没数，够吗", "这次定不了：参加的还差1人。" },
        { "8", "全体1000人、100000平方米，参加667人、66666.67平方米，同意334人、33333.34平方米，选业委会能过吗", "通过。" },
        { "9", Of900 + "参加600人、60000平方米，同意290人、29000平方米，反对100人、10000平方米，弃权210人、21000平方米，换物业过没过", "不通过：同意的还差11人、1000.01平方米。" },
        { "10", "500套房，一个人12套，建设单位未售40套、已售未交付10套，其余各一个买主，人数怎么算", "人数按440人算。" },
        { "11", "全体440人、60000平方米，参加439人、35000平方米，同意439人、35000平方米，换物业能过吗", "这次定不了：参加的还差5000平方米。" },
        { "14", Of900 + "回票550人、58000平方米，还有送达没交回的120人、12000平方米，参加的够不够", "这次定不了：参加的还差50人、2000平方米。" },
        { "15", "我们单元24户2400平方米，参加16户1600平方米，同意11户1100平方米，加装电梯能通过吗", "不通过：同意的还差1户、100平方米。" },
        { "16", "一共440人、60000平方米，提议开临时会议至少要多少人", "提议开临时会议，至少要88人、12000平方米。" },
        { "16+", "441人的小区20%要多少人联名", "提议开临时会议，至少要89人。" },
        { "17", "7个委员来了4个同意4个算数吗", "算数。" },
        { "17+", "委员11人，到会6人，同意5人，有效吗", "不算数：同意的还差1人。" },
        { "18", "委员7人，剩4人，行不行", "不用重选，补足缺的人就行。" },
        { "18+", "委员7人，剩3人，行不行", "要重新选举业委会。" },
        { "19", "2026年3月10日选出来的，备案最晚哪天", "2026年3月10日（周二）选出，备案最迟2026年4月9日（周四）。" },
        { "20", "2026年5月6日书面通知解聘物业，什么时候满60日", "2026年5月6日（周三）书面通知解聘，60日满是2026年7月5日（周日）。" },
    };

    [Theory]
    [MemberData(nameof(WorkedCases))]
    public async Task The_worked_cases_come_out_in_one_sentence(string number, string said, string verdict)
    {
        var answer = await SayAsync(said);

        Assert.True(answer.Text.StartsWith(verdict, StringComparison.Ordinal), $"{number}: {answer.Text}");
        Assert.Equal(AnswerKind.Answer, answer.Kind);
        Assert.NotEmpty(answer.Citations);
        Assert.NotNull(answer.ArticleId);
        Assert.Contains("依据：《", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_law_is_open_both_results_are_shown()
    {
        var abstained = await SayAsync(Of900 + "参加600人、60000平方米，同意290人、29000平方米，反对100人、10000平方米，弃权210人、21000平方米，换物业过没过");
        var silent = await SayAsync(Of900 + "回票550人、58000平方米，还有送达没交回的120人、12000平方米，参加的够不够");

        Assert.Contains("要是弃权不算参加，参加就是390人、39000平方米，定不了", abstained.Text, StringComparison.Ordinal);
        Assert.Contains("参加就是670人、70000平方米，参加的够了", silent.Text, StringComparison.Ordinal);
        Assert.All([abstained, silent], answer => Assert.Contains("做法不一，以街道答复或议事规则为准", answer.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lift_says_that_item_and_circle_are_contested() =>
        Assert.Contains("加装电梯按哪一项、在哪个范围投，法律没写明", (await SayAsync("我们单元24户，参加16户，同意12户，加装电梯能通过吗")).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("我们小区500户来了340户同意260户能通过吗")]
    [InlineData("俺小区五百户，来了三百四十户，同意二百六，能过不")]
    [InlineData("５００户，３４０户参加，２６０户赞成，过了没")]
    public async Task Heads_alone_are_judged_and_the_area_is_asked_for(string said)
    {
        var answer = await SayAsync(said);
        var done = await SayAsync("5万、3.4万、2.6万");

        Assert.Equal(AnswerKind.Answer, answer.Kind);
        Assert.Equal([VoteWords.NoArea], answer.Suggestions);
        Assert.StartsWith("按普通事项、重大事项算，人数这一关过了，还要看面积。", answer.Text, StringComparison.Ordinal);
        Assert.Contains("参加：340户；至少要334户", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("按普通事项、重大事项算，都通过。", done.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_area_it_says_what_it_depends_on()
    {
        await SayAsync("500户来了340户同意260户能通过吗");
        var answer = await SayAsync("不知道面积");

        Assert.Contains("面积也达标才算通过", answer.Text, StringComparison.Ordinal);
        Assert.Equal(AnswerKind.Answer, answer.Kind);
    }

    [Fact]
    public async Task Area_alone_with_a_rough_number_says_which_kind_of_matter_it_depends_on()
    {
        var answer = await SayAsync("一共12万平方，参加的有9万，同意6万多，能通过吗，户数还没数");
        var major = await SayAsync("2");

        Assert.Equal([VoteWords.Ordinary, VoteWords.Major], answer.Suggestions);
        Assert.Contains("按重大事项，不通过，同意的还差7500平方米", answer.Text, StringComparison.Ordinal);
        Assert.Contains("“6万多”是约数", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("不通过：同意的还差7500平方米。", major.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asks_for_one_number_after_another()
    {
        var total = await SayAsync("帮我算算还差多少票");
        var present = await SayAsync("五百户");
        var agreed = await SayAsync("三百四");
        var result = await SayAsync("170户");

        Assert.All([total, present], answer => Assert.Equal(AnswerKind.Clarification, answer.Kind));
        Assert.Equal("小区一共多少户、多少平方米？不知道面积就只说户数。", total.Text);
        Assert.StartsWith("参加投票的有多少户？", present.Text, StringComparison.Ordinal);
        Assert.Contains("同意的有多少户", agreed.Text, StringComparison.Ordinal);
        Assert.StartsWith("按普通事项也不通过：同意的还差1户。", result.Text, StringComparison.Ordinal);
        Assert.Contains("正好一半不够", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_button_of_an_article_knows_the_kind_of_matter()
    {
        var article = await SayAsync("换物业要多少人同意");
        await SayAsync(Calculate.Button);
        var result = await SayAsync("900人90000平，参加600人60000平，同意301人30000.01平");

        Assert.Contains(Calculate.Button, article.Suggestions);
        Assert.StartsWith("通过。", result.Text, StringComparison.Ordinal);
        Assert.Equal(article.ArticleId, result.ArticleId);
    }

    [Theory]
    [InlineData("500户来了600户同意260户能通过吗", "参加的有600户，比全体500户还多")]
    [InlineData("500户来了340户同意360户能通过吗", "同意的有360户，比参加的340户还多")]
    [InlineData("一共0户来了0户同意0户能通过吗", "全体业主是0户，不可能")]
    [InlineData("500户来了-5户同意3户能通过吗", "负数，不可能")]
    [InlineData("500户5万平，来了340户6万平，同意260户3万平，能过吗", "参加的有60000平方米，比全体50000平方米还多")]
    [InlineData("500户来了340户，同意200户，反对150户，能过吗", "加起来有350户，比参加的340户还多")]
    [InlineData("500户来了340.5户同意260户能通过吗", "不是整数")]
    [InlineData("500户来了三四百户同意260户能通过吗", "是个范围，要一个准数才能算")]
    [InlineData("500户来了300到350户同意260户能通过吗", "是个范围，要一个准数才能算")]
    [InlineData("500户500平，来了340户340平，同意260户260平，能过吗", "平均不到5平方米")]
    [InlineData("500户来了三分之二同意260户能通过吗", "500户的三分之二不是整数")]
    [InlineData("7个委员来了8个同意4个算数吗", "到会的有8人，比全体委员7人还多")]
    [InlineData("100套，开发商没卖120套，人数怎么算", "加起来有120套，比一共100套还多")]
    [InlineData("2月30日开会，最晚哪天公告", "“2月30日”没有这一天")]
    public async Task A_number_that_cannot_be_is_asked_back(string said, string question)
    {
        var answer = await SayAsync(said);

        Assert.Equal(AnswerKind.Clarification, answer.Kind);
        Assert.Contains(question, answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("？", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_number_alone_mends_it()
    {
        await SayAsync("500户来了340户同意360户能通过吗");
        var mended = await SayAsync("260");

        Assert.Contains("同意：260户", mended.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correction_changes_only_what_it_names()
    {
        await SayAsync("500户来了340户同意160户换物业能通过吗");
        var corrected = await SayAsync("不对，同意的是280户");
        var which = await SayAsync("改成270");
        var chosen = await SayAsync("同意");
        var more = await SayAsync("再多20户呢");
        var major = await SayAsync("要是重大事项呢");

        Assert.Contains("参加：340户", corrected.Text, StringComparison.Ordinal);
        Assert.Contains("同意：280户", corrected.Text, StringComparison.Ordinal);
        Assert.Equal(["全体", "参加", "同意"], which.Suggestions);
        Assert.Contains("同意：270户", chosen.Text, StringComparison.Ordinal);
        Assert.Contains("同意：290户；至少要171户", more.Text, StringComparison.Ordinal);
        Assert.Contains("同意：290户；至少要255户", major.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_interrupts_and_the_calculation_goes_on()
    {
        await SayAsync("帮我算算票够不够");
        await SayAsync("500户");
        var answer = await SayAsync("弃权票怎么算");
        var agreed = await SayAsync("来了340户");

        Assert.Equal(("counting.abstain", AnswerKind.Answer), (answer.ArticleId, answer.Kind));
        Assert.Contains("接着算：参加投票的有多少户", answer.Text, StringComparison.Ordinal);
        Assert.Contains("参加：340户；至少要334户", agreed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emergency_interrupts_and_the_calculation_goes_on()
    {
        await SayAsync("帮我算算票够不够");
        var emergency = await SayAsync("楼道着火了");
        var present = await SayAsync("500户");

        Assert.Equal((AnswerKind.Safety, "119，马上打。快离开，别坐电梯。"), (emergency.Kind, emergency.Text));
        Assert.StartsWith("参加投票的有多少户？", present.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("算了")]
    [InlineData("取消")]
    [InlineData("不算了")]
    public async Task Ends_when_told(string word)
    {
        await SayAsync("帮我算算票够不够");
        var ended = await SayAsync(word);
        var after = await SayAsync("换物业要多少人同意");

        Assert.StartsWith("好，不算了。", ended.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("接着算", after.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_waits_while_numbers_are_reckoned()
    {
        await SayAsync("我要登记");
        var answer = await SayAsync("500户来了300户同意260户能通过吗");
        var form = await SayAsync("春晖苑 支持");

        Assert.StartsWith("这次定不了：参加的还差34户。", answer.Text, StringComparison.Ordinal);
        Assert.Contains("接着登记：您是哪个小区的？", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["同意", "不同意"], form.Suggestions);
    }

    [Fact]
    public async Task The_totals_of_the_owners_community_stand_in_and_may_be_corrected()
    {
        var thresholds = await SayAsync("帮我算算要来多少户", "jinxiuhuayuan");
        var result = await SayAsync("来了650户6.5万平，同意400户4万平");
        var corrected = await SayAsync("不对，一共1000户");

        Assert.StartsWith("全体900户、90000平方米，至少要600户、60000平方米参加才算数。", thresholds.Text, StringComparison.Ordinal);
        Assert.Contains("数据来自锦绣花园（演示）的小区资料，不对请告诉我", thresholds.Text, StringComparison.Ordinal);
        Assert.StartsWith("按普通事项，通过；按重大事项，不通过", result.Text, StringComparison.Ordinal);
        Assert.StartsWith("这次定不了：参加的还差17户。", corrected.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("小区资料", corrected.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_fifth_uses_the_communitys_numbers_and_counts_signatures()
    {
        var fifth = await SayAsync("20%要多少户", "hepanhuayuan");
        var signed = await SayAsync("签了80户的名");

        Assert.StartsWith("提议开临时会议，至少要88户、9560.1平方米。", fifth.Text, StringComparison.Ordinal);
        Assert.StartsWith("还不够：差8户。", signed.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("业委会6个人行吗", "6人不行，要单数，可以设5人或7人。")]
    [InlineData("业委会设13人可以吗", "13人不行，要5至11人。")]
    [InlineData("委员7个人行不行", "7人可以。")]
    public async Task Checks_the_size_of_a_committee(string said, string verdict) => Assert.StartsWith(verdict, (await SayAsync(said)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Numbers_alone_answer_what_was_asked_whatever_they_resemble()
    {
        await SayAsync("帮我算算还差多少票");
        var present = await SayAsync("五百二十户 六万平");
        var agreed = await SayAsync("三百五十户 四万一");

        Assert.StartsWith("参加投票的有多少户、多少平方米？", present.Text, StringComparison.Ordinal);
        Assert.StartsWith("参加的够了，面积、人数都到三分之二。", agreed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_committee_meeting_is_reckoned_step_by_step()
    {
        var meets = await SayAsync("七个委员来四个能开会吗");
        var agreed = await SayAsync("3个");

        Assert.StartsWith("会开得成。", meets.Text, StringComparison.Ordinal);
        Assert.Contains("同意的到4人，决定才算数", meets.Text, StringComparison.Ordinal);
        Assert.StartsWith("不算数：同意的还差1人。", agreed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_matter_of_the_article_that_fits_decides_the_kind()
    {
        var answer = await SayAsync("800户 600户投了票 350户同意换物业 算过吗");

        Assert.StartsWith("人数这一关过了，还要看面积。", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("正好一半", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Citations, citation => citation.Id == "民法典1259");
    }

    [Fact]
    public async Task No_number_is_made_up_for_the_application()
    {
        var answer = await SayAsync("帮我算算300户的小区申请成立要多少户联名");

        Assert.Equal("setup.how-many", answer.ArticleId);
        Assert.DoesNotContain("60户", answer.Text, StringComparison.Ordinal);
        Assert.Contains("请向街道办事处核实", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rule_for_the_size_is_an_article_and_its_number_is_checked_on_request()
    {
        var rule = await SayAsync("业委会该几个人");

        var size = await SayAsync("8个人");

        Assert.Equal("members.number", rule.ArticleId);
        Assert.Contains("5、7、9、11人都行", rule.Text, StringComparison.Ordinal);
        Assert.StartsWith("8人不行，要单数，可以设7人或9人。", size.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plans_the_steps_from_a_day_and_gives_all_of_them_on_request()
    {
        var plan = await SayAsync("排个时间表，2026年12月1日递交申请");
        var longer = await SayAsync("详细点");
        await SayAsync("筹备组成立了");
        var formed = await SayAsync("2027年1月10日");

        Assert.Contains("最迟2027年1月30日（周六）：成立筹备组", plan.Text, StringComparison.Ordinal);
        Assert.Contains("2027年2月15日（周一）：首次业主大会（《民法典》第二百七十八条第二款）", plan.Text, StringComparison.Ordinal);
        Assert.Contains("最迟2027年3月17日（周三）：备案", plan.Text, StringComparison.Ordinal);
        Assert.Contains("14. 任期届满", longer.Text, StringComparison.Ordinal);
        Assert.StartsWith("按2027年1月10日（周日）成立筹备组排", formed.Text, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(longer.Text), 1, 3600);
    }

    [Theory]
    [InlineData("2030年6月1日公示，什么时候能投票", "2030年6月1日（周六）公告、通知，最早2030年6月16日（周日）开会投票。")]
    [InlineData("会议定在2030年6月13日，公告最晚几号", "2030年6月13日（周四）开会，公告和通知最迟2030年5月29日（周三）办完。")]
    [InlineData("2026年6月13日开会，最晚哪天公告", "2026年6月13日（周六）开会，来不及了。")]
    public async Task Tells_the_day_before_and_after(string said, string verdict) => Assert.StartsWith(verdict, (await SayAsync(said)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task A_result_is_elaborated_in_every_way()
    {
        await SayAsync(Of900 + "参加600人、60000平方米，同意450人、45000平方米，筹集维修资金能通过吗");
        var longer = await SayAsync("详细点");
        var simpler = await SayAsync("说简单点");
        var grounds = await SayAsync("依据是什么");
        var example = await SayAsync("举个例子");

        Assert.Contains("4×450＝1800，3×600＝1800，够", longer.Text, StringComparison.Ordinal);
        Assert.Equal("通过。", simpler.Text.Split('\n')[0]);
        Assert.Contains("《中华人民共和国民法典》第二百七十八条第二款", grounds.Text, StringComparison.Ordinal);
        Assert.Contains("核对日期：", grounds.Text, StringComparison.Ordinal);
        Assert.Contains("450人、45000平方米同意就通过", example.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_elaborated_in_every_way()
    {
        await SayAsync("提议开临时会议的20%怎么算");
        var longer = await SayAsync("详细点");
        var example = await SayAsync("举个例子");
        var grounds = await SayAsync("依据是什么");

        Assert.Contains("相关的：", longer.Text, StringComparison.Ordinal);
        Assert.StartsWith("比如全体440人", example.Text, StringComparison.Ordinal);
        Assert.Contains("核对日期：", grounds.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_elaborate_is_asked_back() => Assert.Equal(AnswerKind.Clarification, (await SayAsync("举个例子")).Kind);

    [Theory]
    [InlineData("换物业要多少人同意")]
    [InlineData("开会才来几个人算数吗")]
    [InlineData("业委会说了算吗")]
    [InlineData("一户算一票吗")]
    [InlineData("我们小区300户，物业费收多少合适")]
    [InlineData("弃权票怎么算")]
    [InlineData("备案最晚哪天")]
    [InlineData("百分之二十怎么计算")]
    [InlineData("67户里45户同意电梯 中不")]
    [InlineData("两口子一个同意一个反对咋算")]
    [InlineData("委员缺席 授权另一个委员投票行吗")]
    [InlineData("业委会剩三个委员还能运转吗")]
    [InlineData("走了一个委员 位置谁补")]
    [InlineData("七个委员里俩人提行不行")]
    [InlineData("九个委员同意几个才算")]
    [InlineData("三百户的小区 多少人签字街道才受理")]
    [InlineData("算下来三分之一多点就够？")]
    public async Task Questions_are_left_to_the_knowledge_base(string said)
    {
        var answer = await SayAsync(said);

        Assert.DoesNotContain("接着算", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("小区一共多少户", answer.Text, StringComparison.Ordinal);
        Assert.NotNull(answer.Confidence);
        Assert.NotEqual(1, answer.Confidence);
    }

    [Fact]
    public async Task Without_buttons_the_choices_are_numbered_lines()
    {
        var answer = await SayAsync("500户来了340户同意180户能通过吗");
        var plain = TextFallback.Render(Turn.ToActivity(answer, Shown.AsText), new ChannelCapabilities());

        Assert.EndsWith("1. 普通事项\n2. 重大事项", plain.Text, StringComparison.Ordinal);
        Assert.Null(plain.SuggestedActions);
        Assert.Contains("同意：180户；至少要171户", (await SayAsync("1")).Text, StringComparison.Ordinal);
    }

    private async Task<AnswerResult> SayAsync(string text, string? community = null) => (await asking.SayAsync(_conversation, text, community))!;
}
