using Outreach.Communities;

namespace Outreach.Conversations;

/// <summary>Pictures and stickers, numbers without a question, a bare community name, a yes to nothing.</summary>
internal sealed class SmallMatters(CommunityDirectory directory)
{
    public static async Task<bool> AnswerNotTextAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.Thought.IsText)
            return false;
        var waits = turn.State.Form is not null || turn.State.Waiting is { Choices.Count: > 0 } waiting && waiting.IsAlive(turn.Now);
        var text = turn.Thought.Medium switch
        {
            Medium.Picture => "我看不了图，请打字说说；别发身份证、房产证。",
            Medium.Voice => "我听不了，可以用输入法把话转成字。",
            Medium.Location => "发小区名就行。",
            Medium.File => "打不开，请把要紧的几句打出来。",
            Medium.Sticker or Medium.Emoji => waits ? "请点一个或回数字。" : "我在。",
            Medium.Nothing or Medium.Text => "我在。请打字说说：谁做了什么，您想知道什么。",
        };
        var again = turn.State.Waiting?.Choices ?? [];
        await turn.ReplyAsync(turn.State.Form is null ? AnswerKind.Smalltalk : AnswerKind.Form, text, cancellationToken, waits ? [.. again] : []);
        if (waits && turn.State.Waiting is { } open)
            turn.Await(open.For, open.Ids, open.Tries);
        return true;
    }

    /// <summary>不收通知 after 取消 is 退订; the other two are the rights of one's data.</summary>
    public static async Task<bool> AnswerWhatToCancelAsync(Turn turn, NoticeChoices notices, CancellationToken cancellationToken)
    {
        if (!turn.IsWaitingFor(WaitingFor.WhatToCancel) || turn.Text != CancelDialogue.Notices)
            return false;
        await notices.OptOutAsync(turn, cancellationToken);
        return true;
    }

    public static async Task<bool> AnswerWasHelpfulAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (!turn.IsWaitingFor(WaitingFor.WasStaffHelpful))
            return false;
        var helped = turn.Text == Says.HelpfulOrNot[0] || SaysYes.IsYes(turn.Text);
        if (!helped && turn.Text != Says.HelpfulOrNot[1] && !SaysYes.IsNo(turn.Text))
            return false;
        await Handovers.RememberHelpAsync(turn.Db, turn.Conversation.Id, helped ? HelpGiven.Yes : HelpGiven.No, cancellationToken);
        await (helped
            ? turn.ReplyAsync(AnswerKind.Handover, "好，有事再来。", cancellationToken)
            : turn.ReplyAsync(AnswerKind.Handover, "没帮上，对不住。可以再找工作人员，也可以打12345。", cancellationToken, Says.Human));
        return true;
    }

    public async Task<bool> AnswerLeftoversAsync(Turn turn, CancellationToken cancellationToken)
    {
        var text = turn.Text.Trim();
        if (turn.State.Form is null && !turn.Thought.HasAnswer)
            switch (turn.Meaning.Among(Intent.FormCancel, Intent.FormContinue, Intent.FormRestart, Intent.FormBack, Intent.FormSkip, Intent.FormLater, Intent.FormCorrect))
            {
                case Intent.FormCancel:
                    await CancelDialogue.AskAsync(turn, cancellationToken);
                    return true;
                case Intent.FormContinue or Intent.FormRestart or Intent.FormBack:
                    await turn.ReplyAsync(AnswerKind.Form, "现在没有办到一半的登记。要登记吗？", cancellationToken, Says.SignUp);
                    return true;
                case Intent.FormSkip:
                    await turn.ReplyAsync(AnswerKind.Form, "现在没有要填的，什么都没记。有事您说。", cancellationToken);
                    return true;
                case Intent.FormLater:
                    await turn.ReplyAsync(AnswerKind.Smalltalk, "好，您随时说。", cancellationToken);
                    return true;
                case Intent.FormCorrect:
                    await turn.ReplyAsync(AnswerKind.Clarification, "哪里不对？换个说法再问一句，或者让工作人员来。", cancellationToken, Says.Human);
                    return true;
            }
        if (SaysYes.Agrees(text) && text.Contains("同意", StringComparison.Ordinal) || text is "不同意" or "同意转交" or "不转交")
        {
            await turn.ReplyAsync(AnswerKind.Clarification, "您说的是哪件事？", cancellationToken, Says.SignUp, "同意成立业委会", "投票的事");
            return true;
        }
        if (text.Length <= 3 && text.All(char.IsDigit))
        {
            await turn.ReplyAsync(AnswerKind.Clarification, $"“{text}”指的是什么？可以点一个，也可以用一句话说说。", cancellationToken, Says.Menu);
            return true;
        }
        if (turn.Thought.HasAnswer || text.Length > 16)
            return false;
        if (directory.FindInText(text) is [{ Match: { Kind: MatchKind.One } match } mention] && mention.Length >= text.Length - 3)
        {
            turn.Contact.CommunityId = match.Community!.Id;
            await turn.ReplyAsync(AnswerKind.Clarification, $"知道了，{match.Community.Name}。您想做什么？", cancellationToken, Says.Progress, Says.SignUp, Says.HowToForm);
            return true;
        }
        return false;
    }
}
