using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>
/// Where the sign-up goes next: the question for what is missing, the first consent, the summary with the second one, the receipt.
/// When everything is known the lead is stored, before the second consent is asked, so that it cannot get lost.
/// </summary>
internal sealed class FormFlow(LeadIntake intake, ConsentTexts consents, CommunityDirectory directory, FormQuestions questions, FormCards cards)
{
    /// <summary>Asks for the next thing that is missing, or stores the sign-up and asks for the second consent.</summary>
    public async Task AdvanceAsync(Turn turn, SignUpForm form, string before, CancellationToken cancellationToken)
    {
        form = form with { LastAt = turn.Now, Paused = false };
        if (form.Role != LeadRole.Owner && form.Wishes is not (Wishes.None or Wishes.JustInformed))
            form = form with { Wishes = Wishes.JustInformed };
        if (questions.ForCommunityAndWish(ref form) is { } first)
        {
            turn.Keep(form with { Step = FormStep.CommunityAndWish });
            await turn.ReplyAsync(AnswerKind.Form, before + first.Text, cancellationToken, first.Buttons);
            return;
        }
        var community = form.CommunityId is { } id ? directory.Find(id) : null;
        if (!consents.MaySignUp(community))
        {
            turn.CloseForm();
            await turn.ReplyAsync(AnswerKind.Form, $"名单里没找到“{form.Community}”。现在是演示，只能登记演示小区，什么都没记。照样能提问、看进展。", cancellationToken);
            return;
        }
        if (community is not null)
            turn.Contact.CommunityId = community.Id;
        else
            turn.State = turn.State with { CommunityTyped = form.Community };
        if (form.CollectGivenAt is null && await AlreadySignedUpAsync(turn, form, cancellationToken))
            return;
        if (form.CollectGivenAt is null)
        {
            turn.Keep(form with { Step = FormStep.Collect });
            var note = before + FormQuestions.RoleNote(form);
            await turn.ReplyAsync(
                new AnswerResult { Kind = AnswerKind.Form, Text = $"{note}{consents.Collect.Text}\n完整说明：{consents.NoticeLink}", Suggestions = [SignUpSays.Agree, SignUpSays.Decline] },
                new() { Before = note, Cards = [cards.Collect()] }, cancellationToken);
            return;
        }
        if (!form.DetailsAsked && FormQuestions.ForDetails(form) is { } details)
        {
            turn.Keep(form with { Step = FormStep.Details, DetailsAsked = true });
            await turn.ReplyAsync(AnswerKind.Form, before + details, cancellationToken);
            return;
        }
        await ConfirmAsync(turn, form, community, before, cancellationToken);
    }

    /// <summary>Same owner, same community: the wish changes, no second consent is asked for what was agreed to.</summary>
    private async Task<bool> AlreadySignedUpAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (await SavedAsync(turn, form, cancellationToken) is not { } lead)
            return false;
        var changes = new List<string>();
        if (form.Wishes != Wishes.None && form.Wishes != lead.Wishes)
        {
            await intake.SetWishesAsync(turn.Db, lead, form.Wishes, cancellationToken);
            changes.Add($"意愿改成{WishText.Of(form.Wishes)}");
        }
        foreach (var (value, field, title) in ((string?, LeadField, string)[])[(form.Name, LeadField.Name, "称呼"), (form.Room, LeadField.Room, "房号"), (form.Phone, LeadField.Phone, "电话")])
            if (value is not null)
            {
                await intake.CorrectAsync(turn.Db, lead, field, value, cancellationToken);
                changes.Add($"{title}改成{(field == LeadField.Phone ? Masks.Phone(value) : value)}");
            }
        turn.CloseForm();
        turn.Effect = Effect.Done;
        await turn.ReplyAsync(AnswerKind.Form, changes.Count == 0 ? $"您登记过{form.Community}了，不用再登记。要改说“改我的信息”。" : $"您登记过，{string.Join("，", changes)}。", cancellationToken);
        return true;
    }

    private async Task ConfirmAsync(Turn turn, SignUpForm form, DirectoryCommunity? community, string before, CancellationToken cancellationToken)
    {
        if (form.MovedFrom is { } from)
        {
            await MoveAsync(turn, from, community, cancellationToken);
            form = form with { MovedFrom = null };
        }
        await intake.SaveAsync(turn.Db, SignUpOf(turn, form), cancellationToken);
        turn.Effect = Effect.Done;
        if (community is not null && directory.ReceiverOf(community) is { } receiver)
        {
            await ShowSummaryAsync(turn, form, receiver, before, cancellationToken);
            return;
        }
        const string stored = "登记好了，小区由工作人员核对，核对后再问您要不要转交。看、改、撤回、删除，随时说。";
        if (await TryNextAsync(turn, form, $"{Checked(form, before)}\n{stored}", cancellationToken))
            return;
        turn.CloseForm();
        await turn.ReplyAsync(new AnswerResult { Kind = AnswerKind.Form, Text = $"{Checked(form, before)}\n{stored}" }, new() { Before = before + stored, Cards = [FormCards.Check(form)] }, cancellationToken);
        turn.Await(WaitingFor.Correction, [""]);
    }

    /// <summary>What was understood, each row with its 改, and the second consent: one message.</summary>
    public async Task ShowSummaryAsync(Turn turn, SignUpForm form, Receiver receiver, string before, CancellationToken cancellationToken)
    {
        turn.Keep(form with { Step = FormStep.PassOn, Changing = null, Paused = false, Vague = 0 });
        await turn.ReplyAsync(
            new AnswerResult { Kind = AnswerKind.Form, Text = $"{Checked(form, before)}\n{consents.PassOn(receiver).Text}", Suggestions = [SignUpSays.PassOnYes, SignUpSays.PassOnNo] },
            new() { Before = before, Cards = [FormCards.Check(form), FormCards.PassOn(form, receiver)] }, cancellationToken);
    }

    private static string Checked(SignUpForm form, string before) => $"{before}请核对：{FormQuestions.Summary(form)}。不对直接说。";

    /// <summary>The stored sign-up follows its owner to another community; where it cannot, the new one takes its place.</summary>
    private async Task MoveAsync(Turn turn, long from, DirectoryCommunity? community, CancellationToken cancellationToken)
    {
        if (community?.Id == from || await intake.FindOpenAsync(turn.Db, turn.Contact.Id, from, "", cancellationToken) is not { } lead)
            return;
        if (community is null || !await intake.MoveAsync(turn.Db, lead, community, cancellationToken))
            await intake.WithdrawAsync(turn.Db, lead, consents.Collect, turn.Text, turn.Conversation.Channel, cancellationToken);
        await turn.Db.SaveChangesAsync(cancellationToken);      // the save that follows looks for it under its new key
    }

    /// <summary>Stores the answer to the second consent and says so.</summary>
    public async Task SettleAsync(Turn turn, SignUpForm form, ConsentAnswered answer, string receipt, CancellationToken cancellationToken)
    {
        var lead = await SavedAsync(turn, form, cancellationToken) ?? (await intake.SaveAsync(turn.Db, SignUpOf(turn, form), cancellationToken)).Lead;
        await intake.SetPassOnAsync(turn.Db, lead, answer, turn.Conversation.Channel, cancellationToken);
        turn.Effect = Effect.Done;
        if (await TryNextAsync(turn, form, receipt, cancellationToken))
            return;
        turn.CloseForm();
        await turn.ReplyAsync(AnswerKind.Form, receipt, cancellationToken);
    }

    /// <summary>Goes on with the next flat: name, phone and the first consent need not be said again. False: there is none.</summary>
    private async Task<bool> TryNextAsync(Turn turn, SignUpForm form, string before, CancellationToken cancellationToken)
    {
        if (form.Next is not [var name, .. var others] || directory.Resolve(name).Community is not { } community)
            return false;
        await AdvanceAsync(turn, form with
        {
            Step = FormStep.Details,
            CommunityId = community.Id,
            Community = community.Name,
            Next = others,
            Room = null,
            NoRoom = false,
            DetailsAsked = false,
            Vague = 0,
        }, $"{before}\n接着办{community.Name}。", cancellationToken);
        return true;
    }

    /// <summary>The open sign-up of this owner for the form's community; null: not stored yet.</summary>
    public Task<Lead?> SavedAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken) =>
        intake.FindOpenAsync(turn.Db, turn.Contact.Id, form.CommunityId, FormQuestions.Typed(form), cancellationToken);

    private Outreach.Leads.SignUp SignUpOf(Turn turn, SignUpForm form) => new()
    {
        ContactId = turn.Contact.Id,
        ConversationId = turn.Conversation.Id,
        Channel = turn.Conversation.Channel,
        CommunityId = form.CommunityId,
        CommunityTyped = FormQuestions.Typed(form),
        Wishes = form.Wishes,
        Role = form.Role,
        Name = form.Name,
        Phone = form.Phone,
        Room = form.Room,
        Collect = new(consents.Collect with { Version = form.CollectVersion ?? consents.Collect.Version }, ConsentAnswer.Given, form.CollectWording ?? SignUpSays.Agree),
    };

    /// <summary>What is no answer: asked again with a hint, then skipped or handed to a person. False: it is something else than an answer.</summary>
    public async Task<bool> NotUnderstoodAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (turn.Asks() || turn.Thought.HasAnswer || turn.Meaning.Among(Intent.Greeting, Intent.Who, Intent.Help, Intent.Thanks, Intent.ProgressCommunity, Intent.ProgressMine, Intent.Annoyed, Intent.Abuse, Intent.SignUpAbout, Intent.SignUpOther, Intent.SignUpTenant, Intent.Complain) is not null)
            return false;
        if (form.Vague > 0)
        {
            if (form.Step == FormStep.Details)
            {
                await AdvanceAsync(turn, FormFill.Skip(form with { Vague = 0 }, ""), "没听清的先不填。", cancellationToken);
                return true;
            }
            turn.Keep(form with { Vague = form.Vague + 1 });
            await turn.ReplyAsync(AnswerKind.Form, "还是没听明白。让工作人员来帮您登记？", cancellationToken, Says.Human, SignUpSays.Stop);
            return true;
        }
        return await AskAgainAsync(turn, form with { Vague = 1 }, FormQuestions.Hint(form), cancellationToken);
    }

    /// <summary>Vague words to a consent: asked again once, then <paramref name="after"/>, which takes them for a no.</summary>
    public async Task<bool> VagueAsync(Turn turn, SignUpForm form, string hint, Func<Task> after, CancellationToken cancellationToken)
    {
        if (form.Vague > 0)
        {
            await after();
            return true;
        }
        return await AskAgainAsync(turn, form with { Vague = 1 }, hint, cancellationToken);
    }

    /// <summary>The open question once more, behind <paramref name="before"/>.</summary>
    public async Task<bool> AskAgainAsync(Turn turn, SignUpForm form, string before, CancellationToken cancellationToken)
    {
        var vague = form.Vague;
        switch (form.Step)
        {
            case FormStep.PassOn when form.Changing is { } field:
                var asked = FormQuestions.ForChange(field);
                turn.Keep(form);
                await turn.ReplyAsync(AnswerKind.Form, before + asked.Text, cancellationToken, asked.Buttons);
                break;
            case FormStep.PassOn:
                turn.Keep(form);
                var receiver = directory.ReceiverOf(directory.Find(form.CommunityId!.Value)!)!;
                await turn.ReplyAsync(
                    new AnswerResult { Kind = AnswerKind.Form, Text = before + consents.PassOn(receiver).Text, Suggestions = [SignUpSays.PassOnYes, SignUpSays.PassOnNo] },
                    new() { Before = before, Cards = [FormCards.PassOn(form, receiver)] }, cancellationToken);
                break;
            case FormStep.Details:
                await AdvanceAsync(turn, form with { DetailsAsked = false }, before, cancellationToken);
                break;
            case FormStep.CommunityAndWish or FormStep.Collect:
                await AdvanceAsync(turn, form, before, cancellationToken);
                break;
        }
        if (turn.State.Form is { } open)
            turn.State = turn.State with { Form = open with { Vague = vague } };
        return true;
    }
}
