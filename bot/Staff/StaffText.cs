using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>How the console names things, in Chinese.</summary>
internal static class StaffText
{
    public const string WholeTree = "全部辖区";

    public static readonly IReadOnlyList<StaffRoles> AllRoles =
        [StaffRoles.Bureau, StaffRoles.Street, StaffRoles.Community, StaffRoles.Publicity, StaffRoles.Auditor, StaffRoles.Administrator];

    public static string Role(StaffRoles one) => one switch
    {
        StaffRoles.Bureau => "主管部门",
        StaffRoles.Street => "街道（乡镇）",
        StaffRoles.Community => "社区",
        StaffRoles.Publicity => "宣传",
        StaffRoles.Auditor => "审计",
        StaffRoles.Administrator => "管理员",
        _ => Roles(one),
    };

    /// <summary>What the role may do, one line for the form.</summary>
    public static string RoleHint(StaffRoles one) => one switch
    {
        StaffRoles.Bureau => "看辖区内的线索，改小区进展，发通知",
        StaffRoles.Street => "跟进转交来的线索，接待业主，改小区进展，发通知",
        StaffRoles.Community => "跟进转交来的线索，接待业主",
        StaffRoles.Publicity => "写通知、发通知，看不到业主资料",
        StaffRoles.Auditor => "看谁查过什么，看不到业主资料",
        StaffRoles.Administrator => "管账号和设置，看不到业主资料",
        _ => "",
    };

    public static string Roles(StaffRoles roles) => roles == StaffRoles.None ? "没有角色" : string.Join("、", AllRoles.Where(one => roles.HasFlag(one)).Select(Role));

    public static string Audit(AuditKind kind) => kind switch
    {
        AuditKind.SignedIn => "登录",
        AuditKind.SignInFailed => "登录没成功",
        AuditKind.SignedOut => "退出",
        AuditKind.SawPhone => "看了号码",
        AuditKind.SawLead => "看了线索",
        AuditKind.ChangedLead => "改了线索",
        AuditKind.RepliedToOwner => "回复了业主",
        AuditKind.SentNotice => "发通知",
        AuditKind.ChangedStaff => "改了账号",
        AuditKind.ChangedCommunity => "改了小区",
        AuditKind.ImportedCommunities => "导入小区",
        AuditKind.ImportedStatute => "导入法规原文",
        AuditKind.ErasedData => "删除资料",
        AuditKind.Exported => "导出",
        AuditKind.TestedChannel => "试发渠道",
        AuditKind.ChangedKnowledge => "改了知识台",
        AuditKind.PublishedKnowledge => "发布条目",
    };

    public static string Level(AreaLevel level) => level switch
    {
        AreaLevel.Province => "省",
        AreaLevel.City => "市",
        AreaLevel.District => "县（市、区）",
        AreaLevel.Subdistrict => "街道（乡镇）",
        AreaLevel.Neighbourhood => "社区",
    };
}
