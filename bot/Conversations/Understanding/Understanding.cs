using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>
/// Tells what a message wants. Learned from examples in files and from the questions of the knowledge base, not from lists of words:
/// 我不想报名, 怎么取消报名, 报名要钱吗 and 我邻居想报名 are four different things. Immutable; safe for many threads.
/// </summary>
internal sealed partial class Understanding
{
    private const int LongestClause = 60;
    private const int MostClauses = 24;

    private readonly IntentModel _model;
    private readonly Dictionary<string, Intent> _exact = new(StringComparer.Ordinal);

    public Understanding(IReadOnlyList<IntentExample> examples, KnowledgeBase knowledge)
    {
        var normalised = examples.Select(example => example with { Text = Plain(example.Text) }).Where(example => example.Text.Length > 0).ToList();
        foreach (var example in normalised)
            _exact.TryAdd(example.Text, example.Intent);
        var questions = knowledge.Articles.SelectMany(article => article.Variants.Take(4).Prepend(article.Question))
            .Concat(knowledge.OutOfScope.Where(group => group.Kind is ScopeKind.Near or ScopeKind.Far).SelectMany(group => group.Questions.Take(4)))
            .Select(Plain).Where(text => text.Length > 0 && !_exact.ContainsKey(text)).Distinct(StringComparer.Ordinal)
            .Select(text => new IntentExample(text, Intent.Question));
        _model = new([.. normalised, .. questions]);
    }

    /// <summary>The intents of the whole message and of its clauses.</summary>
    public Meaning Read(string text)
    {
        var normalised = Plain(text.Length <= 1000 ? text : text[..1000]);
        if (normalised.Length == 0)
            return Meaning.Nothing;
        var whole = Classify(normalised);
        var pieces = Boundary().Split(text).Select(Plain).Where(piece => piece.Length > 1).Take(MostClauses).ToList();
        var clauses = pieces.Count < 2 ? [] : pieces.Select(piece => new Clause(piece, Classify(piece.Length <= LongestClause ? piece : piece[..LongestClause]))).ToList();
        return new(normalised, whole, clauses);
    }

    private float[] Classify(string normalised)
    {
        var probabilities = _model.Classify(normalised);
        if (_exact.TryGetValue(normalised, out var known))
        {
            for (var i = 0; i < probabilities.Length; i++)
                probabilities[i] *= .1f;
            probabilities[(int)known] += .9f;
        }
        return probabilities;
    }

    /// <summary>Normalised, and a number is a number, a room a room: which one says nothing of the wish.</summary>
    private static string Plain(string text) => text.Any(char.IsDigit) ? WithoutFigures(Normaliser.Normalise(Redact.Text(text))) : Normaliser.Normalise(text);

    /// <summary>120平米 is no ambulance: a figure with a measure behind it is a figure, and so is one that nobody is told to call.</summary>
    private static string WithoutFigures(string normalised)
    {
        var isCall = normalised is "110" or "119" or "120" || Calling().IsMatch(normalised);
        return Figure().Replace(normalised, figure => isCall && !figure.Groups["measure"].Success && figure.ValueSpan is "110" or "119" or "120" ? figure.Value : "0" + figure.Groups["measure"].Value);
    }

    [GeneratedRegex(@"[打拨报叫喊救]")]
    private static partial Regex Calling();

    [GeneratedRegex(@"[0-9]+(?:\.[0-9]+)?(?<measure>\s*[万千百亿平方㎡户栋号单楼层票张元块天年月日个人名岁成%])?")]
    private static partial Regex Figure();

    [GeneratedRegex(@"[，,。.！!？?；;、\s…~～]+")]
    private static partial Regex Boundary();
}

internal sealed record Clause(string Normalised, IReadOnlyList<float> Probabilities)
{
    public float Of(Intent intent) => Probabilities[(int)intent];
}

/// <summary>What a message wants, by probability, as a whole and clause by clause.</summary>
/// <param name="Clauses">Empty when the message is one clause.</param>
internal sealed record Meaning(string Normalised, IReadOnlyList<float> Probabilities, IReadOnlyList<Clause> Clauses)
{
    private const float Enough = .4f;

    public static Meaning Nothing { get; } = new("", [1, .. Enumerable.Repeat(0f, Enum.GetValues<Intent>().Length - 1)], []);

    public Intent Top { get; } = (Intent)Probabilities.Index().MaxBy(pair => pair.Item).Index;

    public float Of(Intent intent) => Probabilities[(int)intent];

    /// <summary>Whether the whole message wants it more than anything else, and clearly enough.</summary>
    public bool Is(Intent intent) => Top == intent && Of(intent) >= Enough;

    /// <summary>The likeliest of these intents that the message wants as a whole; null when it wants none of them.</summary>
    public Intent? Among(params ReadOnlySpan<Intent> intents) => intents.Contains(Top) && Of(Top) >= Enough ? Top : null;

    /// <summary>The likeliest of a family of intents when together they are likely enough, though none of them alone may be.</summary>
    public Intent? Together(float enough, params ReadOnlySpan<Intent> family)
    {
        var (sum, found) = (0f, family[0]);
        foreach (var intent in family)
        {
            sum += Of(intent);
            if (Of(intent) > Of(found))
                found = intent;
        }
        return sum >= enough ? found : null;
    }

    /// <summary>The likeliest of these intents in the whole or in any clause, where it is at least <paramref name="enough"/>; for what must not be missed in a long message.</summary>
    public Intent? AnywhereAmong(float enough, params ReadOnlySpan<Intent> intents)
    {
        Intent? found = null;
        foreach (var intent in intents)
        {
            var most = Of(intent);
            foreach (var clause in Clauses)
                most = MathF.Max(most, clause.Of(intent));
            if (most >= enough)
                (found, enough) = (intent, most);
        }
        return found;
    }
}
