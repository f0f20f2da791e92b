using Outreach.Contacts;

namespace Outreach.Conversations;

/// <summary>The first consent. Until it is given everything stands in the form alone; a no, or vague words twice, throws all of it away.</summary>
internal sealed class CollectStep(FormFill fill, FormFlow flow, ConsentTexts consents)
{
    public async Task<bool> AnswerAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (SaysYes.Agrees(turn.Text))
        {
            var given = form with { CollectGivenAt = turn.Now, CollectWording = turn.Activity.Text ?? turn.Text, CollectVersion = consents.Collect.Version, Vague = 0, Paused = false };
            await flow.AdvanceAsync(turn, given, "", cancellationToken);
            return true;
        }
        if (SaysYes.Declines(turn.Text) || turn.Meaning.Is(Intent.FormSkip) && turn.Text.Length <= 8)
        {
            turn.CloseForm();
            await turn.ReplyAsync(AnswerKind.Form, "好，什么都没记。照样能提问、看进展。", cancellationToken);
            return true;
        }
        var words = fill.Read(turn.Text, SignUpField.None);
        if (words.HasAny && !turn.Asks())
        {
            turn.Hide(words);
            await flow.AdvanceAsync(turn, fill.Take(form, words), "", cancellationToken);
            return true;
        }
        if (turn.Asks() || turn.Meaning.Among(Intent.Greeting) is null && turn.Meaning.Normalised.Length > 6)
            return false;
        return await flow.VagueAsync(turn, form, "要说“同意”或“不同意”才算。", async () =>
        {
            turn.CloseForm();
            await turn.ReplyAsync(AnswerKind.Form, "那就先不登记，什么都没记。照样能提问、看进展。", cancellationToken);
        }, cancellationToken);
    }
}
