namespace Outreach.Knowledge.Articles;

/// <summary>Error: it does not go out like this. Warning: a person should look.</summary>
public enum Severity
{
    Warning,
    Error,
}

/// <summary>What is wrong in a file of the knowledge base, in Chinese for the people who write it.</summary>
/// <param name="File">Relative to the knowledge base's folder, with forward slashes.</param>
/// <param name="Line">From 1.</param>
public sealed record Problem(string File, int Line, string Message, Severity Severity)
{
    /// <summary>The key of the front matter, or <c>body</c>, that it is about; null: the file as a whole.</summary>
    public string? Field { get; init; }

    public override string ToString() => $"{File}:{Line}: {(Severity == Severity.Error ? "错误" : "提醒")}：{Message}";
}
