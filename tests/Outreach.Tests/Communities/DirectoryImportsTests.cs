using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MiniExcelLibs;
using Outreach.Communities;
using static Xunit.TestContext;

namespace Outreach.Tests.Communities;

/// <summary>Files of communities through the console: read, looked at, imported once, taken back.</summary>
public sealed class DirectoryImportsTests
{
    private const string Text = "城市,县区,乡镇,社区,小区名称,总户数,阶段,阶段日期\n测试市,东区,一街道,甲社区,金桂园,600,征集意愿,2026-09-01\n测试市,东区,一街道,乙社区,银杏里,六百,,\n测试市,东区,二街道,丙社区,梅苑,,,\n";
    private static readonly StaffScope Keeper = new("staff-1", "保管", StaffRoles.Bureau, null, "/", 0);
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private static async Task<long> UploadAsync(TestRooms rooms, byte[] file, StaffScope? scope = null)
    {
        var (id, problem) = await rooms.Get<DirectoryImports>().UploadAsync("小区.csv", new MemoryStream(file), scope ?? Keeper, Current.CancellationToken);
        Assert.Null(problem);
        return id;
    }

    private static async Task<ImportReport> ImportAsync(TestRooms rooms, string text, StaffScope? scope = null)
    {
        var id = await UploadAsync(rooms, Encoding.UTF8.GetBytes(text), scope);
        var preview = (await rooms.Get<DirectoryImports>().PreviewAsync(id, scope ?? Keeper, Current.CancellationToken))!;
        return (await rooms.Get<DirectoryImports>().ConfirmAsync(id, preview.Report!.Accepted, DemoChoice.Ask, scope ?? Keeper, null, Current.CancellationToken))!;
    }

    private static async Task<long> LastAsync(TestRooms rooms) => (await rooms.Get<DirectoryImports>().ListAsync(Keeper, Current.CancellationToken))[0].Id;

    private static byte[] Excel()
    {
        using var stream = new MemoryStream();
        stream.SaveAs(new[]
        {
            new Dictionary<string, object?> { ["市"] = "测试市", ["区县"] = "东区", ["街道"] = "一街道", ["社区"] = "甲社区", ["小区"] = "金桂园", ["户数"] = 600, ["交付日期"] = new DateTime(2015, 6, 30) },
            new Dictionary<string, object?> { ["市"] = "测试市", ["区县"] = "东区", ["街道"] = "一街道", ["社区"] = "乙社区", ["小区"] = "银杏里", ["户数"] = "六百", ["交付日期"] = null },
        });
        return stream.ToArray();
    }

    [Fact]
    public void Excel_and_both_encodings_of_csv_are_read_and_anything_else_is_refused_with_what_to_do()
    {
        Assert.Equal(["600", "2015-06-30"], TableFile.Read(Excel()).Lines[0].Cells[5..7]);
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(Text), Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(Text)).ToArray(), Gb18030.GetBytes(Text) })
            Assert.Equal(("城市", 3, "金桂园"), (TableFile.Read(bytes).Headings[0], TableFile.Read(bytes).Lines.Count, TableFile.Read(bytes).Lines[0].Cells[4]));

        Assert.Contains(".xlsx", TableFile.Read([0xD0, 0xCF, 0x11, 0xE0, 0]).Problem, StringComparison.Ordinal);
        Assert.Contains("CSV", TableFile.Read([0x81, 0x20, 0xFF, 0xFF]).Problem, StringComparison.Ordinal);
        Assert.Contains("读不出", TableFile.Read([(byte)'P', (byte)'K', 3, 4, 1, 2, 3]).Problem, StringComparison.Ordinal);
        Assert.Contains("超过 20,000 行", TableFile.Read(Encoding.UTF8.GetBytes("小区\n" + string.Concat(Enumerable.Repeat("园\n", 20_001)))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_unpacks_to_far_more_than_it_weighs_is_refused()
    {
        using var bomb = new MemoryStream();
        using (var archive = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = archive.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open())
            for (var n = 0; n < 130; n++)
                entry.Write(new byte[1024 * 1024]);

        Assert.True(bomb.Length < TableFile.MaxBytes);
        Assert.Contains("解开以后太大", TableFile.Read(bomb.ToArray()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_shown_before_it_is_imported_and_imported_only_once()
    {
        await using var rooms = await TestRooms.CreateAsync();
        var imports = rooms.Get<DirectoryImports>();
        var id = await UploadAsync(rooms, Gb18030.GetBytes(Text));

        var preview = (await imports.PreviewAsync(id, Keeper, Current.CancellationToken))!;
        Assert.Equal((3, 3, 2, 1, 2), (preview.Lines, preview.First.Count, preview.Report!.Accepted, preview.Report.Refused, preview.Report.Created));
        Assert.Equal((3, "户数", "六百"), (preview.Report.Problems[0].Line, preview.Report.Problems[0].Field, preview.Report.Problems[0].Value));
        Assert.Empty(rooms.Get<CommunityDirectory>().Current.Communities);
        Assert.Equal(ImportOutcome.DoneBefore, (await imports.ConfirmAsync(id, 3, DemoChoice.Ask, Keeper, null, Current.CancellationToken))!.Outcome);
        Assert.Empty(rooms.Get<CommunityDirectory>().Current.Communities);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => imports.ConfirmAsync(id, 2, DemoChoice.Ask, Keeper, null, Current.CancellationToken)));

        Assert.Single(both, report => report?.Outcome == ImportOutcome.Done);
        Assert.Equal(["梅苑", "金桂园"], rooms.Get<CommunityDirectory>().Current.Communities.Select(c => c.Name).Order(StringComparer.Ordinal));
        await using var db = rooms.Open();
        Assert.Null((await db.DirectoryImports.SingleAsync(Current.CancellationToken)).Content);
    }

    [Fact]
    public async Task Columns_are_chosen_by_hand_and_the_areas_above_filled_for_the_whole_file()
    {
        await using var rooms = await TestRooms.CreateAsync();
        var imports = rooms.Get<DirectoryImports>();
        var id = await UploadAsync(rooms, Encoding.UTF8.GetBytes("名字,楼下\n金桂园,甲社区\n梅苑,乙社区\n"));

        Assert.Null((await imports.PreviewAsync(id, Keeper, Current.CancellationToken))!.Report);
        await imports.MapAsync(id, new(new Dictionary<string, int> { ["小区"] = 0, ["社区"] = 1, ["户数"] = 7 },
            new Dictionary<string, string> { ["市"] = "测试市", ["区县"] = "东区", ["街道"] = "一街道" }), Keeper, Current.CancellationToken);

        Assert.Equal((2, 2), ((await imports.PreviewAsync(id, Keeper, Current.CancellationToken))!.Report!.Accepted, (await imports.ConfirmAsync(id, 2, DemoChoice.Ask, Keeper, null, Current.CancellationToken))!.Created));
    }

    [Fact]
    public async Task Lines_outside_the_area_are_refused_and_an_upload_is_for_its_own_person()
    {
        await using var rooms = await TestRooms.CreateAsync();
        await ImportAsync(rooms, Text.Replace("六百", "400", StringComparison.Ordinal));
        var street = rooms.Get<CommunityDirectory>().Current.Areas.Single(a => a.Name == "一街道");
        var scope = new StaffScope("staff-2", "街道", StaffRoles.Street, street.Id, street.Path, 2);

        var report = await ImportAsync(rooms, Text.Replace("六百", "500", StringComparison.Ordinal), scope);

        Assert.Equal((3, 2, 1), (report.Lines, report.Accepted, report.Refused));
        Assert.Equal((4, "街道"), (report.Problems[0].Line, report.Problems[0].Field));
        var id = await UploadAsync(rooms, Encoding.UTF8.GetBytes(Text), scope);
        Assert.Null(await rooms.Get<DirectoryImports>().PreviewAsync(id, Keeper, Current.CancellationToken));
        var key = rooms.Get<CommunityDirectory>().Current.Communities.Single(c => c.Name == "梅苑").Key;
        Assert.Equal("编号", (await ImportAsync(rooms, $"市,区县,街道,社区,小区,编号\n测试市,东区,一街道,甲社区,抢来的,{key}\n测试市,东区,一街道,甲社区,金桂园,\n", scope)).Problems[0].Field);
    }

    [Fact]
    public async Task The_last_import_is_taken_back_whole_and_brings_the_former_values()
    {
        await using var rooms = await TestRooms.CreateAsync();
        var imports = rooms.Get<DirectoryImports>();
        await ImportAsync(rooms, Text);
        await ImportAsync(rooms, "市,区县,街道,社区,小区,户数,阶段,阶段日期,别名\n测试市,东区,一街道,甲社区,金桂园,610,已书面申请,2026-11-01,桂园\n测试市,西区,三街道,丁社区,竹园,80,,,\n");
        Assert.Equal((610, CommunityStage.Applied), (Garden().Households!.Value, Garden().Stage));

        var undone = await imports.UndoAsync(await LastAsync(rooms), Keeper, null, Current.CancellationToken);

        Assert.Equal((0, 1, 1), (undone.Blockers.Count, undone.Removed, undone.Restored));
        Assert.Equal((600, CommunityStage.GatheringInterest, new DateOnly(2026, 9, 1)), (Garden().Households!.Value, Garden().Stage, Garden().StageSince!.Value));
        Assert.Equal(2, rooms.Get<CommunityDirectory>().Current.Communities.Count());
        Assert.DoesNotContain(rooms.Get<CommunityDirectory>().Current.Areas, a => a.Name is "西区" or "三街道" or "丁社区");
        Assert.Equal(MatchKind.None, rooms.Get<CommunityDirectory>().Resolve("桂园").Kind);

        DirectoryCommunity Garden() => rooms.Get<CommunityDirectory>().Current.Communities.Single(c => c.Name == "金桂园");
    }

    [Fact]
    public async Task An_import_stays_whole_when_something_was_edited_or_signed_up_since()
    {
        await using var rooms = await TestRooms.CreateAsync();
        var imports = rooms.Get<DirectoryImports>();
        await ImportAsync(rooms, Text);
        var community = rooms.Get<CommunityDirectory>().Current.Communities.Single(c => c.Name == "金桂园");
        await rooms.Get<StepDesk>().RecordAsync(community.Id, 2, StepMark.Done, new(2026, 11, 1), Keeper, null, Current.CancellationToken);
        var last = await LastAsync(rooms);

        var refused = await imports.UndoAsync(last, Keeper, null, Current.CancellationToken);

        Assert.Equal(["“金桂园”导入以后又改过"], refused.Blockers);
        Assert.Equal(2, rooms.Get<CommunityDirectory>().Current.Communities.Count());
        await ImportAsync(rooms, Text.Replace("600", "601", StringComparison.Ordinal));
        Assert.Contains("先撤销后一次", (await imports.UndoAsync(last, Keeper, null, Current.CancellationToken)).Blockers[0], StringComparison.Ordinal);
        Assert.False((await imports.UndoAsync(last, Keeper with { StaffId = "staff-2", AreaId = community.AreaId, AreaPath = community.AreaPath }, null, Current.CancellationToken)).Found);
    }
}
