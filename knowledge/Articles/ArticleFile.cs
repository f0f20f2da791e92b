using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Outreach.Knowledge.Articles;

/// <summary>An article as a file: front matter between two lines of <c>---</c>, then the answer.</summary>
public sealed class ArticleFile
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    private ArticleFile(string path, Article article) => (Path, Article) = (path, article);

    /// <summary>Relative to the knowledge base's folder, with forward slashes.</summary>
    public string Path { get; }
    public Article Article { get; }

    /// <summary>The id that the place of the file asks for: articles/voting/quorum.md is voting.quorum.</summary>
    public string ExpectedId => IdOf(Path);

    /// <summary>Line of a field ("related") or of an item in it ("related:voting.major"), from 1.</summary>
    public int Line(string field, string? item = null) =>
        item is not null && _lines.TryGetValue($"{field}:{item}", out var line) ? line : _lines.GetValueOrDefault(field, 1);

    /// <summary>Reads one file. Null when so much is broken that there is no article; what is wrong is added to <paramref name="problems"/>.</summary>
    public static ArticleFile? Parse(string path, string text, ICollection<Problem> problems)
    {
        var found = new List<Problem>();
        var file = Read(path, text, found);
        foreach (var problem in found)
            problems.Add(problem);
        return file;
    }

    /// <summary>The file that <see cref="Write"/> would make of an article, without having been one.</summary>
    internal static ArticleFile Of(Article article) => new(PathOf(article.Id), article);

    /// <summary>Where the file of an article lies: articles/voting/quorum.md.</summary>
    public static string PathOf(string id) => $"articles/{id.Replace('.', '/')}.md";

    /// <summary>The article as the text of a file that <see cref="Parse"/> reads back unchanged.</summary>
    public static string Write(Article article)
    {
        var text = new StringBuilder("---\n");
        text.Append(CultureInfo.InvariantCulture, $"id: {article.Id}\nquestion: {Quote(article.Question)}\n");
        if (article.Short is not null)
            text.Append(CultureInfo.InvariantCulture, $"short: {Quote(article.Short)}\n");
        text.Append("variants:\n");
        foreach (var variant in article.Variants)
            text.Append(CultureInfo.InvariantCulture, $"  - {Quote(variant)}\n");
        text.Append(CultureInfo.InvariantCulture, $"citations: [{string.Join(", ", article.Citations)}]\n");
        text.Append(CultureInfo.InvariantCulture, $"applies: {{ regions: [{string.Join(", ", article.Regions)}]");
        if (article.Since is { } since)
            text.Append(CultureInfo.InvariantCulture, $", since: {since:yyyy-MM-dd}");
        if (article.Until is { } until)
            text.Append(CultureInfo.InvariantCulture, $", until: {until:yyyy-MM-dd}");
        text.Append(CultureInfo.InvariantCulture, $" }}\nverified: {{ on: {article.VerifiedOn:yyyy-MM-dd}, by: {Quote(article.VerifiedBy)} }}\n");
        if (article.Caution != Caution.None)
            text.Append(article.Caution == Caution.Contested ? "caution: contested\n" : "caution: unverified\n");
        if (article.LocalFor is not null)
            text.Append(CultureInfo.InvariantCulture, $"local_for: {article.LocalFor}\n");
        text.Append(CultureInfo.InvariantCulture, $"related: [{string.Join(", ", article.Related)}]\nactions: [{string.Join(", ", article.Actions)}]\n---\n");
        return text.Append(article.Body).Append('\n').ToString();
    }

    internal static string IdOf(string path)
    {
        var parts = path.Split('/');
        var start = parts[0] == "articles" ? 1 : 0;
        return string.Join('.', parts[start..])[..^System.IO.Path.GetExtension(path).Length];
    }

    private static ArticleFile? Read(string path, string text, List<Problem> problems)
    {
        text = text.ReplaceLineEndings("\n").TrimStart('\uFEFF');
        var end = text.IndexOf("\n---", 3, StringComparison.Ordinal);
        if (!text.StartsWith("---\n", StringComparison.Ordinal) || end < 0)
        {
            problems.Add(new(path, 1, "文件开头要有两行 --- 之间的字段", Severity.Error));
            return null;
        }

        var bodyStart = text.IndexOf('\n', end + 1);
        var body = bodyStart < 0 ? "" : text[(bodyStart + 1)..].Trim();
        var yaml = new YamlFile(path, linesBefore: 1, problems);
        var errorsBefore = Errors(problems);
        if (yaml.Parse(text[4..(end + 1)]) is not { } root)
            return null;
        if (root is not YamlMappingNode map)
        {
            yaml.Error(2, "字段要写成“键: 值”");
            return null;
        }

        yaml.WarnUnknown(map, "id", "question", "short", "variants", "citations", "applies", "verified", "caution", "related", "actions", "local_for");
        var id = yaml.Required(map, "id");
        var question = yaml.Required(map, "question");
        if (body.Length == 0)
            yaml.Error(text[..end].Count(c => c == '\n') + 2, "没有正文");
        if (id.Length == 0 || question.Length == 0 || body.Length == 0)
            return null;

        var lines = new List<(string Key, int Line)>();
        IReadOnlyList<string> List(string key)
        {
            var items = yaml.Texts(map, key);
            lines.AddRange(items.Select(item => ($"{key}:{item.Text}", item.Line)));
            return [.. items.Select(item => item.Text)];
        }

        var citations = new List<Citation>();
        foreach (var (spelling, line) in yaml.Texts(map, "citations"))
        {
            if (Citation.TryParse(spelling, out var citation))
            {
                citations.Add(citation);
                lines.Add(($"citations:{citation}", line));
            }
            else
            {
                yaml.Error(line, $"依据“{spelling}”要写成 来源、来源/条号 或 来源/条号②");
            }
        }

        var applies = yaml.Map(map, "applies");
        var verified = yaml.Map(map, "verified");
        if (verified is null)
            yaml.Warn(1, "缺少 verified: { on, by }");
        var regions = applies is null ? [] : yaml.Texts(applies, "regions");
        var article = new Article
        {
            Id = id,
            Topic = ExpectedTopic(path),
            Question = question,
            Short = yaml.Text(map, "short"),
            Variants = List("variants"),
            Citations = citations,
            Regions = regions.Count == 0 ? ["全国"] : [.. regions.Select(region => region.Text)],
            Since = applies is null ? null : yaml.Date(applies, "since"),
            Until = applies is null ? null : yaml.Date(applies, "until"),
            VerifiedOn = verified is null ? default : yaml.Date(verified, "on") ?? default,
            VerifiedBy = verified is null ? "" : yaml.Text(verified, "by") ?? "",
            Caution = ReadCaution(yaml, map),
            Related = List("related"),
            Actions = List("actions"),
            LocalFor = yaml.Text(map, "local_for"),
            Body = body,
        };

        // A citation or a date that cannot be read would go out as something else: the article stays back.
        if (Errors(problems) > errorsBefore)
            return null;

        var file = new ArticleFile(path, article);
        foreach (var key in map.Children.Keys)
            if (key is YamlScalarNode { Value: { } name })
                file._lines.TryAdd(name, yaml.Line(key));
        foreach (var (key, line) in lines)
            file._lines.TryAdd(key, line);
        file._lines.TryAdd("body", text[..(bodyStart + 1)].Count(c => c == '\n') + 1);
        return file;
    }

    private static int Errors(List<Problem> problems) => problems.Count(problem => problem.Severity == Severity.Error);

    private static Caution ReadCaution(YamlFile yaml, YamlMappingNode map)
    {
        switch (yaml.Text(map, "caution"))
        {
            case null or "none":
                return Caution.None;
            case "contested":
                return Caution.Contested;
            case "unverified":
                return Caution.Unverified;
            default:
                yaml.Error(yaml.Line(YamlFile.Child(map, "caution")!), "caution 只能是 contested 或 unverified");
                return Caution.Unverified;
        }
    }

    private static string ExpectedTopic(string path)
    {
        var id = IdOf(path);
        return id.Contains('.', StringComparison.Ordinal) ? id[..id.IndexOf('.', StringComparison.Ordinal)] : "";
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
