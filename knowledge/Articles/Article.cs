using System.Diagnostics.CodeAnalysis;

namespace Outreach.Knowledge.Articles;

/// <summary>One curated answer to one question.</summary>
public sealed record Article
{
    private const int MaxLabel = 8;

    /// <summary>Folder and file, such as <c>voting.quorum</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The folder: the topic that the article belongs to.</summary>
    public string Topic { get; init; } = "";
    public required string Question { get; init; }

    /// <summary>What people really type when they ask for this same fact.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];
    public IReadOnlyList<Citation> Citations { get; init; } = [];

    /// <summary>全国, a province or a city: where the answer holds.</summary>
    public IReadOnlyList<string> Regions { get; init; } = ["全国"];
    public DateOnly? Since { get; init; }
    public DateOnly? Until { get; init; }
    public DateOnly VerifiedOn { get; init; }

    /// <summary>开发核对 until an office or a lawyer has reviewed it.</summary>
    public string VerifiedBy { get; init; } = "";
    public Caution Caution { get; init; }
    public IReadOnlyList<string> Related { get; init; } = [];

    /// <summary>Any of <see cref="KnownActions"/>.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Plain text or simple Markdown; the answer first. Without the 依据 line, which is made from <see cref="Citations"/>.</summary>
    public required string Body { get; init; }

    /// <summary>The label of a button that asks this question, at most 8 characters; null: it is made from the question.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The word of the front matter; a button, not a number.")]
    public string? Short { get; init; }

    /// <summary>Id of the general article in whose place this one stands within its regions.</summary>
    public string? LocalFor { get; init; }

    public static IReadOnlyList<string> KnownActions { get; } = ["calculate-vote", "sign-up", "print", "contact"];

    /// <summary>What a button for this article says, at most 8 characters.</summary>
    public string Label => Short is { Length: > 0 } ? Short : Shorten(Question);

    /// <summary>Whether a person outside the house (an office, a lawyer) has reviewed it.</summary>
    public bool IsReviewed => VerifiedBy.Length > 0 && VerifiedBy != "开发核对";

    private static string Shorten(string question)
    {
        var text = new string([.. question.Where(char.IsLetterOrDigit)]);
        foreach (var opening in (string[])["业主委员会", "业主大会", "业委会", "物业管理", "小区"])
            if (text.Length > MaxLabel && text.StartsWith(opening, StringComparison.Ordinal))
                text = text[opening.Length..];
        if (text.Length > MaxLabel)
            text = text.TrimEnd('吗', '呢', '啊');
        return text.Length <= MaxLabel ? text : text[..MaxLabel];
    }
}
