using Outreach.Doubles;
namespace Outreach.Tests.Operations;

/// <summary>The program as a process of its own, as an operator starts and kills it.</summary>
public sealed class StartTests(StartTests.Installation started) : IClassFixture<StartTests.Installation>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-start-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_start_killed_in_its_first_second_does_not_block_the_next()
    {
        var random = new Random(20);
        for (var i = 0; i < 20; i++)
        {
            using var killed = OutreachProcess.Start(_folder.FullName);
            var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(50, 1000)), TimeProvider.System);
            await killed.ExitedOrAsync(patience.Token);
            killed.Kill();
        }

        using var last = OutreachProcess.Start(_folder.FullName);
        await last.ListeningAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = last.Address };

        Assert.Equal("ready", await http.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_second_server_on_the_same_file_stops_with_one_clear_line()
    {
        using var first = OutreachProcess.Start(started.Folder);
        await first.ListeningAsync(TestContext.Current.CancellationToken);

        using var second = OutreachProcess.Start(started.Folder);
        var code = await second.ExitCodeAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Contains("Another Outreach server uses", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_keeps_a_write_ahead_log()
    {
        var header = new byte[20];
        await using (var file = new FileStream(Path.Combine(started.Folder, "data", "outreach.db"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            await file.ReadExactlyAsync(header, TestContext.Current.CancellationToken);

        Assert.Equal((2, 2), (header[18], header[19]));     // file format write and read version: 2 is WAL (sqlite.org/fileformat2.html, 1.3.3)
    }

    [Fact]
    public async Task Encrypted_rows_without_their_keys_stop_the_start()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.FullName, "data"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(started.Folder, "data"), "outreach.db*"))
            File.Copy(file, Path.Combine(data.FullName, Path.GetFileName(file)));

        using var second = OutreachProcess.Start(_folder.FullName);
        var code = await second.ExitCodeAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Contains("its keys are not in", second.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "keys")) && File.Exists(Path.Combine(_folder.FullName, "keys", "hash.key")));
    }

    [Theory]
    [InlineData("Storage:KeysPath", "{folder}/data/keys", "Storage:KeysPath must not lie inside")]
    [InlineData("TimeZone", "Nowhere/City", "TimeZone must be an IANA name")]
    [InlineData("PublicUrl", "ywh", "PublicUrl must be an absolute address")]
    [InlineData("Campaigns:PageSize", "0", "Campaigns:PageSize must be between 1 and 5000")]
    [InlineData("Operator:Name", "某局", "Operator:Name and Operator:Contact go together")]
    public async Task Invalid_configuration_stops_the_start_and_names_the_key(string key, string value, string message)
    {
        using var process = OutreachProcess.Start(_folder.FullName, (key, value.Replace("{folder}", _folder.FullName, StringComparison.Ordinal)));

        var code = await process.ExitCodeAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Contains(message, process.Errors, StringComparison.Ordinal);
    }

    /// <summary>An installation that a server was started in once.</summary>
    public sealed class Installation : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-started-");

        public string Folder => _folder.FullName;

        public async ValueTask InitializeAsync()
        {
            using var first = OutreachProcess.Start(Folder);
            await first.ListeningAsync(TestContext.Current.CancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
