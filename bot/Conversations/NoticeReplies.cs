using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace Outreach.Conversations;

/// <summary>Answers to a notice of the last 72 hours: who comes, and questions that the notice itself answers. Nothing here is a vote.</summary>
internal sealed partial class NoticeReplies(RecentNotice notices)
{
    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (await notices.FindAsync(turn, cancellationToken) is not { } notice)
            return await WithoutNoticeAsync(turn, cancellationToken);
        if (turn.State.Waiting is { } waiting && waiting.IsAlive(turn.Now) && waiting.At > notice.At && turn.Thought.Choice is not null)
            return false;       // a button of a later message was pressed
        if (AgreesToMatter().IsMatch(turn.Text))
        {
            await turn.ReplyAsync(AnswerKind.Form, "在这里回复不算投票，请照通知里的办法投。", cancellationToken);
            return true;
        }
        if (AsksWhenOrWhere().IsMatch(turn.Text) && turn.Meaning.Normalised.Length <= 16)
        {
            await turn.ReplyAsync(AnswerKind.Form, $"通知是这样写的：\n{notice.Text}", cancellationToken);
            return true;
        }
        if (AnswerIn(turn) is not { } answer)
            return false;
        await KeepAsync(turn, notice, answer, cancellationToken);
        return true;
    }

    /// <summary>参加, 不去了 without a notice to answer: says so instead of guessing.</summary>
    private static async Task<bool> WithoutNoticeAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.State.Form is not null || turn.Meaning.Among(Intent.NoticeJoin, Intent.NoticeDecline, Intent.NoticeLate) is not { } said || turn.Thought.HasAnswer)
            return false;
        if (said == Intent.NoticeJoin)
            await turn.ReplyAsync(AnswerKind.Form, "最近没有要您报名的通知。是想登记支持成立业委会吗？", cancellationToken, Says.SignUp, Says.Progress);
        else
            await turn.ReplyAsync(AnswerKind.Form, "最近没有等您回复的通知，不用特意说。要取消登记，说“取消登记”。", cancellationToken, CancelDialogue.SignUp);
        return true;
    }

    private static NoticeAnswer? AnswerIn(Turn turn) => turn.Text.Trim() switch
    {
        "1" or "１" => NoticeAnswer.Coming,
        "2" or "２" => NoticeAnswer.WantsMaterial,
        "3" or "３" => NoticeAnswer.NotComing,
        _ => turn.Meaning.Among(Intent.NoticeJoin, Intent.NoticeDecline, Intent.NoticeLate, Intent.SignUp, Intent.SignUpRefuse, Intent.SignUpCancelHow) switch
        {
            Intent.NoticeJoin => NoticeAnswer.Coming,
            Intent.NoticeLate => NoticeAnswer.Late,
            Intent.NoticeDecline or Intent.SignUpCancelHow or Intent.SignUpRefuse => NoticeAnswer.NotComing,
            Intent.SignUp => turn.Text.Contains("参选", StringComparison.Ordinal) || turn.Text.Contains("换届", StringComparison.Ordinal) ? NoticeAnswer.Interested
                : turn.Text.Contains("报名", StringComparison.Ordinal) || turn.Text.Contains("参加", StringComparison.Ordinal) ? NoticeAnswer.Coming
                : null,
            _ => Acknowledged().IsMatch(turn.Text.Trim()) ? NoticeAnswer.Coming : null,
        },
    };

    private static async Task KeepAsync(Turn turn, SeenNotice notice, NoticeAnswer answer, CancellationToken cancellationToken)
    {
        if (answer == NoticeAnswer.Coming && JustRead().IsMatch(turn.Text.Trim()))
        {
            await turn.ReplyAsync(AnswerKind.Form, "好。要参加就回“参加”，来不了回“不去了”。", cancellationToken);
            return;
        }
        var people = answer is NoticeAnswer.Coming or NoticeAnswer.Late ? PeopleIn(turn.Text) : 0;
        var known = await turn.Db.NoticeReplies.SingleOrDefaultAsync(r => r.ConversationId == turn.Conversation.Id && r.Notice == notice.Key, cancellationToken);
        if (known is null)
            turn.Db.NoticeReplies.Add(new() { ConversationId = turn.Conversation.Id, Notice = notice.Key, Answer = answer, People = people, At = turn.Now });
        else
            (known.Answer, known.People, known.At) = (answer, people, turn.Now);
        await turn.ReplyAsync(AnswerKind.Form, answer switch
        {
            NoticeAnswer.Coming => $"记下了：{notice.Title}，{people.ToString(CultureInfo.InvariantCulture)}人。来不了回“不去了”。",
            NoticeAnswer.Late => $"记下了：{notice.Title}，{people.ToString(CultureInfo.InvariantCulture)}人，晚到。来不了回“不去了”。",
            NoticeAnswer.NotComing => $"记下了：{notice.Title}，您不来。想来再回“参加”。",
            NoticeAnswer.WantsMaterial => $"记下了：{notice.Title}，您要资料。工作人员在这里发给您。",
            NoticeAnswer.Interested => $"记下了：{notice.Title}，您有意参加。条件和办法见公告，也可以说“我要登记”。",
        }, cancellationToken);
    }

    /// <summary>俩人, 带老伴, 一家三口; one when nothing is said. At most 20.</summary>
    internal static int PeopleIn(string text)
    {
        if (Counted().Match(text) is { Success: true } counted)
            return Math.Clamp(counted.Groups[1].Value switch
            {
                "俩" or "两" or "二" => 2,
                "仨" or "三" => 3,
                "四" => 4,
                "五" => 5,
                "一" => 1,
                var digits => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 1,
            }, 1, 20);
        return With().IsMatch(text) ? 2 : 1;
    }

    [GeneratedRegex(@"(\d{1,2}|[一二两俩仨三四五])\s*(?:个)?(?:人|口|位|口子|去|来)|(?<=我们)(俩|仨)", RegexOptions.CultureInvariant)]
    private static partial Regex Counted();

    [GeneratedRegex("带|和|跟|领着|叫上|老两口|两口子|我们俩|俺们俩", RegexOptions.CultureInvariant)]
    private static partial Regex With();

    [GeneratedRegex("^(?:我|俺|我家|我们|全家)?(?:都)?(?:不)?(?:同意|赞成|反对|投)(?:换|更换|解聘|选聘|使用|动用|成立|这|该|物业|票|赞成|反对|一票)", RegexOptions.CultureInvariant)]
    private static partial Regex AgreesToMatter();

    [GeneratedRegex("几点|啥时候|什么时候|哪天|几号|在哪|哪儿|哪里|啥地方|什么地方|地址|地点|时间", RegexOptions.CultureInvariant)]
    private static partial Regex AsksWhenOrWhere();

    [GeneratedRegex("^(?:中|行|好|好的|可以|嗯|收到|知道了|我知道了|收到了|了解|明白)[。！!啊呀嘞了吧]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Acknowledged();

    [GeneratedRegex("^(?:嗯|收到|知道了|我知道了|收到了|了解|明白)[。！!啊呀嘞了吧]*$", RegexOptions.CultureInvariant)]
    private static partial Regex JustRead();
}
