namespace Outreach.Conversations;

/// <summary>What becomes of a form that nobody goes on with. Pure.</summary>
internal static class FormReminder
{
    private static readonly TimeSpan DraftLives = TimeSpan.FromDays(7);
    private static readonly TimeSpan Morning = TimeSpan.FromHours(9);
    private static readonly TimeSpan Evening = TimeSpan.FromHours(20);

    /// <param name="local">Now, in the city's time.</param>
    /// <returns>The state from now on, when to look again, and what to say.</returns>
    public static (ConversationState State, DateTimeOffset? Next, AnswerResult? Reminder) Due(ConversationState state, DateTimeOffset local)
    {
        if (state.Form is not { } form)
            return (state, null, null);
        if (form.CollectGivenAt is null || form.Reminded || local - form.LastAt >= DraftLives)
            return (state with { Form = null, Waiting = null }, null, null);
        if (local.TimeOfDay < Morning || local.TimeOfDay >= Evening)
        {
            var day = local.TimeOfDay < Morning ? local.Date : local.Date.AddDays(1);
            return (state, new DateTimeOffset(day + Morning, local.Offset).ToUniversalTime(), null);
        }
        var reminder = new AnswerResult
        {
            Kind = AnswerKind.Form,
            Text = $"昨天登记到{(form.Step == FormStep.PassOn ? "转交这一步" : form.Name is null ? "称呼" : form.Room is null ? "房号" : "电话")}，还办吗？",
            Suggestions = ["接着办", "不办了"],
        };
        return (state with { Form = form with { Reminded = true }, Waiting = new(WaitingFor.Words, reminder.Suggestions, [], local.ToUniversalTime()) },
            (form.LastAt + DraftLives).ToUniversalTime(), reminder);
    }
}
