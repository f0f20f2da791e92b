namespace Outreach.Campaigns;

/// <summary>How staff call channels, states and reasons.</summary>
public static class NoticeNames
{
    public static string Of(SkipReason reason) => reason switch
    {
        SkipReason.None => "其他",
        SkipReason.OptedOut => "退订",
        SkipReason.TopicLeft => "不收这类通知",
        SkipReason.WindowClosed => "超过渠道回复时限",
        SkipReason.RecipientGone => "找不到",
        SkipReason.ChannelOff => "渠道没开通",
        SkipReason.Cancelled => "停止发送",
        SkipReason.WeeklyLimit => "7天内已收够",
        SkipReason.SignUpEnded => "登记撤回或无效",
    };

    public static string Channel(string id) => id switch
    {
        "webchat" => "网页聊天",
        "wechat" => "微信公众号",
        "wecom" => "企业微信",
        "wecom-kf" => "微信客服",
        "dingtalk" => "钉钉",
        "feishu" => "飞书",
        "sms" => "短信",
        "email" => "邮件",
        "botframework" => "Azure Bot Service",
        _ => id,
    };

    public static string Of(DeliveryState state) => state switch
    {
        DeliveryState.Queued => "排队",
        DeliveryState.Sending => "正在发",
        DeliveryState.Sent => "已发出",
        DeliveryState.Failed => "没发成",
        DeliveryState.Skipped => "跳过",
        DeliveryState.Unknown => "不确定",
    };

    public static string Of(LegalNotice step) => step switch
    {
        LegalNotice.PreparatoryGroup => "筹备组公告",
        LegalNotice.Candidates => "征集候选人",
        LegalNotice.FirstMeeting => "首次业主大会",
        LegalNotice.Result => "投票结果",
        LegalNotice.TermEnds => "换届",
    };
}
