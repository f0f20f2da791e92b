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
