using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>What a file of an official text holds.</summary>
/// <param name="Opening">The lines before the first heading or article: title, who made it and when.</param>
/// <param name="Articles">In the order of the file; each number once.</param>
/// <param name="Findings">By line; with an error nothing of the file is to be used.</param>
public sealed record ParsedStatute(IReadOnlyList<string> Opening, IReadOnlyList<StatuteArticle> Articles, IReadOnlyList<StatuteFinding> Findings)
{
    public bool IsUsable => !Findings.Any(finding => finding.Severity == Severity.Error);

    /// <summary>The text says of itself that it is not the whole.</summary>
    public bool IsExcerpt => Opening.Any(line => line.Contains("节选", StringComparison.Ordinal) || line.Contains("摘录", StringComparison.Ordinal));
}

/// <param name="Line">From 1; of a docx the paragraph's number.</param>
/// <param name="Message">Chinese, for the people who load texts.</param>
public sealed record StatuteFinding(int Line, string Message, Severity Severity)
{
    public override string ToString() => ToString("行");

    /// <param name="unit">What the file is counted in: 行 or 段.</param>
    public string ToString(string unit) => $"第{Line}{unit}：{(Severity == Severity.Error ? "错误：" : "")}{Message}";
}
