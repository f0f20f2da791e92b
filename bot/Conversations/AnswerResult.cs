using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Knowledge.Articles;

namespace Outreach.Conversations;

/// <summary>What the bot did with a message.</summary>
public enum AnswerKind
{
    /// <summary>Answered from an article, by a calculation, or from what the bot knows of itself.</summary>
    Answer,
    /// <summary>Asked back: which question is meant, which number.</summary>
    Clarification,
    /// <summary>Not ours, or no answer known.</summary>
    Refusal,
    Smalltalk,
    /// <summary>Sign-up in progress or done, replies to a notice.</summary>
    Form,
    /// <summary>How far a community is, or one's own sign-up.</summary>
    Progress,
    Handover,
    Optout,
    Optin,
    /// <summary>Show, correct, withdraw, erase.</summary>
    Data,
    /// <summary>An emergency: the number first; or a calm no.</summary>
    Safety,
}

/// <summary>The answer contract: one object for every channel and the command line; it travels in the activity's channelData as <c>answer</c>.</summary>
public sealed record AnswerResult
{
    public required AnswerKind Kind { get; init; }
    /// <summary>All that the owner reads, the 依据 line included.</summary>
    public required string Text { get; init; }
    public string? ArticleId { get; init; }
    public IReadOnlyList<AnswerCitation> Citations { get; init; } = [];
    /// <summary>Calibrated probability that this is right; null where nothing was weighed.</summary>
    public double? Confidence { get; init; }
    /// <summary>Buttons, in order: saying one is the same as pressing it.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];
    /// <summary>Any of <c>calculate-vote</c>, <c>sign-up</c>, <c>print</c>, <c>contact</c>.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];
}

/// <param name="Id">Canonical string: source and number without separator, such as 民法典278.</param>
/// <param name="Source">Id of the source.</param>
/// <param name="Article">Number of the article; null where only the document may be cited.</param>
/// <param name="Title">As people read it: 《民法典》第二百七十八条.</param>
public sealed record AnswerCitation(string Id, string Source, string? Article, string Title, DateOnly? Effective)
{
    public static AnswerCitation Of(Citation citation, SourceCatalog sources) =>
        new(citation.Canonical, citation.Source, citation.Number, sources.Display(citation), sources.Find(citation.Source)?.Effective);
}

/// <summary>JSON of the answer contract: every key always present.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(AnswerKindConverter)])]
[JsonSerializable(typeof(AnswerChannelData))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary>The channelData of the bot's messages.</summary>
internal sealed record AnswerChannelData(AnswerResult? Answer);

internal sealed class AnswerKindConverter() : JsonStringEnumConverter<AnswerKind>(JsonNamingPolicy.CamelCase);
