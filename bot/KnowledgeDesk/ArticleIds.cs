using System.Text.RegularExpressions;

namespace Outreach.KnowledgeDesk;

internal static partial class ArticleIds
{
    /// <summary>Whether it can be an article's id: topic and name in small letters, such as <c>voting.quorum</c>. It becomes a path of a file.</summary>
    public static bool IsOne(string id) => id.Length <= 80 && Pattern().IsMatch(id);

    [GeneratedRegex("^[a-z][a-z0-9-]{0,30}\\.[a-z0-9][a-z0-9-]{0,48}$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
