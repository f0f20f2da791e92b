using System.Globalization;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>How far a community is, in numbers only and none below five; and where one's own sign-up stands.</summary>
internal sealed class TellProgress(CommunityDirectory directory, CityClock city)
{
    private const int LongestName = 16;

    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        var wanted = turn.Text == Says.Progress ? Intent.ProgressCommunity : turn.Meaning.Among(Intent.ProgressCommunity, Intent.ProgressMine);
        if (wanted is null && turn.Thought.Reply is not Knowledge.Answers.Answer)
            wanted = turn.Meaning.AnywhereAmong(.7f, Intent.ProgressCommunity, Intent.ProgressMine);
        if (wanted is null && turn.IsWaitingFor(WaitingFor.CommunityForProgress) && turn.State.Form is null && Named(turn.Text) is not null)
            wanted = Intent.ProgressCommunity;
        if (wanted is null && turn.IsWaitingFor(WaitingFor.CommunityForProgress) && turn.State.Form is null && LooksLikeName(turn))
        {
            await AskAgainAsync(turn, cancellationToken);
            return true;
        }
        switch (wanted)
        {
            case Intent.ProgressMine:
                await TellMineAsync(turn, cancellationToken);
                return true;
            case Intent.ProgressCommunity:
                await TellCommunityAsync(turn, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Of the community named in the message, else of the owner's own.</summary>
    public async Task TellCommunityAsync(Turn turn, CancellationToken cancellationToken)
    {
        var community = Named(turn.Text) ?? (turn.Contact.CommunityId is { } id ? directory.Find(id) : null);
        if (community is null)
        {
            await turn.ReplyAsync(AnswerKind.Progress, turn.State.CommunityTyped is { } typed
                ? $"名单里还没有“{typed}”，暂时没有进展可报。工作人员核对后就能查。"
                : "您是哪个小区的？写小区名字就行。", cancellationToken);
            turn.Await(WaitingFor.CommunityForProgress);
            return;
        }
        turn.Contact.CommunityId ??= community.Id;
        var state = Progress.From(community, (await ProgressReader.CountAsync(turn.Db, [community.Id], cancellationToken)).GetValueOrDefault(community.Id));
        var since = state.StageSince is { } day ? $"（{city.DateText(day)}起）" : "";
        var missing = state.MissingForQuorum is > 0 and var short1 ? string.Create(CultureInfo.InvariantCulture, $"离三分之二（2/3）户数还差{short1}户。") : "";
        var own = await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken);
        string[] buttons = own.Count == 0 && !turn.State.SignUpOffered ? [Says.SignUp] : [];
        turn.State = turn.State with { SignUpOffered = turn.State.SignUpOffered || buttons.Length > 0 };
        await turn.ReplyAsync(AnswerKind.Progress, state.Households is { } households
            ? $"{community.Name}登记了{households.ToString(CultureInfo.InvariantCulture)}户，阶段“{state.StageText}”{since}。{missing}登记不算投票。"
            : $"{community.Name}阶段“{state.StageText}”{since}。登记的不到5户，先不报数。登记不算投票。", cancellationToken, buttons);
    }

    /// <summary>A few words without a question or another wish, where a community's name was asked for.</summary>
    private static bool LooksLikeName(Turn turn) =>
        turn.Thought is { IsText: true, Choice: null } thought && turn.Text.Length is >= 2 and <= LongestName && !thought.HasAnswer
        && !FormQuestions.LooksLikeQuestion(turn.Meaning.Normalised) && (turn.Meaning.Top == Intent.Question || turn.Meaning.Of(turn.Meaning.Top) < .7f);

    /// <summary>The name is not in the list: the likeliest ones as buttons, and where to ask.</summary>
    private async Task AskAgainAsync(Turn turn, CancellationToken cancellationToken)
    {
        string[] close = [.. directory.Resolve(turn.Text).Communities.Take(3).Select(community => community.Name).Distinct()];
        await turn.ReplyAsync(AnswerKind.Progress, close.Length > 0
            ? $"没有正好叫“{turn.Text}”的。是下面哪一个？"
            : $"名单里没找到“{turn.Text}”。换全名或别名再写一次；还没有，可以问{directory.OfficeOf(null).Name}。", cancellationToken, close);
        turn.Await(WaitingFor.CommunityForProgress);
    }

    private DirectoryCommunity? Named(string text) =>
        directory.FindInText(text).FirstOrDefault(mention => mention.Match.Kind == MatchKind.One)?.Match.Community ?? directory.Resolve(text).Community;

    private async Task TellMineAsync(Turn turn, CancellationToken cancellationToken)
    {
        var mine = await MyData.ReadAsync(turn.Db, turn.Contact, directory, cancellationToken);
        if (mine.Leads.Count == 0)
        {
            await turn.ReplyAsync(AnswerKind.Progress, turn.State.Form is null
                ? "这里没有您的登记。要登记吗？"
                : "登记还没办完。回“接着弄”继续。", cancellationToken, turn.State.Form is null ? Says.SignUp : SignUpSays.Continue);
            return;
        }
        var lines = mine.Leads.Take(3).Select(lead => $"{city.DateText(city.DateOf(lead.SignedUpAt))}登记的{lead.Community}，现在是“{WishText.Of(lead.State)}”。");
        var how = mine.Leads[0] is { State: LeadState.New, MaskedPhone: null } ? "工作人员会在这里回您。" : "";
        await turn.ReplyAsync(AnswerKind.Progress, string.Join('\n', lines) + how, cancellationToken);
    }
}
