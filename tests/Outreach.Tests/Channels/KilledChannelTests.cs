using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Storage;

namespace Outreach.Tests.Channels;

/// <summary>The process is killed while a vendor holds one message and another waits behind it.</summary>
public sealed class KilledChannelTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-killed-");
    private readonly string _owner = $"o{Guid.NewGuid():N}";
    private readonly string _conversation = $"c{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_on_its_way_is_not_sent_again_and_what_waited_behind_it_is_sent_once()
    {
        await using var wechat = await WeChatServer.StartAsync(TimeProvider.System);
        await using var connector = await ConnectorServer.StartAsync(TimeProvider.System);
        wechat.Patience = TimeSpan.FromSeconds(60);
        var settings = new (string Key, string Value)[]
        {
            ("Channels:WeChat:AppId", wechat.AppId), ("Channels:WeChat:AppSecret", wechat.AppSecret), ("Channels:WeChat:Token", wechat.Token),
            ("Channels:WeChat:ApiBase", wechat.Address.AbsoluteUri), ("Channels:WeChat:SetMenu", "false"), ("Channels:WeChat:PassiveBudget", "00:00:00"),
            ("Channels:BotFramework:AppId", connector.AppId), ("Channels:BotFramework:AppPassword", connector.AppPassword), ("Channels:BotFramework:Cloud", "Global"),
            ("Channels:BotFramework:OpenIdMetadata", connector.OpenIdMetadata), ("Channels:BotFramework:TokenEndpoint", connector.TokenEndpoint),
        };
        using (var process = OutreachProcess.Start(_folder.FullName, settings))
        {
            await process.ListeningAsync(Stop);
            wechat.Callback = new(process.Address, "/channels/wechat");
            wechat.Faults.Next(VendorFault.Hangs);
            connector.Faults.Next(VendorFault.Hangs);
            await wechat.SayAsync(_owner, "换物业要多少人同意");
            await SayAsync(connector, process.Address, "in-1", "换物业要多少人同意");
            await CalledBack.UntilAsync(() => wechat.Ledger(_owner).Count == 1 && connector.Ledger(_conversation).Count == 1, "both vendors hold a message");
            await wechat.SayAsync(_owner, "谢谢");
            await SayAsync(connector, process.Address, "in-2", "谢谢");
            await CalledBack.UntilAsync(() => Count("SELECT count(*) FROM Messages WHERE \"From\" <> 'Owner'") == 4, "both second answers wait");
            process.Kill();
        }

        // The next process, ten minutes later.
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(10));
        await using (var app = await OutreachApp.StartAsync(settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value), clock, _folder.FullName))
        {
            await app.Services.GetRequiredService<OutgoingMessages>().RunDueAsync(Stop);
            await CalledBack.UntilAsync(async () =>
            {
                await using var db = app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();
                return !await db.Messages.AnyAsync(m => m.From != Speaker.Owner && m.SentAt == null, Stop);
            }, "every message is over");
        }

        Assert.Equal([true, false], wechat.Ledger(_owner).Select(read => read.Text.Contains("依据：《", StringComparison.Ordinal)));
        Assert.Equal([true, false], connector.Ledger(_conversation).Select(entry => entry.Text.Contains("依据：《", StringComparison.Ordinal)));
    }

    private async Task SayAsync(ConnectorServer connector, Uri bot, string id, string text)
    {
        using var answer = await connector.DeliverAsync(bot, connector.Activity("webchat", _conversation, "29:owner", id, text));
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}");
    }

    private long Count(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder.FullName, "data", "outreach.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
