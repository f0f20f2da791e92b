namespace Outreach.Conversations;

/// <summary>Where the answers lie (<c>Knowledge</c>).</summary>
public sealed class KnowledgeOptions
{
    /// <summary>A folder of the installation's own instead of what came with the program; relative to the installation's folder. Empty: what came with the program.</summary>
    public string Path { get; init; } = "";
}
