using System.Text.RegularExpressions;

namespace Outreach.Conversations;

/// <summary>Short answers to a yes-or-no question. What counts as agreement to a consent is decided here alone. Pure.</summary>
internal static partial class SaysYes
{
    public static bool IsYes(string text) => Yes().IsMatch(Plain(text));

    public static bool IsNo(string text) => No().IsMatch(Plain(text));

    /// <summary>A word or two that can only answer what was asked.</summary>
    public static bool IsShortAnswer(string text) => IsYes(text) || IsNo(text) || Agrees(text) || Declines(text);

    /// <summary>同意、可以、行、中、愿意 and the button. 嗯, 哦, 随便, 知道了, 好, 对 and silence are none.</summary>
    public static bool Agrees(string text) => Agreement().IsMatch(Plain(text));

    public static bool Declines(string text) => Refusal().IsMatch(Plain(text));

    private static string Plain(string text) => Outreach.Knowledge.Search.Normaliser.ToSimplified(text.Normalize(System.Text.NormalizationForm.FormKC)).Trim(' ', '。', '！', '!', '.', '，', ',', '～', '~', '、');

    [GeneratedRegex("^(?:是|是的|确定|确认|是嘞|是啊|是呀|对|对的|对对|对啊|对嘞|没错|嗯|嗯嗯|好|好的|好吧|好啊|行|行吧|中|中嘞|可以|要|要的|办|需要|就是|就是这个|就是它|正是|ok|OK|yes|y|shi|dui)(?:啊|呀|吧|嘞|了)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Yes();

    [GeneratedRegex("^(?:不|不是|不是的|不是这个|不对|不要|不用|不用了|没有|否|不办|不办了|先不|no|n|bushi|不中|不行)(?:啊|呀|吧|嘞|了)?$", RegexOptions.CultureInvariant)]
    private static partial Regex No();

    [GeneratedRegex("^(?:我|俺|我们|本人|都|全|当然|完全|那就|那|好|行|嗯|可以)*[，,、 ]*(?:同意|可以|行|中|愿意|同意转交|同意登记|可以转交|tongyi|keyi|zhong)(?:的|啊|呀|吧|嘞|了|哦|哈|呗|登记|收集|转交)*(?:[，,、 ]*(?:同意|可以|行|中|愿意|登记吧|转吧|记吧|没问题|没意见|支持))*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Agreement();

    [GeneratedRegex("^(?:我|俺|我们|还是|那|先|暂时)*(?:不同意|不同意转交|不转交|不可以|不行|不中|不愿意|不乐意|不想|不要|不用|不必|不了|别|拒绝|不登记|不给|不转|不干|算了|不|butongyi)(?:转交|登记|收集|转|给他们|给街道|给社区|了|吧|啊|嘞|呢|的)*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();
}
