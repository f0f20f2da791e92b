using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outreach.Knowledge.Articles;

/// <summary>Reads YAML of one file and remembers lines, so that a problem can be shown where it stands.</summary>
/// <param name="file">Name for problems.</param>
/// <param name="linesBefore">Lines of the file that come before the YAML text.</param>
internal sealed class YamlFile(string file, int linesBefore, List<Problem> problems)
{
    /// <summary>The root node; null (and a problem) when the text is not YAML or empty.</summary>
    public YamlNode? Parse(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count > 0)
                return stream.Documents[0].RootNode;
            Error(1, "文件是空的");
        }
        catch (YamlException e)
        {
            Error((int)e.Start.Line + linesBefore, $"YAML 格式读不懂：{Reason(e)}");
        }

        return null;
    }

    public int Line(YamlNode node) => (int)node.Start.Line + linesBefore;

    public void Error(int line, string message) => problems.Add(new(file, Math.Max(1, line), message, Severity.Error));

    public void Warn(int line, string message) => problems.Add(new(file, Math.Max(1, line), message, Severity.Warning));

    public string? Text(YamlMappingNode map, string key)
    {
        if (Child(map, key) is not { } node)
            return null;
        if (node is YamlScalarNode scalar)
            return IsNull(scalar) ? null : scalar.Value!.Trim();
        Error(Line(node), $"{key} 应是一行文字");
        return null;
    }

    public string Required(YamlMappingNode map, string key)
    {
        var text = Text(map, key);
        if (string.IsNullOrWhiteSpace(text))
            Error(Line(map), $"缺少 {key}");
        return text ?? "";
    }

    /// <summary>A list of texts with their lines; a single text counts as a list of one.</summary>
    public IReadOnlyList<(string Text, int Line)> Texts(YamlMappingNode map, string key)
    {
        switch (Child(map, key))
        {
            case null:
                return [];
            case YamlScalarNode single:
                return IsNull(single) ? [] : [(single.Value!.Trim(), Line(single))];
            case YamlSequenceNode list:
                var texts = new List<(string, int)>(list.Children.Count);
                foreach (var item in list.Children)
                    if (item is YamlScalarNode scalar && !IsNull(scalar))
                        texts.Add((scalar.Value!.Trim(), Line(item)));
                    else
                        Error(Line(item), $"{key} 的这一项不是文字（含冒号、方括号等符号时请加引号）");
                return texts;
            case var other:
                Error(Line(other), $"{key} 应是列表");
                return [];
        }
    }

    public DateOnly? Date(YamlMappingNode map, string key)
    {
        if (Text(map, key) is not { Length: > 0 } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date;
        Error(Line(Child(map, key)!), $"{key} 的日期要写成 2026-11-24 这样");
        return null;
    }

    public YamlMappingNode? Map(YamlMappingNode map, string key)
    {
        switch (Child(map, key))
        {
            case null:
                return null;
            case YamlMappingNode child:
                return child;
            case var other:
                Error(Line(other), $"{key} 应是“键: 值”");
                return null;
        }
    }

    public void WarnUnknown(YamlMappingNode map, params ReadOnlySpan<string> known)
    {
        foreach (var key in map.Children.Keys)
            if (key is YamlScalarNode { Value: { } name } && !known.Contains(name))
                Warn(Line(key), $"不认识的字段 {name}");
    }

    public static YamlNode? Child(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private static bool IsNull(YamlScalarNode node) =>
        string.IsNullOrEmpty(node.Value) || (node.Style == ScalarStyle.Plain && node.Value is "null" or "~");

    private static string Reason(YamlException e)
    {
        var message = (e.InnerException ?? e).Message;
        var end = message.LastIndexOf("): ", StringComparison.Ordinal);
        return end < 0 ? message : message[(end + 3)..];
    }
}
