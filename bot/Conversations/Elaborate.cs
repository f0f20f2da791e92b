using System.Text.RegularExpressions;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;

namespace Outreach.Conversations;

/// <summary>举个例子 after an answer, and 详细点 or 依据是什么 when nothing was answered yet.</summary>
internal sealed partial class Elaborate(ServingKnowledge serving)
{
    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (!turn.Thought.IsText)
            return false;
        var topic = turn.State.Topic is { } alive && alive.IsAlive(turn.Now) ? serving.Knowledge.Find(alive.ArticleId) : null;
        if (topic is null)
        {
            if (!CalculationWords.WantsExample(turn.Text) && Answerer.Wanted(turn.Text) is Elaboration.None)
                return false;
            await turn.ReplyAsync(AnswerKind.Clarification, "您想听哪件事？先问一句，比如“换物业要多少人同意”。", cancellationToken, turn.State.Form is null ? Says.Menu : []);
            return true;
        }
        if (!CalculationWords.WantsExample(turn.Text))
            return false;
        await AnswerAsync(turn, topic, cancellationToken);
        return true;
    }

    /// <summary>What 详细点 adds to an article: the first sentences of those that it names as related, at most three.</summary>
    public static string RelatedPoints(Article article, KnowledgeBase knowledge)
    {
        var lines = article.Related.Select(knowledge.Find).OfType<Article>().Take(3).Select(related => $"· {related.Question}{AnswerText.Point(related)}").ToList();
        return lines.Count == 0 ? "" : "相关的：\n" + string.Join('\n', lines);
    }

    private async Task AnswerAsync(Turn turn, Article topic, CancellationToken cancellationToken)
    {
        // The article's own example, one of its relatives, else a worked vote where numbers decide.
        var (article, example) = topic.Related.Select(serving.Knowledge.Find).OfType<Article>().Prepend(topic).Select(candidate => (candidate, ExampleIn(candidate.Body))).FirstOrDefault(pair => pair.Item2.Length > 0);
        if (article is null && topic.Actions.Contains(Calculate.Action))
            (article, example) = (topic, VoteWords.Example(Knowledge.Calculators.VoteKind.Ordinary));
        if (article is null)
        {
            await turn.ReplyAsync(AnswerKind.Clarification, "这条没有现成的例子。把您的情况说说，谁做了什么，我照着答。", cancellationToken, "详细点", "依据是什么");
            return;
        }
        var ground = serving.Knowledge.Sources.GroundLine(article.Citations);
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Answer,
            Text = ground.Length == 0 ? example : $"{example}\n{ground}",
            ArticleId = article.Id,
            Citations = [.. article.Citations.DistinctBy(citation => citation.Canonical).Select(citation => AnswerCitation.Of(citation, serving.Knowledge.Sources))],
            Confidence = 1,
            Suggestions = article.Actions.Contains(Calculate.Action) ? [Calculate.Button] : [],
            Actions = article.Actions,
        }, cancellationToken);
        turn.State = turn.State with { Topic = new(topic.Id, turn.Now, -1), Misses = 0 };
    }

    /// <summary>The sentence with 比如 or 例如 and the one behind it when it goes on with the numbers.</summary>
    private static string ExampleIn(string body) => Sentences().Match(body) is { Success: true } match ? match.Value.Trim() : "";

    [GeneratedRegex("(?:比如|例如|举例)[^。\n]*。", RegexOptions.CultureInvariant)]
    private static partial Regex Sentences();
}
