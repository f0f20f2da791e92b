using System.Text.Json;
using Markdig;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Outreach.Activities;

/// <summary>How a piece of a line is written.</summary>
public enum Weight { Normal, Bold }

/// <param name="Link">Where a tap leads (http or https); null: nowhere.</param>
public sealed record MarkedRun(string Text, Weight Weight, string? Link);

/// <summary>
/// The little of Markdown that people may write in a message: <c>**bold**</c> and <c>[words](https://…)</c>, within a line. All else stands as it is typed: a dash before
/// an entry, a star, a bracket. A message carries plain words for everyone, and these beside them for the channels that show them.
/// </summary>
public static class MarkedText
{
    /// <summary>Type of the entity that carries the marked words.</summary>
    public const string EntityType = "outreach/marked";

    private static readonly MarkdownPipeline Pipeline = Build();

    /// <summary>The pieces of one line.</summary>
    public static IReadOnlyList<MarkedRun> Read(string line)
    {
        var runs = new List<MarkedRun>();
        foreach (var block in Markdown.Parse(line, Pipeline).OfType<ParagraphBlock>())
            Walk(line, block.Inline!, Weight.Normal, runs);
        return runs;
    }

    /// <summary>Whether any word of a text is marked.</summary>
    public static bool IsMarked(string text) => text.Split('\n').SelectMany(Read).Any(run => run.Weight != Weight.Normal || run.Link is not null);

    /// <summary>As it is read where nothing is shown but words: the address stands behind the words that lead to it.</summary>
    public static string Plain(string text) => Lines(text, run => run.Link is null ? run.Text : $"{run.Text}（{run.Link}）");

    /// <summary>The words alone, as their length is counted.</summary>
    public static string Words(string text) => Lines(text, run => run.Text);

    /// <summary>The addresses behind words that are no web addresses: shown as typed, for they lead nowhere.</summary>
    public static IEnumerable<string> WrongLinks(string text) => text.Split('\n').SelectMany(line => Markdown.Parse(line, Pipeline).Descendants<LinkInline>())
        .Where(link => !link.IsImage && !IsWeb(link.Url)).Select(link => link.Url ?? "");

    public static Entity ToEntity(string text) => new()
    {
        Type = EntityType,
        Properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["text"] = JsonSerializer.SerializeToElement(text, ActivityJson.Default.String) },
    };

    /// <summary>The marked words of a message; null: it has plain ones only.</summary>
    public static string? Of(Activity? activity) => activity?.Entities?.FirstOrDefault(entity => entity.Type == EntityType)?.Properties is { } more
        && more.TryGetValue("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static string Lines(string text, Func<MarkedRun, string> say) =>
        string.Join('\n', text.Split('\n').Select(line => string.Concat(Read(line).Select(say)) is { Length: > 0 } said ? said : line));

    private static void Walk(string line, ContainerInline inlines, Weight weight, List<MarkedRun> runs)
    {
        foreach (var inline in inlines)
            switch (inline)
            {
                case EmphasisInline bold:
                    Walk(line, bold, Weight.Bold, runs);
                    break;
                case LinkInline { IsImage: false } link when IsWeb(link.Url):
                    var words = new List<MarkedRun>();
                    Walk(line, link, weight, words);
                    runs.AddRange(words.Select(run => run with { Link = link.Url }));
                    break;
                case LiteralInline literal:
                    runs.Add(new(literal.Content.ToString(), weight, null));
                    break;
                default:
                    runs.Add(new(line.Substring(inline.Span.Start, inline.Span.Length), weight, null));
                    break;
            }
    }

    private static bool IsWeb(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder { PreciseSourceLocation = true };
        builder.BlockParsers.Clear();
        builder.BlockParsers.Add(new ParagraphBlockParser { ParseSetextHeadings = false });
        var bold = new EmphasisInlineParser { CjkFriendlyEmphasis = true };      // 「**说明：**周六」 has no spaces
        bold.EmphasisDescriptors.Clear();
        bold.EmphasisDescriptors.Add(new('*', 2, 2, enableWithinWord: true));
        builder.InlineParsers.Clear();
        builder.InlineParsers.AddRange([new LinkInlineParser(), bold]);
        return builder.Build();
    }
}
