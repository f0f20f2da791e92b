namespace Outreach.Conversations;

/// <summary>Greetings, thanks, who are you, bad words: short and calm.</summary>
internal static class SmallTalk
{
    public static async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        switch (turn.Meaning.Among(Intent.Greeting, Intent.Who, Intent.Help, Intent.Thanks, Intent.Bye, Intent.Abuse, Intent.Annoyed))
        {
            case Intent.Greeting when turn.State.Greeted:
                await turn.ReplyAsync(AnswerKind.Smalltalk, "在，您说。", cancellationToken);
                return true;
            case Intent.Greeting:
                await turn.ReplyAsync(AnswerKind.Smalltalk, Says.Introduction, cancellationToken, Says.Menu);
                turn.State = turn.State with { Greeted = true };
                return true;
            case Intent.Who:
                await turn.ReplyAsync(AnswerKind.Smalltalk, Says.Who, cancellationToken, Says.HowToForm, Says.SignUp);
                return true;
            case Intent.Help:
                await turn.ReplyAsync(AnswerKind.Smalltalk, Says.Help, cancellationToken, Says.Menu);
                return true;
            case Intent.Thanks:
                await turn.ReplyAsync(AnswerKind.Smalltalk, "不客气，有事再来。", cancellationToken);
                return true;
            case Intent.Bye:
                await turn.ReplyAsync(AnswerKind.Smalltalk, "好，有事再来。", cancellationToken);
                return true;
            case Intent.Abuse:
                turn.State = turn.State with { Insults = turn.State.Insults + 1 };
                await (turn.State.Insults == 1
                    ? turn.ReplyAsync(AnswerKind.Safety, "我听着，说说啥事。", cancellationToken)
                    : turn.ReplyAsync(AnswerKind.Safety, "有事您说。要找真人，点下面。", cancellationToken, Says.Human));
                return true;
            case Intent.Annoyed:
                await turn.ReplyAsync(AnswerKind.Handover, "没答到点上，耽误您了。换个说法再问一句，或者让工作人员来。", cancellationToken, Says.Human);
                turn.Await(WaitingFor.Handover);
                return true;
            default:
                return false;
        }
    }
}
