using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
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

/// <summary>A small town of two streets with a row of each kind, and one member of the first street for each role.</summary>
public sealed partial class TwoStreets : IAsyncLifetime
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
    internal StreetRows Mine { get; private set; } = null!;
    internal StreetRows Theirs { get; private set; } = null!;
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
        Neighbour = await MemberAsync("neighbour1", RouteTable.All, town.StreetA);
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

    private async Task<StreetRows> RowsOfAsync(long area, long community, string name, string owner, string phone, string notice)
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

/// <summary>One row of each kind.</summary>
internal sealed partial record StreetRows(long Area, long Community, long Lead, long Handover, long Notice, long Import, long Alert, long Question, long Review, Guid Session, long Lesson)
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
