using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Generation;
using Outreach.Knowledge.Answers;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <param name="Words">What the person asked, without anything that points to a person.</param>
internal sealed record KnowledgeQuestion(string Words, WordingStyle Style);

/// <summary>
/// Thinks again about a question to the knowledge base, with a language model: a ranking that also knows nearness in meaning, a follow-up completed from the topic,
/// the answer in fitting words. Whatever does not come in time or does not hold leaves the thought as it was.
/// </summary>
internal sealed partial class ThinkWithModel(
    ModelSwitch model, ArticleVectors vectors, CompleteFollowUp followUps, RephraseAnswer rephrase, ServingKnowledge serving,
    CommunityDirectory directory, IOptions<GenerationOptions> options)
{
    private const int LongestWords = 400;
    private const double SureWithoutNearness = .97;
    private const string SomeCommunity = "小区";
    private const string SomePlace = "[地址]";

    public bool IsOn => model.IsOn;

    /// <param name="show">Shows the checked beginning of an answer while the rest is written; null: nobody watches.</param>
    public async Task<Thought> ThinkAsync(Thought thought, KnowledgeQuestion question, Func<string, Task>? show, CancellationToken cancellationToken)
    {
        var asked = thought.Asked!;
        if (thought.Reply is null or Refusal { Reason: RefusalReason.OutOfScope } or Refusal { Redirect: not null })
            return thought;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.Timeout);

        var reply = thought.Reply;
        if (reply is not Answer { Confidence: >= SureWithoutNearness } && await vectors.NearnessAsync(question.Words, deadline.Token) is { } nearness)
            reply = serving.Answerer.Ask(asked with { Nearness = nearness });
        if (reply is not Answer && await CompletedAsync(asked, question.Words, deadline.Token) is { } completed)
            reply = completed;
        return thought with
        {
            Reply = reply,
            NearestStatute = reply is Answer ? null : thought.NearestStatute,
            Wording = await WordingAsync(reply, question, show, deadline.Token),
        };
    }

    /// <summary>The words of a turn without names, numbers, rooms, places and communities, whether they stand in the message or are known from the dialogue.</summary>
    public async Task<string> WordsOfAsync(Turn turn, CancellationToken cancellationToken)
    {
        var words = turn.Thought.Asked!.Text;
        foreach (var mention in directory.FindInText(words).Where(mention => mention.Match.Kind is MatchKind.One or MatchKind.SameName).Reverse())
            words = words.Remove(mention.Start, mention.Length).Insert(mention.Start, SomeCommunity);
        var known = turn.Personal.ToList();
        if (turn.State.Form is { } form)
            Know(known, form.Name, form.Phone, form.Room, form.Road);
        foreach (var lead in await turn.Db.Leads.AsNoTracking().Where(l => l.ContactId == turn.Contact.Id).Select(l => new { l.Name, l.Phone, l.Room }).ToListAsync(cancellationToken))
            Know(known, lead.Name, lead.Phone, lead.Room, place: null);
        var redacted = BareNumber().Replace(Redact.Text(words, known), Redact.Number);
        return redacted.Length <= LongestWords ? redacted : redacted[..LongestWords];
    }

    // 501没投票: in a chat a number alone is a neighbour's door more often than an amount. Amounts have a unit, laws an 条.
    [GeneratedRegex(@"(?<![0-9.第])[0-9]{3,4}(?![0-9.]|\s*(?:元|块|平|户|人|家|票|万|米|天|日|年|条|号文|㎡|%))", RegexOptions.CultureInvariant)]
    private static partial Regex BareNumber();

    private static void Know(List<(string Value, string Placeholder)> known, string? name, string? phone, string? room, string? place)
    {
        foreach (var (value, placeholder) in ((string?, string)[])[(name, Redact.Name), (phone, Redact.Number), (phone?.Replace("+86", "", StringComparison.Ordinal), Redact.Number), (room, Redact.Room), (place, SomePlace)])
            if (value is { Length: > 1 })
                known.Add((value, placeholder));
    }

    private async Task<Answer?> CompletedAsync(Question asked, string words, CancellationToken cancellationToken)
    {
        if (!followUps.IsOn || !CompleteFollowUp.MayLean(words) || asked.TopicArticleId is not { } id || serving.Knowledge.Find(id) is not { } topic
            || await followUps.CompleteAsync(topic, words, cancellationToken) is not { } whole)
            return null;
        return serving.Answerer.Ask(asked with { Text = whole, TopicArticleId = null }) is Answer { Parts.Count: 0 } answer ? answer with { Understood = answer.Article.Question } : null;
    }

    private async Task<Wording?> WordingAsync(Reply reply, KnowledgeQuestion question, Func<string, Task>? show, CancellationToken cancellationToken)
    {
        if (!rephrase.IsOn || reply is not Answer { Parts.Count: 0, Elaboration: Elaboration.None or Elaboration.Simpler } answer)
            return null;
        var style = answer.Elaboration == Elaboration.Simpler ? WordingStyle.Simple : question.Style;
        return await rephrase.RephraseAsync(answer.Article, question.Words, style, show, cancellationToken) is { } text ? new(answer.Article.Id, style, text) : null;
    }
}
