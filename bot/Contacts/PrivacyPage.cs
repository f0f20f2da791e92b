using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>完整说明: the whole explanation behind both consent questions (PIPL 17), made from the same settings.</summary>
internal static class PrivacyPage
{
    public const string Path = "/privacy";

    private static readonly HtmlEncoder Text = HtmlEncoder.Create(UnicodeRanges.All);   // Chinese stays readable in the source

    public static IResult Show(IOptions<SiteOptions> site, ConsentTexts texts) => Results.Content(Html(site.Value, texts), "text/html; charset=utf-8");

    /// <summary>Headings with their paragraphs, for the page and for tests.</summary>
    internal static IReadOnlyList<(string Heading, IReadOnlyList<string> Lines)> Sections(SiteOptions site, ConsentTexts texts)
    {
        var keeper = $"{site.Operator.DisplayName}（{site.Operator.DisplayContact}）";
        var privacy = site.Privacy;
        return
        [
            ("谁在处理", [$"处理您信息的是{keeper}。有疑问、要投诉，找上面的联系方式，也可以在聊天里说“人工”。"]),
            ("记什么，用来做什么",
            [
                "登记时：小区、意愿（支持成立、加入筹备组、参选委员、只想了解）、称呼、楼栋单元房号；电话可以不留。用来联系您筹备业主委员会、发小区通知、统计户数。",
                "聊天时：您发来的文字和我们的回复，用来接着往下说和由工作人员回答您。图片、语音、位置、文件不保存。",
                "为了分清是谁在说话：所用应用给的编号；在网页上是一个随机编号，存在您浏览器的 Cookie 里，180天有效。",
                "要是您让通知也发到手机或邮箱：那个号码或地址，用收到的验证码确认过才用，只发通知；说“不要短信”“不要邮件”就停，没有登记了就删。",
                "同意的记录：什么时候、在哪里、对哪个版本的文字说了什么。",
                "不收身份证号、房产证、人脸、银行卡；发来也请不要发。不满十四周岁的不登记。",
            ]),
            ("怎么保存",
            [
                $"称呼、电话、房号和聊天内容加密保存在{site.Operator.DisplayName}的服务器上。",
                $"登记的信息存到业委会备案后{privacy.LeadMonthsAfterFiling}个月，最长{privacy.LeadMonths}个月（从登记那天算，先到的为准）。",
                $"聊天内容存{privacy.TranscriptMonths}个月。说“撤回”后停用，{privacy.WithdrawnDays}日内删掉；没填完的登记也在{privacy.WithdrawnDays}日内清掉。",
            ]),
            ("给谁看",
            [
                "只有您单独同意转交以后，才转给您小区所在的街道办事处（乡镇政府）和社区，由它们联系您。问的时候会写出名称和联系方式。",
                "不同意转交，登记照样有效，只计入户数，街道和社区看不见。说“撤回转交”就停止，并通知它们删除。",
                "对外只公布户数，不公布谁登记了；不满5户不公布。不卖给任何人，不发给境外，不交给大语言模型。",
            ]),
            ("您的权利",
            [
                "在聊天里说这些话就行：“我的信息”查看，“改电话”更正，“撤回”停用并删除，“撤回转交”，“删除我的信息”全部删除，“退订”不再收通知。",
                "不同意或撤回，都不影响您提问和看进展；撤回不影响之前已经做的处理。",
                "删除后只留一个看不出是谁的“别联系”标记，免得再打扰您。",
            ]),
            ("登记时问您的两句话", [$"第一问（{texts.Collect.Version}）：{texts.Collect.Text}", "第二问写明您小区的接收方，单独问，不同意也算登记好了。"]),
            ("依据", ["《个人信息保护法》第十三条至第十七条、第二十三条、第四十四条至第四十七条。"]),
        ];
    }

    private static string Html(SiteOptions site, ConsentTexts texts)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Append("<title>个人信息说明</title><link rel=\"stylesheet\" href=\"/tokens.css\"></head><body><main class=\"page\"><h1>个人信息说明</h1>");
        if (!site.Operator.IsConfigured)
            page.Append("<p>演示数据：这里的单位、小区和电话都是演示用的，请不要填写真实信息。</p>");
        foreach (var (heading, lines) in Sections(site, texts))
        {
            page.Append("<h2>").Append(Text.Encode(heading)).Append("</h2>");
            foreach (var line in lines)
                page.Append("<p>").Append(Text.Encode(line)).Append("</p>");
        }
        return page.Append("<p><a href=\"/\">回到聊天</a></p></main></body></html>").ToString();
    }
}
