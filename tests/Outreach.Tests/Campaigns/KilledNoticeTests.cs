using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Tests.Campaigns;

/// <summary>A notice to 2,000 chats by a process that is killed again and again.</summary>
public sealed class KilledNoticeTests : IDisposable
{
    private const int Chats = 2000;
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
            using var process = OutreachProcess.Start(_folder.FullName, ("Campaigns:PageSize", "200"));
            await process.ListeningAsync(stop);
            await UntilAsync(() => messages == 0 ? Count("SELECT count(*) FROM Deliveries") > 0 : Count("SELECT count(*) FROM Messages") >= messages, stop);
            process.Kill();
        }
        using (var process = OutreachProcess.Start(_folder.FullName, ("Campaigns:PageSize", "200")))
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
        var area = new Area { Level = AreaLevel.Neighbourhood, Name = "测试社区", Path = "/" };
        db.Add(area);
        await db.SaveChangesAsync(stop);
        area.Path = $"/{area.Id}/";
        var community = new Community { AreaId = area.Id, Key = "test", Name = "测试小区" };
        db.Add(community);
        await db.SaveChangesAsync(stop);
        var contacts = Enumerable.Range(0, Chats).Select(i => new Contact
        {
            Channel = "webchat",
            Account = "default",
            UserId = $"dl_{i}",
            CommunityId = community.Id,
            CreatedAt = now,
            LastSeenAt = now,
        }).ToList();
        db.AddRange(contacts);
        await db.SaveChangesAsync(stop);
        var conversations = contacts.ConvertAll(contact => new Conversation
        {
            Channel = "webchat",
            Account = "default",
            ChannelConversationId = $"c{contact.Id}",
            ContactId = contact.Id,
            CreatedAt = now,
            LastActiveAt = now,
            Reference = JsonSerializer.Serialize(new ConversationReference
            {
                ChannelId = "webchat",
                Account = "default",
                ConversationId = $"c{contact.Id}",
                UserId = contact.UserId,
            }, ActivityJson.Default.ConversationReference),
        });
        db.AddRange(conversations);
        await db.SaveChangesAsync(stop);
        foreach (var (contact, conversation) in contacts.Zip(conversations))
        {
            contact.ConversationId = conversation.Id;
            db.Add(new Lead
            {
                ContactId = contact.Id,
                ConversationId = conversation.Id,
                CommunityId = community.Id,
                CommunityTyped = community.Name,
                Wishes = Wishes.Support,
                CreatedAt = now,
                UpdatedAt = now,
                OpenKey = $"{contact.Id}/{community.Id}",
                Key = $"seed-{contact.Id}",
                EraseAt = now.AddMonths(24),
            });
        }
        db.Add(new Campaign
        {
            Title = "{小区}通知",
            Body = "{小区}的各位业主：本周六开会。",
            Topic = NoticeTopics.MyCommunity,
            AreaId = community.AreaId,
            State = CampaignState.Scheduled,
            ComposerId = "test",
            ComposerName = "测试",
            CreatedAt = now,
            StartAt = now,
            FormToken = Guid.NewGuid(),
        });
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
