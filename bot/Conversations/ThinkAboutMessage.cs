using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Knowledge.Answers;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Everything of a turn that needs no row: cleans the words, takes numbers for buttons, tells intents, asks the knowledge base. Pure over its inputs.</summary>
internal sealed partial class ThinkAboutMessage(Understanding understanding, ServingKnowledge serving, QuoteStatutes statutes, CommunityDirectory directory, CityClock city)
{
    private const int LongestText = 5000;
    private const string FillerGroup = "chitchat.filler";      // of outofscope.yaml: sounds and tests of the keyboard

    public Thought Think(Activity activity, ConversationState state, long? communityId, DateTimeOffset now)
    {
        if (activity.Type != ActivityTypes.Message)
            return Thought.None;
        var text = Clean(activity.Text ?? "");
        if (text.Length == 0)
            return Thought.None with { Medium = MediumOf(activity) };
        if (!text.Any(char.IsLetterOrDigit))
            return Thought.None with { Text = text, Medium = text.Any(IsQuestionMark) && text.Length <= 3 ? Medium.Text : Medium.Emoji };

        var choice = ChoiceOf(text, state.Waiting is { } waiting && waiting.IsAlive(now) ? waiting : null);
        var words = choice is { } chosen ? state.Waiting!.Choices[chosen] : text;
        var topic = state.Topic is { } alive && alive.IsAlive(now) ? alive.ArticleId : null;
        var meaning = understanding.Read(words);
        var asked = AskedBesides(meaning);
        var question = new Question(asked ?? words, RegionOf(communityId), topic, city.DateOf(now));
        var reply = serving.Answerer.Ask(question);
        var isNonsense = choice is null && Nonsense.Is(words, meaning, reply);
        var (statute, nearest) = statutes.Think(words, state, reply, now);
        return new()
        {
            Text = words,
            Medium = Medium.Text,
            Meaning = isNonsense ? Meaning.Nothing with { Normalised = words } : meaning,
            Choice = choice,
            Asked = question,
            Reply = reply,
            IsNonsense = isNonsense || (state.Form is null && reply is Refusal { GroupId: FillerGroup } && !SaysYes.IsShortAnswer(words)),
            Statute = statute,
            NearestStatute = nearest,
            AlsoSignsUp = asked is not null,
            Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 8)),
        };
    }

    /// <summary>我想报名 业委会几个人: the clauses that ask, where another clause wants to sign up; null: nothing of both.</summary>
    private static string? AskedBesides(Meaning meaning)
    {
        if (!meaning.Clauses.Any(clause => clause.Of(Intent.SignUp) >= .5f))
            return null;
        var asking = meaning.Clauses.Where(clause => clause.Of(Intent.Question) >= .5f && FormQuestions.LooksLikeQuestion(clause.Normalised)).ToList();
        return asking.Count == 0 ? null : string.Join(' ', asking.Select(clause => clause.Normalised));
    }

    /// <summary>The areas above a community from the largest down, as the knowledge base names regions.</summary>
    private string? RegionOf(long? communityId) =>
        communityId is { } id && directory.Find(id) is { } community
            ? string.Join('/', directory.Current.Up(community.AreaId).Reverse().Select(area => area.Name.Replace(CommunityNames.DemoLabel, "", StringComparison.Ordinal)))
            : null;

    /// <summary>A number (1, 1., ①, 一, 第一个), the title, or a title's beginning that fits only one choice.</summary>
    internal static int? ChoiceOf(string text, Waiting? waiting)
    {
        if (waiting is null || waiting.Choices.Count == 0)
            return null;
        var plain = text.Normalize(NormalizationForm.FormKC).Trim().Trim('。', '.', '、', '!', '！', '[', ']', '【', '】', '“', '”', '"').Trim();
        for (var i = 0; i < waiting.Choices.Count; i++)
            if (string.Equals(plain, waiting.Choices[i], StringComparison.OrdinalIgnoreCase))
                return i;
        if (Numbered().Match(plain) is not { Success: true } match)
            return null;
        var number = match.Groups[1].Value;
        var index = number.Length == 1 && "一二三四五六".IndexOf(number[0], StringComparison.Ordinal) is >= 0 and var han ? han : int.Parse(number, CultureInfo.InvariantCulture) - 1;
        return index >= 0 && index < waiting.Choices.Count ? index : null;
    }

    /// <summary>Without control characters and lone surrogates; at most a little more than is read.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, LongestText + 1));
        for (var i = 0; i < text.Length && clean.Length <= LongestText; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                clean.Append(c).Append(text[++i]);
            else if (!char.IsSurrogate(c) && (!char.IsControl(c) || c is '\n'))
                clean.Append(c);
        }
        return clean.ToString().Trim();
    }

    private static bool IsQuestionMark(char c) => c is '?' or '？';

    private static Medium MediumOf(Activity activity)
    {
        if (activity.Entities?.Any(entity => entity.Type is "GeoCoordinates" or "Place") == true)
            return Medium.Location;
        return activity.Attachments is [{ ContentType: var type }, ..]
            ? type switch
            {
                MediaTypes.Sticker => Medium.Sticker,
                MediaTypes.Location => Medium.Location,
                _ when type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) => Medium.Picture,
                _ when type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) => Medium.Voice,
                _ => Medium.File,
            }
            : Medium.Nothing;
    }

    [GeneratedRegex(@"^(?:选|选择|回|我选|第)?\s*([1-9]|[一二三四五六])\s*(?:个|项|号|吧)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
