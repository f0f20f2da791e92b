namespace Outreach.Conversations;

/// <summary>取消 without anything to cancel: asks what is meant.</summary>
internal static class CancelDialogue
{
    public const string SignUp = "取消登记";
    public const string Notices = "不收通知";
    public const string Erase = "删信息";

    public static async Task AskAsync(Turn turn, CancellationToken cancellationToken)
    {
        string[] choices = [SignUp, Notices, Erase];
        await turn.ReplyAsync(AnswerKind.Data, "您要取消哪一样？", cancellationToken, choices);
        turn.Await(WaitingFor.WhatToCancel);
    }
}
