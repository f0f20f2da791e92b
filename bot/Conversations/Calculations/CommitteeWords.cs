using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>Size, meetings and vacancies of the committee. A national guideline throughout, and said so. Pure.</summary>
internal static class CommitteeWords
{
    private const string Guideline = "指导规则（2009）";
    private const string National = "这是全国性指导文件写的。";
    private const int MostBelieved = 99;

    /// <summary>Why a number of members cannot be, as a question; null: it can.</summary>
    public static string? FindImpossible(Calculation committee)
    {
        if (committee.Members is not { } members)
            return null;
        if (members is <= 0 or > MostBelieved)
            return $"业委会{members}人不可能。一共几名委员？";
        if (committee.MembersPresent > members)
            return $"到会的有{committee.MembersPresent}人，比全体委员{members}人还多。哪个数写错了？";
        if (committee.MembersFor > (committee.MembersPresent ?? members))
            return $"同意的有{committee.MembersFor}人，比到会的{committee.MembersPresent ?? members}人还多。哪个数写错了？";
        return committee.MembersLeft > members ? $"剩下的有{committee.MembersLeft}人，比应有的{members}人还多。哪个数写错了？" : null;
    }

    /// <summary>Null when the number of members is not known.</summary>
    public static Reckoned? Say(Calculation committee)
    {
        if (committee.Members is not { } members)
            return null;
        if (committee.MembersLeft is { } left)
            return Vacancies(members, left);
        return committee.MembersPresent is not null || committee.MembersFor is not null ? Meeting(members, committee.MembersPresent, committee.MembersFor) : Size(members);
    }

    /// <summary>The rule for the size, where no number was said; the number is asked for.</summary>
    public static Reckoned Rule() => new("业委会5至11人，而且是单数：5、7、9、11人都行。",
        [National + "河南的规定请向街道办事处核实。具体几人写进议事规则，由业主大会定。", "打算设几人？发来我算开会要几人到、几人同意。"], [new(Guideline, "31"), new("物业管理条例", "18")], "members.number")
    {
        Example = MeetingExample,
        Asks = CalculationQuestion.Members,
    };

    private static Reckoned Size(int members)
    {
        var verdict = CommitteeMeeting.IsValidSize(members) ? $"{members}人可以。"
            : members is < CommitteeMeeting.FewestMembers or > CommitteeMeeting.MostMembers ? $"{members}人不行，要5至11人。"
            : $"{members}人不行，要单数，可以设{members - 1}人或{members + 1}人。";
        string[] lines =
        [
            "业委会5至11人，而且是单数：5、7、9、11人都行。" + National,
            CommitteeMeeting.IsValidSize(members) ? $"{members}人的业委会开会，至少{CommitteeMeeting.FewestPresent(members)}人到，至少{CommitteeMeeting.FewestFor(members)}人同意。" : "",
            "具体几人写进议事规则，由业主大会定。",
        ];
        return new(verdict, lines, [new(Guideline, "31"), new("物业管理条例", "18")], "members.number")
        {
            Example = MeetingExample,
            Buttons = ["依据是什么", "重新算"],
        };
    }

    private static Reckoned Meeting(int members, int? present, int? agreed)
    {
        var (needed, votes) = (CommitteeMeeting.FewestPresent(members), CommitteeMeeting.FewestFor(members));
        var verdict = present < needed ? $"会开不成：到会的还差{needed - present}人。"
            : agreed < votes ? $"不算数：同意的还差{votes - agreed}人。"
            : agreed is null ? "会开得成。"
            : present is null ? "同意的人数够了，还要看到会的够不够。"
            : "算数。";
        string[] lines =
        [
            $"委员{members}人：至少{needed}人到会（过半数），至少{votes}人同意（全体委员的半数以上，不是到会的）。{National}",
            present is null && agreed is null ? "" : $"现在{string.Join("，", new[] { present is { } p ? $"到会{p}人" : "", agreed is { } a ? $"同意{a}人" : "" }.Where(part => part.Length > 0))}。",
            "有缺额时按应有的人数还是现有的人数算，法律没写明，做法不一，以街道答复或议事规则为准。",
            verdict switch
            {
                "算数。" => "下一步：参加的委员签字，3日内公告。",
                "会开得成。" => $"同意的到{votes}人，决定才算数。",
                _ when present is null => "到会的有几人？",
                _ => "下一步：补足人数再议，别拿不够数的决定去办事。",
            },
        ];
        return new(verdict, lines, [new(Guideline, "38", 2)], "duties.meeting-quorum")
        {
            Example = MeetingExample,
            Asks = present is null ? CalculationQuestion.Present : agreed is null && present >= needed ? CalculationQuestion.For : null,
            Buttons = ["依据是什么", "重新算"],
        };
    }

    private static Reckoned Vacancies(int members, int left)
    {
        var anew = CommitteeMeeting.MustElectAnew(members, left);
        string[] lines =
        [
            $"应有{members}人，剩{left}人，{(anew ? "不到一半" : "不少于一半")}。不足总数的二分之一，才要开临时会议重新选举。{National}",
            "总数按应有的人数还是现有的人数算，法律没写明，做法不一，以街道答复或议事规则为准。",
            anew ? "下一步：告诉街道（乡镇），请它指导选举，看好章和档案。" : "下一步：看议事规则里候补、补选的办法，及时补足。",
        ];
        return new(anew ? "要重新选举业委会。" : "不用重选，补足缺的人就行。", lines, [new(Guideline, "46")], anew ? "recall.under-half" : "recall.vacancy")
        {
            Example = "比如7人的业委会，剩4人可以补足，剩3人就要重新选举。",
            Buttons = ["依据是什么", "重新算"],
        };
    }

    private const string MeetingExample = "比如7人的业委会：至少4人到会，至少4人同意；11人的：至少6人到会，6人同意。";
}
