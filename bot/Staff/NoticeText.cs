using Outreach.Campaigns;
using Outreach.Contacts;

namespace Outreach.Staff;

/// <summary>How notices, their states and their numbers are called.</summary>
internal static class NoticeText
{
    public static readonly IReadOnlyList<NoticeTopics> Topics = [NoticeTopics.Procedure, NoticeTopics.MyCommunity, NoticeTopics.Training, NoticeTopics.General];

    public static string Of(NoticeTopics topic) => topic switch
    {
        NoticeTopics.Procedure => "业委会流程",
        NoticeTopics.MyCommunity => "我的小区",
        NoticeTopics.Training => "培训活动",
        NoticeTopics.General => "其他",
        _ => "全部",
    };

    public static string Of(ContactLanguage language) => language switch
    {
        ContactLanguage.Chinese => "中文",
        ContactLanguage.English => "英文",
        ContactLanguage.Other => "其他语言",
        ContactLanguage.Unknown => "不知道",
    };

    public static string Of(CampaignState state) => state switch
    {
        CampaignState.Draft => "草稿",
        CampaignState.AwaitingApproval => "等人审核",
        CampaignState.Scheduled => "等发送",
        CampaignState.Sending => "正在发送",
        CampaignState.Paused => "暂停",
        CampaignState.Done => "发完了",
        CampaignState.Cancelled => "停止了",
    };

    public static string Badge(CampaignState state) => state switch
    {
        CampaignState.Sending or CampaignState.Scheduled => "new",
        CampaignState.AwaitingApproval or CampaignState.Paused => "warn",
        CampaignState.Done => "ok",
        CampaignState.Draft or CampaignState.Cancelled => "closed",
    };

    public static string Of(SkipReason reason) => NoticeNames.Of(reason);

    public static string Channel(string id) => NoticeNames.Channel(id);

    /// <summary>Such as 退订 41、找不到 21; "" for none.</summary>
    public static string Reasons(IReadOnlyDictionary<SkipReason, int> reasons) =>
        string.Join("、", reasons.Where(r => r.Value > 0).OrderByDescending(r => r.Value).Select(r => $"{Of(r.Key)} {LocalText.Number(r.Value)}"));

    /// <summary>Such as 每分钟约 320 条，约 14:35 发完.</summary>
    public static string Of(Pace pace, LocalText local) => pace switch
    {
        { PerMinute: 0 } => "最近几分钟没有发出去的，还算不出几点发完。",
        { EndsAt: null } => $"每分钟约 {LocalText.Number(pace.PerMinute)} 条。",
        { EndsAt: { } end } => $"每分钟约 {LocalText.Number(pace.PerMinute)} 条，约 {(local.DateOf(end) == local.Today ? "" : local.Date(end) + " ")}{local.Clock(end)} 发完。",
    };

    /// <summary>What a channel may still send, and since when it waits; null: nothing limits it.</summary>
    public static string? Of(ChannelPace pace, LocalText local) => pace switch
    {
        { RestsUntil: { } until, QuotaLeft: 0 } => $"余量用完，{local.DateTime(until)} 接着发",
        { RestsUntil: { } until } => $"平台让等，{local.DateTime(until)} 再发",
        { QuotaLeft: { } left } => $"余量还有 {LocalText.Number(left)} 条",
        _ => null,
    };

    /// <summary>Such as 812 + 407 + 21 + 6 + 2 = 1,248.</summary>
    public static string Sum(CampaignNumbers numbers) =>
        $"{LocalText.Number(numbers.Sent)} + {LocalText.Number(numbers.Queued + numbers.Sending)} + {LocalText.Number(numbers.Skipped)} + {LocalText.Number(numbers.Failed)} + {LocalText.Number(numbers.Unknown)} = {LocalText.Number(numbers.Total)}";

    public static string Words(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Done => "好了",
        StepOutcome.NotFound => "没有这条通知，或者不在您的辖区。",
        StepOutcome.NotAllowed => "您的角色不能改通知，请管理员加角色。",
        StepOutcome.WrongState => "别人刚改过这条。看看新的再存。",
        StepOutcome.OwnCampaign => "要另一个人审核，自己写的不能自己审。",
    };
}
