namespace Outreach.Campaigns;

/// <summary>Section <c>Campaigns</c>.</summary>
public sealed class CampaignOptions
{
    /// <summary>Contacts read, or deliveries claimed, at once.</summary>
    public int PageSize { get; init; } = 500;
    /// <summary>Above this audience a second person approves; 0: always.</summary>
    public int ApprovalAbove { get; init; } = 200;
    /// <summary>The same for the part of one channel: it counts besides the whole. Text messages cost and cannot be taken back.</summary>
    public Dictionary<string, int> ApprovalAboveOn { get; init; } = new() { ["sms"] = 0 };
    /// <summary>Where a person's one copy goes first, by channel id; the others follow. Null: the phone or mailbox that the owner asked for, then the chat.</summary>
    public string[]? ChannelOrder { get; init; }
    /// <summary>Messages on their way at the same time per channel account.</summary>
    public int Concurrency { get; init; } = 8;
    /// <summary>The first hour of the city's day in which notices may go out; with 0 and 24 there are no quiet hours.</summary>
    public int QuietUntilHour { get; init; } = 8;
    /// <summary>The hour from which they may not.</summary>
    public int QuietFromHour { get; init; } = 20;
    /// <summary>Notices that one owner gets in seven days, over all campaigns; 0: no limit.</summary>
    public int PerOwnerPerWeek { get; init; } = 2;
    /// <summary>A start missed by more than this (an outage) waits for a person's word.</summary>
    public TimeSpan LateStart { get; init; } = TimeSpan.FromHours(1);
    /// <summary>Quota by channel id; a channel without one is not limited by us.</summary>
    public Dictionary<string, QuotaOptions> Quotas { get; init; } = [];
}

public sealed class QuotaOptions
{
    public int Limit { get; init; }
    public TimeSpan Window { get; init; }
}
