using System.Globalization;
using System.Text;

namespace Outreach.Knowledge.Articles;

/// <summary>What a check of the knowledge base found.</summary>
/// <param name="Problems">By file and line, errors and warnings together.</param>
/// <param name="Unverified">Articles whose law in force was not read.</param>
/// <param name="Contested">Articles where the law is silent and practice differs.</param>
/// <param name="Unreviewed">Number of articles that no office and no lawyer has reviewed.</param>
public sealed record KnowledgeReport(
    IReadOnlyList<Problem> Problems, IReadOnlyList<Article> Articles, IReadOnlyList<Article> Unverified, IReadOnlyList<Article> Contested, int Unreviewed)
{
    public int Errors => Problems.Count(problem => problem.Severity == Severity.Error);

    public int Warnings => Problems.Count - Errors;

    /// <summary>1 when something must not go out like this, else 0.</summary>
    public int ExitCode => Errors > 0 ? 1 : 0;

    /// <summary>The whole report in Chinese, for a terminal.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var problem in Problems)
            text.Append(problem).Append('\n');
        List("有争议的条目", Contested);
        List("未核对的条目", Unverified);
        return text.Append(CultureInfo.InvariantCulture,
            $"共{Articles.Count}条，{Articles.Sum(article => article.Variants.Count)}种问法；未经街道或律师审过的{Unreviewed}条；错误{Errors}处，提醒{Warnings}处。").ToString();

        void List(string title, IReadOnlyList<Article> articles)
        {
            if (articles.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"{title}（{articles.Count}）：{string.Join(' ', articles.Select(article => article.Id))}\n");
        }
    }
}
