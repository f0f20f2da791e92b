using Outreach.Knowledge.Answers;

namespace Outreach.Tests.Knowledge;

public sealed class AnswerTextTests
{
    [Fact]
    public void An_answer_is_the_body_and_its_ground() =>
        Assert.Equal("全体业主里三分之二（2/3）以上参加才有效，面积和人数都要够。\n依据：《民法典》第二百七十八条第二款", Text("voting.quorum"));

    [Fact]
    public void A_contested_one_says_so_where_the_body_does_not() =>
        Assert.Contains("法律没写明，做法不一，以街道答复或议事规则为准。", Text("counting.not-returned"), StringComparison.Ordinal);

    [Fact]
    public void Grounds_name_the_full_title_and_since_when() =>
        Assert.Contains("《中华人民共和国民法典》第九百四十四条（全国人民代表大会，2021年1月1日起施行）", Text("fees.no-cutoff", Elaboration.Grounds), StringComparison.Ordinal);

    [Fact]
    public void Simpler_is_shorter() => Assert.True(Text("voting.major", Elaboration.Simpler).Length < Text("voting.major").Length);

    [Fact]
    public void A_text_that_was_never_compared_with_the_official_one_is_named()
    {
        var article = TestKnowledge.Small.Find("voting.quorum")! with { Citations = [new("指导规则（2009）", "10")] };

        Assert.Contains("文本未与官方核对", AnswerText.Compose(article, TestKnowledge.Small.Sources), StringComparison.Ordinal);
    }

    private static string Text(string id, Elaboration elaboration = Elaboration.None) =>
        AnswerText.Compose(TestKnowledge.Small.Find(id)!, TestKnowledge.Small.Sources, elaboration);
}
