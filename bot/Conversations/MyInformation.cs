using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>我的信息: shows, corrects, withdraws and erases what this conversation gave. Rights of the law, so nothing is asked for in return.</summary>
internal sealed class MyInformation(LeadIntake intake, ConsentTexts consents, CommunityDirectory directory, SignUpReader reader, NoticesElsewhere elsewhere, CityClock city)
{
    private const string Correct = "改一下";
    private const string Withdraw = "撤回";
    private const string Erase = "删除";
    private const string EraseNow = "确定删除";
    private const string NotNow = "先不删";

    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.IsWaitingFor(WaitingFor.Erase) && await AnswerEraseAsync(turn, cancellationToken))
            return true;
        if (turn.IsWaitingFor(WaitingFor.WhatToCancel) && turn.Text == CancelDialogue.Notices)
            return false;       // that is 退订
        if (turn.IsWaitingFor(WaitingFor.Correction) && turn.State.Form is null && await CorrectAsync(turn, Asked.Before, cancellationToken))
            return true;
        var wanted = turn.Text switch
        {
            CancelDialogue.SignUp => Intent.DataWithdraw,
            CancelDialogue.Erase or Erase => Intent.DataErase,
            Withdraw => Intent.DataWithdraw,
            _ => turn.Meaning.Among(Intent.DataShow, Intent.DataCorrect, Intent.DataWithdraw, Intent.PassOnWithdraw, Intent.DataErase, Intent.PassOnAgree, Intent.SignUpCancelHow)
                ?? (turn.Meaning.Of(Intent.Question) < .5f ? turn.Meaning.AnywhereAmong(.8f, Intent.DataShow, Intent.DataWithdraw, Intent.PassOnWithdraw, Intent.DataErase) : null),
        };
        switch (wanted)
        {
            case Intent.DataShow:
                await ShowAsync(turn, cancellationToken);
                return true;
            case Intent.DataCorrect when turn.State.Form is null:
                return await CorrectAsync(turn, Asked.Now, cancellationToken);
            case Intent.DataWithdraw when turn.State.Form is not null && turn.Text != CancelDialogue.SignUp && (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Count == 0:
                return false;       // nothing stored yet: the form is cancelled
            case Intent.DataWithdraw:
                await WithdrawAsync(turn, cancellationToken);
                return true;
            case Intent.PassOnWithdraw when turn.State.Form is null:
                await WithdrawPassOnAsync(turn, cancellationToken);
                return true;
            case Intent.PassOnAgree when turn.State.Form is null:
                await AgreeToPassOnAsync(turn, cancellationToken);
                return true;
            case Intent.DataErase:
                await AskEraseAsync(turn, cancellationToken);
                return true;
            case Intent.SignUpCancelHow when turn.State.Form is null:
                await CancelDialogue.AskAsync(turn, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private async Task ShowAsync(Turn turn, CancellationToken cancellationToken)
    {
        var data = await MyData.ReadAsync(turn.Db, turn.Contact, directory, cancellationToken);
        var notices = (data.OptedOut ? "通知：不收。" : "") + await elsewhere.LineOfAsync(turn.Db, turn.Contact, cancellationToken);
        if (data.Leads.Count == 0)
        {
            await turn.ReplyAsync(AnswerKind.Data, turn.State.Form is null
                ? $"没存您的姓名、电话和房号。只有这里的聊天，到期自动删。{notices}"
                : "登记还没办完，什么都没存。回“接着弄”继续，回“不弄了”就全丢掉。", cancellationToken, turn.State.Form is null ? [Erase] : [SignUpSays.Continue, SignUpSays.Stop]);
            return;
        }
        var lines = data.Leads.Take(3).Select(lead => $"{lead.Line}。{Consented(lead)}");
        await turn.ReplyAsync(AnswerKind.Data, string.Join('\n', lines) + notices, cancellationToken, Correct, Withdraw, Erase);
    }

    private string Consented(MyLead lead)
    {
        var on = city.DateText(city.DateOf(lead.SignedUpAt));
        if (lead.State == LeadState.Withdrawn)
            return "已撤回，停用了。";
        return lead.Receiver is { } receiver ? $"{on}同意收集和转交{receiver}。" : $"{on}同意收集，没有转交。";
    }

    private enum Asked { Now, Before }

    /// <summary>Changes what is named and nothing else; asks for the value where only the field was named.</summary>
    private async Task<bool> CorrectAsync(Turn turn, Asked asked, CancellationToken cancellationToken)
    {
        var leads = await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken);
        var field = asked == Asked.Before ? turn.State.Waiting!.Ids is [var named, ..] ? named : "" : SignUpReader.FieldNamed(turn.Text) ?? "";
        if (leads.Count == 0)
        {
            if (asked == Asked.Before)
                return false;
            await turn.ReplyAsync(AnswerKind.Data, "这里没有您的登记，没什么要改。要登记吗？", cancellationToken, Says.SignUp);
            return true;
        }
        var lead = leads[0];
        var read = reader.Read(turn.Text, Expected(field));
        foreach (var (value, placeholder) in read.Personal)
            turn.Hide(value, placeholder);
        var done = new List<string>();
        if (SignUpReader.TakesAway(turn.Text) && field == "电话" && read.Phone is null)
        {
            await intake.CorrectAsync(turn.Db, lead, LeadField.Phone, null, cancellationToken);
            done.Add("电话去掉了");
        }
        if (read.Phone is { } phone)
        {
            await intake.CorrectAsync(turn.Db, lead, LeadField.Phone, phone, cancellationToken);
            done.Add($"电话改成{Masks.Phone(phone)}");
        }
        if (read.Room is { } room)
        {
            var merged = SpokenRoom.Merge(lead.Room, room);
            await intake.CorrectAsync(turn.Db, lead, LeadField.Room, merged, cancellationToken);
            done.Add($"房号改成{merged}");
        }
        if (read.Name is { } name && (field is "称呼" or "" || read.NameIsSaid))
        {
            await intake.CorrectAsync(turn.Db, lead, LeadField.Name, name, cancellationToken);
            done.Add($"称呼改成{name}");
        }
        if (read.Wishes != Wishes.None && done.Count == 0 && field is "意愿" or "")
        {
            if (read.Wishes != Wishes.None)
            {
                await intake.SetWishesAsync(turn.Db, lead, read.Wishes, cancellationToken);
                done.Add($"意愿改成{WishText.Of(read.Wishes)}");
            }
        }
        if (done.Count > 0)
        {
            turn.Effect = Effect.Done;
            await turn.ReplyAsync(AnswerKind.Data, string.Join("，", done) + "，其他没动。", cancellationToken);
            return true;
        }
        if (read.PhoneProblem is { } problem)
        {
            await turn.ReplyAsync(AnswerKind.Data, problem, cancellationToken);
            turn.Await(WaitingFor.Correction, ["电话"]);
            return true;
        }
        if (asked == Asked.Before && field.Length > 0)
            return false;
        if (asked == Asked.Before && SignUpReader.FieldNamed(turn.Text) is { } other)
            field = other;
        else if (asked == Asked.Before)
            return false;
        await turn.ReplyAsync(AnswerKind.Data, field switch
        {
            "电话" => "新号是多少？发来就改。",
            "房号" => "改成几号楼几单元几号？像“3号楼2单元501”这样发。",
            "称呼" => "怎么称呼您？",
            "意愿" => "改成哪一样？",
            "小区" => "换小区请重新登记，原来的说“撤回”。",
            _ => "改哪一项？可以直接发新的，比如“电话改成……”。",
        }, cancellationToken, field switch
        {
            "意愿" => SignUpSays.WishButtons,
            "小区" => [Says.SignUp],
            "" => ["改电话", "改房号", "改称呼"],
            _ => [],
        });
        turn.Await(WaitingFor.Correction, [field]);
        return true;
    }

    private static SignUpField Expected(string field) => field switch
    {
        "称呼" => SignUpField.Name,
        "房号" => SignUpField.Room,
        "电话" => SignUpField.Phone,
        _ => SignUpField.None,
    };

    private async Task WithdrawAsync(Turn turn, CancellationToken cancellationToken)
    {
        var leads = await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken);
        if (leads.Count == 0)
        {
            await turn.ReplyAsync(AnswerKind.Data, "这里没有您的登记，没什么要撤回。", cancellationToken);
            return;
        }
        var receivers = new List<string>();
        foreach (var lead in leads)
        {
            if (lead.PassOn == PassOnState.Given && lead.CommunityId is { } id && directory.Find(id) is { } community && directory.ReceiverOf(community) is { } receiver)
                receivers.Add(receiver.Name);
            await intake.WithdrawAsync(turn.Db, lead, consents.Collect, turn.Text, turn.Conversation.Channel, cancellationToken);
        }
        turn.State = turn.State with { Form = null };
        turn.Effect = Effect.Done;
        await turn.ReplyAsync(AnswerKind.Data, receivers.Count == 0 ? "已停用，7日内删掉。" : $"已停用，7日内删掉，也会通知{string.Join('、', receivers.Distinct())}删。", cancellationToken);
    }

    private async Task WithdrawPassOnAsync(Turn turn, CancellationToken cancellationToken)
    {
        var given = (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Where(lead => lead.PassOn == PassOnState.Given).ToList();
        if (given.Count == 0)
        {
            await turn.ReplyAsync(AnswerKind.Data, "您的信息没有转交给谁，不用撤。", cancellationToken);
            return;
        }
        foreach (var lead in given)
            await intake.SetPassOnAsync(turn.Db, lead, new(PassOnText(lead), ConsentAnswer.Withdrawn, turn.Text), turn.Conversation.Channel, cancellationToken);
        turn.Effect = Effect.Done;
        await turn.ReplyAsync(AnswerKind.Data, $"已停止转交，会通知{PassOnText(given[0]).Receiver}删。登记还在，只计入户数。", cancellationToken);
    }

    /// <summary>同意转交, said later: the question with its receiver first, where it was not put in these words before.</summary>
    private async Task AgreeToPassOnAsync(Turn turn, CancellationToken cancellationToken)
    {
        var open = (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Where(lead => lead.PassOn != PassOnState.Given).ToList();
        if (open.FirstOrDefault(lead => lead.CommunityId is { } id && directory.Find(id) is { } c && directory.ReceiverOf(c) is not null) is not { } lead)
        {
            await turn.ReplyAsync(AnswerKind.Data, open.Count == 0 ? "这里没有等着转交的登记。" : "您的小区还没核对好归哪个街道，核对后再问您。", cancellationToken);
            return;
        }
        var receiver = directory.ReceiverOf(directory.Find(lead.CommunityId!.Value)!)!;
        await turn.ReplyAsync(
            new AnswerResult { Kind = AnswerKind.Data, Text = PassOnText(lead).Text, Suggestions = [SignUpSays.PassOnYes, SignUpSays.PassOnNo] },
            new() { Cards = [FormCards.PassOn(lead, receiver)] }, cancellationToken);
        turn.Await(WaitingFor.LatePassOn, [lead.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }

    private ConsentText PassOnText(Lead lead) =>
        consents.PassOn(directory.ReceiverOf(directory.Find(lead.CommunityId!.Value)!)!);

    private async Task AskEraseAsync(Turn turn, CancellationToken cancellationToken)
    {
        var passedOn = (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Where(lead => lead.PassOn == PassOnState.Given).ToList();
        var told = passedOn.Count == 0 ? "" : $"，已转给{PassOnText(passedOn[0]).Receiver}的会通知它删";
        await turn.ReplyAsync(AnswerKind.Data, $"删了不能恢复{told}。确定吗？", cancellationToken, EraseNow, NotNow);
        turn.Await(WaitingFor.Erase);
    }

    private async Task<bool> AnswerEraseAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.Text == EraseNow || turn.Text.Trim() is "确定" or "确认" or "确定删" or "删" or "删吧" or "是" or "是的" or "对" || SaysYes.Agrees(turn.Text))
        {
            await intake.EraseAsync(turn.Db, turn.Contact, cancellationToken);
            turn.State = ConversationState.Empty with { Greeted = true };
            turn.Effect = Effect.Done;
            turn.Erased = true;
            await turn.ReplyAsync(AnswerKind.Data, "删好了。只留一个看不出号码的“别联系”标记。", cancellationToken);
            return true;
        }
        if (turn.Text != NotNow && !SaysYes.IsNo(turn.Text) && !SaysYes.Declines(turn.Text) && turn.Text.Trim() is not ("不删" or "不删了" or "先不" or "算了"))
            return false;
        await turn.ReplyAsync(AnswerKind.Data, "好，没有删。", cancellationToken);
        return true;
    }
}
