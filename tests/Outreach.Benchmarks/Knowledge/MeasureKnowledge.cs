using System.Diagnostics;
using System.Globalization;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;

namespace Outreach.Benchmarks.Knowledge;

/// <summary>
/// How good and how fast the answers are, one table, beside Lucene.Net over the same articles in the same run:
/// <c>dotnet run -c Release --project tests/Outreach.Benchmarks -- knowledge [FOLDER]</c>. The test half is looked at only here.
/// </summary>
internal static class MeasureKnowledge
{
    private static readonly string[] Halves = ["dev", "test"];

    public static void Run(string folder, TextWriter output, string? show = null)
    {
        var knowledge = KnowledgeBase.Load(folder);
        var answerer = new Answerer(knowledge);
        var questions = EvaluationSet.Questions();
        var asked = questions.Select(question => new Outcome(question, answerer.Evaluate(question.Text, new(question.Text)), answerer.Ask(new(question.Text)))).ToList();
        using var lucene = new LucenePeer(knowledge.Articles);

        output.WriteLine($"{knowledge.Articles.Count} articles, {knowledge.Articles.Sum(article => article.Variants.Count)} variants; {questions.Count} questions, {EvaluationSet.Dialogues().Count} dialogues");
        output.WriteLine($"{"",-44}{"dev",10}{"test",10}");
        Row("Hit@1", half => Hit(Ours(half), 1));
        Row("Hit@3", half => Hit(Ours(half), 3));
        Row("Hit@5", half => Hit(Ours(half), 5));
        Row("Hit@1, no word in common with the question", half => Hit(Ours(half).Where(o => o.Question.Lexical == "none"), 1));
        Row("Lucene.Net CJKAnalyzer BM25 Hit@1", half => LuceneHit(half, 1));
        Row("Lucene.Net CJKAnalyzer BM25 Hit@3", half => LuceneHit(half, 3));
        Row("ours: answered", half => Share(Ours(half), o => o.Reply is Answer));
        Row("ours: asked back", half => Share(Ours(half), o => o.Reply is Clarification));
        Row("ours: asked back, right one among the choices", half => Share(Ours(half).Where(o => o.Reply is Clarification), o => ((Clarification)o.Reply).Candidates.Any(a => o.Question.Articles.Contains(a.Id))));
        Row("ours: refused", half => Share(Ours(half), o => o.Reply is Refusal));
        Row("direct answers that are right", half => Share(Ours(half).Where(o => o.Reply is Answer), o => o.IsRight));
        Row("right or right among the choices", half => Share(Ours(half), o => o.IsRight || (o.Reply is Clarification c && c.Candidates.Any(a => o.Question.Articles.Contains(a.Id)))));
        Row("wrong answers, of all ours", half => Share(Ours(half), o => o.Reply is Answer && !o.IsRight));
        Row("a needed citation in the answer", half => Share(Ours(half).Where(o => o.Reply is Answer), o => Shown(o).Any(a => a.Citations.Any(c => o.Question.Citations.Contains(c.Canonical)))));
        Row("all needed facts in the answer", half => Share(Ours(half).Where(o => o.Reply is Answer), o => o.Question.Facts.All(((Answer)o.Reply).Let(a => AnswerText.Compose(a, knowledge.Sources)).Contains)));
        foreach (var scope in (string[])["far", "near", "chitchat"])
            Row($"{scope}: refused", half => Share(asked.Where(o => o.Question.Half == half && o.Question.Scope == scope), o => o.Reply is Refusal));
        foreach (var scope in (string[])["far", "near", "chitchat"])
            Row($"{scope}: answered all the same", half => Share(asked.Where(o => o.Question.Half == half && o.Question.Scope == scope), o => o.Reply is Answer));
        Row("AUROC of the scope gate", half => Auroc(asked.Where(o => o.Question.Half == half)));
        var random = new Random(20261125);
        var noise = new Homophones(answerer.Characters());
        Row("Hit@1 under 10 % homophones", half => Hit(Ours(half).Select(o => o with { Evaluation = answerer.Evaluate(noise.Disturb(o.Question.Text, .1, random), new(o.Question.Text)) }), 1));
        var turns = EvaluationSet.Dialogues().Select(dialogue => (dialogue.Half, Turns: Play(answerer, dialogue))).ToList();
        Row("dialogue turns: right", half => Share(turns.Where(d => d.Half == half).SelectMany(d => d.Turns), right => right));
        Row("dialogues: every turn right", half => Share(turns.Where(d => d.Half == half), d => d.Turns.All(right => right)));
        Speed(folder, knowledge, questions, output);

        foreach (var o in asked.Where(o => show is not null && o.Question.Half == "dev"))
            Show(o, show!, output);
        if (show == "dialogues")
            foreach (var dialogue in EvaluationSet.Dialogues().Where(dialogue => dialogue.Half == "dev"))
                Play(answerer, dialogue, output);

        IEnumerable<Outcome> Ours(string half) => asked.Where(o => o.Question.Half == half && o.Question.Scope == "in");

        double LuceneHit(string half, int count) =>
            Share(Ours(half), o => lucene.Search(o.Question.Text, count).Any(o.Question.Articles.Contains));

        void Row(string name, Func<string, double> value)
        {
            output.Write($"{name,-44}");
            foreach (var half in Halves)
                output.Write($"{value(half).ToString("p1", CultureInfo.InvariantCulture),10}");
            output.WriteLine();
        }
    }

    private static T2 Let<T, T2>(this T value, Func<T, T2> use) => use(value);

    private static List<bool> Play(Answerer answerer, EvaluationDialogue dialogue, TextWriter? output = null)
    {
        string? topic = null;
        var right = new List<bool>();
        foreach (var turn in dialogue.Turns)
        {
            var reply = answerer.Ask(new(turn.Text, TopicArticleId: topic));
            right.Add(turn.Kind switch
            {
                "answer" => reply is Answer answer && (turn.Articles.Contains(answer.Article.Id) || answer.Parts.Any(part => turn.Articles.Contains(part.Article.Id))),
                _ => reply is Refusal,
            });
            if (!right[^1])
                output?.WriteLine($"{dialogue.Id} [{topic}] {turn.Text} -> {Said(reply)}; wanted {turn.Kind} {string.Join(' ', turn.Articles)}");
            topic = reply.TopicId ?? topic;
        }

        return right;
    }

    private static void Show(Outcome o, string what, TextWriter output)
    {
        var wanted = what switch
        {
            "wrong" => o.Question.Scope == "in" && o.Reply is Answer && !o.IsRight,
            "missed" => o.Question.Scope == "in" && !o.Evaluation.Candidates.Take(1).Any(c => o.Question.Articles.Contains(c.Article.Id)),
            "refused" => o.Question.Scope == "in" && o.Reply is Refusal,
            "scope" => o.Question.Scope != "in" && o.Reply is not Refusal,
            _ => false,
        };
        if (wanted)
            output.WriteLine($"{o.Question.Id} {o.Question.Text}\n    {Said(o.Reply)} scope {o.Evaluation.Scope:f2}\n    {string.Join("  ", o.Evaluation.Candidates.Select(c => $"{c.Article.Id} {c.Score:f2}"))}\n    wanted {string.Join(' ', o.Question.Articles)}");
    }

    private static string Said(Reply reply) => string.Create(CultureInfo.InvariantCulture, $"{reply.GetType().Name} {reply.Confidence:f2} {reply switch
    {
        Answer answer => answer.Article.Id + string.Concat(answer.Parts.Select(part => $" [{part.Article.Id}]")),
        Clarification choice => string.Join(' ', choice.Candidates.Select(a => a.Id)),
        Refusal refusal => $"{refusal.Reason} {refusal.GroupId}",
        _ => "",
    }}");

    private static void Speed(string folder, KnowledgeBase knowledge, IReadOnlyList<EvaluationQuestion> questions, TextWriter output)
    {
        // A thousand articles: the same ones again, their characters shifted, so that terms differ as between real articles.
        var thousand = knowledge.Articles.Concat(Enumerable.Range(1, 9).SelectMany(copy => knowledge.Articles.Select(article => article with
        {
            Id = $"{article.Id}.{copy}",
            Question = Shift(article.Question, copy),
            Variants = [.. article.Variants.Select(variant => Shift(variant, copy))],
            Body = Shift(article.Body, copy),
        }))).Take(1000).ToList();
        foreach (var (name, articles) in (ReadOnlySpan<(string, IReadOnlyList<Article>)>)[("as shipped", knowledge.Articles), ("1000 articles", thousand)])
        {
            var answerer = new Answerer(new KnowledgeBase(articles, knowledge.Sources, knowledge.Rewrites, knowledge.OutOfScope));
            foreach (var question in questions)
                answerer.Ask(new(question.Text));
            var times = questions.Select(question =>
            {
                var start = Stopwatch.GetTimestamp();
                answerer.Ask(new(question.Text));
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }).Order().ToList();
            output.WriteLine($"{name}: p50 {times[times.Count / 2]:f2} ms, p99 {times[times.Count * 99 / 100]:f2} ms a question");
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var loaded = KnowledgeBase.Load(folder);
        var read = watch.ElapsedMilliseconds;
        var built = new Answerer(loaded);
        var total = watch.ElapsedMilliseconds;
        output.WriteLine($"load (warm): files {read} ms, index {total - read} ms; {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:f1} MB kept");
        GC.KeepAlive(built);
    }

    private static string Shift(string text, int by) => new([.. text.Select(c => c is >= '\u4E00' and < '\u9F00' ? (char)(c + (by * 7)) : c)]);

    private static double Hit(IEnumerable<Outcome> outcomes, int count) =>
        Share(outcomes, o => o.Evaluation.Candidates.Take(count).Any(c => o.Question.Articles.Contains(c.Article.Id)));

    private static double Share<T>(IEnumerable<T> all, Func<T, bool> holds) => all.Select(item => holds(item) ? 1.0 : 0).DefaultIfEmpty(0).Average();

    private static IEnumerable<Article> Shown(Outcome o) => o.Reply is Answer answer ? answer.Parts.Select(part => part.Article).Prepend(answer.Article) : [];

    private static double Auroc(IEnumerable<Outcome> outcomes)
    {
        var (ours, others) = (outcomes.Where(o => o.Question.Scope == "in").ToList(), outcomes.Where(o => o.Question.Scope != "in").ToList());
        return others.Average(other => ours.Average(our => our.Evaluation.Scope < other.Evaluation.Scope ? 1.0 : our.Evaluation.Scope > other.Evaluation.Scope ? 0 : .5));
    }

    private sealed record Outcome(EvaluationQuestion Question, Evaluation Evaluation, Reply Reply)
    {
        public bool IsRight => Shown(this).Any(article => Question.Articles.Contains(article.Id));
    }
}
