using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;
using Outreach.Storage;

namespace Outreach.Conversations;

internal enum StatuteImportOutcome
{
    Imported, Replaced,
    /// <summary>The text that is served is the same.</summary>
    Unchanged,
    /// <summary>Nothing of the file was taken.</summary>
    Refused,
    /// <summary>Which source the text belongs to must be said.</summary>
    SourceUnknown,
}

/// <param name="Lines">The whole report in Chinese, for a terminal.</param>
internal sealed record StatuteImportReport(StatuteImportOutcome Outcome, IReadOnlyList<string> Lines);

/// <summary>Takes an official text into this installation: read, mapped to its source, checked, split into articles, stored in one transaction.</summary>
internal sealed class StatuteImport(IDbContextFactory<OutreachDb> databases, StatuteLibrary library, KnowledgeBase knowledge, TimeProvider clock)
{
    private const int MostFindings = 60;

    /// <param name="sourceId">Id of the source; null: found by the text's title.</param>
    /// <param name="audit">Adds the caller's audit entry to the transaction, with the source's id; null: none.</param>
    public async Task<StatuteImportReport> ImportAsync(byte[] file, string extension, string? sourceId, Action<OutreachDb, string>? audit, CancellationToken cancellationToken)
    {
        var (lines, problem) = StatuteFile.Read(file, extension);
        if (lines is null)
            return new(StatuteImportOutcome.Refused, [problem!]);
        var parsed = StatuteParser.Parse(lines);
        var match = StatuteFileMatch.Find(parsed.Opening, knowledge.Sources);
        var source = sourceId is null ? match.Source : knowledge.Sources.Find(sourceId);
        if (source is null)
            return new(StatuteImportOutcome.SourceUnknown, WhichSource(sourceId, match, parsed));

        var report = new List<string> { $"{knowledge.Sources.Title(source)} → {source.Id}" };
        var unit = extension.Equals(".docx", StringComparison.OrdinalIgnoreCase) ? "段" : "行";
        report.AddRange(parsed.Findings.Take(MostFindings).Select(finding => finding.ToString(unit)));
        if (parsed.Findings.Count > MostFindings)
            report.Add($"……还有 {parsed.Findings.Count - MostFindings} 处");
        if (!parsed.IsUsable)
            return new(StatuteImportOutcome.Refused, [.. report, "没有导入：先改好标着“错误”的地方"]);
        if (sourceId is null && match.Version is { } version && source.VersionDate is { } known && version < known)
            return new(StatuteImportOutcome.Refused,
                [.. report, $"没有导入：文件写的版本是{Day(version)}，比 sources.yaml 的{Day(known)}旧，可能是老文本。确实要用，加上 --source {source.Id}"]);

        var text = new StatuteText(source.Id, source.Title, [.. parsed.Articles.OrderBy(article => article.Number)]);
        report.Add($"共 {text.Articles.Count} 条：{text.Articles[0].Number.Place}至{text.Articles[^1].Number.Place}{(parsed.IsExcerpt ? "，节选" : "")}");
        Judge(source, match, text, report);
        var outcome = await StoreAsync(text, report, audit, cancellationToken);
        await library.ReloadAsync(cancellationToken);
        return new(outcome, report);
    }

    private async Task<StatuteImportOutcome> StoreAsync(StatuteText text, List<string> report, Action<OutreachDb, string>? audit, CancellationToken cancellationToken)
    {
        var hash = text.ContentHash();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var now = clock.GetUtcNow();
            var served = await db.StatuteTexts.SingleOrDefaultAsync(t => t.SourceId == text.SourceId && t.ReplacedAt == null, cancellationToken);
            if (served?.ContentHash == hash)
            {
                report.Add("没有变化：和正在用的文本一样");
                return StatuteImportOutcome.Unchanged;
            }
            if (served is not null)
            {
                var before = await db.StatuteArticles.CountAsync(a => a.TextId == served.Id, cancellationToken);
                report.Add($"替换了原来的文本（{before} 条），旧文本留着备查");
                if (before > text.Articles.Count)
                    report.Add($"注意：新文本比原来少 {before - text.Articles.Count} 条，缺的条不再能给业主看原文");
                served.ReplacedAt = now;
                await db.SaveChangesAsync(cancellationToken);       // only one may be served
            }
            if (await db.StatuteTexts.SingleOrDefaultAsync(t => t.SourceId == text.SourceId && t.ContentHash == hash, cancellationToken) is { } old)
            {
                (old.ReplacedAt, old.ImportedAt) = (null, now);
                report.Add("这份文本以前用过，现在重新用上");
            }
            else
            {
                db.StatuteTexts.Add(new()
                {
                    SourceId = text.SourceId,
                    Title = text.Title,
                    ContentHash = hash,
                    ImportedAt = now,
                    Articles = [.. text.Articles.Select(article => new StatuteArticleRow
                    {
                        Number = article.Number.Main,
                        Sub = article.Number.Sub,
                        Headings = string.Join('\n', article.Headings),
                        Note = article.Note,
                        Text = string.Join("\n\n", article.Paragraphs),
                    })],
                });
            }
            audit?.Invoke(db, text.SourceId);
            await db.SaveChangesAsync(cancellationToken);
            if (served is null)
                report.Add("导入好了");
            return served is null ? StatuteImportOutcome.Imported : StatuteImportOutcome.Replaced;
        }, cancellationToken);
    }

    /// <summary>What does not hinder the import, but whoever loads the text should know.</summary>
    private void Judge(Source source, StatuteFileMatch match, StatuteText text, List<string> report)
    {
        if (source.Status == SourceStatus.Repealed)
            report.Add($"注意：sources.yaml 写着它已失效{(knowledge.Sources.ReplacementOf(source) is { } now ? $"，由 {now.Id} 取代" : "")}。只在有人问原文时带着提示给看");
        if (match.Version is { } version && source.VersionDate is { } known && version != known)
            report.Add($"注意：文件写的版本是{Day(version)}，sources.yaml 写的是{Day(known)}。{(version > known ? $"先改 sources.yaml，再用 check-knowledge --changed {source.Id}@{version.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} 看哪些条目要改" : "文件是旧的")}");
        if (source.Total is { } total && text.Articles[^1].Number.Main > total)
            report.Add($"注意：sources.yaml 写全文 {total} 条，文件却有{text.Articles[^1].Number.Place}");
        else if (source.Total is { } all && text.Articles[^1].Number.Main < all)
            report.Add($"后面缺到{new ArticleNumber(all).Place}");
        var cited = knowledge.Articles.SelectMany(article => article.Citations).Where(citation => citation.Source == source.Id && citation.Number is not null).Select(citation => citation.Number!)
            .Distinct().Where(number => ArticleNumber.Read(number, "") is { } place && text.Find(place) is null).Order(StringComparer.Ordinal).ToList();
        if (cited.Count > 0)
            report.Add($"知识条目引用了、这份文本里没有的条：{string.Join('、', cited)}");
    }

    private IReadOnlyList<string> WhichSource(string? sourceId, StatuteFileMatch match, ParsedStatute parsed)
    {
        if (sourceId is not null)
            return [$"sources.yaml 里没有“{sourceId}”。{Suggest(StatuteFileMatch.CloseTo(sourceId, knowledge.Sources))}"];
        if (parsed.Opening.Count == 0 && parsed.Articles.Count == 0)
            return [.. parsed.Findings.Select(finding => finding.ToString())];
        var title = parsed.Opening.Count == 0 ? "" : parsed.Opening[0].Length <= 40 ? parsed.Opening[0] : parsed.Opening[0][..40] + "…";
        return match.Close.Count > 1 && match.Version is not null
            ? [$"“{title}”可能是几个版本里的一个。{Suggest(match.Close)}"]
            : [$"从“{title}”认不出是哪部法。{Suggest(match.Close)}"];
    }

    private static string Suggest(IReadOnlyList<Source> close) => close.Count == 0
        ? "用 --source 写明 sources.yaml 里的 id；没有的先加进 sources.yaml"
        : $"用 --source 写明，相近的有：{string.Join('、', close.Select(source => source.Id))}";

    private static string Day(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日");
}
