namespace Outreach.Staff;

/// <summary>The folders of the articles, in Chinese.</summary>
internal static class TopicText
{
    public static readonly IReadOnlyList<(string Topic, string Name)> All =
    [
        ("setup", "成立"), ("prep", "申请与筹备组"), ("initial", "首次业主大会"), ("owners", "业主身份与投票权"), ("meeting", "会议"), ("voting", "表决门槛"), ("counting", "计票"),
        ("proxy", "委托与电子投票"), ("members", "委员"), ("filing", "备案与印章"), ("duties", "职责与禁止行为"), ("transfer", "移交"), ("recall", "罢免与换届"), ("records", "资料与公开"),
        ("pmc", "物业管理委员会"), ("hiring", "选聘、更换物业"), ("fees", "物业费"), ("repair", "维修资金"), ("income", "公共收益"), ("parking", "车位"), ("lift", "电梯"), ("privacy", "个人信息"),
        ("remedies", "投诉与起诉"), ("liaison", "街道、社区"), ("offices", "找谁办"), ("city", "本市"),
    ];

    /// <summary>The folder's own name where nobody has given it one.</summary>
    public static string Of(string? topic) => topic is null ? "没有条目" : All.FirstOrDefault(one => one.Topic == topic).Name ?? topic;
}
