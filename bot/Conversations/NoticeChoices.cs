using System.Text.RegularExpressions;
using Outreach.Contacts;

namespace Outreach.Conversations;

/// <summary>退订, 恢复通知 and 主题: done at once, without asking back.</summary>
internal sealed partial class NoticeChoices(OptOuts optOuts, RecentNotice notices)
{
    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        switch (Wanted(turn))
        {
            case Intent.OptOut:
                if (IsBareStop(turn.Text) && await notices.FindAsync(turn, cancellationToken) is null)
                {
                    await CancelDialogue.AskAsync(turn, cancellationToken);
                    return true;
                }
                await OptOutAsync(turn, cancellationToken);
                return true;
            case Intent.OptIn:
                await optOuts.ClearAsync(turn.Db, turn.Contact, cancellationToken);
                await turn.ReplyAsync(AnswerKind.Optin, "好，通知恢复了。" + AndTheForm(turn), cancellationToken);
                return true;
            case Intent.Topics when SpeaksOfNotices().IsMatch(turn.Text) || turn.Thought.Choice is not null:
                await ChooseAsync(turn, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    public async Task OptOutAsync(Turn turn, CancellationToken cancellationToken)
    {
        await optOuts.SetAsync(turn.Db, turn.Contact, cancellationToken);
        turn.Effect = Effect.Done;
        await turn.ReplyAsync(AnswerKind.Optout, "好，不再发通知了，提问照常。想再收说“恢复通知”。" + AndTheForm(turn), cancellationToken,
            turn.State.Form is null ? [] : [SignUpSays.Continue, SignUpSays.Stop]);
    }

    private static Intent? Wanted(Turn turn) =>
        turn.Meaning.Among(Intent.OptOut, Intent.OptIn, Intent.Topics)
        ?? (turn.Meaning.Of(Intent.Question) < .6f ? turn.Meaning.AnywhereAmong(.8f, Intent.OptOut, Intent.OptIn, Intent.Topics) : null);

    private async Task ChooseAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (TopicsIn(turn.Text, turn.Contact.Topics) is not { } topics)
        {
            await turn.ReplyAsync(AnswerKind.Optin, "想收哪类通知？说“全都要”就都发，说“退订”就都不发。", cancellationToken, "业委会流程", "我的小区", "培训活动");
            return;
        }
        await optOuts.ChooseAsync(turn.Db, turn.Contact, topics, cancellationToken);
        await turn.ReplyAsync(topics == NoticeTopics.None ? AnswerKind.Optout : AnswerKind.Optin, topics switch
        {
            NoticeTopics.None => "好，不再发通知了，提问照常。想再收说“恢复通知”。",
            NoticeTopics.All => "好，通知都给您发。",
            _ => $"好，只发{string.Join('、', Names.Where(name => topics.HasFlag(name.Topic)).Select(name => $"“{name.Title}”"))}。",
        }, cancellationToken);
    }

    private static readonly (NoticeTopics Topic, string Title)[] Names =
        [(NoticeTopics.Procedure, "业委会流程"), (NoticeTopics.MyCommunity, "我的小区"), (NoticeTopics.Training, "培训活动"), (NoticeTopics.General, "其他")];

    /// <summary>只要培训 chooses, 不要培训 takes one away, 也要培训 and 订阅培训 add one; null: none is named.</summary>
    internal static NoticeTopics? TopicsIn(string text, NoticeTopics now)
    {
        if (Everything().IsMatch(text))
            return NoticeTopics.All;
        if (OthersOff().IsMatch(text) && !Own().IsMatch(OthersOff().Replace(text, "")))
            return NoticeTopics.MyCommunity;
        var off = Refused().Match(text);
        if (off.Success && Named(off.Value) is not NoticeTopics.None and var unwanted)
            return now & ~unwanted & NoticeTopics.All;
        return Named(OthersOff().Replace(text, "")) is not NoticeTopics.None and var wanted
            ? More().IsMatch(text) && !Only().IsMatch(text) ? now | wanted : wanted
            : null;
    }

    private static NoticeTopics Named(string text) =>
        (Flow().IsMatch(text) ? NoticeTopics.Procedure : 0) | (Own().IsMatch(text) ? NoticeTopics.MyCommunity : 0) | (Training().IsMatch(text) ? NoticeTopics.Training : 0)
        | (General().IsMatch(text) ? NoticeTopics.General : 0);

    private static string AndTheForm(Turn turn) => turn.State.Form is null ? "" : "刚才的登记还办吗？";

    private static bool IsBareStop(string text) => text.Trim().TrimEnd('。', '！', '!') is "停" or "停下" or "停止";

    [GeneratedRegex("发|收|要|订|通知|消息|只|光|推|设置|主题", RegexOptions.CultureInvariant)]
    private static partial Regex SpeaksOfNotices();

    [GeneratedRegex("全都要|所有|都发|全部都|都要$|全要", RegexOptions.CultureInvariant)]
    private static partial Regex Everything();

    [GeneratedRegex("(?:别的|其他|其它|别家)(?:小区|的)?(?:的)?(?:通知|消息)?(?:都)?(?:不要|别|不用|不收)(?:发|了)?", RegexOptions.CultureInvariant)]
    private static partial Regex OthersOff();

    [GeneratedRegex("(?:不要|不收|别发|不想收|不用)[^，。,]{0,12}|[^，。,]{0,12}(?:就?不要了?|就?别发了?|就?不用了?|不收了?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Refused();

    [GeneratedRegex("流程|投票|选举|开会|成立|业委会", RegexOptions.CultureInvariant)]
    private static partial Regex Flow();

    [GeneratedRegex("(?:俺|我|我们|俺们|咱|本|自己)(?:的)?小区|小区(?:的|嘞)", RegexOptions.CultureInvariant)]
    private static partial Regex Own();

    [GeneratedRegex("订阅|也|加上|还要|还收|再|恢复|重新", RegexOptions.CultureInvariant)]
    private static partial Regex More();

    [GeneratedRegex("只|光|仅|就要|就收|就发", RegexOptions.CultureInvariant)]
    private static partial Regex Only();

    [GeneratedRegex("其[他它](?:类|这类|的?通知|的?消息)|一般(?:的)?通知|杂事", RegexOptions.CultureInvariant)]
    private static partial Regex General();

    [GeneratedRegex("培训|活动|讲座", RegexOptions.CultureInvariant)]
    private static partial Regex Training();
}
