using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>有帮助 / 没答对 under an answer: kept with the redacted question, the last verdict counts.</summary>
internal static class Feedback
{
    public static async Task TakeAsync(Turn turn, JsonElement value, CancellationToken cancellationToken)
    {
        if (!value.TryGetProperty("verdict", out var said) || VerdictOf(said) is not { } verdict
            || !value.TryGetProperty("activityId", out var id) || SequenceOf(id) is not { } sequence)
            return;
        var answer = await turn.Db.Messages.AsNoTracking()
            .SingleOrDefaultAsync(m => m.ConversationId == turn.Conversation.Id && m.Sequence == sequence && m.From == Speaker.Bot, cancellationToken);
        if (answer?.ReplyTo is not { } asked)
            return;
        if (await turn.Db.AnswerFeedbacks.SingleOrDefaultAsync(f => f.MessageId == answer.Id, cancellationToken) is { } known)
            known.Verdict = verdict;
        else
            turn.Db.AnswerFeedbacks.Add(new()
            {
                MessageId = answer.Id,
                ArticleId = ArticleOf(answer.Activity),
                Verdict = verdict,
                CommunityId = turn.Contact.CommunityId,
                Question = Redact.Text(await QuestionAsync(turn, asked, cancellationToken)),
                At = turn.Now,
            });
        if (verdict == FeedbackVerdict.Wrong)
        {
            await turn.ReplyAsync(AnswerKind.Handover, "没答到点上，耽误您了。换个说法再问一句，或者让工作人员来。", cancellationToken, Says.Human);
            turn.Await(WaitingFor.Handover);
        }
    }

    private static async Task<string> QuestionAsync(Turn turn, int sequence, CancellationToken cancellationToken)
    {
        var json = await turn.Db.Messages.AsNoTracking().Where(m => m.ConversationId == turn.Conversation.Id && m.Sequence == sequence).Select(m => m.Activity).SingleOrDefaultAsync(cancellationToken);
        var text = json is null ? "" : JsonSerializer.Deserialize(json, ActivityJson.Default.Activity)?.Text ?? "";
        return text.Length <= 2000 ? text : text[..2000];
    }

    private static string? ArticleOf(string activity) =>
        JsonSerializer.Deserialize(activity, ActivityJson.Default.Activity)?.ChannelData is { ValueKind: JsonValueKind.Object } data
            ? data.Deserialize(AnswerJson.Default.AnswerChannelData)?.Answer?.ArticleId
            : null;

    private static FeedbackVerdict? VerdictOf(JsonElement said) => said.ValueKind == JsonValueKind.String
        ? said.GetString() switch { "helpful" or "Helpful" or "有帮助" => FeedbackVerdict.Helpful, "wrong" or "Wrong" or "没答对" => FeedbackVerdict.Wrong, _ => null }
        : null;

    /// <summary>Activity ids end in <c>|0000007</c>, the number of the message.</summary>
    private static int? SequenceOf(JsonElement id) =>
        id.ValueKind == JsonValueKind.String && id.GetString() is { } text
        && int.TryParse(text[(text.LastIndexOf('|') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : null;
}
