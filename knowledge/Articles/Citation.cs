using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Outreach.Knowledge.Articles;

/// <summary>One place in one source. In article files it is spelled <c>id/N</c> or <c>id/N②</c>, or the id alone where only the document may be cited.</summary>
/// <param name="Source">Id of the source in sources.yaml. Never ends in a digit.</param>
/// <param name="Number">Number of the article in Arabic digits, such as "278"; null where the document as a whole is cited.</param>
/// <param name="Paragraph">Paragraph within the article, from 1.</param>
public sealed record Citation(string Source, string? Number = null, int? Paragraph = null)
{
    private const string Circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

    /// <summary>Id and number without separator and without paragraph: <c>民法典278</c>.</summary>
    public string Canonical => Source + Number;

    /// <summary>Reads the spelling of article files. False when it is neither <c>id</c>, <c>id/N</c> nor <c>id/N②</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Citation? citation)
    {
        citation = null;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return false;

        var slash = text.LastIndexOf('/');
        if (slash < 0)
        {
            citation = char.IsAsciiDigit(text[^1]) ? null : new(text);
            return citation is not null;
        }

        var (source, number) = (text[..slash].Trim(), text[(slash + 1)..].Trim());
        int? paragraph = null;
        if (number.Length > 1 && Circled.IndexOf(number[^1], StringComparison.Ordinal) is >= 0 and var circle)
            (number, paragraph) = (number[..^1], circle + 1);

        if (source.Length == 0 || char.IsAsciiDigit(source[^1]) || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n == 0)
            return false;

        citation = new(source, n.ToString(CultureInfo.InvariantCulture), paragraph);
        return true;
    }

    /// <summary>The spelling of article files.</summary>
    public override string ToString() =>
        Number is null ? Source : $"{Source}/{Number}{(Paragraph is >= 1 and <= 20 ? Circled[Paragraph.Value - 1].ToString() : "")}";
}
