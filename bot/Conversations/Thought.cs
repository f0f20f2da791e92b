using Outreach.Generation;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Statutes;

namespace Outreach.Conversations;

/// <summary>What came besides words.</summary>
internal enum Medium { Text, Nothing, Picture, Voice, Sticker, Emoji, Location, File }

/// <summary>What a message means, found without the database.</summary>
internal sealed record Thought
{
    public static Thought None { get; } = new() { Text = "", Medium = Medium.Nothing, Meaning = Meaning.Nothing };

    /// <summary>The person's words, or those of the button whose number was typed.</summary>
    public required string Text { get; init; }
    public required Medium Medium { get; init; }
    public required Meaning Meaning { get; init; }
    /// <summary>Which of the offered choices was taken; null: none.</summary>
    public int? Choice { get; init; }
    /// <summary>What the knowledge base makes of the words; null where it was not asked.</summary>
    public Reply? Reply { get; init; }
    /// <summary>The words of a statute that the message asks for; null: it asks for none.</summary>
    public StatuteReply? Statute { get; init; }
    /// <summary>The article of a statute that is nearest to a question without a curated answer; null: none is near.</summary>
    public StatuteQuoted? NearestStatute { get; init; }
    /// <summary>Keys pressed at random, sounds, numbers without a word.</summary>
    public bool IsNonsense { get; init; }
    /// <summary>What the knowledge base was asked; null where it was not.</summary>
    public Question? Asked { get; init; }
    /// <summary>The answer in other words, by a language model and checked; null: as the article has it.</summary>
    public Wording? Wording { get; init; }
    /// <summary>The message asks something and wants to sign up besides: the question is answered first.</summary>
    public bool AlsoSignsUp { get; init; }
    /// <summary>Hash of the normalised words, to know a repeat without keeping the words.</summary>
    public string Fingerprint { get; init; } = "";

    public bool IsText => Medium == Medium.Text;

    /// <summary>Whether the knowledge base is sure of an answer.</summary>
    public bool HasAnswer => Reply is Answer;
}

/// <param name="ArticleId">The article that it says in other words.</param>
internal sealed record Wording(string ArticleId, WordingStyle Style, string Text);
