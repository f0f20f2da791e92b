using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;

namespace Outreach.Knowledge.Answers;

/// <summary>Finds the article that answers a question, or says that it is not sure or not ours. Immutable; safe for many threads.</summary>
public sealed class Answerer
{
    private const int MaxParts = 3;
    private const int MaxText = 5000;
    private const int MaxSearched = 400;        // characters of a story that are searched, its questions first
    private const int Considered = 5;
    private const string Foreign = "I can answer only in Chinese. 请用中文问，回“人工”找工作人员。";
    private const string NothingAsked = "我在。请打字说说：谁做了什么，您想知道什么。";
    private const string TooLong = "太长了，我一次看不完。请分段发，一次问一件事。";

    // How much a follow-up leans on the topic, in logits; chosen on the dialogues of the development half and on follow-ups to single articles,
    // from the middle of the range in which they hardly matter.
    private const float SubjectShare = .5f;
    private const float NearItself = 1.8f;
    private const float NearRelated = 1.8f;
    private const float NearFolder = 1.25f;
    private const float SubjectScope = .85f;     // a follow-up is as much ours as it is together with its topic
    private const float EaseForFollowUps = .72f; // their few words leave more articles near each other, and the answer says how it understood them
    private const float KeepWhole = .75f;        // a completed question this much less sure than the bare one still goes first

    private const float NearEnoughToSend = .5f;     // half of what the two say, by weight: less, and the asker is sent to the wrong office
    private const float LikeTaught = .7f;           // above the likeness of two questions that share a pattern alone

    private readonly KnowledgeBase _knowledge;
    private readonly ScopeGate _gate;
    private readonly ScopeGate? _taught;
    private readonly RewriteTable _rewrites;
    private readonly Ranker _ranker;
    private readonly RankerModel _model;
    private readonly ILookup<string, Article> _local;

    public Answerer(KnowledgeBase knowledge)
        : this(knowledge, RankerModel.Load(knowledge.RankerFile))
    {
    }

    /// <summary>Over articles wherever they come from, with everything else of a knowledge base.</summary>
    public Answerer(KnowledgeBase knowledge, IEnumerable<Article> articles)
        : this(knowledge.With(articles))
    {
    }

    internal Answerer(KnowledgeBase knowledge, RankerModel model)
    {
        _knowledge = knowledge;
        _model = model;
        var index = new SearchIndex(knowledge.Articles);
        _gate = new(Texts(index), knowledge.OutOfScope);
        _taught = knowledge.Taught.Count == 0 ? null : new(Texts(index), knowledge.Taught);
        _rewrites = new(knowledge.Rewrites, () => Texts(index));
        _ranker = new(index, _rewrites, _gate, model);
        _local = knowledge.Articles.Where(article => article.LocalFor is not null).ToLookup(article => article.LocalFor!, StringComparer.Ordinal);
    }

    public Reply Ask(Question question)
    {
        if (question.Text.Length > MaxText)
            return new Refusal(RefusalReason.NoAnswer, TooLong) { Confidence = 1 };
        var normalised = Normaliser.Normalise(question.Text);
        if (!normalised.Any(CharacterTable.IsHan) && _rewrites.Apply(normalised) is null && !IsPinyin(normalised))
            return new Refusal(RefusalReason.NoAnswer, normalised.Any(char.IsLetter) ? Foreign : NothingAsked) { Confidence = 1 };

        var topic = question.TopicArticleId is null ? null : _knowledge.Find(question.TopicArticleId);
        if (topic is not null && QuestionShape.Wanted(normalised) is not Elaboration.None and var wanted)
            return new Answer(topic) { Confidence = 1, Elaboration = wanted, Alternatives = [new(topic, 1)] };

        var whole = Evaluate(Searched(question.Text), question);
        var parts = QuestionShape.Split(question.Text);
        if (parts.Count > 1 && Several(parts, question with { Nearness = null }) is { } several)
            return several;
        if (parts.Count == 1 && QuestionShape.SplitRunOn(question.Text) is { Count: > 1 } run
            && Several(run, question with { Nearness = null }) is { } each && each.Parts.Count + each.QuestionsLeft == run.Count)
            return each;

        var best = whole;
        if (topic is not null && (QuestionShape.LeansOnTopic(normalised) || QuestionShape.IsFragment(normalised)))
        {
            var completed = Complete(normalised, topic, question);
            if (completed.Confidence >= whole.Confidence * KeepWhole || completed.Confidence >= _model.AnswerAt)
                best = completed;
        }
        else if (QuestionShape.Focus(question.Text) is { } focus && Evaluate(focus, question) is var focused && focused.Confidence > whole.Confidence)
        {
            best = focused;
        }

        return Decide(best, question);
    }

    /// <summary>The form of an answer that a text asks for when it asks for nothing else (详细点); with no topic there is nothing yet to give it to.</summary>
    public static Elaboration Wanted(string text) => text.Length > MaxText ? Elaboration.None : QuestionShape.Wanted(Normaliser.Normalise(text));

    /// <summary>The group whose example comes nearest to a question that is not ours; null when none is near enough to send its asker there.</summary>
    public OutOfScopeGroup? NearestOutOfScope(string text)
    {
        var (_, nearest, group) = _gate.Judge(Normaliser.Normalise(text), ScopeLeave.Nothing);
        return group >= 0 && nearest >= NearEnoughToSend ? _gate.Groups[group] : null;
    }

    /// <summary>Every question and variant, normalised.</summary>
    internal static IEnumerable<string> Texts(SearchIndex index)
    {
        for (var article = 0; article < index.Count; article++)
            for (var variant = 0; variant < index.Variants(article).Length; variant++)
                yield return index.Variants(article)[variant];
    }

    /// <summary>All characters of the questions and variants.</summary>
    internal IEnumerable<char> Characters() => _knowledge.Articles.SelectMany(article => article.Variants.Append(article.Question)).SelectMany(text => text);

    /// <summary>The ranking of one wording, for fitting and for measuring.</summary>
    internal Evaluation Evaluate(string text, Question question) => Rank(Normaliser.Normalise(text), question, topic: null);

    private static string Searched(string text) =>
        text.Length <= MaxSearched ? text : QuestionShape.Focus(text) is { Length: <= MaxSearched } focus ? focus : text[..MaxSearched];

    /// <summary>A message with several questions; null when fewer than two of them have an answer of their own.</summary>
    private Answer? Several(IReadOnlyList<string> texts, Question question)
    {
        var parts = new List<AnswerPart>();
        var left = 0;
        Article? topic = null;
        foreach (var text in texts)
        {
            var normalised = Normaliser.Normalise(text);
            var evaluation = Rank(normalised, question, topic: null);
            if (topic is not null && evaluation.Confidence < _model.AnswerAt && QuestionShape.IsFragment(normalised))
                evaluation = Complete(normalised, topic, question);
            if (evaluation.Confidence < _model.AnswerAt || evaluation.Scope >= _model.RefuseAt || evaluation.Candidates.Count == 0)
                continue;
            topic = Local(evaluation.Candidates[0].Article, question).Article;
            if (parts.Exists(part => part.Article.Id == topic.Id))
                continue;
            if (parts.Count == MaxParts)
                left++;
            else
                parts.Add(new(text.Trim(), topic, evaluation.Confidence));
        }

        return parts.Count < 2 ? null : new(parts[0].Article)
        {
            Parts = parts,
            QuestionsLeft = left,
            Confidence = parts.Min(part => part.Confidence),
            Alternatives = [.. parts.Select(part => new Candidate(part.Article, part.Confidence))],
        };
    }

    private Evaluation Complete(string normalised, Article topic, Question question) =>
        Rank(QuestionShape.WithoutLeaning(normalised), question, topic) with { Understood = true };

    private Reply Decide(Evaluation evaluation, Question question)
    {
        var candidates = evaluation.Candidates;
        if (evaluation.Scope >= _model.RefuseAt && !evaluation.Understood)
        {
            var group = evaluation.Taught ?? (evaluation.Group >= 0 ? _gate.Groups[evaluation.Group] : null);
            return new Refusal(RefusalReason.OutOfScope, group?.Redirect)
            {
                Kind = group?.Kind,
                GroupId = group?.Id,
                Confidence = evaluation.Scope,
                Alternatives = candidates,
            };
        }

        if (candidates.Count == 0 || evaluation.Confidence < _model.ClarifyAt)
            return new Refusal(RefusalReason.NoAnswer, null) { Confidence = 1 - evaluation.Confidence, Alternatives = candidates };

        if (evaluation.Confidence >= _model.AnswerAt * (evaluation.Understood ? EaseForFollowUps : 1))
        {
            var (article, mayDiffer) = Local(candidates[0].Article, question);
            return new Answer(article)
            {
                Confidence = evaluation.Confidence,
                Alternatives = candidates,
                Understood = evaluation.Understood ? article.Question : null,
                MayDifferLocally = mayDiffer,
            };
        }

        var offered = candidates.Select(candidate => Local(candidate.Article, question).Article).DistinctBy(article => article.Id).ToList();
        var count = offered.Count > 2 && candidates[2].Score >= candidates[0].Score / 6 ? 3 : 2;
        return offered.Count < 2
            ? new Refusal(RefusalReason.NoAnswer, null) { Confidence = 1 - evaluation.Confidence, Alternatives = candidates }
            : new Clarification([.. offered.Take(count)]) { Confidence = evaluation.Confidence, Alternatives = candidates };
    }

    private Evaluation Rank(string normalised, Question question, Article? topic)
    {
        var look = _ranker.Look(normalised, LeaveOut.Nothing);
        if (look.Mass.IsEmpty)
            return NothingBut(TaughtLike(normalised, ours: 0));
        var logits = _ranker.Logits(look);
        var subject = topic is null ? null : _ranker.Look($"{Normaliser.Normalise(topic.Question)} {normalised}", LeaveOut.Nothing);
        if (topic is not null)
            AddTopic(logits, _ranker.Logits(subject!), topic);
        else if (question.Nearness is { } nearness)
            for (var a = 0; a < logits.Length; a++)
                logits[a] += _model.Nearness * nearness(_knowledge.Articles[a].Id);
        for (var a = 0; a < logits.Length; a++)
            if (!IsEligible(_knowledge.Articles[a], question))
                logits[a] = float.NegativeInfinity;

        var top = Ranker.Top(logits, Considered);
        if (top.Count == 0)
            return NothingBut(TaughtLike(normalised, ours: 0));
        var probabilities = Ranker.Probabilities(logits, top);
        var (scope, group) = _ranker.Scope(look, top);
        if (subject is not null)
            scope = ((1 - SubjectScope) * scope) + (SubjectScope * Math.Min(scope, _ranker.Scope(subject, top).Probability));
        var taught = topic is null ? TaughtLike(normalised, top.Max(look.Likeness)) : null;
        if (taught is not null)
            scope = 1;
        return new([.. top.Select((article, place) => new Candidate(_knowledge.Articles[article], probabilities[place]))],
            _ranker.Confidence(look, top, probabilities, scope), scope, group)
        { Taught = taught };
    }

    private static Evaluation NothingBut(OutOfScopeGroup? taught) => taught is null ? Evaluation.Nothing : Evaluation.Nothing with { Scope = 1, Taught = taught };

    /// <summary>The group of a taught example that is nearly the same question, and nearer than any of ours; null when there is none.</summary>
    /// <param name="ours">Likeness of the nearest of our own wordings.</param>
    private OutOfScopeGroup? TaughtLike(string normalised, float ours) =>
        _taught is not null && _taught.Judge(normalised, ScopeLeave.Nothing) is { Group: >= 0 } judged && judged.Nearest >= LikeTaught && judged.Nearest > ours ? _taught.Groups[judged.Group] : null;

    /// <summary>A follow-up is about the topic, its relatives or its folder, and its words are few: the topic's own words help.</summary>
    private void AddTopic(float[] logits, float[] subject, Article topic)
    {
        // The topic's own question fits the topic best of all, which says nothing.
        for (var a = 0; a < subject.Length; a++)
            if (_knowledge.Articles[a].Id == topic.Id)
                subject[a] = subject.Where((_, other) => other != a).DefaultIfEmpty(subject[a]).Max();
        for (var a = 0; a < logits.Length; a++)
        {
            var article = _knowledge.Articles[a];
            var near = article.Id == topic.Id ? NearItself : topic.Related.Contains(article.Id) || article.Related.Contains(topic.Id) ? NearRelated : article.Topic == topic.Topic ? NearFolder : 0;
            logits[a] = ((1 - SubjectShare) * logits[a]) + (SubjectShare * subject[a]) + near;
        }
    }

    private (Article Article, bool MayDiffer) Local(Article article, Question question)
    {
        if (question.Region is null)
        {
            var general = article.LocalFor is null ? article : _knowledge.Find(article.LocalFor) ?? article;
            return (general, _local.Contains(general.Id));
        }

        var local = _local[article.Id].Where(candidate => IsEligible(candidate, question)).MaxBy(candidate => Depth(candidate, question.Region));
        return (local ?? article, false);
    }

    private static bool IsEligible(Article article, Question question) =>
        (question.On is not { } day || ((article.Since is not { } since || since <= day) && (article.Until is not { } until || day <= until)))
        && (question.Region is null || article.Regions.Any(region => region == "全国" || question.Region.Contains(region, StringComparison.Ordinal)));

    private static int Depth(Article article, string region) => article.Regions.Max(name => name == "全国" ? 0 : region.IndexOf(name, StringComparison.Ordinal) + 1);

    private static bool IsPinyin(string normalised)
    {
        var words = normalised.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && words.All(word => word.All(char.IsAsciiLetterLower) && Pinyin.Segment(word) is not null);
    }
}

/// <summary>What searching one wording found.</summary>
/// <param name="Candidates">The best articles, best first.</param>
/// <param name="Confidence">Probability that the first one answers.</param>
/// <param name="Scope">Probability of being out of scope.</param>
/// <param name="Group">The nearest out-of-scope group, or -1.</param>
internal sealed record Evaluation(IReadOnlyList<Candidate> Candidates, float Confidence, float Scope, int Group)
{
    public static Evaluation Nothing { get; } = new([], 0, 0, -1);

    /// <summary>What staff taught to refuse, when the question is nearly that.</summary>
    public OutOfScopeGroup? Taught { get; init; }

    /// <summary>The topic completed it.</summary>
    public bool Understood { get; init; }
}
