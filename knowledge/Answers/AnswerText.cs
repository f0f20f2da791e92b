using System.Text;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Answers;

/// <summary>The text that an owner reads.</summary>
public static class AnswerText
{
    private const string Contested = "法律没写明，做法不一，以街道答复或议事规则为准。";
    private const string Unverified = "河南的具体规定请向街道办事处核实。";
    private const string MayDiffer = "当地可能另有补充规定，告诉我小区名我再核对。";

    /// <summary>Everything that a reply's answer says: one article or numbered parts, in the form that was asked for.</summary>
    public static string Compose(Answer answer, SourceCatalog sources)
    {
        if (answer.Parts.Count == 0)
        {
            var text = Compose(answer.Article, sources, answer.Elaboration);
            return answer.MayDifferLocally ? InsertBeforeGround(text, MayDiffer) : text;
        }

        var parts = new StringBuilder();
        for (var i = 0; i < answer.Parts.Count; i++)
            parts.Append(i == 0 ? "" : "\n\n").Append(i + 1).Append(". ").Append(Compose(answer.Parts[i].Article, sources));
        return answer.QuestionsLeft > 0 ? parts.Append("\n\n还有").Append(answer.QuestionsLeft).Append("问，接着说吗？").ToString() : parts.ToString();
    }

    /// <summary>Body, the caution where the body does not already say it, and the 依据 line.</summary>
    public static string Compose(Article article, SourceCatalog sources, Elaboration elaboration = Elaboration.None) => elaboration switch
    {
        Elaboration.None => Lines(article.Body, CautionOf(article, article.Body), UncheckedOf(article, sources), sources.GroundLine(article.Citations)),
        Elaboration.Longer => Lines(article.Body, CautionOf(article, article.Body), GroundsOf(article, sources), Checked(article)),
        Elaboration.Simpler => Lines(FirstSentences(article.Body), CautionOf(article, FirstSentences(article.Body)), sources.GroundLine(article.Citations)),
        Elaboration.Grounds => Lines(GroundsOf(article, sources), CautionOf(article, ""), Checked(article)),
    };

    /// <summary>An article's answer in its first sentences, for lists.</summary>
    public static string Point(Article article) => FirstSentences(article.Body);

    private static string CautionOf(Article article, string body) => article.Caution switch
    {
        Caution.None => "",
        Caution.Contested => body.Contains("为准", StringComparison.Ordinal) ? "" : Contested,
        Caution.Unverified => body.Contains("核实", StringComparison.Ordinal) || body.Contains("核对", StringComparison.Ordinal) ? "" : Unverified,
    };

    /// <summary>Where a cited text was never compared with the official one the answer says so.</summary>
    private static string UncheckedOf(Article article, SourceCatalog sources)
    {
        if (article.Body.Contains("指导", StringComparison.Ordinal) || article.Body.Contains("核实", StringComparison.Ordinal) || article.Body.Contains("核对", StringComparison.Ordinal))
            return "";
        var names = article.Citations.Select(citation => sources.Find(citation.Source))
            .Where(source => source?.Status == SourceStatus.InForceTextUnchecked).Distinct().Select(source => $"《{source!.ShortTitle}》").ToList();
        return names.Count == 0 ? "" : $"{string.Join('、', names)}的文本未与官方核对，办理前请向街道办事处核实。";
    }

    private static string GroundsOf(Article article, SourceCatalog sources)
    {
        var lines = article.Citations.GroupBy(citation => citation.Source, StringComparer.Ordinal).Select(group => "· " + sources.Describe(group.Key, group)).ToList();
        return lines.Count == 0 ? "" : "依据：\n" + string.Join('\n', lines);
    }

    private static string Checked(Article article) =>
        article.VerifiedOn == default ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"核对日期：{article.VerifiedOn.Year}年{article.VerifiedOn.Month}月{article.VerifiedOn.Day}日");

    /// <summary>The answer itself: whole sentences up to some forty characters.</summary>
    private static string FirstSentences(string body)
    {
        var end = 0;
        while (end < body.Length && end < 24)
        {
            var stop = body.IndexOfAny(['。', '\n', '；'], end);
            if (stop < 0)
                return body;
            end = stop + 1;
        }

        return body[..end].Trim().Replace('；', '。');
    }

    private static string InsertBeforeGround(string text, string note)
    {
        var ground = text.LastIndexOf("\n依据：", StringComparison.Ordinal);
        return ground < 0 ? $"{text}\n{note}" : text.Insert(ground, "\n" + note);
    }

    private static string Lines(params ReadOnlySpan<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
            if (line.Length > 0)
                text.Append(text.Length == 0 ? "" : "\n").Append(line);
        return text.ToString();
    }
}
