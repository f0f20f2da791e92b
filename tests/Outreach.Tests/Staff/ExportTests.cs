using System.Net;
using Microsoft.EntityFrameworkCore;
using MiniExcelLibs;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Tests.Staff;

public sealed class ExportTests
{
    private const string Phone = "+8613900001234";

    private static readonly (string, string)[] Masked = [("phones", "Masked"), ("reason", "走访名单")];
    private static readonly (string, string)[] Whole = [("phones", "Whole"), ("reason", "电话联系")];

    [Fact]
    public async Task The_file_holds_what_the_list_shows_with_starred_numbers_and_formulas_as_text()
    {
        await using var app = await OutreachApp.StartAsync();
        using var client = await ConsoleClient.SignInAsync(app, "bureau1", StaffRoles.Bureau);
        await using var db = await StaffSeeds.OpenAsync(app);
        var community = await db.Communities.OrderBy(c => c.Id).FirstAsync(StaffSeeds.Stop);
        var lead = await StaffSeeds.AddLeadAsync(app, "user-a", community.Id, community.Name, "=HYPERLINK(\"http://x\")", Phone);
        await StaffSeeds.AddLeadAsync(app, "user-b", community.Id, community.Name, "只想了解的人", null, wishes: Wishes.JustInformed);

        var answer = await client.PostAsync("/staff/leads/export?wish=Support", "staff/leads/export/file", Masked);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", answer.Content.Headers.ContentType!.MediaType);
        var row = Assert.Single(Rows(await answer.Content.ReadAsStreamAsync(StaffSeeds.Stop)));
        Assert.Equal([lead.Key, community.Name, "=HYPERLINK(\"http://x\")", "139****1234", "支持成立", "新登记"], [row["编号"], row["小区"], row["称呼"], row["电话"], row["意愿"], row["状态"]]);
        var entry = await db.AuditEntries.SingleAsync(e => e.Kind == AuditKind.Exported, StaffSeeds.Stop);
        Assert.Equal("1 条线索，号码打星：走访名单", entry.Detail);
        Assert.False(await db.LeadEvents.AnyAsync(e => e.Kind == LeadEventKind.PhoneDisclosed, StaffSeeds.Stop));
    }

    [Fact]
    public async Task Whole_numbers_are_a_disclosure_of_each_lead_that_has_one()
    {
        await using var app = await OutreachApp.StartAsync();
        using var client = await ConsoleClient.SignInAsync(app, "bureau1", StaffRoles.Bureau);
        await using var db = await StaffSeeds.OpenAsync(app);
        var community = await db.Communities.OrderBy(c => c.Id).FirstAsync(StaffSeeds.Stop);
        var lead = await StaffSeeds.AddLeadAsync(app, "user-a", community.Id, community.Name, "演示甲", Phone);
        await StaffSeeds.AddLeadAsync(app, "user-b", community.Id, community.Name, "演示乙", null);

        var answer = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", Whole);

        var rows = Rows(await answer.Content.ReadAsStreamAsync(StaffSeeds.Stop));
        Assert.Equal(["13900001234", null], rows.OrderBy(r => r["电话"] is null).Select(r => r["电话"]));
        var seen = await db.LeadEvents.Where(e => e.Kind == LeadEventKind.PhoneDisclosed).SingleAsync(StaffSeeds.Stop);
        Assert.Equal(lead.Id, seen.LeadId);
        Assert.NotNull(seen.StaffId);
    }

    [Fact]
    public async Task Leads_outside_the_area_or_not_passed_on_are_not_in_the_file()
    {
        await using var app = await OutreachApp.StartAsync();
        await using var db = await StaffSeeds.OpenAsync(app);
        var own = await db.Communities.Include(c => c.Area).OrderBy(c => c.Id).FirstAsync(StaffSeeds.Stop);
        var other = await db.Communities.Where(c => c.AreaId != own.AreaId).OrderBy(c => c.Id).FirstAsync(StaffSeeds.Stop);
        using var client = await ConsoleClient.SignInAsync(app, "shequ1", StaffRoles.Community, own.AreaId);
        await StaffSeeds.AddLeadAsync(app, "user-a", own.Id, own.Name, "演示甲", Phone);
        await StaffSeeds.AddLeadAsync(app, "user-b", own.Id, own.Name, "演示乙", null, ConsentAnswer.Refused);
        await StaffSeeds.AddLeadAsync(app, "user-c", other.Id, other.Name, "演示丙", null);

        var answer = await client.PostAsync("/staff/leads/export?tab=all", "staff/leads/export/file", Masked);

        Assert.Equal(["演示甲"], Rows(await answer.Content.ReadAsStreamAsync(StaffSeeds.Stop)).Select(r => r["称呼"]));
    }

    [Fact]
    public async Task Nothing_goes_out_without_a_reason_or_the_second_factor()
    {
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Staff:RequireSecondFactor"] = "true" });
        using var client = await ConsoleClient.SignInAsync(app, "bureau1", StaffRoles.Bureau);

        var without = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", Masked);
        Assert.Contains("problem=NotSetUp", without.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var (key, _) = await SecondFactorTests.SetUpAsync(client);
        var noReason = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", ("phones", "Whole"), ("reason", "随便"), ("code", SecondFactorTests.Totp(key)));
        Assert.Contains("problem=reason", noReason.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("选一个原因", await client.ReadAsync(noReason.Headers.Location.OriginalString), StringComparison.Ordinal);
        var noCode = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", Masked);
        Assert.Contains("problem=Wrong", noCode.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var right = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", [.. Masked, ("code", SecondFactorTests.Totp(key))]);

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    private static List<IDictionary<string, object?>> Rows(Stream file)
    {
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        copy.Position = 0;
        return [.. copy.Query(useHeaderRow: true).Cast<IDictionary<string, object?>>()];
    }
}
