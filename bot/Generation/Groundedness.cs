using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;

namespace Outreach.Generation;

/// <summary>Whether a rephrased answer says only what its article says; the first thing that does not hold.</summary>
internal enum Grounds
{
    Held,
    /// <summary>It does not cite the article, or cites another one.</summary>
    NotCited,
    /// <summary>A number, share, deadline or amount that the article does not have.</summary>
    Figure,
    /// <summary>A number of the article with another bound: 一半 for 超过一半.</summary>
    Bound,
    /// <summary>A number of the article beside words that the article uses for another number.</summary>
    Misplaced,
    /// <summary>A law, document or article number that is not cited.</summary>
    Citation,
    /// <summary>An office, court or body that the article does not name.</summary>
    Body,
    /// <summary>不能 turned into 能, or the other way round.</summary>
    Turned,
    /// <summary>请向…核实, 以…为准 or 全国性指导文件 was left out.</summary>
    HintLost,
    /// <summary>Much of it is not in the article's words.</summary>
    Foreign,
    /// <summary>Addresses, markup, Latin words, talk about itself.</summary>
    Form,
    TooLong,
    Empty,
    /// <summary>A sentence did not hold while the rest was still coming.</summary>
    StoppedEarly,
}

/// <summary>The check between a language model and an owner. Pure code; in doubt it says no, and the curated text goes out.</summary>
internal sealed partial class Groundedness(SourceCatalog sources)
{
    public GroundedArticle For(Article article) => new(article, sources);

    /// <summary>The text without the numbers of the articles that it cites.</summary>
    public static string WithoutMarks(string text) => string.Join('\n',
        Mark().Replace(text, "").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)).Replace("。。", "。", StringComparison.Ordinal);

    [GeneratedRegex(@"\s*(?:【\s*(?<n>\d+)\s*】|\[\s*(?<n>\d+)\s*\])")]
    internal static partial Regex Mark();
}

/// <summary>One article, taken apart once for checking texts against it.</summary>
internal sealed partial class GroundedArticle
{
    private const int MaxCharacters = 220;
    private const float LeastShare = .45f;          // of the whole text's pairs of characters, in the article's words
    private const float LeastShareOfSentence = .3f;
    private const int ShortSentence = 6;            // pairs; too few to judge by
    private const int FewestAround = 3;             // pairs around a number; with fewer nothing can be told
    private const float ClearlyMatching = .5f;
    private const float NearlyAsGood = .75f;

    private readonly Article _article;
    private readonly string _body;
    private readonly IReadOnlyList<Figure> _figures;
    private readonly HashSet<string> _words;
    private readonly IReadOnlySet<string> _bodies;
    private readonly HashSet<string> _numbersCited;
    private readonly string _names;                 // titles that may be named, and the article's own text
    private readonly IReadOnlyList<string> _foreignNames;
    private readonly List<Passage> _surroundings;   // one a figure
    private readonly List<Passage> _sentences;

    public GroundedArticle(Article article, SourceCatalog sources)
    {
        _article = article;
        _body = Figures.Normalise(article.Body);
        _figures = Figures.Read(_body);
        var everything = Figures.Normalise($"{article.Question}\n{article.Body}");
        _words = Pairs(string.Join('\n', article.Variants.Prepend(everything)));
        _bodies = NamedBodies.Of(everything);
        var cited = article.Citations.Select(citation => (Citation: citation, Source: sources.Find(citation.Source))).ToList();
        _numbersCited = [.. cited.Select(c => c.Citation.Number).OfType<string>()];
        _names = Figures.Normalise(string.Join('\n', cited.SelectMany(c => NamesOf(c.Citation.Source, c.Source)).Append(everything)));
        _foreignNames = [.. sources.All.SelectMany(source => NamesOf(source.Id, source)).Select(Figures.Normalise).Distinct().Where(name => name.Length >= 3 && !_names.Contains(name, StringComparison.Ordinal))];
        _surroundings = [.. Enumerable.Range(0, _figures.Count).Select(i => Around(_body, _figures, i))];
        _sentences = [.. Split(EitherWay().Replace(_body, ""), Sentence())];
    }

    /// <summary>The whole answer as the model gave it, with the number of the article that it must cite.</summary>
    public Grounds Check(string text)
    {
        var marks = Groundedness.Mark().Matches(text);
        if (marks.Count == 0 || marks.Any(mark => mark.Groups["n"].Value != "1"))
            return Grounds.NotCited;
        var plain = Groundedness.WithoutMarks(text);
        if (plain.Length == 0)
            return Grounds.Empty;
        if (plain.Length > Math.Max(MaxCharacters, _article.Body.Length))
            return Grounds.TooLong;
        var part = CheckPart(plain);
        if (part != Grounds.Held)
            return part;
        if (Hints.Any(hint => _body.Contains(hint, StringComparison.Ordinal) && !plain.Contains(hint, StringComparison.Ordinal)))
            return Grounds.HintLost;
        return Share(Figures.Normalise(plain)) is { Count: > 0 and var count, Shared: var shared } && shared < LeastShare * count ? Grounds.Foreign : Grounds.Held;
    }

    /// <summary>Some whole sentences from the beginning of an answer, without marks.</summary>
    public Grounds CheckPart(string text)
    {
        var plain = Figures.Normalise(text);
        if (Odd().IsMatch(plain) || Latin().Matches(plain).Any(word => !_names.Contains(word.Value, StringComparison.OrdinalIgnoreCase)))
            return Grounds.Form;
        var figures = CheckFigures(plain);
        if (figures != Grounds.Held)
            return figures;
        if (!CitesOnlyItsOwn(plain))
            return Grounds.Citation;
        if (!NamedBodies.Of(plain).IsSubsetOf(_bodies))
            return Grounds.Body;
        if (IsTurned(plain))
            return Grounds.Turned;
        return Split(plain, Sentence()).Any(sentence => sentence.Pairs.Count >= ShortSentence && sentence.Pairs.Count(_words.Contains) < LeastShareOfSentence * sentence.Pairs.Count)
            ? Grounds.Foreign : Grounds.Held;
    }

    private Grounds CheckFigures(string plain)
    {
        var all = Figures.Read(plain);
        for (var i = 0; i < all.Count; i++)
        {
            var figure = all[i];
            if (figure.Kind == FigureKind.Article)
            {
                if (!IsCitedNumber(figure.Value) && !_figures.Any(own => own.Kind == FigureKind.Article && own.Value == figure.Value))
                    return Grounds.Citation;
                continue;
            }
            var same = _figures.Where(own => own.Value == figure.Value && (own.Kind == figure.Kind || figure.Kind == FigureKind.Plain)).ToList();
            if (same.Count == 0)
                return Grounds.Figure;
            if (!same.Exists(own => own.Bound == figure.Bound || (figure.Bound == Bound.None && own.Bound is Bound.AtLeast or Bound.Ahead)))
                return Grounds.Bound;
            if (figure.Kind != FigureKind.Plain && !StandsWhereItBelongs(plain, all, i))
                return Grounds.Misplaced;
        }
        return Grounds.Held;
    }

    private bool IsCitedNumber(Ratio value) => value.Denominator.IsOne && _numbersCited.Contains(value.Numerator.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The words around a number fit the article's words around that number about as well as those around any other.</summary>
    private bool StandsWhereItBelongs(string plain, IReadOnlyList<Figure> all, int index)
    {
        var figure = all[index];
        var around = Around(plain, all, index);
        if (around.Pairs.Count < FewestAround)
            return true;
        var (own, other) = (0f, 0f);
        for (var i = 0; i < _figures.Count; i++)
        {
            var likeness = _surroundings[i].Likeness(around);
            if (_figures[i].Value == figure.Value && _figures[i].Kind == figure.Kind)
                own = Math.Max(own, likeness);
            else
                other = Math.Max(other, likeness);
        }
        return own >= other * NearlyAsGood;
    }

    /// <summary>What a number is said of: from the end of the clause with the number before it, but not from an earlier sentence, to the end of its own clause.</summary>
    private static Passage Around(string text, IReadOnlyList<Figure> all, int index)
    {
        var figure = all[index];
        var clause = EndOfLast(Clause(), text[..figure.Start]);
        var start = EndOfLast(Sentence(), text[..figure.Start]);
        for (var i = index - 1; i >= 0 && all[i].Start >= start; i--)
        {
            var end = all[i].Start + all[i].Length;
            if (end > clause)
                continue;
            start = Clause().Match(text, end) is { Success: true } boundary ? boundary.Index + boundary.Length : start;
            break;
        }
        var after = Clause().Match(text, figure.Start + figure.Length);
        return new(text[start..(after.Success ? after.Index : text.Length)]);
    }

    private static int EndOfLast(Regex boundary, string text) => boundary.Matches(text) is { Count: > 0 } found ? found[^1].Index + found[^1].Length : 0;

    private bool CitesOnlyItsOwn(string plain)
    {
        foreach (Match title in Title().Matches(plain))
            if (!_names.Contains(title.Groups["name"].Value.Replace("中华人民共和国", "", StringComparison.Ordinal), StringComparison.Ordinal))
                return false;
        return !_foreignNames.Any(name => plain.Contains(name, StringComparison.Ordinal))
            && !LegalWord().Matches(plain).Any(word => !_names.Contains(word.Value, StringComparison.Ordinal));
    }

    private bool IsTurned(string text)
    {
        var plain = EitherWay().Replace(text, "");
        var (theirs, ours) = (FirstClause(EitherWay().Replace(_body, "")), FirstClause(plain));
        var opening = FirstSentence(plain);
        if (NoAtStart().IsMatch(theirs) && !Negation().IsMatch(opening))
            return true;
        if (YesAtStart().IsMatch(theirs) && !NoAtStart().IsMatch(theirs) && (Prohibition().IsMatch(ours) || NoAtStart().IsMatch(ours)))
            return true;
        foreach (var sentence in Split(plain, Sentence()))
        {
            var like = _sentences.MaxBy(own => own.Likeness(sentence));
            if (like is null || like.Likeness(sentence) < ClearlyMatching)
                continue;
            if (Prohibition().IsMatch(like.Text) && Permission().IsMatch(sentence.Text) && !Negation().IsMatch(sentence.Text))
                return true;
            if (Prohibition().IsMatch(sentence.Text) && !Negation().IsMatch(like.Text))
                return true;
        }
        return false;
    }

    private (int Count, int Shared) Share(string plain)
    {
        var pairs = Pairs(plain);
        return (pairs.Count, pairs.Count(_words.Contains));
    }

    private static string FirstSentence(string text) => Sentence().Split(text).FirstOrDefault(part => part.Length > 0) ?? "";

    private static string FirstClause(string text) => Clause().Split(text).FirstOrDefault(part => part.Length > 0) ?? "";

    private static IEnumerable<string> NamesOf(string id, Source? source) =>
        source is null ? [id] : [id, source.ShortTitle.Trim('《', '》'), source.Title.Replace("中华人民共和国", "", StringComparison.Ordinal).Trim('《', '》')];

    private static IEnumerable<Passage> Split(string text, Regex boundary) => boundary.Split(text).Where(part => part.Length > 0).Select(part => new Passage(part));

    /// <summary>Pairs of neighbouring Chinese characters, numbers left out.</summary>
    private static HashSet<string> Pairs(string text)
    {
        var pairs = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 1; i < text.Length; i++)
            if (IsHan(text[i - 1]) && IsHan(text[i]))
                pairs.Add(text.Substring(i - 1, 2));
        return pairs;
    }

    private static bool IsHan(char c) => c is >= '一' and <= '鿿';

    private static string[] Hints { get; } = ["核实", "为准", "指导性文件", "指导文件", "没写明"];

    /// <summary>A piece of text as its words, without numbers.</summary>
    private sealed class Passage
    {
        public Passage(string text)
        {
            Text = text;
            var words = text.ToCharArray();
            foreach (var figure in Figures.Read(text))
                Array.Fill(words, '#', figure.Start, figure.Length);
            Pairs = GroundedArticle.Pairs(new string(words));
        }

        public string Text { get; }
        public HashSet<string> Pairs { get; }

        /// <summary>Share of the other one's pairs that this one has.</summary>
        public float Likeness(Passage other) => other.Pairs.Count == 0 ? 1 : other.Pairs.Count(Pairs.Contains) / (float)other.Pairs.Count;
    }

    [GeneratedRegex(@"[，,。；;：:！!？?\n]+")]
    private static partial Regex Clause();

    [GeneratedRegex(@"[。；;！!？?\n]+")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"《(?<name>[^》]*)》")]
    private static partial Regex Title();

    [GeneratedRegex("条例|司法解释|实施细则|管理办法|暂行办法|工作办法|指导规则|规程|宪法|刑法|物权法|合同法|民法典|民法|物业法|处罚法|诉讼法|保护法|判例|案例")]
    private static partial Regex LegalWord();

    [GeneratedRegex(@"https?|www\.|[@#*`<>{}\\|_$^~]|[!]|作为(?:AI|人工智能|一个)|语言模型|提示词|系统提示|我的规则|抱歉|对不起|[\p{Cs}\p{So}]", RegexOptions.IgnoreCase)]
    private static partial Regex Odd();

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex Latin();

    [GeneratedRegex(@"(\p{L})[不没]\1")]
    private static partial Regex EitherWay();

    [GeneratedRegex("^(?:不|没|无|别|未|禁止|还没)")]
    private static partial Regex NoAtStart();

    [GeneratedRegex("^(?:能|可以|可|行|要|得|有|算|是|会|应当|必须|合法|归|中)")]
    private static partial Regex YesAtStart();

    [GeneratedRegex("[不没无未别非]|禁止")]
    private static partial Regex Negation();

    [GeneratedRegex("不能|不得|不许|不可以|不可|不准|禁止|不行|不应|不该|无权|没有权|不允许|不算|不用|不必|不需要|无效|不合法")]
    private static partial Regex Prohibition();

    [GeneratedRegex("能|可以|允许|有权|应当|必须|算|合法|有效")]
    private static partial Regex Permission();
}
