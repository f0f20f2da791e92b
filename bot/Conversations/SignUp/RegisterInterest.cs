using Outreach.Communities;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>
/// The sign-up: community and wish, the first consent, name, room and phone, the second consent; in any order or all from one sentence, at most four questions.
/// Here it begins, and here a message is handed to the step that is open.
/// </summary>
internal sealed class RegisterInterest(
    FormFill fill, FormFlow flow, FormControl control, CommunityStep communityStep, CollectStep collectStep, DetailsStep detailsStep, PassOnStep passOn,
    CommunityDirectory directory, FormQuestions questions)
{
    /// <summary>Opens a form when the message wants to sign up, or says why not.</summary>
    public async Task<bool> StartAsync(Turn turn, CancellationToken cancellationToken)
    {
        switch (turn.Meaning.Among(Intent.SignUp, Intent.SignUpRefuse, Intent.SignUpOther, Intent.SignUpTenant, Intent.SignUpAbout))
        {
            case Intent.SignUp when IsBareCommunity(turn.Text):
                return false;
            case Intent.SignUp:
                await BeginAsync(turn, LeadRole.Owner, cancellationToken);
                return true;
            case Intent.SignUpTenant:
                fill.HideAll(turn);
                await turn.ReplyAsync(AnswerKind.Form, "投票、参选是业主的权利；业主书面委托，您可以代投。表态支持要房东本人来，您可以登记“只想了解”。", cancellationToken, "只想了解");
                turn.Await(WaitingFor.SignUpAsTenant);
                return true;
            case Intent.SignUpOther:
                fill.HideAll(turn);
                await turn.ReplyAsync(AnswerKind.Form, OthersText(turn), cancellationToken, "只想了解");
                turn.Await(WaitingFor.SignUpAsFamily);
                return true;
            case Intent.SignUpRefuse:
                await turn.ReplyAsync(AnswerKind.Form, "好，不登记，什么都没记。照样能提问、看进展。", cancellationToken);
                return true;
            case Intent.SignUpAbout:
                await turn.ReplyAsync(AnswerKind.Answer, AboutSignUp.TextFor(turn.Text), cancellationToken, turn.State.Form is null ? [Says.SignUp] : []);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Opens the form without a word: another answer comes first and the form's question after it.</summary>
    public void OpenQuietly(Turn turn)
    {
        if (turn.State.Form is not null)
            return;
        var words = fill.ReadAndHide(turn, SignUpField.None);
        var form = fill.Take(NewForm(turn, words, LeadRole.Owner), words);
        questions.ForCommunityAndWish(ref form);
        turn.Keep(form);
    }

    /// <summary>A community, a wish and perhaps the rest in one sentence are a sign-up, whatever else the words resemble.</summary>
    public async Task<bool> StartFromFieldsAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.State.Form is not null || turn.Asks() || (turn.Meaning.Is(Intent.SignUpOther) && !SpeaksOfSelf(turn.Text))
            || turn.Meaning.Among(Intent.SignUpTenant, Intent.SignUpRefuse, Intent.ProgressCommunity, Intent.ProgressMine, Intent.DataWithdraw, Intent.DataErase) is not null)
            return false;
        var words = fill.Read(turn.Text, SignUpField.None);
        if (words.HasDetails && words is { Communities.Count: 0, UnknownCommunity: null, Wishes: Wishes.None } && IsOnlyDetails(turn.Text, words)
            && !turn.IsWaitingFor(WaitingFor.Correction) && (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Count == 0)
        {
            turn.Hide(words);
            await turn.ReplyAsync(AnswerKind.Form, "现在没有在登记，这些我没记。要登记吗？", cancellationToken, Says.SignUp);
            return true;
        }
        if (words.Communities.Count == 0 || words.Wishes is Wishes.None or Wishes.JustInformed || (!words.HasDetails && turn.Meaning.Top is not (Intent.SignUp or Intent.DataCorrect)))
            return false;
        await BeginAsync(turn, LeadRole.Owner, cancellationToken);
        return true;
    }

    /// <summary>只想了解 after the word for tenants and families.</summary>
    public async Task<bool> StartAsInformedAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.Text != "只想了解" || turn.State.Form is not null)
            return false;
        var role = turn.IsWaitingFor(WaitingFor.SignUpAsTenant) ? LeadRole.Tenant : turn.IsWaitingFor(WaitingFor.SignUpAsFamily) ? LeadRole.Family : LeadRole.Owner;
        await BeginAsync(turn, role, cancellationToken);
        return true;
    }

    /// <summary>A message while a form is open: an answer, a correction, a word of control. False: something else, the form waits.</summary>
    public async Task<bool> AnswerAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.State.Form is not { } form)
            return false;
        if (form.CollectGivenAt is null && turn.Now - form.LastAt > FormTurn.DraftLives)
        {
            turn.State = turn.State with { Form = null, Waiting = null };
            turn.DueAt = null;
            if (SaysYes.Agrees(turn.Text) || turn.Meaning.Among(Intent.FormContinue, Intent.FormSkip) is not null)
            {
                await turn.ReplyAsync(AnswerKind.Form, "隔得久了，刚才说的已经清掉。还要登记吗？", cancellationToken, Says.SignUp);
                return true;
            }
            return false;
        }
        if (await control.TryAsync(turn, form, cancellationToken))
            return true;
        return form.Step switch
        {
            FormStep.CommunityAndWish => await communityStep.AnswerAsync(turn, form, cancellationToken),
            FormStep.Collect => await collectStep.AnswerAsync(turn, form, cancellationToken),
            FormStep.Details => await detailsStep.AnswerAsync(turn, form, cancellationToken),
            FormStep.PassOn => await passOn.AnswerAsync(turn, form, cancellationToken),
        };
    }

    /// <summary>The second consent, asked long after the sign-up: for a community that staff have found since, or when the owner came back to it.</summary>
    public Task<bool> AnswerLatePassOnAsync(Turn turn, CancellationToken cancellationToken) => passOn.AnswerLateAsync(turn, cancellationToken);

    private async Task BeginAsync(Turn turn, LeadRole role, CancellationToken cancellationToken)
    {
        var words = fill.ReadAndHide(turn, SignUpField.None);
        if (words.IsMinor)
        {
            await turn.ReplyAsync(AnswerKind.Form, "不满十四周岁不登记，请家长来登记。", cancellationToken);
            return;
        }
        await flow.AdvanceAsync(turn, fill.Take(NewForm(turn, words, role), words), "", cancellationToken);
    }

    /// <summary>An empty form; the community from whose page or code the owner came need not be said again.</summary>
    private SignUpForm NewForm(Turn turn, SignUpWords words, LeadRole role)
    {
        var form = new SignUpForm
        {
            Step = FormStep.CommunityAndWish,
            StartedAt = turn.Now,
            LastAt = turn.Now,
            Role = role == LeadRole.Owner ? words.Role : role,
            Wishes = role == LeadRole.Owner ? Wishes.None : Wishes.JustInformed,
        };
        return turn.Contact.CommunityId is { } known && directory.Find(known) is { } community && words.Communities.Count == 0 && words.UnknownCommunity is null
            ? form with { CommunityId = known, Community = community.Name }
            : form;
    }

    private static bool IsOnlyDetails(string text, SignUpWords words) => text.Length - words.Personal.Sum(pair => pair.Value.Length) <= 3;

    private bool IsBareCommunity(string text) => directory.FindInText(text) is [var only] && text.Trim().Length - only.Length <= 2;

    private static bool SpeaksOfSelf(string text) => text.Contains("我是", StringComparison.Ordinal) || text.Contains("俺是", StringComparison.Ordinal) || text.Contains("我住", StringComparison.Ordinal) || text.Contains("俺住", StringComparison.Ordinal);

    private string OthersText(Turn turn)
    {
        var community = (directory.FindInText(turn.Text) is [var mention, ..] ? mention.Match.Community : null) ?? (turn.Contact.CommunityId is { } id ? directory.Find(id) : null);
        var link = community is null ? "小区页面" : questions.LinkOf(community);
        return $"要业主本人同意，别人的信息我没记。请转给他：{link}；没手机，找社区工作人员当面说。您自己可以登记“只想了解”。";
    }
}
