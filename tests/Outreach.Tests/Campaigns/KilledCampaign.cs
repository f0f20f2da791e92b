using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Operations;
using Outreach.Storage;

namespace Outreach.Tests.Campaigns;

/// <summary>Where a process is killed: at a stage of a call to a vendor, or right after a commit of its database.</summary>
/// <param name="Stage">Null: after a commit.</param>
/// <param name="Number">Of the call or commit, from 1, counted over the whole history.</param>
public readonly record struct KillPoint(CallStage? Stage, int Number);

/// <summary>How far a notice is when one of its processes starts.</summary>
/// <param name="Calls">Made so far by all processes.</param>
/// <param name="Commits">Seen so far of all processes.</param>
/// <param name="Left">Share of the recipients that wait to be sent to; 1 before there are rows.</param>
public readonly record struct KilledProgress(int Calls, int Commits, double Left);

/// <summary>What the vendors and the rows say at the end.</summary>
/// <param name="Log">Every stage of a call and every commit (null) in its order, over all processes.</param>
public sealed record KilledOutcome(int Kills, IReadOnlyList<CallStage?> Log, int Rows, int Sent, int Unknown, IReadOnlyList<string> Wrong);

/// <summary>
/// One notice to owners in several kinds of channels, sent by processes that are killed at given points and started again: a vendor without any handle (Azure Bot Service),
/// the web chat, whose messages are rows, and one that knows a batch by its key (WeChat's mass send; it wants a minute before it says what became of one).
/// </summary>
public sealed class KilledCampaign : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> WithoutWaiting = ["botframework", "webchat"];
    public static readonly IReadOnlyList<string> All = ["botframework", "webchat", "wechat"];

    // A process starts in seconds, on a busy machine in many.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan PatienceAPoint = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-kill-");
    private readonly int _each;
    private readonly IReadOnlyList<string> _channels;
    private ConnectorServer _connector = null!;
    private WeChatServer _weChat = null!;
    private VendorTap _single = null!;
    private VendorTap _mass = null!;

    private KilledCampaign(int each, IReadOnlyList<string> channels) => (_each, _channels) = (each, channels);

    /// <param name="each">Recipients in each of the channels.</param>
    public static async Task<KilledCampaign> CreateAsync(int each, IReadOnlyList<string> channels)
    {
        var campaign = new KilledCampaign(each, channels);
        campaign._connector = await ConnectorServer.StartAsync(TimeProvider.System);
        campaign._weChat = await WeChatServer.StartAsync(TimeProvider.System);
        campaign._single = await VendorTap.StartAsync(campaign._connector.Address, path => path.Contains("/activities", StringComparison.Ordinal));
        campaign._mass = await VendorTap.StartAsync(campaign._weChat.Address, path => path.Contains("/message/mass/send", StringComparison.Ordinal));
        await campaign.SeedAsync();
        return campaign;
    }

    public async ValueTask DisposeAsync()
    {
        await _single.DisposeAsync();
        await _mass.DisposeAsync();
        await _connector.DisposeAsync();
        await _weChat.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    /// <summary>Runs the notice to its end, with a kill and a new process at each point that is reached.</summary>
    public Task<KilledOutcome> RunAsync(IReadOnlyCollection<KillPoint> points, CancellationToken stop)
    {
        var waiting = new Queue<KillPoint>(points);
        return RunAsync(points.Count, _ => waiting.TryDequeue(out var next) ? next : null, stop);
    }

    /// <summary>The same with points that are chosen on the way.</summary>
    /// <param name="most">More kills than these are not asked for.</param>
    /// <param name="choose">Asked at the start of each process; null: this one lives. A point that has passed already is the next event of its kind.</param>
    public async Task<KilledOutcome> RunAsync(int most, Func<KilledProgress, KillPoint?> choose, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience + most * PatienceAPoint);
        var log = new List<CallStage?>();
        var (kills, calls, commits) = (0, 0, 0);
        while (true)
        {
            var next = kills == most ? null : choose(new(calls, commits, Left()));
            using var process = OutreachProcess.Start(_folder.FullName, Settings());
            var dead = 0;
            void Kill()
            {
                if (Interlocked.Exchange(ref dead, 1) == 0)
                    process.Kill();
            }
            void Heard(int number, CallStage stage)
            {
                lock (log)
                {
                    log.Add(stage);
                    if (stage == CallStage.Asked)
                        calls++;
                    if (next is { } point && point.Stage == stage && calls >= point.Number)
                        Kill();
                }
            }
            (_single.On, _mass.On) = (Heard, Heard);
            try
            {
                await process.ListeningAsync(patience.Token);
            }
            catch (InvalidOperationException) when (Volatile.Read(ref dead) != 0)
            {
                // it was at work, and killed, before it said that it listens
            }
            // Each change of data_version is a commit of the other side.
            using (var eye = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabasePath, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString()))      // what a killed process leaves is recovered by who opens it
            {
                eye.Open();
                var version = Count(eye, "PRAGMA data_version");
                while (Volatile.Read(ref dead) == 0)
                {
                    patience.Token.ThrowIfCancellationRequested();
                    if (Count(eye, "PRAGMA data_version") is var now && now != version)
                    {
                        version = now;
                        lock (log)
                        {
                            log.Add(null);
                            commits++;
                            if (next is { Stage: null } point && commits >= point.Number)
                                Kill();
                        }
                        if (Volatile.Read(ref dead) == 0 && Count(eye, "SELECT count(*) FROM Campaigns WHERE State = 'Done'") == 1)
                            break;
                    }
                    else
                        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
                }
            }
            (_single.On, _mass.On) = (null, null);
            if (dead == 0)
                break;
            kills++;
        }
        return Judge(kills, log);
    }

    /// <summary>Read while no process runs: what a dead one had handed over counts as done.</summary>
    private double Left()
    {
        using var eye = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabasePath, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        eye.Open();
        return Count(eye, "SELECT count(*) FROM Campaigns WHERE SnapshotAt IS NULL") > 0 ? 1 : (double)Count(eye, "SELECT count(*) FROM Deliveries WHERE State = 'Queued' OR (State = 'Sending' AND Batch IS NULL)") / (_each * _channels.Count);
    }

    private string DatabasePath => Path.Combine(_folder.FullName, "data", "outreach.db");

    private (string, string)[] Settings() =>
    [
        ("Campaigns:PageSize", "200"), ("Campaigns:QuietUntilHour", "0"), ("Campaigns:QuietFromHour", "24"),      // the killed process has the machine's clock: no hour may be a quiet one
        ("Channels:BotFramework:AppId", _connector.AppId), ("Channels:BotFramework:AppPassword", _connector.AppPassword), ("Channels:BotFramework:Cloud", "Global"),
        ("Channels:BotFramework:AllowAbroad", "true"), ("Channels:BotFramework:OpenIdMetadata", _connector.OpenIdMetadata), ("Channels:BotFramework:TokenEndpoint", _connector.TokenEndpoint),
        ("Channels:WeChat:AppId", _weChat.AppId), ("Channels:WeChat:AppSecret", _weChat.AppSecret), ("Channels:WeChat:Token", _weChat.Token),
        ("Channels:WeChat:ApiBase", _mass.Address.AbsoluteUri), ("Channels:WeChat:SetMenu", "false"), ("Channels:WeChat:Notices:Mass", "List"),
        ("Logging:LogLevel:Default", "Error"),
    ];

    private async Task SeedAsync()
    {
        var builder = OutreachHost.CreateBuilder(["--environment", "Development"]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Storage:Path"] = DatabasePath, ["Storage:KeysPath"] = Path.Combine(_folder.FullName, "keys") });
        builder.Logging.ClearProviders();
        builder.AddSilo();
        await using var rooms = builder.Build();
        await rooms.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Server, CancellationToken.None);
        await using var db = await rooms.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync();
        var now = TimeProvider.System.GetUtcNow();
        var owners = Enumerable.Range(0, _each).SelectMany(n => new[] { ("botframework", $"b{n}"), ("wechat", $"o{n}"), ("webchat", $"dl_{n}") })
            .Where(owner => _channels.Contains(owner.Item1)).ToList();
        var community = await CampaignSeeds.AddOwnersAsync(db, owners, now, CancellationToken.None);
        await db.WriteAsync(() => db.Contacts.Where(c => c.Channel == "botframework").ExecuteUpdateAsync(set => set.SetProperty(c => c.Account, "telegram")), CancellationToken.None);
        foreach (var conversation in await db.Conversations.Where(c => c.Channel == "botframework").ToListAsync())
        {
            var to = JsonSerializer.Deserialize(conversation.Reference, ActivityJson.Default.ConversationReference)!;
            var bot = _connector.Open(to.ConversationId, to.UserId, "telegram");
            conversation.Reference = JsonSerializer.Serialize(to with { Account = "telegram", BotId = bot, ServiceUrl = new Uri(_single.Address, "/amer/").AbsoluteUri }, ActivityJson.Default.ConversationReference);
        }
        _weChat.AddFollowers(Enumerable.Range(0, _each).Select(n => $"o{n}"));
        db.Add(CampaignSeeds.Planned(community, now));
        await db.SaveChangesAsync();
    }

    private KilledOutcome Judge(int kills, IReadOnlyList<CallStage?> log)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabasePath, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT c.Channel, c.UserId, v.ChannelConversationId, d.State, (SELECT count(*) FROM Messages AS m WHERE m.ConversationId = v.Id AND m.OutgoingKey LIKE 'delivery/%')
            FROM Contacts AS c JOIN Conversations AS v ON v.Id = c.ConversationId LEFT JOIN Deliveries AS d ON d.PersonId = c.Id
            WHERE c.UserId GLOB 'b[0-9]*' OR c.UserId GLOB 'o[0-9]*' OR c.UserId GLOB 'dl_[0-9]*'
            """;
        var single = _connector.Counts();
        var wrong = new List<string>();
        var (rows, sent, unknown) = (0, 0, 0);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (channel, user, conversation, state) = (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? "missing" : reader.GetString(3));
            var copies = channel switch
            {
                "botframework" => single.GetValueOrDefault(conversation),
                "wechat" => _weChat.Ledger(user).Count,
                _ => reader.GetInt32(4),
            };
            rows++;
            sent += state == "Sent" ? 1 : 0;
            unknown += state == "Unknown" ? 1 : 0;
            // Exactly once with a handle; without one at most once, and whoever is uncertain says so.
            if (!(state == "Sent" && copies == 1) && !(channel == "botframework" && state == "Unknown" && copies <= 1))
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{channel} {user}: {state}, {copies} copies"));
        }
        return new(kills, log, rows, sent, unknown, wrong);
    }

    private static long Count(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
