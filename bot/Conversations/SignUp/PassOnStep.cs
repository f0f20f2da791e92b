using System.Globalization;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>The summary and the second consent: passing on to a named office, a yes of its own. Corrections change only what they name.</summary>
internal sealed class PassOnStep(FormFill fill, FormFlow flow, LeadIntake intake, ConsentTexts consents, CommunityDirectory directory)
{
    public async Task<bool> AnswerAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        var community = directory.Find(form.CommunityId!.Value)!;
        var receiver = directory.ReceiverOf(community)!;
        if (form.Changing is not null && turn.Text is not (SignUpSays.PassOnYes or SignUpSays.PassOnNo))
            return await ChangeAsync(turn, form, receiver, cancellationToken);
        form = form with { Changing = null };
        var yes = turn.Text == SignUpSays.PassOnYes || SaysYes.Agrees(turn.Text);
        var no = turn.Text == SignUpSays.PassOnNo || SaysYes.Declines(turn.Text);
        if (yes || no)
        {
            await flow.SettleAsync(turn, form, new(consents.PassOn(receiver), yes ? ConsentAnswer.Given : ConsentAnswer.Refused, turn.Activity.Text ?? turn.Text),
                yes ? $"登记好了，{receiver.Name}一般2个工作日内联系您。看、改、撤回、删除，随时说。" : SignUpSays.NotPassedOn, cancellationToken);
            return true;
        }
        if (FormCards.FieldToChange(turn.Text) is { } field)
            return await flow.AskAgainAsync(turn, form with { Changing = field, Vague = 0 }, "", cancellationToken);
        var words = fill.Read(turn.Text, SignUpField.None);
        if (!turn.Asks() && (words.HasDetails || words.Communities.Count > 0 || (words.Wishes != Wishes.None && turn.Meaning.Normalised.Length <= 14)))
        {
            await CorrectAsync(turn, form, words, cancellationToken);
            return true;
        }
        if (FormQuestions.BareNumber(turn.Text) is { } number)
        {
            turn.Keep(form with { Step = FormStep.Details, OpenNumber = number });
            await turn.ReplyAsync(AnswerKind.Form, $"“{number}”是楼号还是房号？", cancellationToken, $"{number}号楼", $"房号{number}");
            return true;
        }
        if (turn.Meaning.Is(Intent.FormCorrect) || turn.Meaning.Is(Intent.DataCorrect))
        {
            await turn.ReplyAsync(AnswerKind.Form, "哪一项不对？直接发对的，比如“是5号楼”，或者说“改房号”。", cancellationToken);
            return true;
        }
        if (SaysYes.IsYes(turn.Text))
        {
            // 对, 嗯 and 好 confirm the fields, never the passing on.
            return await flow.VagueAsync(turn, form, "信息对了。转交要单独说：", async () => await SettleRefusedAsync(turn, form, receiver, cancellationToken), cancellationToken);
        }
        if (turn.Asks() || turn.Meaning.Normalised.Length > 6)
            return false;
        return await flow.VagueAsync(turn, form, "", async () => await SettleRefusedAsync(turn, form, receiver, cancellationToken), cancellationToken);
    }

    /// <summary>The answer to the one question that 改 asked; then the summary comes back.</summary>
    private async Task<bool> ChangeAsync(Turn turn, SignUpForm form, Receiver receiver, CancellationToken cancellationToken)
    {
        var field = form.Changing!;
        var kept = form with { Changing = null, Vague = 0 };
        if (FormCards.FieldToChange(turn.Text) is { } other)
            return await flow.AskAgainAsync(turn, kept with { Changing = other }, "", cancellationToken);
        var words = fill.Read(turn.Text, field switch
        {
            "小区" => SignUpField.Community,
            "意愿" => SignUpField.Wish,
            "称呼" => SignUpField.Name,
            "房号" => SignUpField.Room,
            _ => SignUpField.Phone,
        });
        var isGiven = field switch
        {
            "小区" => words.Communities.Count > 0 || words.UnknownCommunity is not null,
            "意愿" => words.Wishes != Wishes.None,
            "称呼" => words.Name is not null,
            "房号" => words.Room is not null,
            _ => words.Phone is not null,
        };
        if (isGiven && !(turn.Asks() && field is "小区" or "意愿"))
        {
            await CorrectAsync(turn, field == "称呼" ? kept with { Name = null } : kept, words, cancellationToken);
            return true;
        }
        if (field is "称呼" or "房号" or "电话" && (FormTurn.Skips(turn.Text) || turn.Meaning.Is(Intent.FormSkip)))
        {
            await TakeAwayAsync(turn, kept, field, cancellationToken);
            return true;
        }
        if (turn.Asks() || turn.Thought.HasAnswer)
            return false;
        turn.Hide(words);
        if (form.Vague > 0)
        {
            await flow.ShowSummaryAsync(turn, kept, receiver, "没听清，先不改。", cancellationToken);
            return true;
        }
        return await flow.AskAgainAsync(turn, form with { Vague = 1 }, words.PhoneProblem ?? "没听清。", cancellationToken);
    }

    private async Task TakeAwayAsync(Turn turn, SignUpForm form, string field, CancellationToken cancellationToken)
    {
        var (without, column) = field switch
        {
            "称呼" => (form with { Name = null, NoName = true }, LeadField.Name),
            "房号" => (form with { Room = null, NoRoom = true }, LeadField.Room),
            _ => (form with { Phone = null, NoPhone = true }, LeadField.Phone),
        };
        if (await flow.SavedAsync(turn, form, cancellationToken) is { } lead)
            await intake.CorrectAsync(turn.Db, lead, column, null, cancellationToken);
        await flow.AdvanceAsync(turn, without, $"{field}去掉了。其他没动。", cancellationToken);
    }

    /// <summary>The second consent, asked long after the sign-up: for a community that staff have found since, or when the owner came back to it.</summary>
    public async Task<bool> AnswerLateAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (!turn.IsWaitingFor(WaitingFor.LatePassOn))
            return false;
        var waiting = turn.State.Waiting!;
        var yes = turn.Text == SignUpSays.PassOnYes || SaysYes.Agrees(turn.Text);
        var no = turn.Text == SignUpSays.PassOnNo || SaysYes.Declines(turn.Text);
        var leadId = long.Parse(waiting.Ids[0], CultureInfo.InvariantCulture);
        if (!yes && !no || (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Find(l => l.Id == leadId) is not { CommunityId: { } id } lead
            || directory.Find(id) is not { } community || directory.ReceiverOf(community) is not { } receiver)
            return false;
        await intake.SetPassOnAsync(turn.Db, lead, new(consents.PassOn(receiver), yes ? ConsentAnswer.Given : ConsentAnswer.Refused, turn.Text), turn.Conversation.Channel, cancellationToken);
        turn.Effect = Effect.Done;
        await turn.ReplyAsync(AnswerKind.Form, yes ? $"好，已转给{receiver.Name}，一般2个工作日内联系您。" : SignUpSays.NotPassedOn, cancellationToken);
        return true;
    }

    private Task SettleRefusedAsync(Turn turn, SignUpForm form, Receiver receiver, CancellationToken cancellationToken) =>
        flow.SettleAsync(turn, form, new(consents.PassOn(receiver), ConsentAnswer.Refused, turn.Activity.Text ?? turn.Text), "那就先不转交。" + SignUpSays.NotPassedOn, cancellationToken);

    private async Task CorrectAsync(Turn turn, SignUpForm form, SignUpWords words, CancellationToken cancellationToken)
    {
        turn.Hide(words);
        var receiverBefore = form.CommunityId is { } before ? directory.ReceiverOf(directory.Find(before)!) : null;
        var changed = fill.Take(form, words);
        if (changed.CommunityId != form.CommunityId || changed.Suggested is not null || changed.CommunityId is null)
        {
            if (await flow.SavedAsync(turn, form, cancellationToken) is { } lead && changed.CommunityId is { } to && directory.Find(to) is { } community)
            {
                await intake.MoveAsync(turn.Db, lead, community, cancellationToken);
                var same = receiverBefore == directory.ReceiverOf(community);
                await flow.AdvanceAsync(turn, changed with { Room = null, NoRoom = false, DetailsAsked = false, Step = FormStep.Details }, same ? "小区改好了，房号要重说。" : "小区改好了，房号要重说，转交也要重问。", cancellationToken);
                return;
            }
            await flow.AdvanceAsync(turn, changed with { Step = FormStep.CommunityAndWish, MovedFrom = form.CommunityId, Room = null, NoRoom = false, DetailsAsked = false }, "", cancellationToken);
            return;
        }
        var what = words.Room is not null ? changed.Room! : words.Phone is not null ? Masks.Phone(words.Phone) : words.Name ?? WishText.Of(changed.Wishes);
        if (words.PhoneProblem is { } problem)
        {
            await turn.ReplyAsync(AnswerKind.Form, problem, cancellationToken);
            return;
        }
        await flow.AdvanceAsync(turn, changed, $"改好了：{what}。其他没动。", cancellationToken);
    }
}
