using System.Text;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Communities;

public sealed class CommunityImportTests
{
    private const string Heading = "市,区县,街道,社区,小区,别名,户数,建筑面积,阶段,阶段日期,街道电话\n";

    private static MemoryStream File(string text) => new(Encoding.UTF8.GetBytes(text));

    private static Task<ImportReport> ImportAsync(TestRooms rooms, string text, DemoChoice choice = DemoChoice.Ask) =>
        rooms.Get<CommunityImport>().ImportAsync(File(text), choice, null, Current.CancellationToken);

    [Fact]
    public async Task Good_lines_become_communities_with_their_areas_and_the_same_file_again_changes_nothing()
    {
        await using var rooms = await TestRooms.CreateAsync();
        var file = "\uFEFF" + Heading + "测试市,东区,一街道,甲社区,金桂园,\"桂园、金桂\",600,90000.5,征集意愿,2026-9-1,0000-1\n测试市,东区,一街道,乙社区,\"银杏,里\",,,,,,\n";

        var first = await ImportAsync(rooms, file);
        var again = await ImportAsync(rooms, file);

        Assert.Equal((ImportOutcome.Done, 2, 2, 0, 2, 0), (first.Outcome, first.Lines, first.Accepted, first.Refused, first.Created, first.Updated));
        Assert.Equal((2, 0, 0, 2), (again.Accepted, again.Created, again.Updated, again.Unchanged));
        var community = rooms.Get<CommunityDirectory>().Resolve("桂园").Community!;
        Assert.Equal(("jinguiyuan", "东区", "一街道", "甲社区", 600, CommunityStage.GatheringInterest),
            (community.Key, community.District, community.Street, community.Neighbourhood, community.Households!.Value, community.Stage));
        Assert.Equal("0000-1", rooms.Get<CommunityDirectory>().OfficeOf(community).Phone);
        await using var db = rooms.Open();
        Assert.Equal(5, await db.Areas.CountAsync(Current.CancellationToken));
        Assert.Equal(9000050, (await db.Communities.SingleAsync(c => c.Key == "jinguiyuan", Current.CancellationToken)).FloorArea);
        Assert.All(await db.Areas.ToListAsync(Current.CancellationToken), a => Assert.EndsWith($"/{a.Id}/", a.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_cell_leaves_what_is_there_and_a_filled_one_updates_it()
    {
        await using var rooms = await TestRooms.CreateAsync();
        await ImportAsync(rooms, Heading + "测试市,东区,一街道,甲社区,金桂园,,600,90000,,,0000-1\n");

        var report = await ImportAsync(rooms, "市,区县,街道,社区,小区,户数\n测试市,东区,一街道,甲社区,金桂园,610\n");

        Assert.Equal((1, 0, 1), (report.Accepted, report.Created, report.Updated));
        await using var db = rooms.Open();
        var community = await db.Communities.SingleAsync(Current.CancellationToken);
        Assert.Equal((610, 9000000L), (community.Households!.Value, community.FloorArea!.Value));
    }

    [Theory]
    [InlineData("测试市,东区,一街道,甲社区,,,,,,,", "小区", "不能空")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园,,六百,,,,", "户数", "写成数字")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园,,0,,,,", "户数", "整数")]
    [InlineData("测试市,东区,一街道,甲社区,=cmd|' /C calc'!A0,,,,,,", "小区", "像表格公式")]
    [InlineData("测试市,东区,一街道,甲社区,<b>园</b>,,,,,,", "小区", "尖括号")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园,,,12.345,,,", "建筑面积", "平方米")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园,,,,胜利,,", "阶段", "写成其中一个")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园,,,,征集意愿,2026-02-30,", "阶段日期", "不是日期")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园,,,,,2026-02-03,", "阶段日期", "就要写阶段")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园,,,,,,call me", "街道电话", "只能有数字")]
    [InlineData("测试市,东区,一街道,甲社区,金桂园", "整行", "有 5 格")]
    public async Task A_bad_line_is_refused_with_line_field_value_and_fix_and_the_others_are_taken(string bad, string field, string fix)
    {
        await using var rooms = await TestRooms.CreateAsync();

        var report = await ImportAsync(rooms, Heading + "测试市,东区,一街道,甲社区,银杏里,,,,,,\n" + bad + "\n测试市,东区,一街道,甲社区,梅苑,,,,,,\n");

        Assert.Equal((3, 2, 1), (report.Lines, report.Accepted, report.Refused));
        var problem = Assert.Single(report.Problems);
        Assert.Equal((3, field), (problem.Line, problem.Field));
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepted_and_refused_lines_are_always_all_lines()
    {
        string[] pool =
        [
            "测试市,东区,一街道,甲社区,银杏里,,,,,,", "测试市,东区,一街道,甲社区,银杏里,,,,,,", "测试市,东区,一街道,乙社区,银杏里,,3,,,,", ",,,,,,,,,,", "", "\"", "\"a\nb\",东区", "测试市,东区,一街道,甲社区,梅苑,别,x,y,z,q,电话",
            "\0,\0,\0,\0,\0", "测试市,东区,一街道,甲社区,桃源,,,,,,",
        ];

        await Check.SampleAsync(Gen.Int[0, pool.Length - 1].Array[0, 12], async picks =>
        {
            var file = await CommunityCsv.ReadAsync(File(Heading + string.Join('\n', picks.Select(pick => pool[pick]))), Current.CancellationToken);
            return file.Good.Count + file.Problems.Select(p => p.Line).Distinct().Count() == file.Lines;
        }, iter: 300);
    }

    [Theory]
    [InlineData("", "文件是空的")]
    [InlineData("市,区县,街道,小区\n", "表头缺“社区”")]
    [InlineData("市,区县,街道,社区,小区,户口\n", "“户口”不认识")]
    [InlineData("市,区县,街道,社区,小区,小区\n", "有两列")]
    public async Task A_file_that_is_none_is_refused_as_a_whole(string text, string problem)
    {
        await using var rooms = await TestRooms.CreateAsync();

        var report = await ImportAsync(rooms, text);

        Assert.Equal(ImportOutcome.FileRefused, report.Outcome);
        Assert.Contains(problem, report.FileProblem!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_refused_with_the_way_out()
    {
        var file = await CommunityCsv.ReadAsync(new MemoryStream([0xFF, 0xFE, 0x02, 0x5E]), Current.CancellationToken);

        Assert.Contains("CSV UTF-8", file.FileProblem!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_database_starts_with_a_demo_that_says_so_everywhere_and_only_once()
    {
        await using var scene = await LeadScene.CreateAsync();
        await scene.Rooms.Get<DemoData>().LoadAsync(Current.CancellationToken);

        var directory = scene.Rooms.Get<CommunityDirectory>().Current;

        Assert.Equal(12, directory.Communities.Count());
        Assert.All(directory.Communities, c => Assert.True(c.IsDemo && c.Name.EndsWith("（演示）", StringComparison.Ordinal)));
        Assert.All(directory.Areas, a => Assert.True(a.IsDemo && a.Name.EndsWith("（演示）", StringComparison.Ordinal)));
        Assert.All(directory.Areas.Where(a => a.Phone is not null), a => Assert.StartsWith("0000-", a.Phone, StringComparison.Ordinal));
        Assert.Equal(Enum.GetValues<CommunityStage>().Length, directory.Communities.Select(c => c.Stage).Distinct().Count());
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_demo()
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?> { ["Demo:Load"] = "false" });

        await rooms.Get<DemoData>().LoadAsync(Current.CancellationToken);

        Assert.Empty(rooms.Get<CommunityDirectory>().Current.Communities);
    }

    [Fact]
    public async Task The_first_real_import_removes_the_demo_with_all_that_was_signed_up_there_but_only_when_told_to()
    {
        await using var scene = await LeadScene.CreateAsync();
        await scene.SignUpAsync();
        var path = Path.Combine(Path.GetDirectoryName(scene.Rooms.DatabasePath)!, "real.csv");
        await System.IO.File.WriteAllTextAsync(path, Heading + "测试市,东区,一街道,甲社区,金桂园,,600,,,,\n", Current.CancellationToken);
        var command = scene.Rooms.Get<ImportCommand>();
        var (results, notes, asked) = (new StringWriter(), new StringWriter(), "");

        var withoutTerminal = await command.RunAsync(path, DemoChoice.Ask, results, notes, ask: null, null, Current.CancellationToken);
        var saidNo = await command.RunAsync(path, DemoChoice.Ask, results, notes, question => { asked = question; return false; }, null, Current.CancellationToken);
        var kept = scene.Rooms.Get<CommunityDirectory>().Current.Communities.Count();
        var saidYes = await command.RunAsync(path, DemoChoice.Ask, results, notes, _ => true, null, Current.CancellationToken);

        Assert.Equal((2, 2, 12, 0), (withoutTerminal, saidNo, kept, saidYes));
        Assert.Contains("12 个演示小区、1 条登记", asked, StringComparison.Ordinal);
        Assert.Contains("--remove-demo", notes.ToString(), StringComparison.Ordinal);
        Assert.Contains("收下 1 行，退回 0 行，共 1 行", results.ToString(), StringComparison.Ordinal);
        await using var db = scene.Rooms.Open();
        Assert.Equal((1, 0, 0, 4), (await db.Communities.CountAsync(Current.CancellationToken), await db.Leads.CountAsync(Current.CancellationToken),
            await db.Consents.CountAsync(Current.CancellationToken), await db.Areas.CountAsync(Current.CancellationToken)));
    }

    [Fact]
    public async Task A_change_by_another_process_is_seen()
    {
        await using var rooms = await TestRooms.CreateAsync();
        var directory = rooms.Get<CommunityDirectory>();
        await directory.ReloadAsync(Current.CancellationToken);
        var other = new CommunityDirectory(rooms.Get<IDbContextFactory<Outreach.Storage.OutreachDb>>());
        await new CommunityImport(rooms.Get<IDbContextFactory<Outreach.Storage.OutreachDb>>(), other, [], rooms.Clock).ImportAsync(
            File(Heading + "测试市,东区,一街道,甲社区,金桂园,,,,,,\n"), DemoChoice.Ask, null, Current.CancellationToken);
        var before = directory.Resolve("金桂园").Kind;

        await directory.RefreshAsync(Current.CancellationToken);

        Assert.Equal((MatchKind.None, MatchKind.One), (before, directory.Resolve("金桂园").Kind));
    }
}
