using Outreach.Knowledge.Articles;

namespace Outreach.Conversations;

/// <summary>The result of a calculation in parts, for every form in which it may be wanted.</summary>
/// <param name="Verdict">The result in a sentence or two.</param>
/// <param name="Lines">The arithmetic, what is open, what comes next.</param>
/// <param name="Grounds">At most three.</param>
/// <param name="ArticleId">The article whose rule was reckoned with.</param>
internal sealed record Reckoned(string Verdict, IReadOnlyList<string> Lines, IReadOnlyList<Citation> Grounds, string ArticleId)
{
    /// <summary>What 详细点 adds.</summary>
    public IReadOnlyList<string> More { get; init; } = [];
    /// <summary>A worked case with other numbers, for 举个例子.</summary>
    public string Example { get; init; } = "";
    /// <summary>What is asked at the end of it; null: it stands for itself.</summary>
    public CalculationQuestion? Asks { get; init; }
    public IReadOnlyList<string> Buttons { get; init; } = [];

    public string Text => string.Join('\n', Lines.Prepend(Verdict).Where(line => line.Length > 0));
    public string Longer => string.Join('\n', Lines.Prepend(Verdict).Concat(More).Where(line => line.Length > 0));
}
