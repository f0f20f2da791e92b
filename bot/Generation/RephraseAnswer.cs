using System.Security.Cryptography;
using Outreach.Knowledge.Articles;

namespace Outreach.Generation;

internal enum WordingStyle { Plain, Simple }

/// <summary>
/// Says an article's answer in words that fit the question. Only the article goes into the prompt, and nothing comes out that it does not say:
/// what fails the check is thrown away, and the curated text goes out.
/// </summary>
internal sealed class RephraseAnswer(ModelSwitch model, ModelCalls calls, Prompts prompts, Groundedness check, SourceCatalog sources, GenerationMetrics metrics)
{
    public bool IsOn => model.CanChat;

    /// <param name="question">The owner's words, already redacted.</param>
    /// <param name="show">Shows the sentences so far, each of them checked, to a channel that can; null: nobody watches.</param>
    /// <returns>The new body of the answer; null: the curated one stays.</returns>
    public async Task<string?> RephraseAsync(Article article, string question, WordingStyle style, Func<string, Task>? show, CancellationToken cancellationToken)
    {
        var grounded = check.For(article);
        var shown = Task.CompletedTask;
        var shownLength = 0;
        Func<string, bool>? take = show is null ? null : text =>
        {
            var end = text.LastIndexOfAny(['。', '！', '？', '；', '\n']) + 1;
            if (end <= shownLength)
                return true;
            shownLength = end;
            var sentences = Groundedness.WithoutMarks(text[..end]);
            if (grounded.CheckPart(sentences) is not Grounds.Held)
                return false;
            shown = ShowNextAsync(shown, show, sentences);
            return true;
        };
        var spoken = await calls.ChatAsync(ModelPurpose.Rephrase, style == WordingStyle.Simple ? prompts.Simplify : prompts.Rephrase, Prompt(article, question), take, cancellationToken);
        await shown;
        if (spoken.Outcome == CallOutcome.Stopped)
            metrics.Judged(Grounds.StoppedEarly);
        if (spoken.Outcome != CallOutcome.Done)
            return null;
        var judged = grounded.Check(spoken.Text);
        metrics.Judged(judged);
        return judged == Grounds.Held ? Groundedness.WithoutMarks(spoken.Text) : null;
    }

    private static async Task ShowNextAsync(Task before, Func<string, Task> show, string text)
    {
        await before;
        await show(text);
    }

    private string Prompt(Article article, string question) =>
        $"条目【1】\n问题：{article.Question}\n答案：{article.Body}\n{sources.GroundLine(article.Citations)}\n\n{Prompts.Quote(question, RandomNumberGenerator.GetInt32(100_000, 1_000_000))}";
}
