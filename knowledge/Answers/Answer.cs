using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Answers;

/// <summary>In which form an answer is wanted.</summary>
public enum Elaboration
{
    /// <summary>As the article has it.</summary>
    None,

    /// <summary>详细点.</summary>
    Longer,

    /// <summary>说简单点.</summary>
    Simpler,

    /// <summary>依据是什么.</summary>
    Grounds,
}

/// <summary>The article that answers.</summary>
public sealed record Answer(Article Article) : Reply
{
    public override string? TopicId => Article.Id;

    /// <summary>The question as it was understood, when a follow-up was completed from the topic; else null.</summary>
    public string? Understood { get; init; }

    /// <summary>One part a question, in their order, when the message held several; else empty. The first part's article is <see cref="Article"/>.</summary>
    public IReadOnlyList<AnswerPart> Parts { get; init; } = [];

    /// <summary>Questions beyond the third that were left for the next message.</summary>
    public int QuestionsLeft { get; init; }
    public Elaboration Elaboration { get; init; }

    /// <summary>True when the owner's region is not known and a local rule may add to this one.</summary>
    public bool MayDifferLocally { get; init; }
}

/// <summary>One question of several in a message.</summary>
/// <param name="Text">As typed.</param>
public sealed record AnswerPart(string Text, Article Article, double Confidence);
