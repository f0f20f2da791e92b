using System.Security.Cryptography;
using Outreach.Knowledge.Articles;

namespace Outreach.Generation;

/// <summary>Completes 那要是不够呢 to a whole question from the dialogue's topic. What comes back is searched for and never shown.</summary>
internal sealed class CompleteFollowUp(ModelSwitch model, ModelCalls calls, Prompts prompts)
{
    private const int LongestFollowUp = 40;
    private const int LongestQuestion = 60;

    public bool IsOn => model.CanChat;

    /// <summary>Longer messages say themselves what they are about.</summary>
    public static bool MayLean(string text) => text.Length <= LongestFollowUp;

    /// <param name="words">The owner's words, already redacted.</param>
    /// <returns>The question; null: the model gave none that can be used.</returns>
    public async Task<string?> CompleteAsync(Article topic, string words, CancellationToken cancellationToken)
    {
        var spoken = await calls.ChatAsync(ModelPurpose.CompleteFollowUp, prompts.FollowUp,
            $"上一个话题的问题：{topic.Question}\n\n{Prompts.Quote(words, RandomNumberGenerator.GetInt32(100_000, 1_000_000))}", take: null, cancellationToken);
        var question = spoken.Text.Trim().Trim('“', '”', '"');
        return spoken.Outcome == CallOutcome.Done && question.Length is > 2 and <= LongestQuestion && !question.Contains('\n', StringComparison.Ordinal)
            && question.Any(c => c is >= '一' and <= '鿿') ? question : null;
    }
}
