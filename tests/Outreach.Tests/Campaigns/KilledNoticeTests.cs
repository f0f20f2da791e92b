using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Doubles;
using Outreach.Storage;

namespace Outreach.Tests.Campaigns;

/// <summary>A notice to 2,000 chats by a process that is killed again and again.</summary>
public sealed class KilledNoticeTests : IDisposable
{
    private const int Chats = 2000;
    // The killed process has the machine's clock: no hour may be a quiet one.
    private static readonly (string, string)[] Settings = [("Campaigns:PageSize", "200"), ("Campaigns:QuietUntilHour", "0"), ("Campaigns:QuietFromHour", "24")];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-kill-");

    private string DatabasePath => Path.Combine(_folder.FullName, "data", "outreach.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task After_kills_during_the_send_each_chat_holds_the_notice_exactly_once()
    {
        var stop = TestContext.Current.CancellationToken;
        await SeedAsync(stop);

        // Killed while the snapshot grows, and at five points of the send: after so many messages.
        foreach (var messages in new[] { 0, 150, 600, 1100, 1500, 1900 })
        {
            using var process = OutreachProcess.Start(_folder.FullName, Settings);
            await process.ListeningAsync(stop);
            await UntilAsync(() => messages == 0 ? Count("SELECT count(*) FROM Deliveries") > 0 : Count("SELECT count(*) FROM Messages") >= messages, stop);
            process.Kill();
        }
        using (var process = OutreachProcess.Start(_folder.FullName, Settings))
        {
            await process.ListeningAsync(stop);
            await UntilAsync(() => Count("SELECT count(*) FROM Campaigns WHERE State = 'Done'") == 1, stop);
        }

        Assert.Equal(Chats, Count("SELECT count(*) FROM Messages"));
        Assert.Equal(Chats, Count("SELECT count(DISTINCT ConversationId) FROM Messages WHERE OutgoingKey LIKE 'delivery/%'"));
        Assert.Equal(Chats, Count("SELECT count(*) FROM Deliveries WHERE State = 'Sent' AND EndedAt IS NOT NULL"));
        Assert.Equal(Chats, Count("SELECT count(*) FROM Deliveries"));
    }

    private async Task SeedAsync(CancellationToken stop)
    {
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?>(), folder: _folder.FullName);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(stop);
        var now = TimeProvider.System.GetUtcNow();
        var community = await CampaignSeeds.AddOwnersAsync(db, Chats, now, stop);
        db.Add(CampaignSeeds.Planned(community, now));
        await db.SaveChangesAsync(stop);
    }

    private long Count(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabasePath, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }
}
