using System.Globalization;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;

namespace Outreach.Benchmarks.Knowledge;

/// <summary>
/// How often the second index speaks, and how often it is right, over the texts of a folder: <c>dotnet run -c Release --project tests/Outreach.Benchmarks -- statutes FOLDER [show]</c>.
/// It is right where the article is one that the question's answer must cite.
/// </summary>
internal static class MeasureStatutes
{
    public static void Run(string folder, TextWriter output, string? show)
    {
        var knowledge = KnowledgeBase.Load(AppContext.BaseDirectory);
        var answerer = new Answerer(knowledge);
        var shelf = new StatuteShelf(Texts(folder, knowledge), knowledge);
        var asked = EvaluationSet.Questions().Select(question => (Question: question, Reply: answerer.Ask(new(question.Text)), Best: shelf.Index.Best(question.Text), Shown: shelf.Nearest(question.Text))).ToList();
        output.WriteLine($"{shelf.Texts.Count} texts, {shelf.Texts.Sum(text => text.Articles.Count)} articles; {asked.Count} questions");

        output.WriteLine("as the bot uses it: questions of the scope, those that no curated answer fits (refused, or none of the choices is right), those of them that get an article, and those that get the right one");
        foreach (var scope in (string[])["in", "near", "far", "chitchat"])
        {
            var all = asked.Where(a => a.Question.Scope == scope).ToList();
            var missed = all.Where(a => a.Reply is Refusal { Reason: RefusalReason.NoAnswer, Redirect: null }
                || (a.Reply is Clarification asks && !asks.Candidates.Any(article => a.Question.Articles.Contains(article.Id)))).ToList();
            output.WriteLine($"{scope,-9}{all.Count,5}{missed.Count,5}{missed.Count(a => a.Shown is not null),5}{missed.Count(a => a.Shown is { } shown && IsRight(a.Question, shown.Place.Source, shown.Place.Number)),5}");
        }

        output.WriteLine("if it were asked every question: speaks, and of that right");
        foreach (var scope in (string[])["in", "near", "far", "chitchat"])
        {
            var all = asked.Where(a => a.Question.Scope == scope).ToList();
            var spoke = all.Where(a => a.Shown is not null).ToList();
            var right = spoke.Count(a => IsRight(a.Question, a.Shown!.Place.Source, a.Shown.Place.Number));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scope,-9}{(double)spoke.Count / all.Count,8:p1}{(spoke.Count == 0 ? 0 : (double)right / spoke.Count),8:p1}"));
        }

        var listed = knowledge.OutOfScope.SelectMany(group => group.Questions).ToList();
        output.WriteLine($"out-of-scope examples of the knowledge base: {listed.Count}, speaks to {listed.Count(question => shelf.Nearest(question) is not null)}");
        if (show is null)
            return;
        output.WriteLine("coverage from: share of the in-scope questions, right of them, share of the others");
        foreach (var lead in (float[])[0, .05f, .1f, .2f])
            foreach (var least in (float[])[.3f, .4f, .5f, .6f, .7f, .8f])
            {
                bool Speaks(StatuteHit? hit) => hit is { } h && h.Coverage >= least && h.Lead >= lead && h.Matches >= 3;
                var inScope = asked.Where(a => a.Question.Scope == "in").ToList();
                var spoke = inScope.Where(a => Speaks(a.Best)).ToList();
                var others = asked.Where(a => a.Question.Scope != "in").ToList();
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{lead:f2} {least:f1}{(double)spoke.Count / inScope.Count,8:p1}{(spoke.Count == 0 ? 0 : (double)spoke.Count(a => IsRight(a.Question, a.Best!.Value.Text.SourceId, a.Best.Value.Article.Number)) / spoke.Count),8:p1}{(double)others.Count(a => Speaks(a.Best)) / others.Count,8:p1}"));
            }

        foreach (var a in asked.Where(a => a.Question.Half == "dev" && (a.Reply is Refusal { Reason: RefusalReason.NoAnswer, Redirect: null } || (a.Question.Scope != "in" && a.Shown is not null))))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{a.Question.Scope} {(a.Shown is null ? "-" : "SHOWN")} {a.Question.Text} -> {a.Best?.Text.SourceId}{a.Best?.Article.Number.Digits} {a.Best?.Coverage:f2} {a.Best?.Lead:f2} {a.Best?.Matches}; wanted {string.Join(' ', a.Question.Citations)}"));
    }

    internal static List<StatuteText> Texts(string folder, KnowledgeBase knowledge) =>
        [.. Directory.GetFiles(folder, "*.md").Order(StringComparer.Ordinal).Select(path =>
        {
            var parsed = StatuteParser.Parse(File.ReadAllLines(path));
            var source = StatuteFileMatch.Find(parsed.Opening, knowledge.Sources).Source ?? throw new InvalidDataException($"{path} is of no source.");
            return new StatuteText(source.Id, source.Title, parsed.Articles);
        })];

    private static bool IsRight(EvaluationQuestion question, string source, ArticleNumber number) => question.Citations.Contains(source + number.Digits);
}
