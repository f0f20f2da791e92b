using System.Globalization;
using System.Text;
using Outreach.Knowledge.Search;

namespace Outreach.Knowledge.Articles;

/// <summary>Checks what people have written: errors do not go out, warnings are for a person to look at.</summary>
public static class KnowledgeValidator
{
    private const int FewestVariants = 6;
    private const int LongestBody = 460;        // bytes, so that answer and 依据 line fit into 600
    private const int LongestElaboration = 1800;

    /// <param name="statutesFolder">Folder of statute texts; null: copies are not looked for.</param>
    public static KnowledgeReport Check(KnowledgeBase knowledge, string? statutesFolder = null)
    {
        var problems = new List<Problem>(knowledge.Problems);
        var statutes = statutesFolder is null ? null : StatuteTexts.Load(statutesFolder);
        var askedBy = new Dictionary<string, ArticleFile>(StringComparer.Ordinal);
        HashSet<string> known = [.. knowledge.Files.Select(file => file.Article.Id), .. knowledge.Articles.Select(article => article.Id)];
        foreach (var file in knowledge.Files)
        {
            var (article, report) = (file.Article, new Reporter(file, problems));
            if (article.Id != file.ExpectedId)
                report.Error("id", null, $"id 应为 {file.ExpectedId}，写成了 {article.Id}");
            CheckCitations(article, knowledge.Sources, report);
            CheckVariants(file, askedBy, report);
            CheckLinks(article, known, report);
            CheckBody(article, statutes, report);
            if (article.VerifiedOn == default || article.VerifiedBy.Length == 0)
                report.Warn("verified", null, "verified 要写 on 和 by");
            if (article.Since is { } since && article.Until is { } until && until < since)
                report.Error("applies", null, "until 早于 since");
            if (article.Short is { Length: > 8 })
                report.Warn("short", null, $"short 有{article.Short.Length}字，按钮只放得下8字");
        }

        CheckLists(knowledge, askedBy, problems);
        return new(
            [.. problems.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Message, StringComparer.Ordinal)],
            knowledge.Articles,
            [.. knowledge.Articles.Where(article => article.Caution == Caution.Unverified)],
            [.. knowledge.Articles.Where(article => article.Caution == Caution.Contested)],
            knowledge.Articles.Count(article => !article.IsReviewed));
    }

    /// <summary>What would be wrong with one article if it took its place in this knowledge, and with nothing else.</summary>
    public static IReadOnlyList<Problem> Check(KnowledgeBase knowledge, Article article)
    {
        var path = ArticleFile.PathOf(article.Id);
        var before = Check(knowledge).Problems.Where(problem => problem.File != path);
        return [.. Check(knowledge.With([article])).Problems.Except(before)];
    }

    /// <summary>Every article that a new version of a law touches.</summary>
    /// <param name="change"><c>SOURCE@VERSION</c>, the version as a date: <c>民法典@2026-01-01</c>.</param>
    /// <returns>By id; null when the text is not of that form.</returns>
    public static IReadOnlyList<TouchedArticle>? Changed(KnowledgeBase knowledge, string change)
    {
        var at = change.LastIndexOf('@');
        if (at <= 0 || !DateOnly.TryParseExact(change[(at + 1)..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var version))
            return null;

        var id = change[..at];
        HashSet<string> concerned = [id, .. knowledge.Sources.Find(id)?.Replaces ?? []];
        return [.. knowledge.Articles
            .Select(article => new TouchedArticle(article, [.. article.Citations.Where(citation => concerned.Contains(citation.Source))], article.VerifiedOn >= version))
            .Where(touched => touched.Citations.Count > 0)
            .OrderBy(touched => touched.Article.Id, StringComparer.Ordinal)];
    }

    private static void CheckCitations(Article article, SourceCatalog sources, Reporter report)
    {
        if (article.Citations.Count == 0)
            report.Warn("citations", null, "没有依据");
        foreach (var citation in article.Citations)
        {
            if (sources.WhyNotCitable(citation) is { } reason)
                report.Error("citations", citation.ToString(), reason);
            else if (sources.Find(citation.Source)!.Status == SourceStatus.NameOnly && article.Caution != Caution.Unverified)
                report.Warn("citations", citation.ToString(), $"引了只知道名称的“{citation.Source}”，应写 caution: unverified");
        }
    }

    private static void CheckVariants(ArticleFile file, Dictionary<string, ArticleFile> askedBy, Reporter report)
    {
        var article = file.Article;
        if (article.Variants.Count < FewestVariants)
            report.Warn("variants", null, $"只有{article.Variants.Count}种问法，至少要{FewestVariants}种");
        foreach (var (field, text) in article.Variants.Select(variant => ("variants", variant)).Prepend(("question", article.Question)))
        {
            var item = field == "variants" ? text : null;
            var normalised = Normaliser.Normalise(text);
            if (normalised.Length == 0)
                report.Error(field, item, "这种问法没有字");
            else if (askedBy.TryGetValue(normalised, out var other) && other != file)
                report.Error(field, item, $"“{text}”已是 {other.Article.Id}（{other.Path}）的问法");
            else if (!askedBy.TryAdd(normalised, file))
                report.Warn(field, item, $"“{text}”在本条里写了两次");
        }
    }

    private static void CheckLinks(Article article, HashSet<string> known, Reporter report)
    {
        foreach (var id in article.Related)
            if (id == article.Id || !known.Contains(id))
                report.Error("related", id, id == article.Id ? "related 指向自己" : $"没有条目 {id}");
        if (article.LocalFor is { } general && !known.Contains(general))
            report.Error("local_for", null, $"没有条目 {general}");
        foreach (var action in article.Actions)
            if (!Article.KnownActions.Contains(action))
                report.Error("actions", action, $"不认识的 action {action}，只能是 {string.Join("、", Article.KnownActions)}");
    }

    private static void CheckBody(Article article, StatuteTexts? statutes, Reporter report)
    {
        var bytes = Encoding.UTF8.GetByteCount(article.Body);
        if (bytes > LongestElaboration)
            report.Error("body", null, $"正文{bytes}字节，超过{LongestElaboration}字节");
        else if (bytes > LongestBody)
            report.Warn("body", null, $"正文{bytes}字节，超过{LongestBody}字节");
        if (article.Body.Contains("依据：", StringComparison.Ordinal))
            report.Warn("body", null, "依据行由程序生成，正文不写");
        if (statutes?.FindCopy(article.Body) is { } copy)
            report.Error("body", null, $"连续照抄法条{copy.Length}字（最多{StatuteTexts.LongestQuote}字）：{copy[..12]}…");
    }

    private static void CheckLists(KnowledgeBase knowledge, Dictionary<string, ArticleFile> askedBy, List<Problem> problems)
    {
        var rewritten = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var rewrite in knowledge.Rewrites)
            foreach (var from in rewrite.From.Select(Normaliser.Normalise))
            {
                if (from.Length < 2)
                    problems.Add(new("rewrites.yaml", 1, $"“{from}”太短，会误伤别的话", Severity.Warning));
                if (!rewritten.TryAdd(from, rewrite.To) && rewritten[from] != rewrite.To)
                    problems.Add(new("rewrites.yaml", 1, $"“{from}”有两种改法：{rewritten[from]}、{rewrite.To}", Severity.Warning));
            }

        foreach (var group in knowledge.OutOfScope)
            foreach (var question in group.Questions)
                if (askedBy.TryGetValue(Normaliser.Normalise(question), out var file))
                    problems.Add(new("outofscope.yaml", 1, $"{group.Id} 的“{question}”是 {file.Article.Id} 的问法", Severity.Error));
    }

    private sealed class Reporter(ArticleFile file, List<Problem> problems)
    {
        public void Error(string field, string? item, string message) => problems.Add(new(file.Path, file.Line(field, item), message, Severity.Error) { Field = field });

        public void Warn(string field, string? item, string message) => problems.Add(new(file.Path, file.Line(field, item), message, Severity.Warning) { Field = field });
    }
}
