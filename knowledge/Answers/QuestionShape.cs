using System.Text.RegularExpressions;

namespace Outreach.Knowledge.Answers;

/// <summary>The outward shape of a message: whether it asks, leans on what was said before, or holds several questions.</summary>
internal static partial class QuestionShape
{
    private const int LongMessage = 40;
    private const int ShortFollowUp = 9;
    private const int ShortestPiece = 4;

    /// <summary>Whether a text asks something at all (normalised or as typed).</summary>
    public static bool Asks(string text) => Interrogative().IsMatch(text);

    /// <summary>那要多少人同意呢, 如果面积不够呢, 为什么: leans on the topic by its opening words.</summary>
    /// <param name="normalised">Normalised question.</param>
    public static bool LeansOnTopic(string normalised) => Leaning().IsMatch(normalised);

    /// <summary>So short that its subject is probably the topic's.</summary>
    public static bool IsFragment(string normalised) => normalised.Count(char.IsLetterOrDigit) <= ShortFollowUp;

    /// <summary>The question without the words that only lean: 那要多少人同意呢 is 要多少人同意.</summary>
    public static string WithoutLeaning(string normalised)
    {
        var rest = Trailing().Replace(LeaningWords().Replace(normalised, ""), "").Trim();
        return rest.Length == 0 ? normalised : rest;
    }

    /// <summary>详细点, 说简单点, 依据是什么: another form of what was just answered, and nothing else.</summary>
    public static Elaboration Wanted(string normalised) =>
        Longer().IsMatch(normalised) ? Elaboration.Longer
        : Simpler().IsMatch(normalised) ? Elaboration.Simpler
        : Grounds().IsMatch(normalised) ? Elaboration.Grounds
        : Elaboration.None;

    /// <summary>The questions of a message, as typed, in order; one item (the whole) when it holds only one.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var pieces = Boundary().Split(text).Select(piece => piece.Trim(' ', '，', ',', '、', '.', ':', '：')).Where(piece => piece.Count(char.IsLetterOrDigit) >= 2).ToList();
        if (pieces.Count == 1 && text.Length > 8)
            pieces = [.. Comma().Split(text).Where(piece => piece.Count(char.IsLetterOrDigit) >= 2)];

        // A sentence that asks nothing tells the story of the question after it.
        var questions = new List<string>();
        var story = "";
        foreach (var piece in pieces)
        {
            if (Asks(piece))
            {
                questions.Add(story.Length is > 0 and < LongMessage ? $"{story} {piece}" : piece);
                story = "";
            }
            else
            {
                story = story.Length == 0 ? piece : $"{story} {piece}";
            }
        }

        return questions.Count > 1 ? questions : [text];
    }

    /// <summary>
    /// 业委会几个人任期几年能连任吗: the questions of a message without any punctuation, cut behind each question word that can end one.
    /// Only a guess: it holds where every piece has an answer of its own.
    /// </summary>
    public static IReadOnlyList<string> SplitRunOn(string text)
    {
        var (pieces, start) = (new List<string>(), 0);
        foreach (var end in QuestionEnd().EnumerateMatches(text))
        {
            var stop = end.Index + end.Length;
            if (stop - start < ShortestPiece || !Asks(text[start..stop]))
                continue;
            pieces.Add(text[start..stop]);
            start = stop;
        }

        if (start < text.Length && text[start..].Any(char.IsLetterOrDigit))
        {
            if (text.Length - start >= ShortestPiece && Asks(text[start..]))
                pieces.Add(text[start..]);
            else if (pieces.Count > 0)
                pieces[^1] += text[start..];
        }

        return pieces.Count > 1 ? pieces : [text];
    }

    /// <summary>For long stories: the clauses that ask, joined; null when the text is short or none asks.</summary>
    public static string? Focus(string text)
    {
        if (text.Length < LongMessage)
            return null;
        var asking = Comma().Split(text).SelectMany(piece => Boundary().Split(piece)).Where(piece => piece.Length >= 3 && Asks(piece)).ToList();
        var focus = string.Join(' ', asking);
        return asking.Count == 0 || focus.Length >= text.Length - 8 ? null : focus;
    }

    [GeneratedRegex(@"[?？吗呢]|怎么|怎样|如何|什么|啥|咋|多少|几[个人天年户家次届日条票成]|谁|哪|能不能|可不可以|可以不|是不是|有没有|要不要|多久|多长|多大|合法|为何|(\p{L})[不没]\1|[不没]$|算不|行不|中不|用不用|需要.*么$")]
    private static partial Regex Interrogative();

    [GeneratedRegex(@"多少人(同意|参加|投票|签字|签名|来|组成)?|几个人(组成)?|多少户(同意|签字|参加)?|几年(一届|一换)?|多少钱|多久(通知|备案|公示)?|多长时间|几天(内?备案|内?通知|公示)?|怎么(写|选|办|算|刻|交|成立|申请|投|产生|罢免)(的|出来)?|谁(当|定|管|出|选|保管|组织|召集)(的)?|归谁|交给谁|找谁|去哪(里|儿)?(办|交|备案)?|哪些(材料|人|资料)|什么(条件|材料|手续)|行吗|吗|呢|行不行|中不中|中不|行不")]
    private static partial Regex QuestionEnd();

    [GeneratedRegex(@"^(那|要是|如果|假如|万一|然后|还有|为什么|为何|凭什么|它|这个|这种|这样|上面|上边|刚才|刚刚|前面|你说的|您说的|第[一二两三四五六1-6]步|不.{1,4}会怎么|下一步|接下来|接着|这|以后呢|之后)")]
    private static partial Regex Leaning();

    [GeneratedRegex(@"^(那么|那|要是|如果|假如|万一|然后|还有|这个|这种|上面说的|上面那个|上面|刚才说的|刚才|前面说的|你说的|您说的)+")]
    private static partial Regex LeaningWords();

    [GeneratedRegex(@"(呢|啊|呀|吧|的|了)+$")]
    private static partial Regex Trailing();

    [GeneratedRegex(@"^((刚才|上面|前面)(那个|那条|说的)?)?(再|能|请|可以|能不能)?(说|讲)?(详细|具体|仔细|多)(点|些|一点|一些|说说|说|讲讲|讲)+(吗|吧|呢)?$|^(看)?(全部|全文|完整)(的|内容)?$|^展开(说说|讲讲)?$")]
    private static partial Regex Longer();

    [GeneratedRegex(@"^((刚才|上面|前面)(那个|那条|说的)?)?(再|能|请|可以|能不能)?(说|讲)?(简单|简短|通俗|直白|明白|短)(点|些|一点|一些|说|讲)*(吗|吧|呢)?$|^(没看懂|看不懂|听不懂|没听懂|太长了|太复杂)(了)?$|^一句话(说|讲)?(说|讲)?$")]
    private static partial Regex Simpler();

    [GeneratedRegex(@"^(有)?(什么|哪条|哪个|啥)?(法律|法规)?(依据|根据|出处)(是)?(什么|啥|哪条|哪个|呢|吗)?$|^(依据|根据)(的)?(是)?(什么|哪)(法|条|法律|规定)?.{0,2}$|^(哪|那)(一)?条(法律|法|规定)(说的|写的|规定的)?(的)?$|^谁(说|规定)的$|^法律(怎么|咋)(说|写|规定)的$|^(有)?法律依据(吗)?$")]
    private static partial Regex Grounds();

    [GeneratedRegex(@"[?？!！。；;\n\r]+|(?:另外|顺便问|再问|还有就是|还想问|还有(?!几|多|谁|哪|没|什么|权|必|用)|第[一二三]个?问题)|(?:^|\s)[1-9一二三][.、)）]")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"[，,、\s]+")]
    private static partial Regex Comma();
}
