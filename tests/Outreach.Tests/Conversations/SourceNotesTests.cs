using Outreach.Conversations;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Conversations;

public sealed class SourceNotesTests
{
    private static readonly SourceCatalog Sources = new(
    [
        new Source { Id = "演示法", Title = "中华人民共和国演示法", ShortTitle = "演示法", Effective = new(2021, 1, 1), Status = SourceStatus.InForce },
        new Source { Id = "演示规则", Title = "演示市指导规则", ShortTitle = "演示规则", Status = SourceStatus.InForceTextUnchecked },
        new Source { Id = "演示条例（某年修正）", Title = "演示省条例", ShortTitle = "演示条例", Status = SourceStatus.NameOnly },
    ]);

    [Fact]
    public void An_opened_source_names_the_law_in_full_its_article_its_start_and_its_check()
    {
        var claim = Assert.Single(SourceNotes.Of([Article("演示法/278②", new(2026, 11, 24), "示范街道")], Sources));

        Assert.Equal("《演示法》第二百七十八条第二款", claim.Name);
        Assert.Equal("《中华人民共和国演示法》第二百七十八条第二款", claim.Text);
        Assert.Equal("2021年1月1日起施行\n核对日期：2026年11月24日，示范街道", claim.Abstract);
    }

    [Theory]
    [InlineData("演示法/1", Caution.Contested, SourceNotes.Contested)]
    [InlineData("演示法/1", Caution.Unverified, SourceNotes.Unverified)]
    [InlineData("演示规则/9", Caution.None, SourceNotes.TextUnchecked)]
    [InlineData("演示条例（某年修正）", Caution.None, SourceNotes.NameOnly)]
    public void What_is_not_certain_stands_below_the_dates(string citation, Caution caution, string note) =>
        Assert.EndsWith("\n" + note, Assert.Single(SourceNotes.Of([Article(citation, new(2026, 11, 24), "开发核对") with { Caution = caution }], Sources)).Abstract, StringComparison.Ordinal);

    [Fact]
    public void Of_two_articles_that_cite_one_place_the_earlier_check_counts()
    {
        var claim = Assert.Single(SourceNotes.Of([Article("演示法/5", new(2026, 11, 24), "开发核对"), Article("演示法/5", new(2026, 10, 1), "示范街道")], Sources));

        Assert.Contains("核对日期：2026年10月1日，示范街道", claim.Abstract, StringComparison.Ordinal);
    }

    [Fact]
    public void A_date_that_is_not_known_is_not_made_up() =>
        Assert.StartsWith("施行日期未核对", Assert.Single(SourceNotes.Of([Article("演示规则/9", default, "")], Sources)).Abstract, StringComparison.Ordinal);

    private static Article Article(string citation, DateOnly on, string by) => new()
    {
        Id = "demo.one",
        Question = "演示问题？",
        Body = "演示。",
        Citations = [Citation.TryParse(citation, out var parsed) ? parsed : throw new ArgumentException(citation, nameof(citation))],
        VerifiedOn = on,
        VerifiedBy = by,
    };
}
