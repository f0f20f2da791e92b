using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <param name="Drafts">Articles that are drafts now.</param>
/// <param name="Problems">In Chinese, each with its file.</param>
internal sealed record ImportedArticles(IReadOnlyList<string> Drafts, IReadOnlyList<string> Problems);

/// <summary>Articles as the Markdown files of <c>knowledge/articles</c>: out as a ZIP, in as drafts.</summary>
internal sealed class ArticleTransfer(IDbContextFactory<OutreachDb> databases, ArticleDesk desk, KnowledgeBase shipped, AuditLog audit)
{
    public const int MostBytes = 4 * 1024 * 1024;

    private const int MostFiles = 2000;
    private const int MostBytesEach = 64 * 1024;

    /// <summary>Everything that staff have published or taught, each at the place where it would lie among the shipped files.</summary>
    public async Task<MemoryStream> ExportAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var revisions = await db.ArticleRevisions.AsNoTracking().Where(r => r.State == RevisionState.Published).OrderBy(r => r.ArticleId).ToListAsync(cancellationToken);
        var lessons = await db.ScopeLessons.AsNoTracking().Where(l => l.State == LessonState.InForce).OrderBy(l => l.Id).ToListAsync(cancellationToken);
        await audit.RecordAsync(AuditKind.Exported, scope.StaffId, null, $"{revisions.Count} 个条目文件", cancellationToken);
        var file = new MemoryStream();
        await using (var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken))
        {
            foreach (var revision in revisions)
                await PutAsync(zip, ArticleFile.PathOf(revision.ArticleId), revision.Text, revision.PublishedAt ?? revision.ChangedAt, cancellationToken);
            if (lessons.Count > 0)
                await PutAsync(zip, "outofscope.yaml", WriteScope(ScopeLessons.Groups(lessons, shipped)), lessons.Max(l => l.ChangedAt), cancellationToken);
        }
        file.Position = 0;
        return file;
    }

    /// <summary>What staff taught the scope gate, in the form of <c>knowledge/outofscope.yaml</c>.</summary>
    internal static string WriteScope(IReadOnlyList<OutOfScopeGroup> groups)
    {
        var text = new StringBuilder("# 同事在知识台里教的：不归我们管的问题。编号相同的组，把 questions 并进 knowledge/outofscope.yaml。\n");
        foreach (var group in groups)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n- id: {group.Id}\n  kind: {KindOf(group.Kind)}\n  redirect: {Quoted(group.Redirect)}\n  questions:\n");
            foreach (var question in group.Questions)
                text.Append(CultureInfo.InvariantCulture, $"    - {Quoted(question)}\n");
        }
        return text.ToString();

        static string Quoted(string words) => $"'{words.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string KindOf(ScopeKind kind) => kind switch
    {
        ScopeKind.Far => "far",
        ScopeKind.Near => "near",
        ScopeKind.Chitchat => "chitchat",
        ScopeKind.Harm => "harm",
    };

    private static async Task PutAsync(ZipArchive zip, string path, string content, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry(path);
        entry.LastWriteTime = at;
        await using var text = await entry.OpenAsync(cancellationToken);
        await text.WriteAsync(Encoding.UTF8.GetBytes(content), cancellationToken);
    }

    /// <param name="name">Name of the file, such as quorum.md or articles.zip.</param>
    public async Task<ImportedArticles> ImportAsync(string name, Stream file, StaffScope scope, CancellationToken cancellationToken)
    {
        var (drafts, problems) = (new List<string>(), new List<string>());
        if (!name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            await TakeAsync(name, file, scope, drafts, problems, cancellationToken);
            return new(drafts, problems);
        }
        try
        {
            await using var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
            foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && e.Name != "README.md").Take(MostFiles))
            {
                await using var text = await entry.OpenAsync(cancellationToken);
                await TakeAsync(entry.FullName, text, scope, drafts, problems, cancellationToken);
            }
        }
        catch (InvalidDataException)
        {
            problems.Add($"{name}：不是 ZIP 文件");
        }
        return new(drafts, problems);
    }

    private async Task TakeAsync(string name, Stream file, StaffScope scope, List<string> drafts, List<string> problems, CancellationToken cancellationToken)
    {
        if (await ReadAsync(file, cancellationToken) is not { } text)
        {
            problems.Add($"{name}：不是 UTF-8 的文字，或者超过 {MostBytesEach / 1024} KB");
            return;
        }
        // The id says where the file lies; what it is called on this computer does not matter.
        var found = new List<Problem>();
        var article = ArticleFile.Parse(name, text, found)?.Article;
        article = article is null || !ArticleIds.IsOne(article.Id) ? null : ArticleFile.Parse(ArticleFile.PathOf(article.Id), text, new List<Problem>())?.Article;
        if (article is null)
        {
            problems.AddRange(found.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.ToString()).DefaultIfEmpty($"{name}：编号要写成“主题.名字”，小写英文和 -"));
            return;
        }
        var page = await desk.ReadAsync(article.Id, cancellationToken);
        if (page.Open is not null)
            problems.Add($"{name}：{article.Id} 已有没发布的草稿，先发布或丢掉它");
        else if (page.Serving is { } serving && ArticleFile.Write(serving) == ArticleFile.Write(article))
            problems.Add($"{name}：{article.Id} 和现在的一样，不用导入");
        else if (await desk.SaveAsync(article, seen: null, scope, cancellationToken) == ArticleOutcome.Done)
            drafts.Add(article.Id);
        else
            problems.Add($"{name}：别人刚动了 {article.Id}，再导入一次");
    }

    private static async Task<string?> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostBytesEach + 1];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MostBytesEach)
            return null;
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
