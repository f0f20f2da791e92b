namespace Outreach.Leads;

/// <summary>One event in one line that anybody may read: community and wish, or the lead's key once the owner took it back.</summary>
public static class LeadLine
{
    public static string Of(LeadNotice notice) => notice.Event switch
    {
        ForwardEvent.Created => $"{notice.Community} 新登记：{WishText.Of(notice.Wishes)}",
        ForwardEvent.Updated => $"{notice.Community} 有更新：{WishText.Of(notice.Wishes)}",
        ForwardEvent.Withdrawn => $"{notice.LeadKey} 业主已撤回，请停止联系",
        ForwardEvent.Summary => notice.Summary ?? "",
        ForwardEvent.Erased => $"{notice.LeadKey} 业主要求删除，请删掉自己留下的记录",
    };
}
