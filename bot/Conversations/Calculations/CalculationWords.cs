using System.Globalization;
using System.Text.RegularExpressions;
using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>What the words of a message say about a calculation: which one, of what kind of matter, stop, again. Pure.</summary>
internal static partial class CalculationWords
{
    public static CalculationTask TaskOf(string text, SpokenFigures spoken, IReadOnlyList<NamedDay> days) =>
        WantsPlan(text) || (days.Any(day => day.Event is not null) && AsksWhen(text)) ? CalculationTask.Timeline
        : RollWords.Read(text) is not null && !spoken.Has(FigureRole.Present, FigureRole.For) ? CalculationTask.Roll
        : IsOfCommittee(text) ? CalculationTask.Committee
        : Petition().IsMatch(text) && !Votes().IsMatch(text) ? CalculationTask.Petition
        : CalculationTask.Vote;

    /// <summary>Whether a message carries numbers enough to reckon at once, whatever else its words resemble.</summary>
    public static bool IsRich(string text, SpokenFigures spoken, IReadOnlyList<NamedDay> days) => TaskOf(text, spoken, days) switch
    {
        CalculationTask.Timeline => days.Any(day => day.Event is not null) && AsksWhen(text),
        CalculationTask.Roll => AsksCount().IsMatch(text),
        CalculationTask.Committee => CommitteeFigures(new() { Task = CalculationTask.Committee, LastAt = default }, text) is { Members: > 2 } committee
            && (committee.MembersPresent is not null || committee.MembersFor is not null || committee.MembersLeft is not null || SizeVerdict().IsMatch(text)),
        CalculationTask.Petition => !IsApplication(text) && (spoken.Has(FigureRole.All) || spoken.All is [{ Role: null, Measure: Measure.Owners, Value: > 20 }, ..]) && (AsksThreshold(text) || AsksVerdict(text)),
        CalculationTask.Vote => IsRichVote(text, spoken),
    };

    private const int SmallestVote = 4;     // 两口子一个同意一个反对 is no vote to be counted

    private static bool IsRichVote(string text, SpokenFigures spoken)
    {
        var present = spoken.Has(FigureRole.Present, FigureRole.Absent);
        var agreed = spoken.Has(FigureRole.For);
        var total = spoken.Has(FigureRole.All) || spoken.All.Any(figure => figure is { Role: null, Value: > 10 });
        return (present && agreed) || (total && (present || agreed)) || (agreed && spoken.Has(FigureRole.Against) && spoken.All.Sum(figure => figure.Value) > SmallestVote)
            || (total && VoteThreshold().IsMatch(text)) || ((present || agreed) && spoken.All.Any(figure => figure is { Role: null, Flaw: not FigureFlaw.None }) && AsksVerdict(text));
    }

    public static VoteKind? KindOf(string text) => MajorMatter().IsMatch(text) ? VoteKind.Major : OrdinaryMatter().IsMatch(text) ? VoteKind.Ordinary : null;

    public static bool IsLift(string text) => Lift().IsMatch(text);

    /// <summary>多少户联名能申请: the application for a preparatory group, for which no national number exists, and not the fifth of an interim meeting.</summary>
    public static bool IsApplication(string text) => Application().IsMatch(text) && !Interim().IsMatch(text);

    /// <summary>The fifth of an interim meeting is named itself.</summary>
    public static bool NamesTheFifth(string text) => Fifth().IsMatch(text);

    /// <summary>A building or a stairway is meant, so that the community's totals are none of its business.</summary>
    public static bool IsPart(string text) => Part().IsMatch(text);

    public static bool WantsPlan(string text) => Plan().IsMatch(text);

    public static bool AsksWhen(string text) => When().IsMatch(text) && !Hour().IsMatch(text);

    public static bool AsksThreshold(string text) => Threshold().IsMatch(text);

    public static bool AsksVerdict(string text) => Verdict().IsMatch(text);

    public static bool AsksMissing(string text) => Missing().IsMatch(text);

    public static bool Stops(string text) => Stop().IsMatch(text.Trim());

    public static bool StartsAgain(string text) => Again().IsMatch(text.Trim());

    public static bool DoesNotKnow(string text) => Unknown().IsMatch(text.Trim());

    public static bool Corrects(string text) => Correction().IsMatch(text.Trim());

    /// <summary>A day is asked for, told from an event: 备案最晚哪天.</summary>
    public static bool AsksForDay(string text) => AsksWhen(text) && SpokenDate.EventIn(text) is not null;

    public static bool AsksToReckon(string text) => Reckon().IsMatch(text);

    public static bool WantsExample(string text) => Example().IsMatch(text.Trim());

    public static bool IsOfCommittee(string text) => Committee().IsMatch(text) && !NotCommittee().IsMatch(text);

    /// <summary>业委会该几个人: the rule is wanted, no number is to be checked.</summary>
    public static bool AsksCommitteeSize(string text) => CommitteeSize().IsMatch(text.Trim());

    /// <summary>Members in all, present, agreeing, left, as far as a text says.</summary>
    public static Calculation CommitteeFigures(Calculation committee, string text)
    {
        var plain = FigureReader.Plain(text);
        var used = new HashSet<int>();      // 剩三个委员 says how many are left, not how many there should be
        var left = First(MembersLeft(), plain, used);
        var gone = First(Gone(), plain, used);
        var here = First(MembersHere(), plain, used);
        var agreed = First(MembersFor(), plain, used);
        var members = First(Members(), plain, used) ?? committee.Members;
        return committee with
        {
            Members = members,
            MembersPresent = here ?? First(HereBehind(), plain, used) ?? committee.MembersPresent,
            MembersFor = agreed ?? First(ForBehind(), plain, used) ?? committee.MembersFor,
            MembersLeft = left ?? (gone is { } away && members is { } all && away <= all ? all - away : committee.MembersLeft),
        };
    }

    /// <summary>Hardly anything but numbers with their units: it answers what was asked, whatever it resembles.</summary>
    public static bool IsOnlyNumbers(string text) =>
        NumbersAndUnits().Replace(FigureReader.Plain(text), "") is { Length: <= 3 } rest && rest.Length < text.Length && FigureReader.Read(text).All.Count > 0;

    /// <summary>The whole message is a number, with or without a unit: 7, 七个, 7人.</summary>
    public static int? BareNumber(string text) => Bare().Match(FigureReader.Plain(text).Trim()) is { Success: true } match ? ToInt(match.Groups["n"].Value) : null;

    /// <summary>The first number of a pattern that stands in no other's place.</summary>
    private static int? First(Regex pattern, string text, HashSet<int> used)
    {
        foreach (Match match in pattern.Matches(text))
            if (used.Add(match.Groups["n"].Index))
                return ToInt(match.Groups["n"].Value);
        return null;
    }

    private static int? ToInt(string number) =>
        SpokenNumber.Parse(number) is { } value && value < 100_000 && decimal.Truncate(value) == value ? int.Parse(value.ToString("0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    private const string Num = "(?<n>[0-9]{1,4}|[零一二两三四五六七八九十]{1,3})";

    [GeneratedRegex("时间表|日程|进度表|排(?:一|个|下)*(?:期|时间|计划|日子|工期)|倒排|(?:排|列|做|算)(?:一|个|下)*(?:时间|期限|日期)", RegexOptions.CultureInvariant)]
    private static partial Regex Plan();

    [GeneratedRegex("什么时候|啥时候|何时|哪[天日]|几[号日]|几月|最[早迟晚]|多久|来得及|多少天|期限|到期|截止|满(?:六十|60)", RegexOptions.CultureInvariant)]
    private static partial Regex When();

    [GeneratedRegex("几点|结束|散会|(?<!从[今明]天)开始(?!算|排)", RegexOptions.CultureInvariant)]
    private static partial Regex Hour();

    [GeneratedRegex("20%|20％|百分之二十|五分之一|1/5|两成|提议|临时(?:会|业主大会|大会)|联名|联署|签名|签字|签了", RegexOptions.CultureInvariant)]
    private static partial Regex Petition();

    [GeneratedRegex("申请|成立|受理|筹备组|备案", RegexOptions.CultureInvariant)]
    private static partial Regex Application();

    [GeneratedRegex("20%|20％|百分之二十|五分之一|1/5|两成|临时(?:会|业主大会|大会)|提议", RegexOptions.CultureInvariant)]
    private static partial Regex Fifth();

    [GeneratedRegex("临时(?:会|业主大会|大会)|提议", RegexOptions.CultureInvariant)]
    private static partial Regex Interim();

    [GeneratedRegex("同意|通过|参加|投票|赞成|涨|违约金|滞纳", RegexOptions.CultureInvariant)]
    private static partial Regex Votes();

    [GeneratedRegex("多少|几个?[人户家票]|至少|最少|起码|门槛|够不够|够吗|够了吗|怎么算|咋算|算一|算下|算算", RegexOptions.CultureInvariant)]
    private static partial Regex Threshold();

    [GeneratedRegex("(?:至少|最少|起码|得|要|需要|应该)(?:有|来)?(?:多少|几)(?:户|人|票|家|个)?(?:人|户|业主)?(?:来|同意|参加|投|赞成|到|才)|(?:来|到|参加|同意|投票?)(?:多少|几)(?:户|人|票|家)(?:才|算|够|能|有效)", RegexOptions.CultureInvariant)]
    private static partial Regex VoteThreshold();

    [GeneratedRegex("通过|过了?[吗没不]|能过|过没过|够[吗不没]|够了|够数|行[吗不]|中不|可以[吗不]|算数|有效|作数|成立[吗不]|合[规法格]|达标|算不算|符合|差多少|还差|超[了吗]", RegexOptions.CultureInvariant)]
    private static partial Regex Verdict();

    [GeneratedRegex("(?:还|再)?(?:差|缺|少)(?:多少|几|不少)|还(?:要|得|需要)(?:多少|几)", RegexOptions.CultureInvariant)]
    private static partial Regex Missing();

    [GeneratedRegex("^(?:那)?(?:算了(?:吧|算了)?|不算了|别算了|不用算了?|取消|停|停下|退出|不弄了|不要了|先不算了?|以后再算|不想算了?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Stop();

    [GeneratedRegex("^(?:那)?(?:重新?算(?:一下|一遍|一次)?|再算(?:一次|一遍|一下)|从头算|重来|换一组数|换个数(?:再算)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Again();

    [GeneratedRegex("^(?:我|俺)?(?:面积|这个|户数|人数)?(?:也|都|就)?(?:不知道|不清楚|不晓得|没有|没数|没统计|说不准|不记得|没算过)(?:面积|这个数|具体)?(?:了|啊|呀|嘞|的)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Unknown();

    [GeneratedRegex("^(?:不对|错了|不是|写错|说错|打错|改成|改为|应该是|更正|纠正|搞错|弄错|要是|如果|假如|万一|换成|那要|那如果|那|再多|再加|再来|又来)", RegexOptions.CultureInvariant)]
    private static partial Regex Correction();

    [GeneratedRegex("帮(?:我|俺|忙|我们)?(?:来)?算(?!了)|算(?:一算|算看|一下|下|算)(?![了来去周月])|计算(?:一下|器)|咋算|替我算|给(?:我|俺)算", RegexOptions.CultureInvariant)]
    private static partial Regex Reckon();

    [GeneratedRegex("^(?:能|请|再|可以|给我|您|你|那)*(?:举|打|来|给)(?:个|一个|一|些|几个)?(?:例子|例|比方|实例|栗子)(?:吗|吧|呗|看看|说说|说明一下|说明|听听)*$|^(?:比如呢|例如呢|比如说呢?|有例子吗|有没有例子|有啥例子没?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Example();

    [GeneratedRegex("筹集|续筹|(?:续交|补交|补缴|续缴)维修资金|改建|重建|装电梯|加电梯|改变.{0,8}用途|广告|摆摊|(?:出租|利用|经营|租出去).{0,6}(?:公共|共有|地面|大堂)|(?:公共|共有)(?:部分|场地|区域).{0,6}(?:出租|经营|收费)|绿地.{0,4}改|改(?:成|建)?车位|重大|(?<!业主)大事|四分之三|3/4", RegexOptions.CultureInvariant)]
    private static partial Regex MajorMatter();

    [GeneratedRegex("选(?:举)?业委会|选委员|换(?:掉|个)?物业|选聘|选物业|解聘|辞退物业|续聘|议事规则|管理规约|(?:用|动用?|使用|花)维修(?:资金|基金)|罢免|换委员|更换委员|换主任|普通|一般(?:事|的事)|(?:涨|提高|上调)物业费|物业费.{0,3}(?:涨|上调)", RegexOptions.CultureInvariant)]
    private static partial Regex OrdinaryMatter();

    [GeneratedRegex("(?:加装|安装|装|加)(?:个|部)?电梯", RegexOptions.CultureInvariant)]
    private static partial Regex Lift();

    [GeneratedRegex("单元|[0-9一二三四五六七八九十]号楼|这栋|本栋|一栋|整栋|我们楼|俺们?楼|咱们?楼|楼里|楼道|门洞", RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex("(?:人数|户数|业主|总数|N).{0,8}(?:多少|怎么|咋|几)|算(?:多少|几)(?:个|位|名)?(?:人|户|业主|票)|多少(?:个|位)?(?:业主|人)|怎么算|咋算|帮.{0,2}算|算一|几个人", RegexOptions.CultureInvariant)]
    private static partial Regex AsksCount();

    [GeneratedRegex("委员(?!会)|业委会.{0,4}(?:[0-9]|[一二两三四五六七八九十]+个?人|开会|会议|内部|班子)|[0-9一二三四五六七八九十]+(?:个)?人的?(?:业委会|班子)", RegexOptions.CultureInvariant)]
    private static partial Regex Committee();

    [GeneratedRegex("^(?:我们|俺们?|咱们?)?(?:小区)?(?:的)?(?:业委会|业主委员会|委员)(?:里|会)?(?:到底|一般|应该|应当|该|要|得|能|可以|可|需要|最多|最少)*(?:有|设|选|定|是|由)?(?:几|多少)(?:个|名|位)?(?:人|委员)?(?:组成|合适|合规|才行|才合法|呢|啊|呀)*$", RegexOptions.CultureInvariant)]
    private static partial Regex CommitteeSize();

    [GeneratedRegex("业主大会|户|平方|平米|选业委会|候选人|罢免|同意成立|成立业委会|年|个月|[0-9]月|天", RegexOptions.CultureInvariant)]
    private static partial Regex NotCommittee();

    [GeneratedRegex("(?:业委会|委员|班子)(?:里|会)?(?:一共|总共|共|应该|应|能|可以|想|要|打算|准备|就|计划)*(?:有|是|设|定|选|搞|弄)?" + Num + "(?:个|名|位)?(?:人|委员)?|" + Num + "(?:个|名|位)?(?:人)?(?:的)?(?:委员|业委会|班子)", RegexOptions.CultureInvariant)]
    private static partial Regex Members();

    [GeneratedRegex("(?:只来|来了|到了|到会|出席|到场|参加|来)(?:的)?(?:了|有|只有|是)?" + Num, RegexOptions.CultureInvariant)]
    private static partial Regex MembersHere();

    [GeneratedRegex(Num + "(?:个|名|位)?(?:人)?(?:委员)?(?:来了|到会|出席|到场|参加)(?!·)", RegexOptions.CultureInvariant)]
    private static partial Regex HereBehind();

    [GeneratedRegex("(?:同意|赞成)(?:的)?(?:了|有|只有|是)?" + Num, RegexOptions.CultureInvariant)]
    private static partial Regex MembersFor();

    [GeneratedRegex(Num + "(?:个|名|位|票)?(?:人)?(?:委员)?(?:都)?(?:同意|赞成)(?!·)", RegexOptions.CultureInvariant)]
    private static partial Regex ForBehind();

    [GeneratedRegex("(?:业委会|委员)(?:里|能|可以|应该|要|想|打算|准备|我们)*(?:有|是|设|定|选|搞|弄)*" + Num + "(?:个|名|位)?(?:人|委员)*[,， ]*(?:行|可以|中不|合|能不能|够不|吗|么)|" + Num + "(?:个|名|位)?人?的?(?:业委会|班子|委员)[,， ]*(?:行|可以|中不|合)", RegexOptions.CultureInvariant)]
    private static partial Regex SizeVerdict();

    [GeneratedRegex("(?:只剩|还剩|剩下|剩了|剩|现在只有)(?:下|了)?" + Num, RegexOptions.CultureInvariant)]
    private static partial Regex MembersLeft();

    [GeneratedRegex("(?:走了|辞了|辞职了?)" + Num + "|" + Num + "(?:个|名|位)?(?:人)?(?:委员)?(?:辞职|辞了|走了|不干了|退出)", RegexOptions.CultureInvariant)]
    private static partial Regex Gone();

    [GeneratedRegex(@"[0-9零一二两三四五六七八九十百千万点.,、\s]+|平方米|平米|平方|平|m2|户|人|家|票|张|个|名|位", RegexOptions.CultureInvariant)]
    private static partial Regex NumbersAndUnits();

    [GeneratedRegex("^(?:就|是|有|共|一共)*" + Num + "(?:个|名|位|户|套)?(?:人|委员)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();
}
