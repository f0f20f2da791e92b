namespace Outreach.Conversations;

/// <summary>What the steps of the sign-up do to a turn.</summary>
internal static class FormTurn
{
    public static TimeSpan DraftLives { get; } = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ReminderAfter = TimeSpan.FromHours(24);

    /// <summary>Keeps the fields of a message out of the transcript.</summary>
    public static void Hide(this Turn turn, SignUpWords words)
    {
        foreach (var (value, placeholder) in words.Personal)
            turn.Hide(value, placeholder);
    }

    /// <summary>The form waits for the next message; what nobody goes on with is wiped or reminded of.</summary>
    public static void Keep(this Turn turn, SignUpForm form)
    {
        turn.State = turn.State with { Form = form with { LastAt = turn.Now } };
        turn.DueAt = turn.Now + (form.CollectGivenAt is null ? DraftLives : ReminderAfter);
    }

    public static void CloseForm(this Turn turn)
    {
        turn.State = turn.State with { Form = null };
        turn.DueAt = null;
    }

    /// <summary>Whether a message asks rather than answers.</summary>
    public static bool Asks(this Turn turn) => turn.Thought.Choice is null && FormQuestions.LooksLikeQuestion(turn.Text)
        && (turn.Meaning.Top == Intent.Question || turn.Meaning.Among(Intent.SignUpAbout, Intent.ProgressCommunity, Intent.ProgressMine, Intent.Who, Intent.Help, Intent.SignUpTenant, Intent.SignUpOther) is not null);

    public static bool Corrects(this Turn turn) => turn.Meaning.Among(Intent.FormCorrect, Intent.DataCorrect) is not null || turn.Text.StartsWith("不对", StringComparison.Ordinal) || turn.Text.StartsWith('错');

    public static bool Skips(string text) => text.Contains("不填", StringComparison.Ordinal) || text.Contains("不留", StringComparison.Ordinal) || text.Contains("跳过", StringComparison.Ordinal);
}
