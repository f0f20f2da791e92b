namespace Outreach.Channels.DingTalk;

/// <summary>Takes what came for a robot, whichever way it came: runs the turn, and in a group only asks to be written to alone.</summary>
internal sealed class DingTalkIntake(DingTalkChannel channel, ChannelInbox inbox, GroupHints groups, ChannelMeter meter, TimeProvider clock)
{
    /// <returns>False: the turn failed and nothing of it is stored; it should come again.</returns>
    public async Task<bool> TakeAsync(DingTalkAccount account, DingTalkPush push)
    {
        account.Report.Received(clock.GetUtcNow());
        meter.Received(DingTalkChannel.ChannelId);
        if (push.IsGroup)
        {
            if (groups.IsDue(DingTalkChannel.ChannelId, account.Name, push.Reference.ConversationId))
                await channel.HintAsync(account, push.Reference, CancellationToken.None);
            return true;
        }
        if (await inbox.ReceiveAsync(push.Reference, push.Activity, push.Key) is not { } receipt)
            return false;
        await inbox.AnswerAsync(receipt);
        return true;
    }
}
