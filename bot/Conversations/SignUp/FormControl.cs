using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>Words that steer the form instead of answering it: stop, later, go on, from the start, back.</summary>
internal sealed class FormControl(FormFlow flow, LeadIntake intake, ConsentTexts consents, CommunityDirectory directory)
{
    public async Task<bool> TryAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (turn.Thought.Choice is not null && turn.Text is not (SignUpSays.Continue or SignUpSays.Stop))
            return false;
        if (turn.Text is SignUpSays.Stop or "不办了")
            return await CancelAsync(turn, form, cancellationToken);
        if (turn.Text is SignUpSays.Continue or "接着办")
            return await flow.AskAgainAsync(turn, form with { Paused = false }, "", cancellationToken);
        if (form.Changing is not null && IsChangeDropped(turn))
        {
            await flow.ShowSummaryAsync(turn, form, directory.ReceiverOf(directory.Find(form.CommunityId!.Value)!)!, "好，没改。", cancellationToken);
            return true;
        }
        switch (turn.Meaning.Among(Intent.FormCancel, Intent.SignUpRefuse, Intent.SignUpCancelHow, Intent.FormContinue, Intent.FormLater, Intent.FormRestart, Intent.FormBack, Intent.DataWithdraw))
        {
            case Intent.SignUpRefuse when form.Step == FormStep.PassOn:
                return false;
            case Intent.FormCancel or Intent.SignUpRefuse or Intent.SignUpCancelHow or Intent.DataWithdraw:
                return await CancelAsync(turn, form, cancellationToken);
            case Intent.FormContinue:
                return await flow.AskAgainAsync(turn, form with { Paused = false }, FormQuestions.Kept(form), cancellationToken);
            case Intent.FormLater when turn.Meaning.Normalised.Length <= 8:
                turn.Keep(form with { Paused = true });
                await turn.ReplyAsync(AnswerKind.Form, "好，先放着。想办了回“接着弄”。", cancellationToken, SignUpSays.Continue, SignUpSays.Stop);
                return true;
            case Intent.FormRestart:
                await flow.AdvanceAsync(turn, new() { Step = FormStep.CommunityAndWish, StartedAt = turn.Now, LastAt = turn.Now }, "好，从头来。", cancellationToken);
                return true;
            case Intent.FormBack:
                await flow.AdvanceAsync(turn, Back(form), "", cancellationToken);
                return true;
            default:
                return false;
        }
    }

    /// <summary>算了, 不改了, 上一步 in the middle of one change stop that change, not the sign-up.</summary>
    private static bool IsChangeDropped(Turn turn) =>
        turn.Text.Contains("不改", StringComparison.Ordinal) || turn.Meaning.Among(Intent.FormCancel, Intent.FormBack) is not null;

    private static SignUpForm Back(SignUpForm form) => form.Step switch
    {
        FormStep.CommunityAndWish or FormStep.Collect => form with { Step = FormStep.CommunityAndWish, Wishes = Wishes.None, CommunityId = null, Community = null },
        FormStep.Details => form with { Step = FormStep.CommunityAndWish, Wishes = Wishes.None },
        FormStep.PassOn => form with { Step = FormStep.Details, DetailsAsked = false, Name = null, Room = null, Phone = null, NoName = false, NoPhone = false, NoRoom = false },
    };

    private async Task<bool> CancelAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        turn.CloseForm();
        if (form.Step == FormStep.PassOn && await flow.SavedAsync(turn, form, cancellationToken) is { } lead)
        {
            await intake.WithdrawAsync(turn.Db, lead, consents.Collect, turn.Text, turn.Conversation.Channel, cancellationToken);
            turn.Effect = Effect.Done;
            await turn.ReplyAsync(AnswerKind.Form, "好，登记停用了，7日内删掉。想办再说“登记”。", cancellationToken);
            return true;
        }
        await turn.ReplyAsync(AnswerKind.Form, "好，什么都没存。想办再说“登记”。", cancellationToken);
        return true;
    }
}
