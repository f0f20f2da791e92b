using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>The words of the law: on request, word for word and for reference; and where no curated answer fits, the nearest article beside the honest no.</summary>
internal sealed class QuoteStatutes(StatuteLibrary library, ServingKnowledge serving)
{
    private const string GoOn = "接着看";
    private const string ReadIt = "看原文";
    private const int NearestBytes = 900;       // beside the no that goes before it
    private const int LongestLabel = 8;
    private const int MostRelated = 2;

    /// <summary>What a message has to do with the texts of statutes; outside any transaction.</summary>
    /// <param name="reply">What the curated answers make of it.</param>
    public (StatuteReply? Asked, StatuteQuoted? Nearest) Think(string words, ConversationState state, Reply reply, DateTimeOffset now)
    {
        if (StatuteShelf.MayAsk(words) && library.Current.Read(words, ContextOf(state, now)) is { } asked)
            return (asked, null);
        return reply is Clarification or Refusal { Reason: RefusalReason.NoAnswer, Redirect: null } ? (null, library.Current.Nearest(words)) : (null, null);
    }

    /// <summary>The article at a place as <see cref="StatutePlace.ToString"/> writes it; null when there is none at hand.</summary>
    public StatuteQuoted? At(string? place) => StatutePlace.TryParse(place, out var at) ? library.Current.At(at) : null;

    /// <summary>Answers a request for the words of an article, a button that goes on with one, or the choice among several statutes.</summary>
    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.IsWaitingFor(WaitingFor.Clarification) && turn.Thought.Choice is { } choice && choice < turn.State.Waiting!.Ids.Count
            && At(turn.State.Waiting.Ids[choice]) is { } picked)
        {
            await ShowAsync(turn, picked, cancellationToken);
            return true;
        }

        switch (turn.Thought.Statute)
        {
            case StatuteQuoted quoted:
                await ShowAsync(turn, quoted, cancellationToken);
                return true;
            case StatuteWhich which:
                await AskWhichAsync(turn, which, cancellationToken);
                return true;
            case StatuteWhichArticle { Source: var source }:
                await turn.ReplyAsync(AnswerKind.Clarification, $"您要看{serving.Knowledge.Sources.Title(source)}哪一条？说“第几条”就行{(source.Total is { } total ? $"，共{total}条" : "")}。", cancellationToken);
                return true;
            case StatuteEndsBefore ends:
                await turn.ReplyAsync(AnswerKind.Clarification,
                    $"{serving.Knowledge.Sources.Title(ends.Source)}只有{ends.Last}条，没有{ends.Number.Place}。您再看看条号，或者直接说事，我按规定答。", cancellationToken);
                return true;
            case StatuteMeaning { Quoted: var meant } when !RestsOn(turn.Thought.Reply, meant.Place):
                await ExplainAsync(turn, meant, cancellationToken);
                return true;
            case StatuteNotLoaded notLoaded when !RestsOn(turn.Thought.Reply, notLoaded.Place) && !(notLoaded.Source.Status == SourceStatus.Repealed && turn.Thought.HasAnswer):
                await SayNotLoadedAsync(turn, notLoaded, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The nearest article under the words that say there is no checked answer. Nothing of it counts as an answer.</summary>
    public async Task ShowNearestAsync(Turn turn, StatuteQuoted nearest, double? confidence, CancellationToken cancellationToken)
    {
        var quote = Quote(turn, nearest, NearestBytes);
        List<(string Label, string Id)> next = quote.Next is { } more ? [(GoOn, more.ToString()), (Says.Human, "")] : [(Says.Human, "")];
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Refusal,
            Text = $"{Says.NoAnswer}下面这条法律原文可能有关，没有核对过，不算答复。\n{quote.Text}",
            Citations = [Citation(nearest.Place)],
            Confidence = confidence,
            Suggestions = [.. next.Select(pair => pair.Label)],
        }, cancellationToken);
        turn.Await(WaitingFor.Clarification, [.. next.Select(pair => pair.Id)]);
        turn.State = turn.State with { Statute = new(nearest.Place.ToString(), turn.Now) };
    }

    private StatuteContext ContextOf(ConversationState state, DateTimeOffset now) => new(
        state.Topic is { } topic && topic.IsAlive(now) && serving.Knowledge.Find(topic.ArticleId) is { } article ? article.Citations : [],
        state.Statute is { } shown && shown.IsAlive(now) && StatutePlace.TryParse(shown.Place, out var place) ? place : null);

    private async Task ShowAsync(Turn turn, StatuteQuoted quoted, CancellationToken cancellationToken)
    {
        var quote = Quote(turn, quoted, StatuteQuote.PageBytes);
        var next = new List<(string Label, string Id)>();
        if (quote.Next is { } more)
            next.Add((GoOn, more.ToString()));
        next.AddRange(library.Current.Explained(quoted.Place).Select(article => (article.Label, article.Id)).DistinctBy(pair => pair.Label).Take(MostRelated - next.Count));
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Answer,
            Text = quote.Text,
            Citations = [Citation(quoted.Place)],
            Confidence = 1,
            Suggestions = [.. next.Select(pair => pair.Label)],
        }, cancellationToken);
        turn.Await(WaitingFor.Clarification, [.. next.Select(pair => pair.Id)]);
        turn.State = turn.State with { Statute = new((quoted.Place with { Page = 1 }).ToString(), turn.Now), Misses = 0 };
    }

    private async Task AskWhichAsync(Turn turn, StatuteWhich which, CancellationToken cancellationToken)
    {
        var choices = which.Places.Select(place => (Label: LabelOf(place.Source), Id: place.ToString())).DistinctBy(pair => pair.Label).ToList();
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Clarification,
            Text = $"好几部都有{which.Places[0].Number.Place}，您要看哪部？\n" + string.Join('\n', which.Places.Select((place, i) => $"{i + 1}. {NameOf(place.Source)}")),
            Suggestions = [.. choices.Select(pair => pair.Label), Says.NoneOfThese],
        }, cancellationToken);
        turn.Await(WaitingFor.Clarification, [.. choices.Select(pair => pair.Id)]);
        turn.State = turn.State with { Unsure = new(Redact.Text(turn.Text), null) };
    }

    /// <summary>What an article means is for the checked answers that rest on it; where there are none its words must do.</summary>
    private async Task ExplainAsync(Turn turn, StatuteQuoted meant, CancellationToken cancellationToken)
    {
        var related = library.Current.Explained(meant.Place).DistinctBy(article => article.Label).Take(MostRelated).ToList();
        if (related.Count == 0)
        {
            await ShowAsync(turn, meant, cancellationToken);
            return;
        }
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Clarification,
            Text = $"{NameOf(meant.Place.Source)}{meant.Place.Spoken}，您想知道哪件？\n" + string.Join('\n', related.Select((article, i) => $"{i + 1}. {article.Question}")) + $"\n{related.Count + 1}. {ReadIt}",
            Suggestions = [.. related.Select(article => article.Label), ReadIt, Says.NoneOfThese],
        }, cancellationToken);
        turn.Await(WaitingFor.Clarification, [.. related.Select(article => article.Id), meant.Place.ToString()]);
        turn.State = turn.State with { Unsure = new(Redact.Text(turn.Text), null) };
    }

    /// <summary>Whether there is a checked answer that rests on an article.</summary>
    private static bool RestsOn(Reply? reply, StatutePlace place) =>
        reply is Answer { Article: var article } && article.Citations.Any(citation => citation.Source == place.Source && citation.Number == place.Number.Digits);

    /// <summary>The text is not at hand: what is known of it, and the checked answers that rest on it.</summary>
    private async Task SayNotLoadedAsync(Turn turn, StatuteNotLoaded notLoaded, CancellationToken cancellationToken)
    {
        var (source, place) = (notLoaded.Source, notLoaded.Place);
        var explained = library.Current.Explained(place).ToList();
        if (explained.Count == 0 && source.Status == SourceStatus.Repealed && turn.Thought.Reply is Clarification unsure)
            explained = [.. unsure.Candidates];
        var related = explained.DistinctBy(article => article.Label).Take(MostRelated + 1).ToList();
        var now = source.Status != SourceStatus.Repealed ? ""
            : $"{serving.Knowledge.Sources.Title(source)}已经失效{(serving.Knowledge.Sources.ReplacementOf(source) is { } newer ? $"，由{serving.Knowledge.Sources.Title(newer)}取代" : "")}。";
        var text = $"{now}{serving.Knowledge.Sources.Title(source)}{place.Number.Place}的原文我手边没有，可以在国家法律法规数据库里查。";
        await turn.ReplyAsync(new()
        {
            Kind = related.Count > 0 ? AnswerKind.Clarification : AnswerKind.Refusal,
            Text = related.Count == 0 ? text : $"{text}\n跟它有关的，我能答这些：\n" + string.Join('\n', related.Select((article, i) => $"{i + 1}. {article.Question}")),
            Suggestions = related.Count == 0 ? [] : [.. related.Select(article => article.Label), Says.NoneOfThese],
        }, cancellationToken);
        turn.Await(WaitingFor.Clarification, [.. related.Select(article => article.Id)]);
        turn.State = turn.State with { Unsure = new(Redact.Text(turn.Text), null) };
    }

    private StatuteQuote Quote(Turn turn, StatuteQuoted quoted, int bytes) =>
        StatuteQuote.Of(quoted, serving.Knowledge.Sources, Math.Min(bytes, Math.Max(300, turn.Capabilities.MaxTextBytes - 200)));

    private AnswerCitation Citation(StatutePlace place) => new(
        place.Source + place.Number.Digits, place.Source, place.Number.Digits, NameOf(place.Source) + place.Spoken, serving.Knowledge.Sources.Find(place.Source)?.Effective);

    private string NameOf(string sourceId) => serving.Knowledge.Sources.Find(sourceId) is { } source ? serving.Knowledge.Sources.Title(source) : sourceId;

    /// <summary>A button's words for a statute, at most eight characters.</summary>
    private static string LabelOf(string sourceId)
    {
        var bracket = sourceId.IndexOf('（', StringComparison.Ordinal);
        var label = bracket > 0 ? sourceId[..bracket] : sourceId;
        if (label.Length > LongestLabel)
            label = label.Replace("省", "", StringComparison.Ordinal);
        return label.Length <= LongestLabel ? label : label[..LongestLabel];
    }
}

/// <summary>The place of a statute that was shown last, for 第二款呢 and 下一条.</summary>
/// <param name="Place">As <see cref="StatutePlace.ToString"/> writes it.</param>
internal sealed record ShownStatute(string Place, DateTimeOffset At)
{
    public bool IsAlive(DateTimeOffset now) => now - At < TimeSpan.FromMinutes(30);
}
