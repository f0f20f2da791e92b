using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Operations;
using Outreach.Storage;
using Outreach.Tests.Campaigns;
using Outreach.Tests.Channels.WebChat;

namespace Outreach.Tests.Operations;

/// <summary>Two nodes of one cluster: real processes, one PostgreSQL, one Redis, one folder of keys.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    private const int Each = 400;

    // What one account may send a day. The account whose notice outlives a node stays within it, with the page that the dead node had taken and not sent.
    private const int Quota = 600;
    private const int EachOfTwoNotices = 350;

    // A stream looks for rows by itself every 30 seconds: what comes earlier was told to it.
    private static readonly TimeSpan BeforeTheNextLook = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-cluster-");
    private readonly Dictionary<string, HashSet<string>> _conversations = [];
    private readonly string _cluster = Guid.NewGuid().ToString("N");
    private PostgresServer _postgres = null!;
    private RedisServer _redis = null!;
    private ConnectorServer _connector = null!;
    private VendorTap _tap = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = PostgresServer.Start();
        _redis = await RedisServer.StartAsync(Stop);
        _connector = await ConnectorServer.StartAsync(TimeProvider.System);
        _tap = await VendorTap.StartAsync(_connector.Address, path => path.Contains("/activities", StringComparison.Ordinal));
        _postgres.Create("outreach");
    }

    public async ValueTask DisposeAsync()
    {
        await _tap.DisposeAsync();
        await _connector.DisposeAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();
        _redis.Dispose();
        _postgres.Dispose();
        _folder.Delete(recursive: true);
    }

    // One story, because each node costs a start: both begin with an empty database, share a chat, keep a stranger out and a quota, and one of them dies.
    [Fact]
    public async Task Two_nodes_share_chats_notices_and_quotas_and_when_one_is_killed_the_other_goes_on_and_nobody_hears_twice()
    {
        using var one = Node();
        using var other = Node();
        await Task.WhenAll(one.ListeningAsync(Stop), other.ListeningAsync(Stop));
        await using var rooms = Rooms();
        await using var db = await rooms.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(Stop);
        Assert.Equal(1, await db.Set<Installation>().CountAsync(Stop));

        await ChatAcrossAsync(one, other);
        await RefuseStrangerAsync();
        await KeepQuotaAsync(db, rooms.Services.GetRequiredService<CampaignPace>());
        await KillInNoticeAsync(db, one, other);
        // Neither the other node nor what it took over begins a day of its own.
        Assert.Equal(Quota, Copies("line"));
    }

    private static async Task ChatAcrossAsync(OutreachProcess one, OutreachProcess other)
    {
        using var http = new HttpClient { BaseAddress = one.Address };
        using var answer = await http.PostAsync("/v3/directline/tokens/generate", null, Stop);
        http.DefaultRequestHeaders.Authorization = new("Bearer", (string)(await DirectLineClient.ReadAsync(answer))["token"]!);
        using var started = await http.PostAsync("/v3/directline/conversations", null, Stop);
        var conversation = await DirectLineClient.ReadAsync(started);
        var stream = new UriBuilder((string)conversation["streamUrl"]!) { Port = other.Address.Port }.Uri;
        using var socket = await DirectLineSocket.OpenAsync(stream.AbsoluteUri);

        using var said = await http.PostAsJsonAsync($"/v3/directline/conversations/{conversation["conversationId"]}/activities",
            new JsonObject { ["type"] = "message", ["text"] = "业委会怎么成立", ["from"] = new JsonObject { ["id"] = "me" } }, Stop);
        Assert.Equal(HttpStatusCode.OK, said.StatusCode);
        string? heard;
        do
            heard = (string?)(await socket.NextAsync().WaitAsync(BeforeTheNextLook, Stop))?["text"];
        while (heard is not null && !heard.Contains("依据：《", StringComparison.Ordinal));
        Assert.NotNull(heard);
    }

    private async Task RefuseStrangerAsync()
    {
        using var stranger = OutreachProcess.Start(_folder.FullName, [.. Settings().Where(pair => pair.Key != "Cluster:Redis")]);
        Assert.Equal(1, await stranger.ExitCodeAsync(Stop));
        Assert.Contains("Another Outreach server uses", stranger.Errors, StringComparison.Ordinal);
    }

    /// <summary>Two notices at once, of which one account may send less than both: whichever nodes carry them, the day's number is one.</summary>
    private async Task KeepQuotaAsync(OutreachDb db, CampaignPace paces)
    {
        var campaigns = new List<Campaign>();
        foreach (var name in (string[])["first", "second"])
        {
            var owners = Enumerable.Range(0, EachOfTwoNotices).Select(n => ("botframework", $"{name}-{n}")).ToList();
            campaigns.Add(CampaignSeeds.Planned(await SeedAsync(db, name, "line", owners), TimeProvider.System.GetUtcNow()));
        }
        db.AddRange(campaigns);
        await db.SaveChangesAsync(Stop);
        await UntilAsync(async () => await db.Deliveries.CountAsync(d => d.Account == "line" && d.State == DeliveryState.Sent, Stop) >= Quota);

        Assert.Equal(Quota, Copies("line"));
        var waiting = new List<ChannelPace>();
        foreach (var campaign in await db.Campaigns.AsNoTracking().Where(c => c.State == CampaignState.Sending).ToListAsync(Stop))
            waiting.AddRange((await paces.ReadAsync(campaign, Stop)).Channels);
        Assert.Equal(2 * EachOfTwoNotices - Quota, waiting.Sum(channel => channel.Waiting));
        Assert.All(waiting, channel => Assert.Equal((0, true), (channel.QuotaLeft, channel.RestsUntil > TimeProvider.System.GetUtcNow())));
    }

    private int Copies(string account)
    {
        var conversations = _conversations[account];
        return _connector.Counts().Where(pair => conversations.Contains(pair.Key)).Sum(pair => pair.Value);
    }

    private async Task KillInNoticeAsync(OutreachDb db, OutreachProcess one, OutreachProcess other)
    {
        var killed = 0;
        _tap.On = (number, stage) =>
        {
            if (number >= Quota + 100 && stage == CallStage.Taken && Interlocked.Exchange(ref killed, 1) == 0)
                (LoopbackCallers.HasConnectionTo(_tap.Address.Port, one.Process.Id) ? one : other).Kill();
        };
        var community = await SeedAsync(db, "test", "telegram", [.. Enumerable.Range(0, Each).SelectMany(n => new[] { ("botframework", $"b{n}"), ("webchat", $"dl_{n}") })]);
        var campaign = CampaignSeeds.Planned(community, TimeProvider.System.GetUtcNow());
        db.Add(campaign);
        await db.SaveChangesAsync(Stop);
        await UntilAsync(() => db.Campaigns.AnyAsync(c => c.Id == campaign.Id && c.State == CampaignState.Done, Stop));

        Assert.Equal(1, killed);
        Assert.Single(new[] { one, other }, node => node.Process.HasExited);
        var states = await db.Deliveries.AsNoTracking().Where(d => d.CampaignId == campaign.Id).Join(db.Contacts, d => d.PersonId, c => c.Id, (d, c) => new { d.State, c.Channel }).ToListAsync(Stop);
        Assert.Equal(2 * Each, states.Count);
        Assert.All(states, row => Assert.True(row.State == DeliveryState.Sent || (row is { State: DeliveryState.Unknown, Channel: "botframework" }), $"{row.Channel} {row.State}"));
        var copies = _connector.Counts().Where(pair => _conversations["telegram"].Contains(pair.Key)).ToDictionary();
        Assert.All(copies.Values, count => Assert.Equal(1, count));
        // Who has none was being asked when the process died, and is listed as such.
        Assert.InRange(copies.Count, Each - states.Count(row => row.State == DeliveryState.Unknown), Each);
        var chats = await db.Messages.Where(m => m.OutgoingKey!.StartsWith("delivery/") && db.Set<Conversation>().Any(c => c.Id == m.ConversationId && c.Channel == "webchat"))
            .GroupBy(m => m.ConversationId).Select(g => g.Count()).ToListAsync(Stop);
        Assert.Equal(Enumerable.Repeat(1, Each), chats);
    }

    private OutreachProcess Node() => OutreachProcess.Start(_folder.FullName, Settings());

    private (string Key, string Value)[] Settings() =>
    [
        ("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", _postgres.Connection("outreach")),
        ("Cluster:Redis", _redis.Connection), ("Cluster:Name", _cluster), ("Cluster:AdvertisedAddress", "127.0.0.1"),
        ("Campaigns:Quotas:botframework:Limit", $"{Quota}"), ("Campaigns:Quotas:botframework:Window", "1.00:00:00"), ("Campaigns:PageSize", "100"), ("Campaigns:QuietUntilHour", "0"), ("Campaigns:QuietFromHour", "24"),
        ("Channels:BotFramework:AppId", _connector.AppId), ("Channels:BotFramework:AppPassword", _connector.AppPassword), ("Channels:BotFramework:Cloud", "Global"),
        ("Channels:BotFramework:AllowAbroad", "true"), ("Channels:BotFramework:OpenIdMetadata", _connector.OpenIdMetadata), ("Channels:BotFramework:TokenEndpoint", _connector.TokenEndpoint),
        ("Logging:LogLevel:Default", "Error"),
    ];

    /// <summary>The rooms of a node, of which none is started: the test looks through them at what the nodes see.</summary>
    private Microsoft.AspNetCore.Builder.WebApplication Rooms()
    {
        var builder = OutreachHost.CreateBuilder(["--environment", "Development"]);
        builder.Configuration.AddInMemoryCollection(Settings().Where(pair => !pair.Key.StartsWith("Cluster:", StringComparison.Ordinal)).Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:Path"] = Path.Combine(_folder.FullName, "data", "outreach.db"),
            ["Storage:KeysPath"] = Path.Combine(_folder.FullName, "keys"),
        });
        builder.Logging.ClearProviders();
        builder.AddSilo();
        return builder.Build();
    }

    /// <param name="account">Of those of Azure Bot Service.</param>
    private async Task<Community> SeedAsync(OutreachDb db, string key, string account, IReadOnlyList<(string Channel, string UserId)> owners)
    {
        var community = await CampaignSeeds.AddOwnersAsync(db, owners, TimeProvider.System.GetUtcNow(), Stop, key);
        db.ChangeTracker.Clear();
        var own = db.Contacts.Where(c => c.Channel == "botframework" && c.CommunityId == community.Id);
        await db.WriteAsync(() => own.ExecuteUpdateAsync(set => set.SetProperty(c => c.Account, account), Stop), Stop);
        _conversations[account] = _conversations.GetValueOrDefault(account) ?? [];
        foreach (var conversation in await db.Conversations.Where(v => own.Any(c => c.ConversationId == v.Id)).ToListAsync(Stop))
        {
            var to = JsonSerializer.Deserialize(conversation.Reference, ActivityJson.Default.ConversationReference)!;
            var bot = _connector.Open(to.ConversationId, to.UserId, account);
            conversation.Reference = JsonSerializer.Serialize(to with { Account = account, BotId = bot, ServiceUrl = new Uri(_tap.Address, "/amer/").AbsoluteUri }, ActivityJson.Default.ConversationReference);
            _conversations[account].Add(to.ConversationId);
        }
        await db.SaveChangesAsync(Stop);
        return community;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
    }
}

/// <summary>Which process is at the other end of a loopback connection (Linux's tables of sockets).</summary>
file static class LoopbackCallers
{
    public static bool HasConnectionTo(int port, int processId)
    {
        var end = $":{port:X4}";
        var sockets = File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts[2].EndsWith(end, StringComparison.Ordinal) && parts[3] == "01").Select(parts => string.Create(CultureInfo.InvariantCulture, $"socket:[{parts[9]}]")).ToHashSet();
        return Directory.EnumerateFiles($"/proc/{processId}/fd").Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false) is { } target && sockets.Contains(target.Name));
    }
}
