using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;

namespace Outreach.Tests.Knowledge;

/// <summary>Over a folder of official texts outside the repository, where OUTREACH_STATUTES names one.</summary>
public sealed partial class RealStatutesTests
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("OUTREACH_STATUTES");

    [Fact]
    public void Every_text_of_the_folder_is_split_whole_and_finds_its_source()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Folder), "OUTREACH_STATUTES names no folder of official texts.");
        var sources = KnowledgeBase.Load(AppContext.BaseDirectory).Sources;
        var files = Directory.GetFiles(Folder!, "*.md");

        Assert.NotEmpty(files);
        Assert.All(files, path =>
        {
            var lines = File.ReadAllLines(path);
            var whole = Letters(string.Concat(lines));

            var parsed = StatuteParser.Parse(lines);

            Assert.True(parsed.IsUsable);
            Assert.NotNull(StatuteFileMatch.Find(parsed.Opening, sources).Source);
            Assert.Equal(lines.Count(line => Opens().IsMatch(line)), parsed.Articles.Count);
            Assert.All(parsed.Articles, article => Assert.All(article.Paragraphs, paragraph => Assert.Contains(Letters(paragraph), whole, StringComparison.Ordinal)));
        });
    }

    private static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    [GeneratedRegex("^第[零〇一二三四五六七八九十百千]+条")]
    private static partial Regex Opens();
}
