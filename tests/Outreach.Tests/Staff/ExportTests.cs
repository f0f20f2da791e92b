using System.Net;
using Microsoft.EntityFrameworkCore;
using MiniExcelLibs;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Tests.Staff;

[Collection(ConsoleApps.Name)]
public sealed class ExportTests(ConsoleApp shared) : IAsyncLifetime
{
    private const string Phone = "+8613900001234";

    private static readonly (string, string)[] Masked = [("phones", "Masked"), ("reason", "走访名单")];
    private static readonly (string, string)[] Whole = [("phones", "Whole"), ("reason", "电话联系")];

    private readonly OutreachApp _app = shared.App;

    public async ValueTask InitializeAsync() => await shared.ForgetStaffAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_file_holds_what_the_list_shows_with_starred_numbers_and_formulas_as_text()
    {
        var town = await Town.BuildAsync(_app);
        using var client = await ConsoleClient.SignInAsync(_app, "bureau1", StaffRoles.Bureau, town.StreetA);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var community = await db.Communities.SingleAsync(c => c.Id == town.CommunityA, StaffSeeds.Stop);
        var lead = await StaffSeeds.AddLeadAsync(_app, "user-a", community.Id, community.Name, "=HYPERLINK(\"http://x\")", Phone);
        await StaffSeeds.AddLeadAsync(_app, "user-b", community.Id, community.Name, "只想了解的人", null, wishes: Wishes.JustInformed);

        var answer = await client.PostAsync("/staff/leads/export?wish=Support", "staff/leads/export/file", Masked);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", answer.Content.Headers.ContentType!.MediaType);
        var row = Assert.Single(Rows(await answer.Content.ReadAsStreamAsync(StaffSeeds.Stop)));
        Assert.Equal([lead.Key, community.Name, "=HYPERLINK(\"http://x\")", "139****1234", "支持成立", "新登记"], [row["编号"], row["小区"], row["称呼"], row["电话"], row["意愿"], row["状态"]]);
        var entry = await db.AuditEntries.SingleAsync(e => e.Kind == AuditKind.Exported && db.Set<StaffMember>().Any(s => s.Id == e.StaffId), StaffSeeds.Stop);
        Assert.Equal("1 条线索，号码打星：走访名单", entry.Detail);
        Assert.False(await db.LeadEvents.AnyAsync(e => e.LeadId == lead.Id && e.Kind == LeadEventKind.PhoneDisclosed, StaffSeeds.Stop));
    }

    [Fact]
    public async Task Whole_numbers_are_a_disclosure_of_each_lead_that_has_one()
    {
        var town = await Town.BuildAsync(_app);
        using var client = await ConsoleClient.SignInAsync(_app, "bureau1", StaffRoles.Bureau, town.StreetA);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var community = await db.Communities.SingleAsync(c => c.Id == town.CommunityA, StaffSeeds.Stop);
        var lead = await StaffSeeds.AddLeadAsync(_app, "user-a", community.Id, community.Name, "演示甲", Phone);
        await StaffSeeds.AddLeadAsync(_app, "user-b", community.Id, community.Name, "演示乙", null);

        var answer = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", Whole);

        var rows = Rows(await answer.Content.ReadAsStreamAsync(StaffSeeds.Stop));
        Assert.Equal(["13900001234", null], rows.OrderBy(r => r["电话"] is null).Select(r => r["电话"]));
        var seen = await db.LeadEvents.Where(e => e.Kind == LeadEventKind.PhoneDisclosed && db.Set<Lead>().Any(l => l.Id == e.LeadId && l.CommunityId == community.Id)).SingleAsync(StaffSeeds.Stop);
        Assert.Equal(lead.Id, seen.LeadId);
        Assert.NotNull(seen.StaffId);
    }

    [Fact]
    public async Task Leads_outside_the_area_or_not_passed_on_are_not_in_the_file()
    {
        var town = await Town.BuildAsync(_app);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var own = await db.Communities.SingleAsync(c => c.Id == town.CommunityA, StaffSeeds.Stop);
        var other = await db.Communities.SingleAsync(c => c.Id == town.CommunityB, StaffSeeds.Stop);
        using var client = await ConsoleClient.SignInAsync(_app, "shequ1", StaffRoles.Community, own.AreaId);
        await StaffSeeds.AddLeadAsync(_app, "user-a", own.Id, own.Name, "演示甲", Phone);
        await StaffSeeds.AddLeadAsync(_app, "user-b", own.Id, own.Name, "演示乙", null, ConsentAnswer.Refused);
        await StaffSeeds.AddLeadAsync(_app, "user-c", other.Id, other.Name, "演示丙", null);

        var answer = await client.PostAsync("/staff/leads/export?tab=all", "staff/leads/export/file", Masked);

        Assert.Equal(["演示甲"], Rows(await answer.Content.ReadAsStreamAsync(StaffSeeds.Stop)).Select(r => r["称呼"]));
    }

    private static List<IDictionary<string, object?>> Rows(Stream file)
    {
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        copy.Position = 0;
        return [.. copy.Query(useHeaderRow: true).Cast<IDictionary<string, object?>>()];
    }
}
