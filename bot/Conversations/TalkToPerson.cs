using System.Globalization;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>人工: asks for a staff member, says how many wait before, or when the office opens.</summary>
internal sealed class TalkToPerson(Handovers handovers, CommunityDirectory directory, CityClock city)
{
    private static readonly string[] Complaints = ["投诉物业", "投诉街道社区", "投诉助手"];

    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        var waiting = turn.State.Waiting;
        if (waiting is { For: WaitingFor.Handover } && waiting.IsAlive(turn.Now) && SaysYes.IsYes(turn.Text))
        {
            await RequestAsync(turn, cancellationToken);
            return true;
        }
        if (turn.Text is "投诉助手" || turn.Text == Says.Human || turn.Meaning.Is(Intent.Human)
            || (turn.Meaning.Of(Intent.Question) < .5f && turn.Meaning.AnywhereAmong(.75f, Intent.Human) is not null))
        {
            await RequestAsync(turn, cancellationToken);
            return true;
        }
        if (!turn.Meaning.Is(Intent.Complain))
            return false;
        await turn.ReplyAsync(AnswerKind.Clarification, "您想投诉哪一边？", cancellationToken, Complaints);
        return true;
    }

    public async Task RequestAsync(Turn turn, CancellationToken cancellationToken)
    {
        var community = turn.Contact.CommunityId is { } id ? directory.Find(id) : null;
        var before = await Handovers.WaitingBeforeAsync(turn.Db, turn.Conversation.Id, community?.Id, cancellationToken);
        turn.Handover = await handovers.RequestAsync(turn.Db, turn.Conversation.Id, community?.Id, Urgency.Usual, cancellationToken);
        turn.Effect = Effect.Done;
        var office = directory.OfficeOf(community);
        var closed = OfficeHours.Parse(office.Hours) is { } hours && !hours.IsOpen(city.ToLocal(turn.Now)) ? hours.NextOpening(city.ToLocal(turn.Now)) : null;
        var form = turn.State.Form is null ? "" : "登记先放着，回“接着弄”继续。";
        await turn.ReplyAsync(AnswerKind.Handover, closed is null
            ? $"已转给{(community is null ? "" : community.Neighbourhood)}工作人员，{(before == 0 ? "前面没有人等" : string.Create(CultureInfo.InvariantCulture, $"前面{before}位"))}。等的时候可以接着问我。{AskCommunity(community)}{form}"
            : $"现在下班了，{closed}后在这里回您，话已留好。急事打{(office.AreaId is null ? "12345" : $"{office.Phone}或12345")}，有危险打110。{form}", cancellationToken);
    }

    private static string AskCommunity(DirectoryCommunity? community) => community is null ? "您是哪个小区的？写一下好找人。" : "";
}
