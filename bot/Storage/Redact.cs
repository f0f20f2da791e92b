using System.Text.RegularExpressions;

namespace Outreach.Storage;

/// <summary>
/// Takes out of a text what may point to a person: phones, identity and bank numbers, plates, addresses of accounts, room numbers, names after 我叫/我姓/我是.
/// Pure. Applied to every text that leaves its conversation (unanswered questions, statistics) and to the messages in which a sign-up's fields stood.
/// </summary>
/// <remarks>Better one word too many than one number too few: seven digits in a row are taken out unless a unit (元, 平方米, 户) follows. Applying it twice changes nothing.</remarks>
public static partial class Redact
{
    public const string Number = "[号码]";
    public const string Plate = "[车牌]";
    public const string Room = "[房号]";
    public const string Name = "[称呼]";
    public const string Account = "[账号]";

    /// <summary>Surnames that begin a name; shared with whoever reads names. The double ones first.</summary>
    internal const string Surnames =
        "欧阳|司马|上官|诸葛|皇甫|尉迟|慕容|令狐|司徒|夏侯|"
        + "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
        + "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛韦申尤毕聂丛焦柳邢岳齐梅莫庄辛管祝涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童甄项曲游裴席查屈鲍覃霍翁隋植甘景薄单包宁柯阮桂闵强柴车冉房边辜吉饶刁瞿戚丘古米滕晋苑邬臧畅褚娄冀姬屠连晏栾商]";

    /// <summary>The same text with placeholders in the places of what was found.</summary>
    public static string Text(string text)
    {
        if (text.Length == 0)
            return text;
        var redacted = Mails().Replace(text, Account);
        redacted = Accounts().Replace(redacted, match => match.Groups["label"].Value + Account);
        redacted = Plates().Replace(redacted, Plate);
        redacted = Digits().Replace(redacted, match => CountDigits(match.Value) >= 7 && !LooksLikeDate(match.Value) ? Number : match.Value);
        redacted = SpokenDigits().Replace(redacted, match => match.Value.Any(c => !char.IsAscii(c)) ? Number : match.Value);
        redacted = Rooms().Replace(redacted, Room);
        redacted = DashedRooms().Replace(redacted, match => LooksLikeDate(match.Value) ? match.Value : Room);
        redacted = NamedNames().Replace(redacted, match => match.Groups["label"].Value + Name);
        redacted = SaidNames().Replace(redacted, match => match.Groups["label"].Value + Name);
        return NickNames().Replace(redacted, Name);
    }

    /// <summary>Redacts, and also takes out values that were understood from the text itself (a name, a room), wherever they stand.</summary>
    public static string Text(string text, IEnumerable<(string Value, string Placeholder)> known)
    {
        foreach (var (value, placeholder) in known.OrderByDescending(pair => pair.Value.Length))
            if (value.Length > 0)
                text = text.Replace(value, placeholder, StringComparison.Ordinal);
        return Text(text);
    }

    /// <summary>139****0000: what may be shown of a phone to its owner; landlines keep the area code and the last two digits.</summary>
    public static string MaskPhone(string e164)
    {
        var national = e164.StartsWith("+86", StringComparison.Ordinal) ? e164[3..] : e164;
        return national.Length == 11 && national[0] == '1'
            ? $"{national[..3]}****{national[^4..]}"
            : national.Length > 5 ? $"0{national[..3]}-****{national[^2..]}" : "****";
    }

    private static int CountDigits(string text) => text.Count(char.IsAsciiDigit);

    private static bool LooksLikeDate(string text) => Dates().IsMatch(text);

    // Groups of digits with the separators that people put into numbers. Full-width digits count. A unit behind makes it an amount.
    [GeneratedRegex(@"(?<![0-9０-９.])[+＋]?[0-9０-９](?:[ \-—–_.·,，]?[0-9０-９]){6,}[xX]?(?![0-9０-９]*(?:元|块|平方|平米|平|㎡|户|人|万))", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    // 幺三九零零…: numbers spelt out, also mixed with digits.
    [GeneratedRegex(@"(?:[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖○0-9０-９][ \-]?){7,}", RegexOptions.CultureInvariant)]
    private static partial Regex SpokenDigits();

    [GeneratedRegex(@"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex Mails();

    [GeneratedRegex(@"(?<label>(?:微信号?|QQ号?|qq号?|抖音号?|vx|VX|wx|WX)(?:是|为|[:： ])\s*)[A-Za-z0-9_\-]{5,}", RegexOptions.CultureInvariant)]
    private static partial Regex Accounts();

    [GeneratedRegex(@"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][·• ]?[A-Za-z0-9]{5,6}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Plates();

    // 3号楼2单元501室, 三栋五楼东户, 5栋 502, 2单元501, 501室. A building alone (3号楼) points to no household and stays.
    [GeneratedRegex(
        @"(?:(?:[0-9０-９]{1,3}|[一二三四五六七八九十百]{1,4}|[A-Za-z])\s*(?:号楼|栋楼|栋|幢|座|号院|#楼|#)\s*){1,2}"
        + @"(?:(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*(?:单元|门洞|门)\s*)?(?:(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*(?:楼|层)\s*)?"
        + @"(?:(?:[0-9０-９]{3,4}|[一二三四五六七八九十百零〇]{3,5})\s*(?:室|号|房|户)?|[东西南北中]户|(?<=单元|楼|层)[0-9０-９]{1,4}(?:室|号|房|户)?)"
        + @"|(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*单元\s*(?:(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*(?:楼|层)\s*)?(?:[0-9０-９]{2,4}|[一二三四五六七八九十零〇]{3,4}|[东西南北中]户)\s*(?:室|号|房|户)?"
        + @"|(?<![0-9０-９])[0-9０-９]{3,4}\s*(?:室|房(?!产|本|价|东|屋|子))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Rooms();

    [GeneratedRegex(@"(?<![0-9０-９\-])[0-9０-９A-Za-z]{1,3}[\-—–－/][0-9０-９]{1,2}[\-—–－/][0-9０-９]{2,4}(?![0-9０-９\-])|(?<![0-9０-９\-])[0-9０-９]{1,2}[\-—–－][0-9０-９]{3,4}(?![0-9０-９\-])", RegexOptions.CultureInvariant)]
    private static partial Regex DashedRooms();

    [GeneratedRegex(@"^(?:19|20)[0-9]{2}[\-/.][0-9]{1,2}[\-/.][0-9]{1,2}$|^[0-9]{1,2}[\-/][0-9]{1,2}[\-/](?:19|20)[0-9]{2}$", RegexOptions.CultureInvariant)]
    private static partial Regex Dates();

    // 我叫王小明: whatever follows is a name.
    [GeneratedRegex(@"(?<label>(?:我|俺|本人)(?:的)?(?:名字|姓名|大名)?(?:叫做|叫|名叫|姓名是|名字是)|名字[是叫:：]|姓名[是:：]?|称呼[我是:：])\s*(?!啥|什么|谁|怎么|咋|不|他|她|你|了|出|\[)[\p{IsCJKUnifiedIdeographs}]{1,4}?(?=[，,。.！!？?；;、\s的嘞住在想要支]|我|$)", RegexOptions.CultureInvariant)]
    private static partial Regex NamedNames();

    // 我姓李, 我是王小明, 俺是老王: a surname must follow, so that 我是租户 stays.
    [GeneratedRegex(@"(?<label>(?:我|俺|本人)(?:就)?(?:是|姓)|免贵姓|贵姓|(?<=^|[，,。 ])姓)\s*(?:老|小|大)?(?:" + Surnames + @")(?:先生|女士|师傅|阿姨|叔叔|大爷|大妈|姐|哥|[\p{IsCJKUnifiedIdeographs}]{0,2}?)(?=[，,。.！!？?；;、\s的嘞啊呀]|住|家|在|想|要|支|$)", RegexOptions.CultureInvariant)]
    private static partial Regex SaidNames();

    // 老王, 张先生, 李女士: people as neighbours call them.
    [GeneratedRegex(@"(?<![\p{IsCJKUnifiedIdeographs}])(?:老|小)(?:" + Surnames + @")(?![\p{IsCJKUnifiedIdeographs}])|(?:" + Surnames + @")[\p{IsCJKUnifiedIdeographs}]{0,2}?(?:先生|女士|师傅|大爷|大妈|阿姨)", RegexOptions.CultureInvariant)]
    private static partial Regex NickNames();
}
