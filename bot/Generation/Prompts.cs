namespace Outreach.Generation;

/// <summary>The instructions to the language model: files in <c>Generation/prompts</c>, so that they can be read and changed without the code.</summary>
internal sealed class Prompts
{
    private readonly Lazy<string> _rephrase = Read("rephrase.md");
    private readonly Lazy<string> _simplify = Read("simplify.md");
    private readonly Lazy<string> _followUp = Read("follow-up.md");

    /// <summary>Say an article's answer in other words.</summary>
    public string Rephrase => _rephrase.Value;

    /// <summary>The same, shorter and plainer.</summary>
    public string Simplify => _simplify.Value;

    /// <summary>Complete an owner's follow-up to a whole question.</summary>
    public string FollowUp => _followUp.Value;

    /// <summary>
    /// Words of an owner between marks that they cannot write themselves: a number that is new each time, and no angle brackets inside.
    /// </summary>
    public static string Quote(string words, int mark) => $"<业主的话 {mark}>\n{words.Replace('<', '〈').Replace('>', '〉')}\n</业主的话 {mark}>";

    private static Lazy<string> Read(string name) => new(() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Generation", "prompts", name)).Trim());
}
