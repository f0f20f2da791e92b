namespace Outreach.Conversations;

/// <summary>Name, room and phone, in one line or one by one; all of them may be left out.</summary>
internal sealed class DetailsStep(FormFill fill, FormFlow flow)
{
    public async Task<bool> AnswerAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (form.OpenNumber is { } number && turn.Thought.Choice is { } which)
        {
            var room = which == 0 ? new SpokenRoom(number + "号楼", null, null, null) : new SpokenRoom(null, null, null, number);
            await flow.AdvanceAsync(turn, form with { OpenNumber = null, Room = SpokenRoom.Merge(form.Room, room) }, "", cancellationToken);
            return true;
        }
        var words = fill.Read(turn.Text, form.Name is null ? SignUpField.Name : form.Room is null ? SignUpField.Room : SignUpField.Phone);
        if (turn.Asks() && words is { Phone: null, Room: null, NameIsSaid: false, PhoneProblem: null })
            return false;
        if (words.IsMinor)
        {
            turn.CloseForm();
            await turn.ReplyAsync(AnswerKind.Form, "不满十四周岁不登记，请家长来登记。刚才说的没存。", cancellationToken);
            return true;
        }
        turn.Hide(words);
        var taken = fill.Take(form, words);
        if (turn.Meaning.Among(Intent.FormSkip) is not null || FormTurn.Skips(turn.Text))
            taken = FormFill.Skip(taken, turn.Text);
        else if (!words.HasAny)
            return await flow.NotUnderstoodAsync(turn, form, cancellationToken);
        if (words.PhoneProblem is { } problem && taken.Phone is null)
        {
            if (form.Vague > 0)
                taken = taken with { NoPhone = true, Vague = 0 };
            else
            {
                turn.Keep(taken with { Vague = 1 });
                await turn.ReplyAsync(AnswerKind.Form, problem + "不想留回“不留”。", cancellationToken);
                return true;
            }
        }
        await flow.AdvanceAsync(turn, taken with { Vague = words.PhoneProblem is null ? 0 : taken.Vague }, turn.Corrects() && Replaces(form, words) ? "改好了。" : "", cancellationToken);
        return true;
    }

    /// <summary>Whether something that stood there is another now.</summary>
    private static bool Replaces(SignUpForm form, SignUpWords words) =>
        (form.Name is not null && words is { Name: not null, NameIsSaid: false }) || (form.Room is not null && words.Room is not null) || (form.Phone is not null && words.Phone is not null);
}
