using System.Globalization;
using System.Text;
using CsCheck;
using Outreach.Activities;

namespace Outreach.Tests.Activities;

public sealed class Utf8TextTests
{
    private static readonly string[] Pieces = ["业", "主", "。", "\n", "a", "é", "👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "e\u0301", "𠀀", " ", "？"];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]),
        Gen.String[Gen.Char['一', '龥'], 0, 5]).Array[0, 60].Select(string.Concat);

    [Fact]
    public void Splitting_loses_nothing_fits_and_breaks_no_character() =>
        Gen.Select(Texts, Gen.Int[30, 90]).Sample((text, max) =>
        {
            var parts = Utf8Text.Split(text, max);
            return string.Concat(parts) == text
                && parts.All(part => Encoding.UTF8.GetByteCount(part) <= max)
                && parts.SelectMany(Elements).SequenceEqual(Elements(text));
        });

    [Fact]
    public void Cutting_never_exceeds_the_limit_and_breaks_no_character() =>
        Gen.Select(Texts, Gen.Int[0, 90]).Sample((text, max) =>
        {
            var cut = Utf8Text.Cut(text, max);
            var kept = cut == text || !cut.EndsWith('…') ? cut : cut[..^1];
            return Encoding.UTF8.GetByteCount(cut) <= max && Elements(text).Take(Elements(kept).Count).SequenceEqual(Elements(kept));
        });

    [Fact]
    public void A_part_ends_behind_a_sentence_where_one_ends_late_enough() =>
        Assert.Equal(["第一句话。第二句话。", "第三句话。"], Utf8Text.Split("第一句话。第二句话。第三句话。", 36));

    [Fact]
    public void Text_that_fits_stays_as_it_is() => Assert.Equal("可以。", Utf8Text.Cut("可以。", 9));

    [Fact]
    public void A_limit_below_one_character_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Utf8Text.Split("业主", 2));

    private static List<string> Elements(string text)
    {
        List<string> elements = [];
        for (var walk = StringInfo.GetTextElementEnumerator(text); walk.MoveNext();)
            elements.Add(walk.GetTextElement());
        return elements;
    }
}
