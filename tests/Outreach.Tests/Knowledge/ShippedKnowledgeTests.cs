using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;

namespace Outreach.Tests.Knowledge;

/// <summary>The articles that the program ships with.</summary>
public sealed class ShippedKnowledgeTests
{
    private static readonly KnowledgeBase Shipped = KnowledgeBase.Load(AppContext.BaseDirectory);

    [Fact]
    public void Nothing_in_it_is_an_error()
    {
        var report = KnowledgeValidator.Check(Shipped);

        Assert.DoesNotContain(report.Problems, problem => problem.Severity == Severity.Error);
        Assert.True(report.Articles.Count >= 200);
    }

    [Fact]
    public void Its_ranker_was_fitted_for_the_features_of_this_program()
    {
        Assert.NotNull(Shipped.RankerFile);
        Assert.NotEqual(new RankerModel().FittedFrom, RankerModel.Load(Shipped.RankerFile).FittedFrom);
    }

    [Fact]
    public void Every_article_is_found_by_its_own_question()
    {
        var answerer = new Answerer(Shipped);

        Assert.All(Shipped.Articles, article =>
        {
            var evaluation = answerer.Evaluate(article.Question, new(article.Question));
            Assert.Equal(article.Id, evaluation.Candidates[0].Article.Id);
        });
    }
}
