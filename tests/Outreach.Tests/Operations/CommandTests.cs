using Outreach.Doubles;

namespace Outreach.Tests.Operations;

/// <summary>The commands as an operator types them.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-command-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("--bogus")]
    [InlineData("bogus")]
    [InlineData("ask")]
    [InlineData("backup")]
    [InlineData("check-knowledge --statutes /nowhere")]
    [InlineData("check-knowledge --folder /nowhere")]
    [InlineData("import-statute /nowhere.docx")]
    [InlineData("import-statute")]
    public async Task Wrong_usage_exits_2_with_one_line(string arguments)
    {
        using var process = OutreachProcess.Run(_folder.FullName, arguments.Split(' '));

        Assert.Equal(2, await process.ExitCodeAsync(Stop));
        Assert.Single(process.Errors.Trim().Split('\n'));
        Assert.Equal("", process.Output);
    }

    [Fact]
    public async Task A_backup_of_a_running_server_comes_back_with_its_keys_and_holds_what_sends()
    {
        var copy = Path.Combine(_folder.FullName, "copy.db");
        var keys = Path.Combine(_folder.FullName, "keys.zip");
        using (var server = OutreachProcess.Start(_folder.FullName))
        {
            await server.ListeningAsync(Stop);
            using var backup = OutreachProcess.Run(_folder.FullName, ["backup", copy, "--keys", keys]);
            Assert.Equal(0, await backup.ExitCodeAsync(Stop));
            using var refused = OutreachProcess.Run(_folder.FullName, ["restore", copy, "--keys", keys]);
            Assert.Equal(1, await refused.ExitCodeAsync(Stop));
            Assert.Contains("Stop it before you restore", refused.Errors, StringComparison.Ordinal);
        }

        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder.FullName, "elsewhere")).FullName;
        using var restore = OutreachProcess.Run(elsewhere, ["restore", copy, "--keys", keys]);
        Assert.Equal(0, await restore.ExitCodeAsync(Stop));
        Assert.Contains("Held until a person lets them go", restore.Output, StringComparison.Ordinal);
        using var again = OutreachProcess.Start(elsewhere);
        await again.ListeningAsync(Stop);
    }

    [Fact]
    public async Task A_statute_is_loaded_beside_the_running_server()
    {
        using var server = OutreachProcess.Start(_folder.FullName);
        await server.ListeningAsync(Stop);
        var text = Path.Combine(_folder.FullName, "演示.txt");
        await File.WriteAllTextAsync(text, "物业管理条例（演示法规，不是真文本）\n第一条　演示。\n第二条　演示。\n", Stop);
        var unknown = Path.Combine(_folder.FullName, "unknown.txt");
        await File.WriteAllTextAsync(unknown, "演示法规，不是真文本\n第一条　演示。\n", Stop);

        using var first = OutreachProcess.Run(_folder.FullName, ["import-statute", text]);
        Assert.Equal(0, await first.ExitCodeAsync(Stop));
        using var again = OutreachProcess.Run(_folder.FullName, ["import-statute", text]);
        Assert.Equal(0, await again.ExitCodeAsync(Stop));
        using var nameless = OutreachProcess.Run(_folder.FullName, ["import-statute", unknown]);
        Assert.Equal(2, await nameless.ExitCodeAsync(Stop));
        File.Move(text, Path.ChangeExtension(text, ".docx"));
        using var refused = OutreachProcess.Run(_folder.FullName, ["import-statute", Path.ChangeExtension(text, ".docx")]);
        Assert.Equal(1, await refused.ExitCodeAsync(Stop));

        Assert.Contains("共 2 条：第一条至第二条", first.Output, StringComparison.Ordinal);
        Assert.Contains("没有变化", again.Output, StringComparison.Ordinal);
        Assert.Contains("--source", nameless.Errors, StringComparison.Ordinal);
        Assert.Contains("不是 Word 的 docx 文件", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_knowledge_base_fails_its_check_with_file_and_line()
    {
        using var copy = Knowledge.TestKnowledge.With(
            ("articles/x/broken.md", "---\nid: x.broken\nquestion: [坏\n---\n正文\n"),
            ("articles/x/dead.md", Knowledge.TestKnowledge.ArticleText("x.dead", more: "related: [x.none]\n")));

        using var check = OutreachProcess.Run(_folder.FullName, ["check-knowledge", "--folder", copy.Folder]);

        Assert.Equal(1, await check.ExitCodeAsync(Stop));
        Assert.Contains("articles/x/broken.md:4: 错误：", check.Output, StringComparison.Ordinal);
        Assert.Contains("articles/x/dead.md:7: 错误：没有条目 x.none", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_administrator_gets_a_new_link_beside_the_running_server()
    {
        using var server = OutreachProcess.Start(_folder.FullName);
        await server.ListeningAsync(Stop);

        using var command = OutreachProcess.Run(_folder.FullName, ["staff-link"]);

        Assert.Equal(0, await command.ExitCodeAsync(Stop));
        var link = new Uri(Assert.Single(command.Output.Trim().Split('\n')));
        using var http = new HttpClient { BaseAddress = server.Address };
        var page = await http.GetStringAsync(link.PathAndQuery, Stop);
        Assert.Contains("密码", page, StringComparison.Ordinal);
        Assert.DoesNotContain(link.Query[3..], server.Errors, StringComparison.Ordinal);
    }
}
