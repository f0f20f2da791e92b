using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Outreach.Knowledge.Articles;

/// <summary>Reads sources.yaml, rewrites.yaml and outofscope.yaml. A broken entry is named and left out; the others load.</summary>
internal static class KnowledgeFiles
{
    public static List<Source> Sources(string text, string file, List<Problem> problems)
    {
        var sources = new List<Source>();
        foreach (var (yaml, map, line) in Entries(text, file, problems))
        {
            yaml.WarnUnknown(map, "id", "title", "short", "issuer", "version", "effective", "status", "replaces", "superseded_parts", "superseded_by", "articles", "total", "aliases", "note");
            var status = yaml.Text(map, "status") switch
            {
                "现行" => SourceStatus.InForce,
                "现行未核对" => SourceStatus.InForceTextUnchecked,
                "仅知名称" => SourceStatus.NameOnly,
                "已失效" => SourceStatus.Repealed,
                _ => (SourceStatus?)null,
            };
            if (status is null)
                yaml.Error(line, "status 只能是 现行、现行未核对、仅知名称、已失效");
            var id = yaml.Required(map, "id");
            if (id.Length > 0 && char.IsAsciiDigit(id[^1]))
                yaml.Error(line, $"来源“{id}”的 id 不能以数字结尾");
            if (sources.Any(source => source.Id == id))
                yaml.Error(line, $"来源“{id}”写了两次");
            var title = yaml.Required(map, "title");
            var source = new Source
            {
                Id = id,
                Title = title,
                ShortTitle = yaml.Text(map, "short") ?? title,
                Issuer = yaml.Text(map, "issuer") ?? "",
                VersionDate = yaml.Date(map, "version"),
                Effective = yaml.Date(map, "effective"),
                Status = status ?? SourceStatus.NameOnly,
                Replaces = [.. yaml.Texts(map, "replaces").Select(item => item.Text)],
                SupersededParts = [.. yaml.Texts(map, "superseded_parts").Select(item => item.Text)],
                SupersededBy = SupersededBy(yaml, map),
                Aliases = [.. yaml.Texts(map, "aliases").Select(item => item.Text)],
                Total = Total(yaml, map),
                CitableParts = [.. yaml.Texts(map, "articles").Select(item => item.Text)],
            };
            if (source.Id.Length > 0 && status is not null)
                sources.Add(source);
        }

        return sources;
    }

    public static List<Rewrite> Rewrites(string text, string file, List<Problem> problems)
    {
        var rewrites = new List<Rewrite>();
        foreach (var (yaml, map, line) in Entries(text, file, problems))
        {
            yaml.WarnUnknown(map, "from", "to", "mends");
            var rewrite = new Rewrite([.. yaml.Texts(map, "from").Select(item => item.Text)], yaml.Required(map, "to"), yaml.Text(map, "mends") ?? "");
            if (rewrite.From.Count == 0)
                yaml.Error(line, "缺少 from");
            else if (rewrite.To.Length > 0)
                rewrites.Add(rewrite);
        }

        return rewrites;
    }

    public static List<OutOfScopeGroup> OutOfScope(string text, string file, List<Problem> problems)
    {
        var groups = new List<OutOfScopeGroup>();
        foreach (var (yaml, map, line) in Entries(text, file, problems))
        {
            yaml.WarnUnknown(map, "id", "kind", "redirect", "questions");
            var kind = yaml.Text(map, "kind") switch
            {
                "far" => ScopeKind.Far,
                "near" => ScopeKind.Near,
                "chitchat" => ScopeKind.Chitchat,
                "harm" => ScopeKind.Harm,
                _ => (ScopeKind?)null,
            };
            if (kind is null)
                yaml.Error(line, "kind 只能是 far、near、chitchat、harm");
            var group = new OutOfScopeGroup(yaml.Required(map, "id"), kind ?? ScopeKind.Far, yaml.Required(map, "redirect"),
                [.. yaml.Texts(map, "questions").Select(item => item.Text)]);
            if (group.Redirect.Length > 80)
                yaml.Warn(line, $"{group.Id} 的 redirect 有{group.Redirect.Length}字，超过80字");
            if (groups.Any(other => other.Id == group.Id))
                yaml.Error(line, $"{group.Id} 写了两次");
            if (group.Questions.Count == 0)
                yaml.Error(line, $"{group.Id} 没有 questions");
            else if (group.Id.Length > 0 && kind is not null && group.Redirect.Length > 0)
                groups.Add(group);
        }

        return groups;
    }

    private static Citation? SupersededBy(YamlFile yaml, YamlMappingNode map)
    {
        if (yaml.Text(map, "superseded_by") is not { } text)
            return null;
        if (!Citation.TryParse(text, out var citation))
            yaml.Error(yaml.Line(YamlFile.Child(map, "superseded_by")!), $"superseded_by“{text}”要写成 来源/条号");
        return citation;
    }

    private static int? Total(YamlFile yaml, YamlMappingNode map)
    {
        if (yaml.Text(map, "total") is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var total) && total is >= 1 and <= 9999)
            return total;
        yaml.Error(yaml.Line(YamlFile.Child(map, "total")!), "total 是全文的条数，要写数字");
        return null;
    }

    private static IEnumerable<(YamlFile Yaml, YamlMappingNode Map, int Line)> Entries(string text, string file, List<Problem> problems)
    {
        var yaml = new YamlFile(file, linesBefore: 0, problems);
        if (yaml.Parse(text) is not { } root)
            yield break;
        if (root is not YamlSequenceNode list)
        {
            yaml.Error(1, "文件应是列表，每项以 - 开头");
            yield break;
        }

        foreach (var item in list.Children)
            if (item is YamlMappingNode map)
                yield return (yaml, map, yaml.Line(item));
            else
                yaml.Error(yaml.Line(item), "这一项应是“键: 值”");
    }
}
