using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.KnowledgeDesk;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Tests.Staff;

/// <summary>Every route of the running program, as it lists them itself, as every role and for rows of another street, against one table of who may.</summary>
public sealed partial class RouteRightsTests(RouteRightsTests.Site site) : IClassFixture<RouteRightsTests.Site>
{
    private const StaffRoles All = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Community | StaffRoles.Publicity | StaffRoles.Auditor | StaffRoles.Administrator;
    private const StaffRoles Owners = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Community;
    private const StaffRoles Notices = Owners | StaffRoles.Publicity;
    private const StaffRoles Knowledge = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Publicity;
    private const StaffRoles Accounts = StaffRoles.Administrator;
    private const StaffRoles Records = StaffRoles.Auditor | StaffRoles.Administrator;
    private static readonly Rule Open = new(null);

    /// <summary>Who may. A route that is not here fails the test: say first who may, then map it.</summary>
    private static readonly Dictionary<string, Rule> Table = new(StringComparer.Ordinal)
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
        ["PAGE /staff/communities/{Id:long}"] = new(All, Row.Community, "step-done", "step-planned"),
        ["PAGE /staff/communities/{Id:long}/papers/{KindName}"] = new(All, Row.Community),
        ["GET /staff/communities/{id:long}/papers/{kind}/docx"] = new(All, Row.Community),
        ["GET /staff/live"] = new(All),
        ["POST /staff/sign-out"] = new(All),
        ["POST /staff/sign-out/elsewhere"] = new(All),
        ["POST /staff/sign-out/everywhere"] = new(All),
        ["POST /staff/sessions/{id:guid}/end"] = new(All, Row.Session),
        ["POST /staff/look"] = new(All),
        ["GET /staff/openid/tie"] = new(All) { Shown = HttpStatusCode.Redirect },
        ["POST /staff/openid/untie"] = new(All),
        ["PAGE /staff/openid/confirm"] = new(All) { Shown = HttpStatusCode.Redirect },      // back, when nobody came from there
        ["POST /staff/alerts/{id:long}/done"] = new(All, Row.Alert),

        // those who work with owners
        ["PAGE /staff/leads"] = new(Owners),
        ["PAGE /staff/leads/{Id:long}"] = new(Owners, Row.Lead, "phone", "note", "reply", "assign", "attach"),
        ["PAGE /staff/leads/export"] = new(Owners),
        ["PAGE /staff/leads/routes"] = new(Owners),
        ["PAGE /staff/waiting"] = new(Owners),
        ["PAGE /staff/waiting/{Id:long}"] = new(Owners, Row.Handover, "take", "reply", "close", "transfer"),
        ["PAGE /staff/communities/{Id:long}/edit"] = new(Owners, Row.Community, "community"),
        ["PAGE /staff/communities/import"] = new(Owners),
        ["PAGE /staff/communities/import/{Id:long}"] = new(Owners, Row.Import) { Shown = HttpStatusCode.NotFound },      // an upload is its uploader's alone
        ["POST /staff/leads/{id:long}/move"] = new(Owners, Row.Lead) { Fields = [("to", "Contacted")] },
        ["POST /staff/leads/{id:long}/retry"] = new(Owners, Row.Lead),
        ["POST /staff/leads/{id:long}/tags"] = new(Owners, Row.Lead) { Fields = [("tags", "外人")] },
        ["POST /staff/leads/{id:long}/merge"] = new(Owners, Row.Lead) { Fields = [("other", "{lead}"), ("called", "yes")] },
        ["POST /staff/leads/{id:long}/unmerge"] = new(Owners, Row.Lead) { Fields = [("merge", "1")] },
        ["POST /staff/leads/bulk"] = new(Owners) { Fields = [("ids", "{lead}"), ("assignee", "")] },
        ["POST /staff/leads/bulk/undo"] = new(Owners) { Fields = [("batch", "1")] },
        ["POST /staff/leads/routes/set"] = new(Owners) { Fields = [("area", "{area}"), ("assignee", "")] },
        ["POST /staff/leads/export/file"] = new(Owners),
        ["POST /staff/communities/import/upload"] = new(Owners),
        ["POST /staff/communities/import/{id:long}/columns"] = new(Owners, Row.Import),
        ["POST /staff/communities/import/{id:long}/confirm"] = new(Owners, Row.Import) { Fields = [("expected", "1")], Outside = HttpStatusCode.Redirect },      // it may have been imported meanwhile: the page says so
        ["POST /staff/communities/import/{id:long}/undo"] = new(Owners, Row.Import),
        ["POST /staff/communities/{id:long}/steps/{number:int}/undo"] = new(Owners, Row.Community) { Fields = [("mark", "Done")] },
        ["POST /staff/communities/{id:long}/way"] = new(Owners, Row.Community) { Fields = [("way", "Management")] },
        ["POST /staff/held/release"] = new(Owners) { Fields = [("confirmed", "yes")], Outside = HttpStatusCode.Forbidden },      // the keeper alone

        // notices
        ["PAGE /staff/notices"] = new(Notices),
        ["PAGE /staff/notices/new"] = new(Notices),
        ["PAGE /staff/notices/sequence"] = new(Notices),
        ["PAGE /staff/notices/{Id:long}"] = new(Notices, Row.Notice, "approve", "pause", "resume", "stop", "again-Failed"),
        ["PAGE /staff/notices/{Id:long}/edit"] = new(Notices, Row.Notice, "compose"),
        ["PAGE /staff/notices/{Id:long}/log"] = new(Notices, Row.Notice),
        ["PAGE /staff/notices/{Id:long}/not-reached"] = new(Notices, Row.Notice) { Shown = HttpStatusCode.NotFound },      // until it has been sent
        ["POST /staff/notices/{id:long}/log/file"] = new(Notices, Row.Notice) { Fields = [("reason", "归档备查")] },

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

    [Fact]
    public async Task Every_route_answers_the_roles_that_the_table_names_and_no_other()
    {
        var problems = new List<string>();
        var routes = Routes().ToList();
        problems.AddRange(routes.Where(route => !Table.ContainsKey(route.Key)).Select(route => $"not in the table: {route.Key}"));
        problems.AddRange(Table.Keys.Except(routes.Select(route => route.Key)).Select(key => $"in the table, but no such route: {key}"));
        foreach (var route in routes)
            if (Table.TryGetValue(route.Key, out var rule))
                foreach (var method in route.Methods)
                {
                    var address = site.Mine.Fill(route.Pattern);
                    await ExpectAsync(problems, site.Nobody, "anonymous", method, address,
                        status => rule.May is null || status is HttpStatusCode.Redirect or HttpStatusCode.Unauthorized, rule.May is null ? Door.Any : Door.Ours, "李女", "13900000007");
                    if (rule.May is { } may)
                        foreach (var (role, client) in site.Members)
                            await ExpectAsync(problems, client, role.ToString(), method, address,
                                status => !may.HasFlag(role) ? status == HttpStatusCode.Forbidden
                                    : method == HttpMethod.Post ? status == HttpStatusCode.BadRequest      // no token of a form: refused, but not for the role
                                    : status == rule.Shown, Door.NotOurs, [.. Owners.HasFlag(role) ? Array.Empty<string>() : ["李女"], "13900000007", "赵先"]);
                }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task A_row_of_another_street_is_not_there_for_any_route_and_no_form_changes_it()
    {
        var problems = new List<string>();
        var token = await site.TokenAsync();
        var before = await site.RowsAsync();
        foreach (var route in Routes())
            if (Table.TryGetValue(route.Key, out var rule) && rule.May is not null)
                foreach (var method in route.Methods)
                {
                    if (method == HttpMethod.Post && route.IsPage ? rule.Handlers.Count == 0 : rule.At == Row.None && rule.Fields.Count == 0)
                        continue;
                    var address = site.Theirs.Fill(route.Pattern);
                    foreach (var handler in method == HttpMethod.Post && rule.Handlers.Count > 0 ? rule.Handlers : (IReadOnlyList<string?>)[null])
                    {
                        using var answer = method == HttpMethod.Get
                            ? await site.Neighbour.GetAsync(address, StaffSeeds.Stop)
                            : await site.Neighbour.PostAsync(address, Form(token, handler, rule), StaffSeeds.Stop);
                        var text = await answer.Content.ReadAsStringAsync(StaffSeeds.Stop);
                        // A page that is not there has no form either.
                        if (answer.StatusCode != rule.Outside && !(method == HttpMethod.Post && handler is not null && answer.StatusCode == HttpStatusCode.BadRequest))
                            problems.Add($"{method} {address} {handler}: {(int)answer.StatusCode}, not {(int)rule.Outside}");
                        if (Site.TheirWords.FirstOrDefault(word => text.Contains(word, StringComparison.Ordinal)) is { } word)
                            problems.Add($"{method} {address} {handler} says {word}");
                    }
                    if (await site.RowsAsync() is var after && after != before)
                    {
                        problems.Add($"{method} {address} changed rows of another street: {string.Join(" ; ", after.Split('\n').Except(before.Split('\n')))}");
                        before = after;
                    }
                }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task Nobody_of_another_street_is_reset_deactivated_or_let_in_again_from_here()
    {
        var token = await site.TokenAsync();
        var before = await site.RowsAsync();

        foreach (var step in new[] { "reset", "deactivate", "reactivate", "end" })
        {
            using var answer = await site.Neighbour.PostAsync("/staff/people", Form(token, $"{step}-{site.TheirMember}", Table["PAGE /staff/people"]), StaffSeeds.Stop);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(before, await site.RowsAsync());
    }

    private IEnumerable<Route> Routes() => site.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && endpoint.RoutePattern.RawText?.Contains("_framework", StringComparison.Ordinal) is not true)
        .SelectMany(endpoint =>
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            return endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
                ? [new Route($"PAGE {pattern}", pattern, [HttpMethod.Get, HttpMethod.Post])]
                : (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => new Route($"{method} {pattern}", pattern, [new HttpMethod(method)]));
        })
        .DistinctBy(route => route.Key);

    private static async Task ExpectAsync(List<string> problems, HttpClient client, string who, HttpMethod method, string address, Func<HttpStatusCode, bool> isRight, Door door, params string[] hidden)
    {
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post)
            request.Content = new MultipartFormDataContent { { new StringContent("1"), "x" } };      // no token of a form
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, StaffSeeds.Stop);
        if (answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentType?.MediaType == "text/html")
            foreach (var word in hidden)
                if ((await answer.Content.ReadAsStringAsync(StaffSeeds.Stop)).Contains(word, StringComparison.Ordinal))
                    problems.Add($"{who}: {method} {address} says {word}");
        if (!isRight(answer.StatusCode) || (int)answer.StatusCode >= 500)
            problems.Add($"{who}: {method} {address}: {(int)answer.StatusCode}");
        else if (answer.StatusCode == HttpStatusCode.Redirect && door != Door.Any && answer.Headers.Location!.OriginalString.Contains("/staff/sign-in", StringComparison.Ordinal) != (door == Door.Ours))
            problems.Add($"{who}: {method} {address} leads to {answer.Headers.Location}");
    }

    private FormUrlEncodedContent Form(string token, string? handler, Rule rule) => new(
        rule.Fields.Select(field => KeyValuePair.Create(field.Name, site.Theirs.Fill(field.Value)))
            .Append(KeyValuePair.Create("__RequestVerificationToken", token))
            .Concat(handler is null ? [] : [KeyValuePair.Create("_handler", handler)]));

    /// <summary>Whether a redirect must lead to the page where one signs in.</summary>
    private enum Door { Any, Ours, NotOurs }

    private enum Row { None, Lead, Handover, Community, Notice, Import, Alert, Session }

    private sealed record Route(string Key, string Pattern, IReadOnlyList<HttpMethod> Methods)
    {
        public bool IsPage => Methods.Count > 1;
    }

    /// <param name="May">Null: everybody, without an account.</param>
    /// <param name="At">Whose id stands in the address; such a row of another street must be 404.</param>
    private sealed record Rule(StaffRoles? May, Row At = Row.None, params IReadOnlyList<string> Handlers)
    {
        /// <summary>A form that would do something, with ids in braces.</summary>
        public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

        /// <summary>What who may gets to see.</summary>
        public HttpStatusCode Shown { get; init; } = HttpStatusCode.OK;

        /// <summary>What who may gets for a row of another street. Where that row stands in the form and not in the address, the form simply does nothing.</summary>
        public HttpStatusCode Outside { get; init; } = At == Row.None ? HttpStatusCode.Redirect : HttpStatusCode.NotFound;
    }

    /// <summary>One row of each kind.</summary>
    internal sealed partial record Rows(long Area, long Community, long Lead, long Handover, long Notice, long Import, long Alert, long Question, long Review, Guid Session, long Lesson)
    {
        public string Fill(string pattern) => Tokens().Replace(
            pattern.Replace("/leads/{id:long}", $"/leads/{Lead}", StringComparison.OrdinalIgnoreCase)
                .Replace("/waiting/{id:long}", $"/waiting/{Handover}", StringComparison.OrdinalIgnoreCase)
                .Replace("/import/{id:long}", $"/import/{Import}", StringComparison.OrdinalIgnoreCase)
                .Replace("/communities/{id:long}", $"/communities/{Community}", StringComparison.OrdinalIgnoreCase)
                .Replace("/notices/{id:long}", $"/notices/{Notice}", StringComparison.OrdinalIgnoreCase)
                .Replace("/alerts/{id:long}", $"/alerts/{Alert}", StringComparison.OrdinalIgnoreCase)
                .Replace("/review/{id:long}", $"/review/{Review}", StringComparison.OrdinalIgnoreCase)
                .Replace("/sessions/{id:guid}", $"/sessions/{Session}", StringComparison.OrdinalIgnoreCase)
                .Replace("/lessons/{id:long}", $"/lessons/{Lesson}", StringComparison.OrdinalIgnoreCase)
                .Replace("/articles/{id}", "/articles/voting.quorum", StringComparison.OrdinalIgnoreCase),
            match => match.Groups[1].Value.ToUpperInvariant() switch
            {
                "LEAD" => Lead.ToString(CultureInfo.InvariantCulture),
                "AREA" => Area.ToString(CultureInfo.InvariantCulture),
                "QUESTION" => Question.ToString(CultureInfo.InvariantCulture),
                "KIND" or "KINDNAME" => "Ballot",
                "NUMBER" or "ID" => "1",
                "CODE" => "404",
                "VENDOR" => "aliyun",
                _ => "x",
            });

        [GeneratedRegex(@"\{(\w+)[^}]*\}")]
        private static partial Regex Tokens();
    }

    /// <summary>A small town of two streets with a row of each kind, and one member of the first street for each role.</summary>
    public sealed partial class Site : IAsyncLifetime
    {
        // Tables that hold what the forms could touch. The others are the machinery's own, which works meanwhile.
        private static readonly string[] Watched =
        [
            "Leads", "LeadEvents", "LeadTags", "LeadTerms", "LeadMerges", "LeadBatches", "LeadRoutes", "Communities", "CommunitySteps", "StageChanges", "Areas", "Campaigns", "Segments",
            "Handovers", "UnansweredQuestions", "AnswerFeedbacks", "ArticleRevisions", "ScopeLessons", "DirectoryImports", "Messages", "Contacts", "Consents", "Alerts", "Staff", "StaffLinks", "StaffSessions",
        ];

        internal static readonly string[] TheirWords = ["赵先", "乙花园", "乙街道通知", "13900000008"];

        private OpenIdServer? _provider;

        internal OutreachApp App { get; private set; } = null!;
        internal Rows Mine { get; private set; } = null!;
        internal Rows Theirs { get; private set; } = null!;
        internal string TheirMember { get; private set; } = null!;
        internal HttpClient Nobody { get; private set; } = null!;
        /// <summary>Holds every role, in the first street.</summary>
        internal HttpClient Neighbour { get; private set; } = null!;
        internal IReadOnlyList<(StaffRoles Role, HttpClient Client)> Members { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            _provider = await OpenIdServer.StartAsync();      // its routes exist only where one is configured
            App = await OutreachApp.StartAsync(new Dictionary<string, string?>
            {
                ["Demo:Load"] = "false",
                ["Staff:OpenIdConnect:Authority"] = _provider.Issuer,
                ["Staff:OpenIdConnect:ClientId"] = OpenIdServer.ClientId,
                ["Staff:OpenIdConnect:ClientSecret"] = OpenIdServer.ClientSecret,
            }, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));      // no minute passes: a session that is seen again after one is a changed row
            var town = await Town.BuildAsync(App);
            Mine = await RowsOfAsync(town.StreetA, town.CommunityA, "甲花园", "李女", "+8613900000007", "甲街道通知");
            Theirs = await RowsOfAsync(town.StreetB, town.CommunityB, "乙花园", "赵先", "+8613900000008", "乙街道通知");
            TheirMember = (await StaffSeeds.AddMemberAsync(App, "other1", StaffRoles.Street, town.StreetB)).Id;
            Nobody = Client();
            Neighbour = await MemberAsync("neighbour1", All, town.StreetA);
            // What is due by itself has been done before the rows are looked at.
            for (var tick = 0; tick < 3; tick++)
                await App.Services.GetRequiredService<IGrainFactory>().GetGrain<ISchedulerGrain>(0).TickAsync();
            Members = [.. await Task.WhenAll(StaffText.AllRoles.Select(async role => (role, await MemberAsync($"member{(int)role}", role, town.StreetA))))];
        }

        /// <summary>A token that any form of the neighbour may carry.</summary>
        internal async Task<string> TokenAsync() =>
            Token().Match(await Neighbour.GetStringAsync("/staff/more", StaffSeeds.Stop)).Groups[1].Value;

        /// <summary>All watched rows as text.</summary>
        internal async Task<string> RowsAsync()
        {
            await using var db = await StaffSeeds.OpenAsync(App);
            await db.Database.OpenConnectionAsync(StaffSeeds.Stop);
            var connection = db.Database.GetDbConnection();
            var text = new StringBuilder();
            foreach (var table in Watched)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = $"SELECT * FROM \"{table}\" ORDER BY 1";
                await using var reader = await command.ExecuteReaderAsync(StaffSeeds.Stop);
                while (await reader.ReadAsync(StaffSeeds.Stop))
                {
                    text.Append(table);
                    for (var column = 0; column < reader.FieldCount; column++)
                        text.Append('|').Append(reader.GetValue(column));
                    text.AppendLine();
                }
            }
            return text.ToString();
        }

        public async ValueTask DisposeAsync()
        {
            Nobody.Dispose();
            Neighbour.Dispose();
            foreach (var (_, client) in Members)
                client.Dispose();
            await App.DisposeAsync();
            if (_provider is not null)
                await _provider.DisposeAsync();
        }

        private HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = App.Address };

        private async Task<HttpClient> MemberAsync(string userName, StaffRoles roles, long areaId)
        {
            await StaffSeeds.AddMemberAsync(App, userName, roles, areaId);
            var client = Client();
            var door = await client.GetStringAsync("/staff/sign-in", StaffSeeds.Stop);
            using var answer = await client.PostAsync("/staff/sign-in", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = Token().Match(door).Groups[1].Value,
                ["_handler"] = "sign-in",
                ["Input.UserName"] = userName,
                ["Input.Password"] = StaffSeeds.Password,
            }), StaffSeeds.Stop);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            return client;
        }

        private async Task<Rows> RowsOfAsync(long area, long community, string name, string owner, string phone, string notice)
        {
            var lead = await StaffSeeds.AddLeadAsync(App, $"owner-{community}", community, name, owner, phone);
            var handover = await StaffSeeds.AddHandoverAsync(App, lead.ConversationId, community);
            var boss = await StaffSeeds.AddMemberAsync(App, $"boss{community}", StaffRoles.Bureau, null);
            var scope = StaffScopes.Of(boss.Id, "局", StaffRoles.Bureau, null, null);
            var made = await App.Services.GetRequiredService<CampaignDesk>().CreateAsync(scope, new()
            {
                Title = notice,
                Body = "正文",
                Audience = new(area, null, NoticeTopics.MyCommunity),
                StartAt = DateTimeOffset.UnixEpoch.AddYears(100),
                FormToken = Guid.NewGuid(),
                ConfirmedTotal = 1,
            }, StaffSeeds.Stop);
            Assert.Equal(CreateOutcome.Created, made.Outcome);
            await using var upload = new MemoryStream(Encoding.UTF8.GetBytes($"小区,户数\n{name},100\n"));
            var (import, problem) = await App.Services.GetRequiredService<DirectoryImports>().UploadAsync("小区.csv", upload, scope, StaffSeeds.Stop);
            Assert.Null(problem);
            await App.Services.GetRequiredService<ArticleDesk>().AddVariantAsync("voting.quorum", "来几家才算开成了会", scope, StaffSeeds.Stop);
            await using var db = await StaffSeeds.OpenAsync(App);
            var alert = new Alert { Kind = AlertKind.LegalDate, Subject = $"community/{community}", AreaId = area, RaisedAt = DateTimeOffset.UnixEpoch, Text = $"{name}的日子到了" };
            var question = new UnansweredQuestion { Question = $"{name}的问题", Reason = UnansweredQuestion.NoAnswer, CommunityId = community, At = App.Services.GetRequiredService<TimeProvider>().GetUtcNow() };
            var session = new StaffSession { Id = Guid.NewGuid(), StaffId = boss.Id, StartedAt = question.At, LastSeenAt = question.At, Browser = "别人的" };
            var lesson = new ScopeLesson { GroupId = "near.water", Wordings = "水费多少一吨", Keys = "u1", State = LessonState.Proposed, TaughtBy = boss.Id, TaughtAt = question.At, ChangedAt = question.At };
            db.AddRange(alert, question, session, lesson);
            await db.SaveChangesAsync(StaffSeeds.Stop);
            var review = await db.ArticleRevisions.Select(r => r.Id).SingleAsync(StaffSeeds.Stop);
            return new(area, community, lead.Id, handover.Id, made.Campaign!.Id, import, alert.Id, question.Id, review, session.Id, lesson.Id);
        }

        [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
        private static partial Regex Token();
    }
}
