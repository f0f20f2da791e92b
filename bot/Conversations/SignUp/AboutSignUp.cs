using System.Text.RegularExpressions;

namespace Outreach.Conversations;

/// <summary>What owners ask about the sign-up itself. The bot knows this of itself; it is no law.</summary>
internal static partial class AboutSignUp
{
    public static string TextFor(string question) =>
        Money().IsMatch(question) ? "不要钱。登记只是记下意愿，不收任何费用。"
        : Vote().IsMatch(question) ? "不算。登记只是记下意愿，不算投票，也不算联名签字。真要投票、签名，另有书面的。"
        : Seen().IsMatch(question) ? "别的业主看不到，我只公布户数，不公布谁登记了。转不转给街道和社区，单独问您。"
        : Phone().IsMatch(question) ? "电话可留可不留。不留，工作人员就在这里回您。没手机，座机带区号也行。"
        : Papers().IsMatch(question) ? "什么证件都不要。说小区、意愿、称呼、房号就行，电话可不留。"
        : Undo().IsMatch(question) ? "能。改说“改一下”，停用说“撤回”，全删说“删除”，随时办。"
        : Contact().IsMatch(question) ? "同意转交的，街道或社区一般2个工作日内联系您。没转交的，工作人员只在这里回您。"
        : Households().IsMatch(question) ? "一套房算一户，家里谁登记都行，不用重复。两套房分开登记。"
        : Ends().IsMatch(question) ? "没有截止日，随时能登记。"
        : "登记就是记下您愿不愿意成立业委会、想不想出力，好让街道、社区心里有数。不要钱，不算投票，随时能撤回。";

    [GeneratedRegex("钱|费|花", RegexOptions.CultureInvariant)]
    private static partial Regex Money();

    [GeneratedRegex("投票|签字|签名|联名|效力|必须", RegexOptions.CultureInvariant)]
    private static partial Regex Vote();

    [GeneratedRegex("看到|看见|安全|风险|泄露|匿名", RegexOptions.CultureInvariant)]
    private static partial Regex Seen();

    [GeneratedRegex("电话|手机|骚扰", RegexOptions.CultureInvariant)]
    private static partial Regex Phone();

    [GeneratedRegex("身份证|房产证|房本|材料|证件|填|带啥|带什么", RegexOptions.CultureInvariant)]
    private static partial Regex Papers();

    [GeneratedRegex("改|取消|退|撤", RegexOptions.CultureInvariant)]
    private static partial Regex Undo();

    [GeneratedRegex("联系|以后|之后|多久|干啥|做什么|怎么样", RegexOptions.CultureInvariant)]
    private static partial Regex Contact();

    [GeneratedRegex("几个|几次|一户|一家|两套|夫妻|几人", RegexOptions.CultureInvariant)]
    private static partial Regex Households();

    [GeneratedRegex("截止|结束|什么时候|几号", RegexOptions.CultureInvariant)]
    private static partial Regex Ends();
}
