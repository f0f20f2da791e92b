using System.Collections.Frozen;
using System.Text;

namespace Outreach.Knowledge.Articles;

/// <summary>All that the bot knows: articles, sources, everyday wording, and what is not its business. Immutable.</summary>
public sealed class KnowledgeBase
{
    private readonly FrozenDictionary<string, Article> _byId;

    /// <param name="articles">Where an id comes twice the first one counts.</param>
    public KnowledgeBase(
        IEnumerable<Article> articles,
        SourceCatalog sources,
        IReadOnlyList<Rewrite>? rewrites = null,
        IReadOnlyList<OutOfScopeGroup>? outOfScope = null,
        IReadOnlyList<Problem>? problems = null,
        string? rankerFile = null)
    {
        Articles = [.. articles.DistinctBy(article => article.Id)];
        _byId = Articles.ToFrozenDictionary(article => article.Id, StringComparer.Ordinal);
        Sources = sources;
        Rewrites = rewrites ?? [];
        OutOfScope = outOfScope ?? [];
        Problems = problems ?? [];
        RankerFile = rankerFile;
    }

    public IReadOnlyList<Article> Articles { get; }
    public SourceCatalog Sources { get; }
    public IReadOnlyList<Rewrite> Rewrites { get; }
    public IReadOnlyList<OutOfScopeGroup> OutOfScope { get; }

    /// <summary>What staff of this installation called not ours. It stands beside the shipped examples, on which the scope gate was fitted: only questions like these are refused for it.</summary>
    public IReadOnlyList<OutOfScopeGroup> Taught { get; private init; } = [];

    /// <summary>What could not be read, with file and line; the rest is loaded.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>The fitted weights beside the articles; null when there are none: then the built-in ones serve.</summary>
    internal string? RankerFile { get; }

    /// <summary>The files that the articles came from, for the validator.</summary>
    internal IReadOnlyList<ArticleFile> Files { get; private init; } = [];

    public Article? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The same knowledge with these articles in place of those of the same id, and the new ones added.</summary>
    public KnowledgeBase With(IEnumerable<Article> articles)
    {
        var others = articles.DistinctBy(article => article.Id).ToDictionary(article => article.Id, StringComparer.Ordinal);
        return new(Articles.Select(article => others.GetValueOrDefault(article.Id, article)).Concat(others.Values), Sources, Rewrites, OutOfScope, Problems, RankerFile)
        {
            // The new ones last: what two articles must not share is the fault of the newer one.
            Taught = Taught,
            Files = [.. Files.Where(file => !others.ContainsKey(file.Article.Id)), .. others.Values.Select(ArticleFile.Of)],
        };
    }

    /// <summary>The same with these examples of what is not ours, in place of those taught before.</summary>
    public KnowledgeBase WithTaught(IReadOnlyList<OutOfScopeGroup> taught) =>
        new(Articles, Sources, Rewrites, OutOfScope, Problems, RankerFile) { Files = Files, Taught = taught };

    /// <summary>Reads a folder that holds articles/, sources.yaml, rewrites.yaml and outofscope.yaml. Broken files are named in <see cref="Problems"/>; articles whose grounds may not be cited stay back, and the validator names them.</summary>
    public static KnowledgeBase Load(string folder)
    {
        var problems = new List<Problem>();
        var files = new List<ArticleFile>();
        var articles = Path.Combine(folder, "articles");
        if (Directory.Exists(articles))
        {
            var paths = Directory.GetFiles(articles, "*.md", SearchOption.AllDirectories);
            Array.Sort(paths, StringComparer.Ordinal);
            foreach (var path in paths)
            {
                var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
                if (name == "articles/README.md" || Read(path, name, problems) is not { } text || ArticleFile.Parse(name, text, problems) is not { } file)
                    continue;
                if (files.Find(other => other.Article.Id == file.Article.Id) is { } first)
                    problems.Add(new(name, file.Line("id"), $"id {file.Article.Id} 已被 {first.Path} 使用", Severity.Error));
                else
                    files.Add(file);
            }
        }

        var sources = List(folder, "sources.yaml", problems, KnowledgeFiles.Sources);
        var rewrites = List(folder, "rewrites.yaml", problems, KnowledgeFiles.Rewrites);
        var outOfScope = List(folder, "outofscope.yaml", problems, KnowledgeFiles.OutOfScope);
        string[] rankers = [Path.Combine(folder, "ranker.json"), Path.Combine(folder, "data", "ranker.json")];
        var catalog = new SourceCatalog(sources);
        return new(files.Select(file => file.Article).Where(article => MayGoOut(article, catalog)), catalog, rewrites, outOfScope, problems, Array.Find(rankers, File.Exists))
        {
            Files = files,
        };
    }

    /// <summary>
    /// An answer on a law that is not in force any more, or on one that nobody knows, is worse than none: it stays back until a person has looked at it.
    /// Without a single source the file of sources itself is broken, and the articles, which were checked with it, go out.
    /// </summary>
    private static bool MayGoOut(Article article, SourceCatalog sources) =>
        sources.All.Count == 0 || article.Citations.All(citation => sources.WhyNotCitable(citation) is null);

    private static List<T> List<T>(string folder, string name, List<Problem> problems, Func<string, string, List<Problem>, List<T>> read) =>
        Read(Path.Combine(folder, name), name, problems) is { } text ? read(text, name, problems) : [];

    private static string? Read(string path, string name, List<Problem> problems)
    {
        try
        {
            return File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException)
        {
            problems.Add(new(name, 1, "文件不是 UTF-8 编码", Severity.Error));
        }
        catch (FileNotFoundException)
        {
            problems.Add(new(name, 1, "找不到这个文件", Severity.Error));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(name, 1, "文件读不出来", Severity.Error));
        }

        return null;
    }
}
