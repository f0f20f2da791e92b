using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Knowledge.Search;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Reads the fields of a sign-up out of free words, in any order. Agreement, sex, age, ownership and area are never guessed.</summary>
internal sealed partial class SignUpReader(CommunityDirectory directory)
{
    /// <param name="expected">What the bot asked for: a bare word or number is taken for that.</param>
    public SignUpWords Read(string typed, SignUpField expected)
    {
        var text = Normaliser.ToSimplified(WithoutLoneSurrogates(typed).Normalize(NormalizationForm.FormKC).Replace('幺', '1'));     // 幺 would be simplified to 么
        var personal = new List<(string, string)>();
        var rest = new StringBuilder(text);

        var (phone, problem) = ReadPhone(rest, personal, expected);
        var room = ReadRoom(rest, personal, expected);
        var communities = directory.FindInText(rest.ToString());
        foreach (var mention in communities)
            Blank(rest, mention.Start, mention.Length);
        var left = rest.ToString();
        var wishes = WishesIn(left);
        var (name, said) = ReadName(left, personal, expected, room is not null);
        return new()
        {
            Communities = communities,
            UnknownCommunity = communities.Count == 0 ? UnknownCommunityIn(left, expected) : null,
            Wishes = wishes,
            Name = name,
            NameIsSaid = said,
            Phone = phone,
            PhoneProblem = problem,
            Room = room,
            Role = TenantWords().IsMatch(text) ? LeadRole.Tenant : FamilyWords().IsMatch(text) ? LeadRole.Family : LeadRole.Owner,
            IsMinor = MinorWords().IsMatch(text),
            Personal = personal,
        };
    }

    /// <summary>Which field a message speaks of: 电话, 房号, 称呼, 意愿, 小区; null: none.</summary>
    public static string? FieldNamed(string text) =>
        PhoneWords().IsMatch(text) ? "电话"
        : RoomWords().IsMatch(text) ? "房号"
        : NameWords().IsMatch(text) ? "称呼"
        : text.Contains("意愿", StringComparison.Ordinal) || text.Contains("改主意", StringComparison.Ordinal) ? "意愿"
        : text.Contains("小区", StringComparison.Ordinal) ? "小区"
        : null;

    /// <summary>把电话去掉, 电话删掉.</summary>
    public static bool TakesAway(string text) => AwayWords().IsMatch(text);

    internal static Wishes WishesIn(string text)
    {
        var wishes = Wishes.None;
        if (Supports().IsMatch(text))
            wishes |= Wishes.Support;
        if (Joins().IsMatch(text))
            wishes |= Wishes.JoinGroup;
        if (Runs().IsMatch(text))
            wishes |= Wishes.Candidate;
        if (wishes == Wishes.None && Looks().IsMatch(text))
            wishes = Wishes.JustInformed;
        return wishes;
    }

    private static (string? Phone, string? Problem) ReadPhone(StringBuilder rest, List<(string, string)> personal, SignUpField expected)
    {
        string? problem = null;
        foreach (var pattern in (Regex[])[Mobile(), SpokenMobile(), Landline(), Digits()])
            foreach (Match match in pattern.Matches(rest.ToString()))
            {
                var parsed = Phones.Parse(match.Value);
                if (parsed.E164 is null && pattern == Digits() && expected is not (SignUpField.Phone or SignUpField.Name or SignUpField.Room) && parsed.Digits is < 8 or > 14)
                    continue;
                personal.Add((match.Value, Redact.Number));
                Blank(rest, match.Index, match.Length);
                if (parsed.E164 is { } phone)
                    return (phone, null);
                problem ??= parsed.Problem switch
                {
                    PhoneProblem.TooShort or PhoneProblem.TooLong => string.Create(CultureInfo.InvariantCulture, $"这个号{parsed.Digits}位，手机号要11位。"),
                    PhoneProblem.NoAreaCode => "座机请带区号。",
                    PhoneProblem.NotAPhone or PhoneProblem.None => "这个号不像电话，手机号是11位数字。",
                };
            }
        return (null, problem);
    }

    private static SpokenRoom? ReadRoom(StringBuilder rest, List<(string, string)> personal, SignUpField expected)
    {
        if (SpokenRoom.Find(rest.ToString(), expected is SignUpField.Room or SignUpField.Name ? BareNumber.Counts : BareNumber.Ignored) is not var (room, start, length))
            return null;
        if (room.Number is not null || room.Unit is not null)
            personal.Add((rest.ToString(start, length), Redact.Room));
        Blank(rest, start, length);
        return room;
    }

    private static (string? Name, bool Said) ReadName(string text, List<(string, string)> personal, SignUpField expected, bool afterRoom)
    {
        if (SaidName().Match(text) is { Success: true } said)
            return Take(said.Groups["name"].Value, true);
        if (CalledName().Match(text) is { Success: true } called)
            return Take(called.Groups["name"].Value, true);
        if (NickName().Match(text) is { Success: true } nick)
            return Take(nick.Value, expected == SignUpField.Name);
        if (afterRoom && ResidentName().Match(text) is { Success: true } resident)
            return Take(resident.Groups["name"].Value, expected == SignUpField.Name);
        if (expected is not (SignUpField.Name or SignUpField.Room or SignUpField.Phone))
            return (null, false);
        foreach (Match word in Words().Matches(Filler().Replace(text, " ")))
            if (word.Value is { Length: 1 } single ? expected == SignUpField.Name && Surname().IsMatch(single) : Surname().IsMatch(word.Value) && word.Length <= 4)
                return Take(word.Value, false);
        return (null, false);

        (string?, bool) Take(string name, bool certain)
        {
            var plain = name.Trim();
            if (plain.Length > 1)
                personal.Add((plain, Redact.Name));
            return (plain, certain);
        }
    }

    /// <summary>幸福里, 我是幸福里小区的: words in the place of a name.</summary>
    private static string? UnknownCommunityIn(string text, SignUpField expected)
    {
        if (Estate().Match(text) is { Success: true } estate && !NotNames().IsMatch(estate.Groups["name"].Value))
            return estate.Groups["name"].Value.Trim();
        if (expected != SignUpField.Community)
            return null;
        var words = Words().Matches(Filler().Replace(WishWords().Replace(text, " "), " ")).Select(word => word.Value).Where(word => word.Length is >= 2 and <= 12 && !NotNames().IsMatch(word)).ToList();
        return words.Count is 1 or 2 ? words[0] : null;
    }

    private static void Blank(StringBuilder text, int start, int length)
    {
        for (var i = start; i < start + length; i++)
            text[i] = ' ';
    }

    private static string WithoutLoneSurrogates(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(text.Where(c => !char.IsSurrogate(c))) : text;

    [GeneratedRegex(@"(?<![0-9])(?:(?:\+|00)\s*86[\s\-]*|86[\s\-]+|86(?=1[3-9]))?1[3-9][0-9](?:[\s\-]?[0-9]){8}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Mobile();

    [GeneratedRegex(@"[一幺1][\s\-]?[三四五六七八九3-9](?:[\s\-]?[〇零○一二三四五六七八九幺两0-9]){9}(?![〇零一二三四五六七八九幺0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SpokenMobile();

    [GeneratedRegex(@"(?<![0-9])0[0-9]{2,3}[\s\-—)）]*[0-9]{7,8}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Landline();

    [GeneratedRegex("(?<![0-9])[0-9]{7,15}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    private const string NotBefore = "(?<!不|没|别|不想|不要|不愿意|不打算|反对|多少人|多少户|谁)";

    [GeneratedRegex(NotBefore + "(?:支持|赞成|同意(?:成立|搞|弄|办|建)|算(?:我|俺)一?个?|算上(?:我|俺)|拥护|表态|联名|(?:想|要|弄|搞|成立|建)(?:个|起)?业委会)", RegexOptions.CultureInvariant)]
    private static partial Regex Supports();

    [GeneratedRegex(NotBefore + "(?:(?:进|加入|参加|当|入|报)(?:个)?筹备组|筹备组|跑腿|跑跑|出力|出份力|帮忙|志愿)", RegexOptions.CultureInvariant)]
    private static partial Regex Joins();

    [GeneratedRegex(NotBefore + "(?:参选|竞选|参加竞选|当(?:个)?委员|选委员|做委员|候选人|当(?:个)?主任|自荐)", RegexOptions.CultureInvariant)]
    private static partial Regex Runs();

    [GeneratedRegex("了解|看看|先看|只看|听听|关注", RegexOptions.CultureInvariant)]
    private static partial Regex Looks();

    [GeneratedRegex("支持(?:成立)?|赞成|同意成立|成立|业委会|加入|筹备组|参选|竞选|委员|只想|了解|看看|出力|跑腿|登记|报名|弄|搞", RegexOptions.CultureInvariant)]
    private static partial Regex WishWords();

    [GeneratedRegex("(?:租户|租客|承租|租房|(?:我|俺)(?:是)?租(?:的|嘞|住|在|房|这)?|不是业主|租嘞)", RegexOptions.CultureInvariant)]
    private static partial Regex TenantWords();

    [GeneratedRegex("业主(?:的)?(?:儿子|女儿|闺女|爱人|老婆|老公|家属|孩子|父亲|母亲)|(?:房子|房本|房产证)(?:是|写的是|写)?(?:我|俺)?(?:爸|妈|爹|娘|父母|儿子|闺女|老公|老婆|爱人)|(?:我|俺)(?:爸|妈|爹|娘|儿子|闺女)(?:的|嘞)房", RegexOptions.CultureInvariant)]
    private static partial Regex FamilyWords();

    [GeneratedRegex("未成年|小学生|(?<![0-9])(?:[5-9]|1[0-3])岁|(?:我|俺)(?:今年)?(?:才)?(?:十[一二三]?|[八九])岁|(?:上|读)小学", RegexOptions.CultureInvariant)]
    private static partial Regex MinorWords();

    [GeneratedRegex("电话|手机|号码|换号|新号|座机|联系方式|(?:留|填|存)的号", RegexOptions.CultureInvariant)]
    private static partial Regex PhoneWords();

    [GeneratedRegex("房号|门牌|单元|[0-9一二三四五六七八九十]号楼|栋|搬家|换房|房间号", RegexOptions.CultureInvariant)]
    private static partial Regex RoomWords();

    [GeneratedRegex("名字|姓名|称呼|姓", RegexOptions.CultureInvariant)]
    private static partial Regex NameWords();

    [GeneratedRegex("去掉|删掉|删了|去了|抹掉|别留|不留了|不要留", RegexOptions.CultureInvariant)]
    private static partial Regex AwayWords();

    // 我叫王小明, 叫我老王, 称呼老李, 名字是…
    [GeneratedRegex(@"(?:(?:我|俺|本人)(?:的)?(?:名字)?(?:叫做|叫)|叫(?:我|俺)|称呼(?:我|改成|改为|是|[:：])?|名字(?:是|改成|改为|叫|[:：])|姓名(?:是|[:：])?)\s*(?!啥|什么|谁|不|错|写|记|登)(?<name>[\p{IsCJKUnifiedIdeographs}]{1,4}?)(?:就行|吧|就好|好了|就中)?(?=[\s，,。.;；、!！]|$|住|的|嘞|在|支持|想|要|电话|手机)", RegexOptions.CultureInvariant)]
    private static partial Regex SaidName();

    // 我姓李, 免贵姓张, 姓王, 我是张三
    [GeneratedRegex(@"(?:(?:我|俺|本人|免贵|贵)?姓(?:改成|改为|是)?\s*(?<name>(?:" + Redact.Surnames + @"))|(?:我|俺|本人)是\s*(?<name>(?:老|小|大)?(?:" + Redact.Surnames + @")(?:先生|女士|师傅|阿姨|叔|大爷|[\p{IsCJKUnifiedIdeographs}]{0,2}?)))(?=[\s，,。.;；、!！]|$|住|的|嘞|在|支持|想|要|电话|手机|叫)", RegexOptions.CultureInvariant)]
    private static partial Regex CalledName();

    [GeneratedRegex(@"(?<![\p{IsCJKUnifiedIdeographs}嘞的])(?:老|小)(?:" + Redact.Surnames + @")(?![\p{IsCJKUnifiedIdeographs}])|(?<=[嘞的])(?:老|小)(?:" + Redact.Surnames + @")(?![\p{IsCJKUnifiedIdeographs}])|(?:" + Redact.Surnames + @")[\p{IsCJKUnifiedIdeographs}]{0,2}?(?:先生|女士|师傅|大爷|大妈|阿姨|老师)", RegexOptions.CultureInvariant)]
    private static partial Regex NickName();

    // 5号楼302的赵六: behind a room that was blanked out.
    [GeneratedRegex(@"\s(?:的|嘞)?\s*(?<name>(?:" + Redact.Surnames + @")[\p{IsCJKUnifiedIdeographs}]{1,2})(?=[\s，,。.;；、!！]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex ResidentName();

    [GeneratedRegex("^(?:" + Redact.Surnames + ")", RegexOptions.CultureInvariant)]
    private static partial Regex Surname();

    [GeneratedRegex(@"(?:我们|俺们|咱们|我|俺|咱|住在|住|在|是)?(?<name>[\p{IsCJKUnifiedIdeographs}A-Za-z0-9]{2,10}?(?:小区|花园|家园|花苑|公寓|新村|家属院|名邸|华庭|佳苑|嘉苑|府邸|雅苑|国际城|广场|大院|社区楼|里弄|公馆|御园|豪庭|庄园))(?=[\s，,。.;；、!！的嘞]|$|[0-9一二三四五六七八九十])", RegexOptions.CultureInvariant)]
    private static partial Regex Estate();

    [GeneratedRegex("^(?:我们|俺们|咱们|你们|这个|那个|哪个|本|我|俺|咱|其他|别的|什么)(?:的)?小区$|小区(?:的|里)?$(?<=^小区(?:的|里)?)|登记|报名|业主|怎么|什么|多少|谁|不知道|随便|你好|好的|可以|支持|了解|同意", RegexOptions.CultureInvariant)]
    private static partial Regex NotNames();

    [GeneratedRegex("我们|俺们|咱们|我|俺|咱|是|住在|住|在|的|嘞|叫|姓|电话|手机|号码|房号|称呼|名字|不留|不填|留|填|就行|这里|那个|嗯|哦|啊|吧|呀|了|和|，|,|。|:|：|;|；|、", RegexOptions.CultureInvariant)]
    private static partial Regex Filler();

    [GeneratedRegex(@"[\p{IsCJKUnifiedIdeographs}A-Za-z][\p{IsCJKUnifiedIdeographs}A-Za-z0-9]*", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
