using Outreach.Communities;

namespace Outreach.Staff;

/// <summary>How the printable papers are called and where they are.</summary>
internal static class DocumentText
{
    public static string Title(DocumentKind kind) => kind switch
    {
        DocumentKind.Poster => "海报和二维码",
        DocumentKind.Application => "成立申请和联名签名表",
        DocumentKind.GroupNotice => "筹备组成立公告",
        DocumentKind.CandidateForm => "候选人登记表",
        DocumentKind.Ballot => "表决票",
        DocumentKind.VoteCount => "计票统计表",
    };

    public static string Address(DirectoryCommunity community, DocumentKind kind) =>
        kind == DocumentKind.Poster ? $"/c/{community.Key}/poster" : $"staff/communities/{community.Id}/papers/{kind}";
}
