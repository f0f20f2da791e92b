using System.Text.RegularExpressions;

namespace Outreach.Generation;

/// <summary>Offices, courts and other bodies that an answer may send people to, or say who decides. Several names of one body are one.</summary>
internal static partial class NamedBodies
{
    private static readonly (string Name, Regex Pattern)[] All =
    [
        ("street", Street()), ("residents", Residents()), ("village", Village()), ("housing", Housing()), ("court", Court()), ("arbitration", Arbitration()), ("prosecutor", Prosecutor()),
        ("police", Police()), ("fire", Fire()), ("hotline", Hotline()), ("ambulance", Ambulance()), ("urban", Urban()), ("market", Market()), ("registry", Registry()), ("tax", Tax()),
        ("planning", Planning()), ("discipline", Discipline()), ("petition", Petition()), ("congress", Congress()), ("justice", Justice()), ("mediation", Mediation()),
        ("committee", Committee()), ("assembly", Assembly()), ("management", Management()), ("preparatory", Preparatory()), ("supervisors", Supervisors()), ("developer", Developer()),
        ("bank", Bank()), ("auditor", Auditor()), ("notary", Notary()), ("fund", Fund()), ("associations", Associations()), ("civil", Civil()), ("environment", Environment()),
        ("quality", Quality()), ("party", Party()), ("media", Media()),
    ];

    /// <summary>Which bodies a text names, each by one name.</summary>
    public static IReadOnlySet<string> Of(string text) => All.Where(body => body.Pattern.IsMatch(text)).Select(body => body.Name).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("街道|街办|乡镇|镇政府|乡政府|办事处")]
    private static partial Regex Street();
    [GeneratedRegex("居委会|居民委员会|社区")]
    private static partial Regex Residents();
    [GeneratedRegex("村委会|村民委员会")]
    private static partial Regex Village();
    [GeneratedRegex("住建|住房和城乡建设|住房城乡建设|房管|房产部门|房地产(?:行政)?主管|主管部门|建设局|物业科")]
    private static partial Regex Housing();
    [GeneratedRegex("法院|起诉|诉讼|打官司|法官|法庭")]
    private static partial Regex Court();
    [GeneratedRegex("仲裁")]
    private static partial Regex Arbitration();
    [GeneratedRegex("检察")]
    private static partial Regex Prosecutor();
    [GeneratedRegex("公安|派出所|警察|报警|民警|(?<![0-9])110(?![0-9])")]
    private static partial Regex Police();
    [GeneratedRegex("消防(?:救援|队|部门|局|机构|支队|大队)|(?<![0-9])119(?![0-9])")]
    private static partial Regex Fire();
    [GeneratedRegex("(?<![0-9])123(?:45|15|33|28)(?![0-9])|市长热线|热线")]
    private static partial Regex Hotline();
    [GeneratedRegex("(?<![0-9])120(?![0-9])|急救")]
    private static partial Regex Ambulance();
    [GeneratedRegex("城管|综合执法|城市管理")]
    private static partial Regex Urban();
    [GeneratedRegex("市场监管|市场监督|工商|质监|价格主管|发改|物价")]
    private static partial Regex Market();
    [GeneratedRegex("不动产登记|登记中心|登记机构")]
    private static partial Regex Registry();
    [GeneratedRegex("税务")]
    private static partial Regex Tax();
    [GeneratedRegex("自然资源|规划(?:局|部门)|人防")]
    private static partial Regex Planning();
    [GeneratedRegex("纪委|监委|监察|纪检")]
    private static partial Regex Discipline();
    [GeneratedRegex("信访")]
    private static partial Regex Petition();
    [GeneratedRegex("人大代表|人大常委|政协|国务院|省政府|市政府|区政府|县政府|人民政府")]
    private static partial Regex Congress();
    [GeneratedRegex("司法局|司法所|司法行政|律师|法律援助|(?<![0-9])12348(?![0-9])|复议")]
    private static partial Regex Justice();
    [GeneratedRegex("调解")]
    private static partial Regex Mediation();
    [GeneratedRegex("业委会|业主委员会")]
    private static partial Regex Committee();
    [GeneratedRegex("业主大会|业主会")]
    private static partial Regex Assembly();
    [GeneratedRegex("物管会|物业管理委员会")]
    private static partial Regex Management();
    [GeneratedRegex("筹备组")]
    private static partial Regex Preparatory();
    [GeneratedRegex("监事会|监督委员会|监委会|监事")]
    private static partial Regex Supervisors();
    [GeneratedRegex("开发商|建设单位|房地产公司")]
    private static partial Regex Developer();
    [GeneratedRegex("银行")]
    private static partial Regex Bank();
    [GeneratedRegex("审计|会计师|评估机构|鉴定")]
    private static partial Regex Auditor();
    [GeneratedRegex("公证")]
    private static partial Regex Notary();
    [GeneratedRegex("维修资金(?:管理)?(?:中心|部门)|公积金")]
    private static partial Regex Fund();
    [GeneratedRegex("协会|消协|消费者")]
    private static partial Regex Associations();
    [GeneratedRegex("民政")]
    private static partial Regex Civil();
    [GeneratedRegex("环保|生态环境|环境部门")]
    private static partial Regex Environment();
    [GeneratedRegex("特种设备|质量监督|电梯检验")]
    private static partial Regex Quality();
    [GeneratedRegex("党委|党支部|党组织|组织部")]
    private static partial Regex Party();
    [GeneratedRegex("记者|媒体|电视台|曝光")]
    private static partial Regex Media();
}
