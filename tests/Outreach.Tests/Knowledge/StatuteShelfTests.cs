using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;

namespace Outreach.Tests.Knowledge;

/// <summary>What a message asks to read; over made-up statutes of the shipped sources' names.</summary>
public sealed class StatuteShelfTests
{
    private static readonly KnowledgeBase Shipped = KnowledgeBase.Load(AppContext.BaseDirectory);

    private static readonly StatuteShelf Shelf = new(
    [
        Text("民法典", 2, 20, 277, 278, 279, 1260),
        Text("物业管理条例", 1, 2, 11, 12, 20),
        Text("河南省物业管理条例（2021年修正）", 4, 9),
        Text("河南省物业管理条例（2017）", 9, 19, 20),
    ], Shipped);

    [Theory]
    [InlineData("第278条原文", "民法典/278")]
    [InlineData("民法典278条怎么写的", "民法典/278")]
    [InlineData("民法典第二百七十八条第二款", "民法典/278②")]
    [InlineData("《民法典》第二百七十八条第一款第（五）项", "民法典/278①(五)")]
    [InlineData("民法典278②", "民法典/278②")]
    [InlineData("民法典第278条②", "民法典/278②")]
    [InlineData("民法典 278", "民法典/278")]
    [InlineData("民法典二七八条原文", "民法典/278")]
    [InlineData("物业管理条例第二十条原文是什么", "物业管理条例/20")]
    [InlineData("物业條例第20條怎麼寫的", "物业管理条例/20")]
    [InlineData("请把民法典第277条的原文发给我看看", "民法典/277")]
    [InlineData("河南省物业管理条例第九条", "河南省物业管理条例（2021年修正）/9")]
    [InlineData("河南省物业管理条例第十九条原文", "河南省物业管理条例（2017）/19")]
    [InlineData("2017年河南省物业管理条例第九条", "河南省物业管理条例（2017）/9")]
    [InlineData("278条", "民法典/278")]
    [InlineData("20条", null)]
    [InlineData("第二条", null)]
    [InlineData("按278条换物业要多少人同意", null)]
    [InlineData("民法典278条说的参加是指到场吗", null)]
    [InlineData("他们违反民法典278条咋办", null)]
    [InlineData("换物业要多少人同意", null)]
    [InlineData("3号楼2单元501", null)]
    [InlineData("物业管理条例", null)]
    [InlineData("民法典2021年1月1日施行的吗", null)]
    public void Reads_requests_for_words_and_nothing_else(string message, string? place)
    {
        Assert.Equal(place is not null, Shelf.Read(message, StatuteContext.Nothing) is StatuteQuoted);
        if (place is not null)
        {
            Assert.True(StatuteShelf.MayAsk(message));
            Assert.Equal(place, ((StatuteQuoted)Shelf.Read(message, StatuteContext.Nothing)!).Place.ToString());
        }
    }

    [Theory]
    [InlineData("20条", "民法典/277", "物业管理条例/20", "物业管理条例/20")]
    [InlineData("第二款呢", "民法典/278", null, "民法典/278②")]
    [InlineData("下一条", "民法典/278", null, "民法典/279")]
    [InlineData("上一条是什么内容", "民法典/278", null, "民法典/277")]
    [InlineData("279条呢", "民法典/278", null, "民法典/279")]
    [InlineData("第2条呢", "物业管理条例/20", null, "物业管理条例/2")]
    [InlineData("下一条", null, null, null)]
    public void What_was_shown_or_cited_before_completes_a_request(string message, string? shown, string? cited, string? place)
    {
        var context = new StatuteContext(cited is null ? [] : [Cite(cited)], StatutePlace.TryParse(shown, out var before) ? before : null);

        Assert.Equal(place, (Shelf.Read(message, context) as StatuteQuoted)?.Place.ToString());
    }

    [Fact]
    public void A_number_of_several_statutes_is_asked_about_with_those_that_answers_rest_on_first()
    {
        var which = Assert.IsType<StatuteWhich>(Shelf.Read("第二十条原文", StatuteContext.Nothing));

        Assert.Equal(["物业管理条例/20", "民法典/20"], which.Places.Select(place => place.ToString()));
    }

    [Fact]
    public void An_article_beyond_the_end_is_known_not_to_exist()
    {
        Assert.Equal(1260, Assert.IsType<StatuteEndsBefore>(Shelf.Read("民法典第一千二百六十一条", StatuteContext.Nothing)).Last);
        Assert.Equal(67, Assert.IsType<StatuteEndsBefore>(Shelf.Read("物业管理条例第68条", StatuteContext.Nothing)).Last);
        Assert.Equal("民法典", Assert.IsType<StatuteEndsBefore>(Shelf.Read("第3000条原文", StatuteContext.Nothing)).Source.Id);
    }

    [Fact]
    public void An_article_that_was_not_loaded_is_said_to_be_none_of_ours()
    {
        Assert.Equal("民法典", Assert.IsType<StatuteNotLoaded>(Shelf.Read("民法典第942条", StatuteContext.Nothing)).Source.Id);
        Assert.Equal("物权法", Assert.IsType<StatuteNotLoaded>(Shelf.Read("物权法第七十六条怎么规定的", StatuteContext.Nothing)).Source.Id);
        Assert.Equal("民法典", Assert.IsType<StatuteNotLoaded>(Shelf.Read("第一百八十八条原文", StatuteContext.Nothing)).Source.Id);
    }

    [Fact]
    public void A_statute_without_a_number_is_asked_which_article() =>
        Assert.Equal("物业管理条例", Assert.IsType<StatuteWhichArticle>(Shelf.Read("物业管理条例全文", StatuteContext.Nothing)).Source.Id);

    [Theory]
    [InlineData("民法典278条是啥意思")]
    [InlineData("民法典第278条怎么理解")]
    public void Whoever_asks_what_an_article_means_wants_no_recital(string message) =>
        Assert.IsType<StatuteMeaning>(Shelf.Read(message, StatuteContext.Nothing));

    [Fact]
    public void Places_are_read_back_as_they_are_written()
    {
        foreach (var place in (StatutePlace[])[new("民法典", new(278)), new("指导规则（2009）", new(22), 1), new("民法典", new(120, 1), 2, 12, 3), new("物业管理条例", new(11), null, 5)])
        {
            Assert.True(StatutePlace.TryParse(place.ToString(), out var read));
            Assert.Equal(place, read);
        }

        Assert.False(StatutePlace.TryParse("voting.quorum", out _));
        Assert.False(StatutePlace.TryParse("", out _));
    }

    [Theory]
    [InlineData("水井盖板坏了由谁负责检查更换", "物业管理条例/1")]
    [InlineData("今天股票涨了没有", null)]
    [InlineData("检查", null)]
    [InlineData("红烧肉怎么做好吃", null)]
    public void The_nearest_article_is_named_only_where_the_words_are_the_statutes_own(string question, string? place) =>
        Assert.Equal(place, Shelf.Nearest(question)?.Place.ToString());

    [Fact]
    public void A_text_that_is_no_longer_in_force_is_never_the_nearest()
    {
        var old = new StatuteShelf([new("河南省物业管理条例（2017）", "演示", [new(new(1), [], ["水井盖板坏了由演示单位负责检查更换。"])])], Shipped);

        Assert.Null(old.Nearest("水井盖板坏了由谁负责检查更换"));
    }

    private static Citation Cite(string text)
    {
        Assert.True(Citation.TryParse(text, out var citation));
        return citation;
    }

    private static StatuteText Text(string source, params int[] numbers) => new(source, "演示法规",
        [.. numbers.Select(number => new StatuteArticle(new(number), [],
            number == 1 ? ["演示：水井盖板损坏的，由演示单位负责检查、更换。"] : [$"演示：下列事项由大家定：\n（一）演示事项甲；\n（五）演示事项{number}。", $"演示第二款{number}。"]))]);
}
