using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>
/// Splits an official text into articles: 第N条 (also 第N条之一) opens one, what follows are its 款, （一） an 项 of the 款 above it.
/// Headings are 第N编, 分编, 章, 节, or Markdown's #. Pure.
/// </summary>
public static partial class StatuteParser
{
    private const int LongestHeading = 40;
    private const int LongestBareHeading = 25;      // 物业管理区域及设施: no number, no full stop
    private const string Ends = "。；：！？”）";

    /// <param name="lines">Of the file, empty ones too, so that findings name the right line.</param>
    public static ParsedStatute Parse(IReadOnlyList<string> lines)
    {
        var reading = new Reading([.. lines.Select(Clean)]);
        reading.Run();
        return new(reading.Opening, reading.Articles, [.. reading.Findings.OrderBy(finding => finding.Line)]);
    }

    private static string Clean(string line) => line.Replace("**", "", StringComparison.Ordinal).Trim(' ', '\t', '\u3000', '\u00a0', '\ufeff', '\u200b', '\r', '>');

    private sealed class Reading(IReadOnlyList<string> lines)
    {
        private readonly List<(int Level, string Text)> _headings = [];
        private readonly Dictionary<ArticleNumber, StatuteArticle> _byNumber = [];
        private Open? _open;
        private ArticleNumber? _last;
        private bool _skipping;     // text that belongs to no numbered article
        private int _line;

        public List<string> Opening { get; } = [];
        public List<StatuteArticle> Articles { get; } = [];
        public List<StatuteFinding> Findings { get; } = [];

        public void Run()
        {
            for (_line = 1; _line <= lines.Count; _line++)
            {
                var text = lines[_line - 1];
                if (text.Length == 0)
                    continue;
                if (Appendix().IsMatch(text) && _last is not null)
                {
                    Warn("从这里起是附件，没有收");
                    break;
                }

                if (!TryArticle(text.TrimStart('#', ' ')) && !TryHeading(text))
                    TakeText(text);
            }

            Close();
            if (Articles.Count == 0 && Findings.Count == 0)
                Findings.Add(new(1, "没有找到以“第几条”开头的段落。Word 自动编号的条号读不出来，请先另存为纯文本再导入", Severity.Error));
        }

        private bool TryArticle(string text)
        {
            if (Head(text) is not { } head || !(head.IsSetOff || (_last is { } last ? head.Number.Follows(last) : head.Number == new ArticleNumber(1))))
                return false;
            Close();
            CheckOrder(head.Number);
            _last = head.Number;
            _open = new(_line, head.Number, [.. _headings.Select(heading => heading.Text)], head.Note);
            if (head.Note is not null)
                Warn($"{head.Number.Place}带有编者注“{head.Note}”，给业主看时会说明");
            if (head.Rest.Length > 0)
                _open.Paragraphs.Add(head.Rest);
            return true;
        }

        private void CheckOrder(ArticleNumber number)
        {
            var before = _last ?? new ArticleNumber(0);
            if (number <= before)
                Warn(number == before ? $"{number.Place}连着出现两次" : $"{number.Place}排在{before.Place}后面，次序不对");
            else if (!number.Follows(before) && number.Main > before.Main + 1)
                Warn(number.Main == before.Main + 2 ? $"前面缺{new ArticleNumber(before.Main + 1).Place}" : $"前面缺{new ArticleNumber(before.Main + 1).Place}至{new ArticleNumber(number.Main - 1).Place}");
            else if (!number.Follows(before))
                Warn($"{number.Place}前面缺之{ChineseNumeral.Write(Math.Max(1, number.Sub - 1))}");
        }

        private bool TryHeading(string text)
        {
            var hashes = text.TakeWhile(c => c == '#').Count();
            var name = Spaces().Replace(text[hashes..].Trim(), " ");
            name = LooseTitle().Replace(name, "$1$2");
            int level;
            if (hashes > 0)
            {
                // The title of the whole text is no heading of its articles.
                if (_last is null && _headings.Count == 0 && hashes == 1 && !Unit().IsMatch(name) && Opening.Count == 0)
                    return false;
                level = hashes;
            }
            else if (name.Length <= LongestHeading && !name.Contains('。', StringComparison.Ordinal) && Unit().Match(name) is { Success: true } unit)
            {
                level = unit.Groups[1].Value switch { "编" => 1, "分编" => 2, "章" => 3, _ => 4 };
            }
            else if (IsBareHeading(text))
            {
                Warn($"“{text}”没有句号，后面紧跟新的一条，当作标题");
                level = 3;
            }
            else
            {
                return false;
            }

            Close();
            _skipping = false;
            _headings.RemoveAll(heading => heading.Level >= level);
            if (name.Length > 0)
                _headings.Add((level, name));
            return true;
        }

        /// <summary>A short line without an end, right before a new article: a heading whose number was lost.</summary>
        private bool IsBareHeading(string text)
        {
            if (_open is null || text.Length > LongestBareHeading || Ends.Contains(text[^1]) || text.AsSpan().ContainsAny("，、；：（") || !IsFinished(_open))
                return false;
            var next = lines.Skip(_line).FirstOrDefault(line => line.Length > 0);
            return next is not null && Head(next) is { } head && head.Number.Follows(_open.Number);
        }

        private void TakeText(string text)
        {
            if (_last is null)
            {
                Opening.Add(text.TrimStart('#', ' '));
                return;
            }

            if (Unnumbered().IsMatch(text))
            {
                Close();
                _skipping = true;
                Warn("这一段自己写明条号不清楚，没有收");
                return;
            }

            if (_open is null)
            {
                if (!_skipping)
                    Warn("标题和条文之间的文字，没有收");
                return;
            }

            var paragraphs = _open.Paragraphs;
            if (paragraphs.Count == 0)
                paragraphs.Add(text);
            else if (ItemLabel().IsMatch(text))
                paragraphs[^1] += "\n" + text;
            else if (!IsFinished(_open))
                paragraphs[^1] += text;
            else
                paragraphs.Add(text);
        }

        private void Close()
        {
            if (_open is not { } open)
                return;
            _open = null;
            var article = new StatuteArticle(open.Number, open.Headings, open.Paragraphs, open.Note);
            if (open.Paragraphs.Count == 0)
                Findings.Add(new(open.Line, $"{open.Number.Place}没有内容", Severity.Error));
            else if (_byNumber.TryAdd(open.Number, article))
                Articles.Add(article);
            else if (_byNumber[open.Number].Text == article.Text)
                Findings.Add(new(open.Line, $"{open.Number.Place}重复，内容相同，只收一次", Severity.Warning));
            else
                Findings.Add(new(open.Line, $"{open.Number.Place}有两种内容，不知道用哪一种", Severity.Error));
        }

        private void Warn(string message) => Findings.Add(new(_line, message, Severity.Warning));

        /// <summary>Whether the last line ends as a 款 or 项 ends; else the next line goes on with it.</summary>
        private static bool IsFinished(Open open) => open.Paragraphs.Count == 0 || Ends.Contains(open.Paragraphs[^1][^1]);
    }

    private sealed record Open(int Line, ArticleNumber Number, IReadOnlyList<string> Headings, string? Note)
    {
        public List<string> Paragraphs { get; } = [];
    }

    /// <param name="IsSetOff">A space, a caption or the line's end stands behind the number: it is no reference within a sentence.</param>
    private readonly record struct ArticleHead(ArticleNumber Number, string? Note, string Rest, bool IsSetOff);

    private static ArticleHead? Head(string text)
    {
        if (HeadPattern().Match(text) is not { Success: true } match || ArticleNumber.Read(Digits(match.Groups["main"].Value), match.Groups["sub"].Value) is not { } number)
            return null;
        return new(number, match.Groups["note"].Value is { Length: > 0 } note ? note : null, text[match.Length..].Trim(' ', '\u3000', '\t'),
            match.Groups["gap"].Length > 0 || match.Groups["note"].Success || match.Groups["caption"].Success || match.Length == text.Length);
    }

    private static string Digits(string text) => text.Normalize(System.Text.NormalizationForm.FormKC);

    [GeneratedRegex(@"^第[ 　]*(?<main>[〇零一二三四五六七八九十百千两]+|[0-9０-９]+)[ 　]*条(?:[ 　]*之(?<sub>[一二三四五六七八九十]{1,3}))?(?:〔(?<note>[^〕]{1,20})〕)?(?<caption>【[^】]{1,30}】)?(?<gap>[ 　\t]*)")]
    private static partial Regex HeadPattern();

    [GeneratedRegex(@"^第[〇零一二三四五六七八九十百0-9]+(分编|编|章|节)(?:[ 　]|\p{IsCJKUnifiedIdeographs}|$)")]
    private static partial Regex Unit();

    [GeneratedRegex(@"^[（(][一二三四五六七八九十]{1,3}[）)]")]
    private static partial Regex ItemLabel();

    /// <summary>（续交条，条号未核对）: a paragraph of an article whose number is not known.</summary>
    [GeneratedRegex(@"^[（(〔\[][^）)〕\]]{0,30}条号[^）)〕\]]{0,20}[）)〕\]]")]
    private static partial Regex Unnumbered();

    [GeneratedRegex(@"^附(?:件|表|录|图)?[一二三四五六七八九十0-9]{0,2}(?:[:：]|$)")]
    private static partial Regex Appendix();

    [GeneratedRegex(@"[ 　\t]+")]
    private static partial Regex Spaces();

    /// <summary>总 则, as pages set it.</summary>
    [GeneratedRegex(@"(?<=^| )(\p{IsCJKUnifiedIdeographs}) (\p{IsCJKUnifiedIdeographs})$")]
    private static partial Regex LooseTitle();
}
