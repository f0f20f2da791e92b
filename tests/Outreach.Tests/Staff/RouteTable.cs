using System.Net;
using Outreach.Communities;

namespace Outreach.Tests.Staff;

/// <summary>Every route of the program, and who may use it.</summary>
internal static class RouteTable
{
    public const StaffRoles All = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Community | StaffRoles.Publicity | StaffRoles.Auditor | StaffRoles.Administrator;
    public const StaffRoles Owners = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Community;
    private const StaffRoles Notices = Owners | StaffRoles.Publicity;
    private const StaffRoles Knowledge = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Publicity;
    private const StaffRoles Accounts = StaffRoles.Administrator;
    private const StaffRoles Records = StaffRoles.Auditor | StaffRoles.Administrator;
    private static readonly RouteRule Open = new(null);

    /// <summary>Who may. A route that is not here fails the test: say first who may, then map it.</summary>
    public static readonly IReadOnlyDictionary<string, RouteRule> Rules = new Dictionary<string, RouteRule>(StringComparer.Ordinal)
    {
        // the door
        ["PAGE /staff/sign-in"] = Open,
        ["PAGE /staff/sign-in/code"] = Open,
        ["PAGE /staff/link"] = Open,
        ["PAGE /staff/not-found"] = Open,
        ["GET /staff/sign-in/openid"] = Open,
        ["GET /staff/sign-in/openid/done"] = Open,
        ["PAGE /staff/problem/{Code:int}"] = Open,

        // everyone of the staff
        ["PAGE /staff"] = new(All),
        ["PAGE /staff/more"] = new(All),
        ["PAGE /staff/second-factor"] = new(All),
        ["PAGE /staff/status"] = new(All),
        ["PAGE /staff/board"] = new(All),
        ["PAGE /staff/communities"] = new(All),
        ["PAGE /staff/communities/{Id:long}"] = new(All, RouteRow.Community, "step-done", "step-planned"),
        ["PAGE /staff/communities/{Id:long}/papers/{KindName}"] = new(All, RouteRow.Community),
        ["GET /staff/communities/{id:long}/papers/{kind}/docx"] = new(All, RouteRow.Community),
        ["GET /staff/live"] = new(All),
        ["POST /staff/sign-out"] = new(All),
        ["POST /staff/sign-out/elsewhere"] = new(All),
        ["POST /staff/sign-out/everywhere"] = new(All),
        ["POST /staff/sessions/{id:guid}/end"] = new(All, RouteRow.Session),
        ["POST /staff/look"] = new(All),
        ["GET /staff/openid/tie"] = new(All) { Shown = HttpStatusCode.Redirect },
        ["POST /staff/openid/untie"] = new(All),
        ["PAGE /staff/openid/confirm"] = new(All) { Shown = HttpStatusCode.Redirect },      // back, when nobody came from there
        ["POST /staff/alerts/{id:long}/done"] = new(All, RouteRow.Alert),

        // those who work with owners
        ["PAGE /staff/leads"] = new(Owners),
        ["PAGE /staff/leads/{Id:long}"] = new(Owners, RouteRow.Lead, "phone", "note", "reply", "assign", "attach"),
        ["PAGE /staff/leads/export"] = new(Owners),
        ["PAGE /staff/leads/routes"] = new(Owners),
        ["PAGE /staff/waiting"] = new(Owners),
        ["PAGE /staff/waiting/{Id:long}"] = new(Owners, RouteRow.Handover, "take", "reply", "close", "transfer"),
        ["PAGE /staff/communities/{Id:long}/edit"] = new(Owners, RouteRow.Community, "community"),
        ["PAGE /staff/communities/import"] = new(Owners),
        ["PAGE /staff/communities/import/{Id:long}"] = new(Owners, RouteRow.Import) { Shown = HttpStatusCode.NotFound },      // an upload is its uploader's alone
        ["POST /staff/leads/{id:long}/move"] = new(Owners, RouteRow.Lead) { Fields = [("to", "Contacted")] },
        ["POST /staff/leads/{id:long}/retry"] = new(Owners, RouteRow.Lead),
        ["POST /staff/leads/{id:long}/tags"] = new(Owners, RouteRow.Lead) { Fields = [("tags", "外人")] },
        ["POST /staff/leads/{id:long}/merge"] = new(Owners, RouteRow.Lead) { Fields = [("other", "{lead}"), ("called", "yes")] },
        ["POST /staff/leads/{id:long}/unmerge"] = new(Owners, RouteRow.Lead) { Fields = [("merge", "1")] },
        ["POST /staff/leads/bulk"] = new(Owners) { Fields = [("ids", "{lead}"), ("assignee", "")] },
        ["POST /staff/leads/bulk/undo"] = new(Owners) { Fields = [("batch", "1")] },
        ["POST /staff/leads/routes/set"] = new(Owners) { Fields = [("area", "{area}"), ("assignee", "")] },
        ["POST /staff/leads/export/file"] = new(Owners),
        ["POST /staff/communities/import/upload"] = new(Owners),
        ["POST /staff/communities/import/{id:long}/columns"] = new(Owners, RouteRow.Import),
        ["POST /staff/communities/import/{id:long}/confirm"] = new(Owners, RouteRow.Import) { Fields = [("expected", "1")], Outside = HttpStatusCode.Redirect },      // it may have been imported meanwhile: the page says so
        ["POST /staff/communities/import/{id:long}/undo"] = new(Owners, RouteRow.Import),
        ["POST /staff/communities/{id:long}/steps/{number:int}/undo"] = new(Owners, RouteRow.Community) { Fields = [("mark", "Done")] },
        ["POST /staff/communities/{id:long}/way"] = new(Owners, RouteRow.Community) { Fields = [("way", "Management")] },
        ["POST /staff/held/release"] = new(Owners) { Fields = [("confirmed", "yes")], Outside = HttpStatusCode.Forbidden },      // the keeper alone

        // notices
        ["PAGE /staff/notices"] = new(Notices),
        ["PAGE /staff/notices/new"] = new(Notices),
        ["PAGE /staff/notices/sequence"] = new(Notices),
        ["PAGE /staff/notices/{Id:long}"] = new(Notices, RouteRow.Notice, "approve", "pause", "resume", "stop", "again-Failed"),
        ["PAGE /staff/notices/{Id:long}/edit"] = new(Notices, RouteRow.Notice, "compose"),
        ["PAGE /staff/notices/{Id:long}/log"] = new(Notices, RouteRow.Notice),
        ["PAGE /staff/notices/{Id:long}/not-reached"] = new(Notices, RouteRow.Notice) { Shown = HttpStatusCode.NotFound },      // until it has been sent
        ["POST /staff/notices/{id:long}/log/file"] = new(Notices, RouteRow.Notice) { Fields = [("reason", "归档备查")] },

        // the knowledge desk: the articles belong to the whole tree
        ["PAGE /staff/knowledge"] = new(Knowledge),
        ["PAGE /staff/knowledge/why"] = new(Knowledge),
        ["PAGE /staff/knowledge/articles"] = new(Knowledge),
        ["PAGE /staff/knowledge/articles/new"] = new(Knowledge),
        ["PAGE /staff/knowledge/articles/{Id}"] = new(Knowledge),
        ["PAGE /staff/knowledge/review/{Id:long}"] = new(Knowledge),
        ["PAGE /staff/statistics"] = new(Knowledge),
        ["POST /staff/knowledge/settle"] = new(Knowledge) { Fields = [("keys", "u{question}"), ("how", "NotOurs")] },
        ["POST /staff/knowledge/attach"] = new(Knowledge) { Fields = [("keys", "u{question}"), ("article", "no.such"), ("wording", "外人的话")] },
        ["POST /staff/knowledge/not-ours"] = new(Knowledge) { Fields = [("keys", "u{question}")] },
        ["POST /staff/knowledge/lessons/{id:long}/confirm"] = new(Knowledge) { Fields = [("x", "1")] },      // the top of the tree alone; the page says so
        ["POST /staff/knowledge/lessons/{id:long}/elsewhere"] = new(Knowledge) { Fields = [("group", "near.water")] },
        ["POST /staff/knowledge/lessons/{id:long}/back"] = new(Knowledge) { Fields = [("x", "1")] },
        ["PAGE /staff/knowledge/scope"] = new(Knowledge),
        ["POST /staff/knowledge/back"] = new(Knowledge) { Fields = [("article", "voting.quorum")] },
        ["POST /staff/knowledge/import"] = new(Knowledge),
        ["GET /staff/knowledge/export"] = new(Knowledge),

        // accounts, channels, records
        ["PAGE /staff/people"] = new(Accounts),
        ["PAGE /staff/channels"] = new(Accounts),
        ["PAGE /staff/settings"] = new(Accounts),
        ["PAGE /staff/audit"] = new(Records),
        ["POST /staff/audit/file"] = new(Records),

        // owners, their apps and the operator's probes: no account
        ["GET /"] = Open,
        ["GET /c/{key}"] = Open,
        ["GET /c/{key}/poster"] = Open,
        ["GET /c/{key}/qr.png"] = Open,
        ["GET /privacy"] = Open,
        ["GET /healthz"] = Open,
        ["GET /readyz"] = Open,
        ["GET /pictures/{id}.jpg"] = Open,
        ["GET /unsubscribe/{token}"] = Open,
        ["POST /unsubscribe/{token}"] = Open,
        ["POST /v3/directline/tokens/generate"] = Open,
        ["POST /v3/directline/tokens/refresh"] = Open,
        ["POST /v3/directline/tokens/forget"] = Open,
        ["POST /v3/directline/conversations"] = Open,
        ["GET /v3/directline/conversations/{id}"] = Open,
        ["GET /v3/directline/conversations/{id}/activities"] = Open,
        ["POST /v3/directline/conversations/{id}/activities"] = Open,
        ["POST /v3/directline/conversations/{id}/upload"] = Open,
        ["GET /v3/directline/conversations/{id}/stream"] = Open,

        // vendors: each callback is signed
        ["POST /api/messages"] = Open,
        ["GET /channels/wechat"] = Open,
        ["POST /channels/wechat"] = Open,
        ["GET /channels/wechat/{account}"] = Open,
        ["POST /channels/wechat/{account}"] = Open,
        ["POST /channels/dingtalk"] = Open,
        ["POST /channels/dingtalk/{account}"] = Open,
        ["POST /channels/feishu"] = Open,
        ["POST /channels/feishu/{account}"] = Open,
        ["GET /channels/wecom"] = Open,
        ["POST /channels/wecom"] = Open,
        ["GET /channels/wecom/{account}"] = Open,
        ["POST /channels/wecom/{account}"] = Open,
        ["GET /channels/wecom-kf"] = Open,
        ["POST /channels/wecom-kf"] = Open,
        ["GET /channels/wecom-kf/{account}"] = Open,
        ["POST /channels/wecom-kf/{account}"] = Open,
        ["POST /channels/sms/{vendor}/{key}"] = Open,
    };
}

/// <summary>Of what the id in an address is.</summary>
internal enum RouteRow { None, Lead, Handover, Community, Notice, Import, Alert, Session }

/// <param name="May">Null: everybody, without an account.</param>
/// <param name="At">Whose id stands in the address; such a row of another street must be 404.</param>
internal sealed record RouteRule(StaffRoles? May, RouteRow At = RouteRow.None, params IReadOnlyList<string> Handlers)
{
    /// <summary>A form that would do something, with ids in braces.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>What who may gets to see.</summary>
    public HttpStatusCode Shown { get; init; } = HttpStatusCode.OK;

    /// <summary>What who may gets for a row of another street. Where that row stands in the form and not in the address, the form simply does nothing.</summary>
    public HttpStatusCode Outside { get; init; } = At == RouteRow.None ? HttpStatusCode.Redirect : HttpStatusCode.NotFound;
}
