using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>A consent question as the owner reads it.</summary>
/// <param name="Version">Number of the wording with a short hash of the filled text: changed retention periods or receivers are another version.</param>
/// <param name="Receiver">Who gets the data on a yes.</param>
public sealed record ConsentText(ConsentPurpose Purpose, string Text, string Version, string Receiver);

/// <summary>A consent question as a card: who, what, what for and how long as lines 谁：什么, then what happens on no. It says what <see cref="ConsentText.Text"/> says.</summary>
public sealed record ConsentCard(string Title, string Text);

/// <summary>One answer to a consent question, with the owner's own words (or the button's).</summary>
public sealed record ConsentAnswered(ConsentText Question, ConsentAnswer Answer, string Wording);

/// <summary>The two consent questions, made from the settings that retention obeys (PIPL 14, 17, 23). Asked one after the other, never in one.</summary>
public sealed class ConsentTexts(IOptions<SiteOptions> site)
{
    public const int MaxCharacters = 120;

    /// <summary>The first consent: collecting. Name and address of who keeps the data, what, what for, how long.</summary>
    public ConsentText Collect { get; } = Filled(ConsentPurpose.Collect, "C1 v1", CollectText(site.Value), site.Value.Operator.DisplayName);

    /// <summary>The second consent: passing on to a named receiver.</summary>
    public ConsentText PassOn(Receiver receiver)
    {
        var text = PassOnText($"{receiver.Name}（{receiver.Contact}）");
        return Filled(ConsentPurpose.PassOn, "C2 v1", text.Length <= MaxCharacters ? text : PassOnText(receiver.Name), receiver.Name);
    }

    /// <summary>Notices to a phone or mailbox as well: yes is said by sending back the digits that arrive there.</summary>
    /// <param name="masked">The address as it may be shown.</param>
    public ConsentText Notices(string channel, string masked)
    {
        var wording = NoticesText(site.Value, channel, "…");
        return Filled(ConsentPurpose.Notices, "C3 v2", wording, site.Value.Operator.DisplayName) with { Text = NoticesText(site.Value, channel, masked) };
    }

    public ConsentCard CollectCard { get; } = new("可以记下您的信息吗？", CollectLines(site.Value));

    /// <param name="what">What would be passed on, such as 小区、意愿、称呼.</param>
    public static ConsentCard PassOnCard(Receiver receiver, string what) => new(
        $"可以转给{receiver.Name}吗？",
        $"""
        转给谁：{receiver.Name}（{receiver.Contact}）
        转什么：{what}
        做什么：由它联系您、推进筹备
        存多久：和登记一样
        说“撤回转交”就停止并通知它删除。不转交也算登记好了，只计入户数。
        """);

    /// <summary>Where the whole explanation stands; absolute when the public address is known.</summary>
    public string NoticeLink => site.Value.PublicUrl.TrimEnd('/') + PrivacyPage.Path;

    /// <summary>Whether the operator may take sign-ups of this community: while nobody is named as keeper of the data, of demo communities only.</summary>
    public bool MaySignUp(DirectoryCommunity? community) => site.Value.Operator.IsConfigured || community is { IsDemo: true };

    internal static string CollectText(SiteOptions site) =>
        $"{site.Operator.DisplayName}（{site.Operator.DisplayContact}）想记下您的小区、意愿、称呼、房号，电话可不留，用来联系您筹备业委会、发小区通知。"
        + $"存到业委会备案后{site.Privacy.LeadMonthsAfterFiling}个月，最长{site.Privacy.LeadMonths}个月。说“撤回”就停用并删除。不同意也能照常提问。同意吗？";

    private static string NoticesText(SiteOptions site, string channel, string masked)
    {
        var (name, stop) = channel == "sms" ? ("短信", "回短信“T”") : ("邮件", "点邮件里的“退订”");
        return $"{site.Operator.DisplayName}（{site.Operator.DisplayContact}）把小区通知用{name}发到{masked}，只发通知，发不到时才在这里发。随时能停：{stop}，或在这里说“不要{name}”。"
            + $"同意，就把{name}里的6位数字在10分钟内发来；不同意就不用管。";
    }

    private static string CollectLines(SiteOptions site) =>
        $"""
        谁来记：{site.Operator.DisplayName}（{site.Operator.DisplayContact}）
        记什么：小区、意愿、称呼、房号，电话可不留
        做什么：联系您筹备业委会、发小区通知
        存多久：业委会备案后{site.Privacy.LeadMonthsAfterFiling}个月，最长{site.Privacy.LeadMonths}个月
        说“撤回”就停用并删除。不同意也能照常提问。
        """;

    private static string PassOnText(string receiver) =>
        $"另问一件：上面这些信息，可以转给{receiver}吗？由它联系您、推进筹备，期限相同。说“撤回转交”就停止并通知它删除。不转交也算登记好了，只计入户数。同意转交吗？";

    private static ConsentText Filled(ConsentPurpose purpose, string wording, string text, string receiver) =>
        new(purpose, text, $"{wording} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4))}", receiver);
}
