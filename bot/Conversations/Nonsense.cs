using System.Text.RegularExpressions;
using Outreach.Knowledge.Answers;

namespace Outreach.Conversations;

/// <summary>Keys pressed at random, numbers without a word, sounds without a wish: not understood, and said so. Nothing of it may count as an intent. Pure.</summary>
internal static partial class Nonsense
{
    private const float ClearEnough = .75f;     // a mistyped cry for help is no nonsense
    private const int Callable = 3;             // digits: 110, 119, 120 may be all that somebody types

    /// <param name="meaning">As the classifier has it, which knows no "none of these".</param>
    /// <param name="reply">What the knowledge base makes of it.</param>
    public static bool Is(string text, Meaning meaning, Reply reply)
    {
        if (text.All(c => !char.IsLetter(c)))
            return text.Count(char.IsDigit) > Callable;
        return Sounds().IsMatch(text)
            || (Keys().IsMatch(text) && reply is Refusal { Reason: RefusalReason.NoAnswer } && (meaning.Top == Intent.Question || meaning.Of(meaning.Top) < ClearEnough));
    }

    [GeneratedRegex(@"^(?:[嗯啊哦噢喔呃额唔哎诶欸呀哇咦嘟滴噜的了吧呢嘛]\s*){3,}[。.!！~～…]*$")]
    private static partial Regex Sounds();

    [GeneratedRegex(@"^[A-Za-z]{3,24}[。.!！]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Keys();
}
