using System.Text;
using Outreach.Communities;
using Outreach.Generation;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Questions to the knowledge base: the answer with its grounds, candidates to choose from, or an honest no with the place to turn to.</summary>
internal sealed class AnswerQuestions(ServingKnowledge serving, QuoteStatutes statutes, CommunityDirectory directory, TimeProvider clock)
{
    private const int LongestInBytes = 1800;
    private static readonly TimeSpan SameBreath = TimeSpan.FromSeconds(60);

    /// <summary>Answers one of the candidates that were offered; 都不是 is recorded.</summary>
    public async Task<bool> TryChoiceAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (!turn.IsWaitingFor(WaitingFor.Clarification))
            return false;
        var waiting = turn.State.Waiting!;
        if (turn.Thought.Choice is { } choice && choice < waiting.Ids.Count && serving.Knowledge.Find(waiting.Ids[choice]) is { } article)
        {
            await AnswerAsync(turn, new(article) { Confidence = 1 }, cancellationToken);
            return true;
        }
        if (turn.Text is not (Says.NoneOfThese or "都不对" or "不是" or "都不是的" or "不是这些"))
            return false;
        Record(turn, turn.State.Unsure?.Question ?? turn.Text, UnansweredQuestion.NoneOfThese);
        turn.State = turn.State with { Misses = turn.State.Misses + 1 };
        if (statutes.At(turn.State.Unsure?.Nearest) is { } nearest)
        {
            await statutes.ShowNearestAsync(turn, nearest, confidence: null, cancellationToken);
            return true;
        }
        await turn.ReplyAsync(AnswerKind.Clarification, Says.SayItInOneSentence, cancellationToken, Says.Human);
        return true;
    }

    public async Task AnswerAsync(Turn turn, CancellationToken cancellationToken)
    {
        turn.AnswersFromKnowledge = turn.Thought.IsNonsense ? null : WordingStyle.Plain;
        switch (turn.Thought.IsNonsense ? null : turn.Thought.Reply)
        {
            case Answer answer:
                await AnswerAsync(turn, answer, cancellationToken);
                break;
            case Clarification clarification:
                await ClarifyAsync(turn, clarification, cancellationToken);
                break;
            case Refusal refusal:
                await RefuseAsync(turn, refusal, cancellationToken);
                break;
            default:
                await NotUnderstoodAsync(turn, cancellationToken);
                break;
        }
    }

    private async Task AnswerAsync(Turn turn, Answer answer, CancellationToken cancellationToken)
    {
        var article = answer.Article;
        var repeated = turn.State.Last is { } last && last.Text == turn.Thought.Fingerprint && turn.Thought.Fingerprint.Length > 0 && turn.Now - last.At > SameBreath;
        var shown = repeated && answer.Parts.Count == 0 && answer.Elaboration == Elaboration.None ? answer with { Elaboration = Elaboration.Simpler } : answer;
        if (turn.AnswersFromKnowledge is not null)
            turn.AnswersFromKnowledge = shown.Elaboration == Elaboration.Simpler ? WordingStyle.Simple : WordingStyle.Plain;
        var text = WithOffice(turn, article, AnswerText.Compose(Reworded(turn, shown), serving.Knowledge.Sources));
        if (answer is { Elaboration: Elaboration.Longer, Parts.Count: 0 } && Elaborate.RelatedPoints(article, serving.Knowledge) is { Length: > 0 } points)
            text = Within(text, points);
        if (answer.Understood is { } understood && answer.Elaboration == Elaboration.None)
            text = $"（{understood.TrimEnd('？', '?')}）\n{text}";
        var (labels, ids) = Follow(turn, answer, repeated);
        IReadOnlyList<Article> answered = answer.Parts.Count == 0 ? [article] : [.. answer.Parts.Select(part => part.Article)];
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Answer,
            Text = text,
            ArticleId = article.Id,
            Citations = [.. answered.SelectMany(a => a.Citations).DistinctBy(citation => citation.Canonical).Select(citation => AnswerCitation.Of(citation, serving.Knowledge.Sources))],
            Confidence = Math.Round(answer.Confidence, 3),
            Suggestions = labels,
            Actions = [.. answered.SelectMany(a => a.Actions).Distinct()],
        }, Shown.AsText with { Sources = SourceNotes.Of(answered, serving.Knowledge.Sources) }, cancellationToken);
        turn.Await(WaitingFor.Clarification, ids);
        turn.State = turn.State with { Topic = new(article.Id, turn.Now, -1), Misses = 0 };
    }

    /// <summary>The answer with the model's wording of its article, where there is one of this article in this style; it says so.</summary>
    private static Answer Reworded(Turn turn, Answer answer) =>
        turn is { AnswersFromKnowledge: { } style, Thought.Wording: { } wording } && wording.ArticleId == answer.Article.Id && wording.Style == style
            && answer is { Parts.Count: 0, Elaboration: Elaboration.None or Elaboration.Simpler }
            ? answer with { Article = answer.Article with { Body = $"{wording.Text}\n{Says.Reworded}" }, Elaboration = Elaboration.None }
            : answer;

    /// <summary>Nothing to guess from: what the bot can do; at the second miss in a row a person.</summary>
    private static async Task NotUnderstoodAsync(Turn turn, CancellationToken cancellationToken)
    {
        var again = turn.State.Misses > 0;
        turn.State = turn.State with { Misses = turn.State.Misses + 1 };
        await (again
            ? turn.ReplyAsync(AnswerKind.Clarification, Says.NoGuessAgain, cancellationToken, Says.Human)
            : turn.ReplyAsync(AnswerKind.Clarification, Says.NoGuess, cancellationToken, Says.Menu));
        if (again)
            turn.Await(WaitingFor.Handover);
    }

    /// <summary>Candidates to choose from; at the second miss in a row a person among them.</summary>
    private static async Task ClarifyAsync(Turn turn, Clarification clarification, CancellationToken cancellationToken)
    {
        var again = turn.State.Misses > 0;
        turn.State = turn.State with { Misses = turn.State.Misses + 1 };
        var candidates = clarification.Candidates.DistinctBy(article => article.Label).Take(again ? 2 : 3).ToList();
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Clarification,
            // Where the choices become numbered lines themselves they hold the whole question, and stand there once.
            Text = turn.Capabilities.Buttons ? "您问的是哪件？\n" + string.Join('\n', candidates.Select((article, i) => $"{i + 1}. {article.Question}")) : "您问的是哪件？",
            Confidence = Math.Round(clarification.Confidence, 3),
            Suggestions = [.. candidates.Select(article => turn.Capabilities.Buttons ? article.Label : article.Question), .. again ? (string[])[Says.Human] : [], Says.NoneOfThese],
        }, cancellationToken);
        turn.Await(WaitingFor.Clarification, [.. candidates.Select(article => article.Id)]);
        turn.State = turn.State with
        {
            Topic = clarification.TopicId is { } topic ? new(topic, turn.Now, -1) : turn.State.Topic,
            Unsure = new(Cut(Redact.Text(turn.Text)), turn.Thought.NearestStatute?.Place.ToString()),
        };
    }

    private async Task RefuseAsync(Turn turn, Refusal refusal, CancellationToken cancellationToken)
    {
        if (refusal.Reason == RefusalReason.OutOfScope)
        {
            var kind = refusal.Kind switch
            {
                ScopeKind.Harm => AnswerKind.Safety,
                ScopeKind.Chitchat => AnswerKind.Smalltalk,
                ScopeKind.Near or ScopeKind.Far or null => AnswerKind.Refusal,
            };
            if (kind == AnswerKind.Refusal)
                Record(turn, turn.Text, UnansweredQuestion.OutOfScope);
            await turn.ReplyAsync(new() { Kind = kind, Text = refusal.Redirect ?? Says.NotMine, Confidence = Math.Round(refusal.Confidence, 3) }, cancellationToken);
            return;
        }
        if (refusal.Redirect is { } nothingAsked)
        {
            await turn.ReplyAsync(new() { Kind = AnswerKind.Refusal, Text = nothingAsked, Confidence = Math.Round(refusal.Confidence, 3) }, cancellationToken);
            return;
        }
        Record(turn, turn.Text, UnansweredQuestion.NoAnswer);
        var again = turn.State.Misses > 0;
        turn.State = turn.State with { Misses = turn.State.Misses + 1 };
        if (turn.Thought.NearestStatute is { } nearest)
        {
            await statutes.ShowNearestAsync(turn, nearest, Math.Round(refusal.Confidence, 3), cancellationToken);
            return;
        }
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Refusal,
            Text = again ? Says.NoAnswerAgain : Says.NoAnswer + OfficeLine(turn),
            Confidence = Math.Round(refusal.Confidence, 3),
            Suggestions = again ? [Says.Human] : [],
        }, cancellationToken);
        if (again)
            turn.Await(WaitingFor.Handover);
    }

    /// <summary>What may come next: a related question, the sign-up once in a conversation, a person after a repeat.</summary>
    private (IReadOnlyList<string> Labels, IReadOnlyList<string> Ids) Follow(Turn turn, Answer answer, bool repeated)
    {
        var next = new List<(string Label, string Id)>();
        if (repeated)
            next.Add((Says.Human, ""));
        if (answer.Article.Actions.Contains(Calculate.Action))
            next.Add((Calculate.Button, ""));
        foreach (var related in answer.Article.Related.Select(serving.Knowledge.Find).OfType<Article>().Where(a => a.Id != turn.State.Topic?.ArticleId).Take(2))
            next.Add((related.Label, related.Id));
        if (answer.Article.Actions.Contains("sign-up") && !turn.State.SignUpOffered && turn.State.Form is null)
        {
            turn.State = turn.State with { SignUpOffered = true };
            next.Insert(0, (Says.SignUp, ""));
        }
        var shown = next.DistinctBy(pair => pair.Label).Take(2).ToList();
        return ([.. shown.Select(pair => pair.Label)], [.. shown.Select(pair => pair.Id)]);
    }


    /// <summary>Where the answer sends people to the office, its number stands below: an owner of 70 needs it.</summary>
    private string WithOffice(Turn turn, Article article, string text)
    {
        if (article.Caution != Caution.Unverified && !article.Body.Contains("核实", StringComparison.Ordinal))
            return text;
        var line = OfficeLine(turn);
        var ground = text.LastIndexOf("\n依据：", StringComparison.Ordinal);
        return ground < 0 ? $"{text}\n{line}" : text.Insert(ground, "\n" + line);
    }

    private string OfficeLine(Turn turn)
    {
        var office = directory.OfficeOf(turn.Contact.CommunityId is { } id ? directory.Find(id) : null);
        return office.AreaId is null ? "可以打12345问。" : $"{office.Name}电话{office.Phone}。";
    }

    private void Record(Turn turn, string question, string reason) => turn.Db.UnansweredQuestions.Add(new()
    {
        Question = Cut(Redact.Text(question)),
        Reason = reason,
        CommunityId = turn.Contact.CommunityId,
        At = clock.GetUtcNow(),
    });

    /// <summary>The points stand before the grounds, as many as fit into a long answer.</summary>
    private static string Within(string text, string points)
    {
        var lines = points.Split('\n').ToList();
        while (lines.Count > 1 && Encoding.UTF8.GetByteCount(text) + lines.Sum(line => Encoding.UTF8.GetByteCount(line) + 1) > LongestInBytes)
            lines.RemoveAt(lines.Count - 1);
        if (lines.Count < 2)
            return text;
        var ground = text.LastIndexOf("\n依据：", StringComparison.Ordinal);
        return ground < 0 ? $"{text}\n{string.Join('\n', lines)}" : text.Insert(ground, "\n" + string.Join('\n', lines));
    }

    private static string Cut(string text) => text.Length <= 2000 ? text : text[..2000];
}
