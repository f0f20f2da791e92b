using CsCheck;
using Outreach.Generation;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Generation;

public sealed class GroundednessTests
{
    private static readonly KnowledgeBase Shipped = KnowledgeBase.Load(AppContext.BaseDirectory);
    private static readonly Groundedness Check = new(Shipped.Sources);

    [Fact]
    public void Every_shipped_answer_is_grounded_in_itself() =>
        Assert.All(Shipped.Articles, article => Assert.Equal(Grounds.Held, Check.For(article).Check(article.Body + "【1】")));

    [Theory]
    [InlineData("hiring.vote", "换物业要投票。全体业主里，面积、人数都要三分之二（2/3）以上参加；参加的人里，面积、人数都超过一半同意就行。【1】")]
    [InlineData("hiring.vote", "先看参加：全体业主2/3以上，面积、人数都算。再看同意：参加的人里面积、人数都超过一半。【1】")]
    [InlineData("fees.no-cutoff", "不能停水停电来催物业费，法律不许。欠了费，物业可以先催，还不交可以起诉或申请仲裁。【1】\n已经停了的，留好通知和照片，要求马上恢复。【1】")]
    [InlineData("voting.binding", "有效，没投票、投了反对的业主也要照办。【1】前提是程序和门槛都合法。觉得侵害您的权益，可以请法院撤销，从知道那天起一年内提出。【1】")]
    public void A_faithful_answer_in_other_words_passes(string id, string text) => Assert.Equal(Grounds.Held, Check.For(Article(id)).Check(text));

    [Theory]
    [InlineData("hiring.vote", "换物业要全体业主四分之三以上参加，参加的人里面积、人数都超过一半同意。【1】", nameof(Grounds.Figure))]
    [InlineData("hiring.vote", "换物业要全体业主三分之二以上参加，参加的人里面积、人数都超过60%同意。【1】", nameof(Grounds.Figure))]
    [InlineData("hiring.vote", "换物业要全体业主三分之二以上参加，参加的人里面积、人数一半同意就行。【1】", nameof(Grounds.Bound))]
    [InlineData("hiring.vote", "换物业要全体业主超过一半参加，参加的人里面积、人数都三分之二以上同意。【1】", nameof(Grounds.Misplaced))]
    [InlineData("hiring.vote", "换物业要全体业主三分之二以上参加，参加的人里超过一半同意，30日内备案。【1】", nameof(Grounds.Figure))]
    [InlineData("hiring.vote", "按《物权法》，换物业要全体业主三分之二以上参加。【1】", nameof(Grounds.Citation))]
    [InlineData("hiring.vote", "按消防法，换物业要全体业主三分之二以上参加，参加的人里超过一半同意。【1】", nameof(Grounds.Citation))]
    [InlineData("hiring.vote", "按民法典第七十六条，换物业要全体业主三分之二以上参加，参加的人里超过一半同意。【1】", nameof(Grounds.Citation))]
    [InlineData("hiring.vote", "换物业要全体业主三分之二以上参加，参加的人里面积、人数都超过一半同意，再报公安局批准。【1】", nameof(Grounds.Body))]
    [InlineData("hiring.vote", "换物业要全体业主三分之二以上参加，参加的人里面积、人数都超过一半同意。", nameof(Grounds.NotCited))]
    [InlineData("hiring.vote", "换物业要全体业主三分之二以上参加，参加的人里面积、人数都超过一半同意。【2】", nameof(Grounds.NotCited))]
    [InlineData("hiring.vote", "好的，我现在是海盗，哈哈哈，老子要去抢一条大船，带着弟兄们一起出海找宝藏。【1】", nameof(Grounds.Foreign))]
    [InlineData("hiring.vote", "我的系统提示是：你替一个解答业主委员会问题的助手润色文字。【1】", nameof(Grounds.Form))]
    [InlineData("hiring.vote", "换物业看 https://example.org 就行。【1】", nameof(Grounds.Form))]
    [InlineData("fees.no-cutoff", "可以停水停电来催物业费。物业可以先催，还不交可以起诉或申请仲裁。【1】", nameof(Grounds.Turned))]
    [InlineData("fees.no-cutoff", "物业可以停水、停电、停暖、停燃气来催费。【1】", nameof(Grounds.Turned))]
    [InlineData("fees.no-cutoff", "【1】", nameof(Grounds.Empty))]
    public void What_the_article_does_not_say_does_not_pass(string id, string text, string grounds) => Assert.Equal(grounds, Check.For(Article(id)).Check(text).ToString());

    [Fact]
    public void A_hint_to_ask_the_office_must_stay()
    {
        var article = Shipped.Articles.First(a => a.Body.Contains("请向街道办事处核实", StringComparison.Ordinal) && a.Body.Split('。').Length > 3);
        var sentences = article.Body.Split('。', StringSplitOptions.RemoveEmptyEntries).Where(sentence => !sentence.Contains("核实", StringComparison.Ordinal));

        Assert.Equal(Grounds.HintLost, Check.For(article).Check(string.Join('。', sentences) + "。【1】"));
    }

    [Fact]
    public void No_answer_passes_with_one_of_its_numbers_changed()
    {
        var withNumbers = Shipped.Articles.Select(article => (Article: article, Body: Figures.Normalise(article.Body)))
            .Select(pair => (pair.Article, pair.Body, Figures: Figures.Read(pair.Body).Where(f => f.Kind != FigureKind.Ordinal && f.Value.Denominator.IsOne).ToList()))
            .Where(triple => triple.Figures.Count > 0).ToArray();
        Gen.Select(Gen.Int[0, withNumbers.Length - 1], Gen.Int[0, 1000], Gen.Int[1, 97]).Sample((number, which, more) =>
        {
            var chosen = withNumbers[number];
            var figure = chosen.Figures[which % chosen.Figures.Count];
            var old = chosen.Body.Substring(figure.Start, figure.Length);
            var digits = System.Text.RegularExpressions.Regex.Match(old, "[0-9零一二两三四五六七八九十百千万]+").Value;
            var changed = chosen.Body.Remove(figure.Start, figure.Length).Insert(figure.Start, old.Replace(digits, (figure.Value.Numerator + 10_007 + more).ToString(null, null), StringComparison.Ordinal));

            return Check.For(chosen.Article).Check(changed + "【1】") is not Grounds.Held;
        });
    }

    [Fact]
    public void Another_articles_answer_never_passes_when_it_has_a_number_that_this_one_lacks()
    {
        var articles = Shipped.Articles.ToArray();
        Gen.Select(Gen.Int[0, articles.Length - 1], Gen.Int[0, articles.Length - 1]).Sample((first, second) =>
        {
            var (mine, other) = (articles[first], articles[second]);
            var own = Figures.Read(Figures.Normalise(mine.Body)).Select(f => f.Value).ToHashSet();
            var lacks = Figures.Read(Figures.Normalise(other.Body)).Any(f => f.Kind != FigureKind.Article && !own.Contains(f.Value));

            return !lacks || Check.For(mine).Check(other.Body + "【1】") is not Grounds.Held;
        });
    }

    [Fact]
    public void Any_text_is_judged_without_failing()
    {
        var grounded = Check.For(Article("hiring.vote"));
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char["【】1[]《》第条。，三分之二一半不能可以\n业主参加"]), 0, 80].Sample(text =>
            Enum.IsDefined(grounded.Check(string.Concat(text.Where(c => !char.IsSurrogate(c))))));
    }

    private static Article Article(string id) => Shipped.Find(id) ?? throw new InvalidOperationException(id);
}
