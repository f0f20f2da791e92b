using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>One article of a statute, word for word.</summary>
/// <param name="Headings">编, 分编, 章, 节 above it, the outermost first.</param>
/// <param name="Paragraphs">款 in order; the 项 of one stand in it as lines of their own, where the text has them so.</param>
/// <param name="Note">What the text's editor put behind the number, such as 条号推定; null: nothing.</param>
public sealed partial record StatuteArticle(ArticleNumber Number, IReadOnlyList<string> Headings, IReadOnlyList<string> Paragraphs, string? Note = null)
{
    public string Text => string.Join('\n', Paragraphs);

    /// <summary>One 项 with the words that lead to it; null when the paragraph has none of that number.</summary>
    /// <param name="paragraph">From 1.</param>
    public string? Item(int paragraph, int item)
    {
        if (paragraph < 1 || paragraph > Paragraphs.Count)
            return null;
        var text = Paragraphs[paragraph - 1];
        var labels = Labels().Matches(text);
        for (var i = 0; i < labels.Count; i++)
            if (ChineseNumeral.Read(labels[i].Groups[1].Value) == item)
            {
                var end = i + 1 < labels.Count ? labels[i + 1].Index : text.Length;
                return $"{text[..labels[0].Index].Trim()}\n{text[labels[i].Index..end].Trim()}";
            }

        return null;
    }

    /// <summary>The first paragraph that has an item of this number, from 1; null when none has.</summary>
    public int? ParagraphWithItem(int item)
    {
        for (var paragraph = 1; paragraph <= Paragraphs.Count; paragraph++)
            if (Item(paragraph, item) is not null)
                return paragraph;
        return null;
    }

    /// <summary>A label opens a line, or follows the colon or the item before it.</summary>
    [GeneratedRegex(@"(?<=^|[\n：:；;。])\s*[（(]([一二三四五六七八九十]{1,3})[）)]")]
    private static partial Regex Labels();
}
