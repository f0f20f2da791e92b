using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Leads;
using Outreach.Operations;
using Outreach.Storage;
using Outreach.Tests.Campaigns;

namespace Outreach.Benchmarks;

/// <summary>
/// Campaigns by a process of its own over real HTTP, every delivery durable. A channel of single messages stands beside a bare loop of an HttpClient with the same
/// concurrency to the same server, in the same run; a channel of batches is measured with its memory, at several sizes.
/// </summary>
internal static class CampaignLoads
{
    private const int Single = 20_000;
    // Of both sides the first one also compiles what it runs.
    private const int Rounds = 5;
    private const int Concurrency = 8;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    /// <param name="postgres">Null: a SQLite file.</param>
    public static async Task RunAsync(IReadOnlyList<int> bulk, PostgresServer? postgres, TextWriter output)
    {
        await output.WriteLineAsync(postgres is null ? "SQLite, each commit flushed" : "PostgreSQL on the same cores, each commit flushed; seconds of processor time and megabytes without its own");
        await output.WriteLineAsync($"{"what",-44}{"recipients",12}{"seconds",10}{"per s",10}{"CPU s",10}{"peak MB",10}");
        await SingleAsync(postgres, output);
        foreach (var recipients in bulk.Where(recipients => recipients > 0))
            await BulkAsync(recipients, postgres, output);
    }

    private static async Task SingleAsync(PostgresServer? postgres, TextWriter output)
    {
        await using var vendor = await ConnectorServer.StartAsync(TimeProvider.System);
        await using var place = await Place.CreateAsync(postgres, "botframework", "telegram", Single, (person, to) =>
            to with { BotId = vendor.Open(to.ConversationId, to.UserId, "telegram"), ServiceUrl = vendor.ServiceUrl });
        (string, string)[] settings =
        [
            ("Channels:BotFramework:AppId", vendor.AppId), ("Channels:BotFramework:AppPassword", vendor.AppPassword), ("Channels:BotFramework:Cloud", "Global"),
            ("Channels:BotFramework:AllowAbroad", "true"), ("Channels:BotFramework:OpenIdMetadata", vendor.OpenIdMetadata), ("Channels:BotFramework:TokenEndpoint", vendor.TokenEndpoint),
        ];
        await using var sender = await place.StartAsync(settings);
        for (var round = 1; round <= Rounds; round++)
        {
            await RawAsync(vendor, Single, output, round);
            await sender.SendAsync(Single, $"single messages, durable, round {round}", output, TimeSpan.Zero);
        }
    }

    /// <summary>The floor: the same messages with the same concurrency, nothing read and nothing kept.</summary>
    private static async Task RawAsync(ConnectorServer vendor, int count, TextWriter output, int round)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", vendor.AppId), new("client_secret", vendor.AppPassword), new("scope", ConnectorServer.Issuer + "/.default")]);
        using var lent = await http.PostAsync(new Uri(vendor.TokenEndpoint), form);
        var token = JsonDocument.Parse(await lent.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString();
        var watch = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var n && n < count)
            {
                var (user, conversation) = ($"p{n}", $"c-p{n}");
                var bot = vendor.Open(conversation, user, "telegram");
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{vendor.ServiceUrl}v3/conversations/{conversation}/activities")
                {
                    Content = new StringContent(
                        $$"""{"type":"message","from":{"id":"{{bot}}"},"recipient":{"id":"{{user}}"},"conversation":{"id":"{{conversation}}"},"text":"测试小区通知\n\n各位业主：本周六开会。\n回“退订”不再收。\n演示单位","textFormat":"plain"}""",
                        Encoding.UTF8, "application/json"),
                };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var answer = await http.SendAsync(request);
                answer.EnsureSuccessStatusCode();
            }
        }));
        await WriteAsync(output, $"bare HttpClient loop, nothing kept, round {round}", count, watch.Elapsed, null, null);
    }

    private static async Task BulkAsync(int recipients, PostgresServer? postgres, TextWriter output)
    {
        await using var vendor = await BatchVendor.StartAsync();
        await using var place = await Place.CreateAsync(postgres, "wecom", "default", recipients, (_, to) => to);
        await using var sender = await place.StartAsync(
            [
                ("Channels:WeCom:CorpId", "ww0123456789abcdef"), ("Channels:WeCom:Secret", new string('s', 43)), ("Channels:WeCom:AgentId", "1000002"),
                ("Channels:WeCom:Token", new string('t', 20)), ("Channels:WeCom:EncodingAESKey", Convert.ToBase64String(new byte[32])[..43]), ("Channels:WeCom:ApiBase", vendor.Address.AbsoluteUri),
            ]);
        await sender.SendAsync(recipients, "batches of 1,000, durable", output, recipients == 10_000 ? Rest : TimeSpan.Zero);
        await output.WriteLineAsync($"  the vendor counted {vendor.People} people in {vendor.Calls} calls, {vendor.Doubles} of them twice");
    }

    private static Task WriteAsync(TextWriter output, string what, int recipients, TimeSpan time, TimeSpan? processor, double? megabytes) => output.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture, $"{what,-44}{recipients,12:N0}{time.TotalSeconds,10:0.0}{recipients / time.TotalSeconds,10:0}{processor?.TotalSeconds ?? double.NaN,10:0.0}{megabytes ?? double.NaN,10:0}"));

    /// <summary>WeCom as far as a batch needs it: counts people, keeps no texts.</summary>
    private sealed class BatchVendor : IAsyncDisposable
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private LoopbackServer _server = null!;

        public Uri Address => _server.Address;
        public int Calls { get; private set; }
        public int People { get; private set; }
        public int Doubles { get; private set; }

        public static async Task<BatchVendor> StartAsync()
        {
            var vendor = new BatchVendor();
            vendor._server = await LoopbackServer.StartAsync(vendor.AnswerAsync);
            return vendor;
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private async Task AnswerAsync(HttpContext context)
        {
            context.Response.ContentType = "application/json";
            if (context.Request.Path == "/cgi-bin/gettoken")
            {
                await context.Response.WriteAsync("""{"errcode":0,"errmsg":"ok","access_token":"t","expires_in":7200}""");
                return;
            }
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            lock (_seen)
            {
                Calls++;
                foreach (var person in body.RootElement.GetProperty("touser").GetString()!.Split('|'))
                {
                    People++;
                    if (!_seen.Add(person))
                        Doubles++;
                }
            }
            await context.Response.WriteAsync("""{"errcode":0,"errmsg":"ok","msgid":"m"}""");
        }
    }

    /// <summary>A database of owners in one community, and the processes that send to them.</summary>
    private sealed class Place(PostgresServer? postgres) : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-campaign-");
        private long _areaId;

        private string DatabasePath => Path.Combine(_folder.FullName, "data", "outreach.db");

        private (string Key, string? Value)[] Storage => postgres is null ? []
            : [("Storage:Provider", nameof(StorageProvider.PostgreSql)), ("Storage:ConnectionString", postgres.Connection(_folder.Name))];

        public static async Task<Place> CreateAsync(PostgresServer? postgres, string channel, string account, int owners, Func<int, ConversationReference, ConversationReference> reference)
        {
            var place = new Place(postgres);
            postgres?.Create(place._folder.Name);
            await using var rooms = place.Rooms();
            await rooms.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Server, CancellationToken.None);
            await using var db = await rooms.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync();
            var now = TimeProvider.System.GetUtcNow();
            var community = await CampaignSeeds.AddOwnersAsync(db, [], now, CancellationToken.None);
            place._areaId = community.AreaId;
            for (var from = 0; from < owners; from += 50_000)
                await AddAsync(db, channel, account, from, Math.Min(owners, from + 50_000), community.Id, reference, now);
            return place;
        }

        private static Task AddAsync(OutreachDb db, string channel, string account, int from, int to, long communityId, Func<int, ConversationReference, ConversationReference> reference, DateTimeOffset now) =>
            db.WriteAsync(async () =>
            {
                await using var contact = new RowStatement<Contact>(db,
                    """
                    INSERT INTO "Contacts" ("Id", "Channel", "Account", "UserId", "CommunityId", "ConversationId", "CreatedAt", "LastSeenAt", "Topics", "Language")
                    VALUES (@Id, @Channel, @Account, @UserId, @CommunityId, @Id, @CreatedAt, @CreatedAt, @Topics, 'Unknown')
                    """, "Id", "Channel", "Account", "UserId", "CommunityId", "CreatedAt", "Topics");
                await using var conversation = new RowStatement<Conversation>(db,
                    """
                    INSERT INTO "Conversations" ("Id", "Channel", "Account", "ChannelConversationId", "ContactId", "CreatedAt", "LastActiveAt", "LastSequence", "Reference")
                    VALUES (@Id, @Channel, @Account, @ChannelConversationId, @Id, @CreatedAt, @CreatedAt, 0, @Reference)
                    """, "Id", "Channel", "Account", "ChannelConversationId", "CreatedAt", "Reference");
                await using var lead = new RowStatement<Lead>(db,
                    """
                    INSERT INTO "Leads" ("Key", "ContactId", "ConversationId", "CommunityId", "CommunityTyped", "Wishes", "Role", "State", "PassOn", "CreatedAt", "UpdatedAt", "EraseAt", "Uncovered", "OpenKey", "Version")
                    VALUES (@Key, @ContactId, @ContactId, @CommunityId, @CommunityTyped, @Wishes, @Role, @State, @PassOn, @CreatedAt, @CreatedAt, @EraseAt, @Uncovered, @OpenKey, @Version)
                    """, "Key", "ContactId", "CommunityId", "CommunityTyped", "Wishes", "Role", "State", "PassOn", "CreatedAt", "EraseAt", "Uncovered", "OpenKey", "Version");
                (contact["Channel"], contact["Account"], contact["CommunityId"], contact["CreatedAt"], contact["Topics"]) = (channel, account, communityId, now, NoticeTopics.All);
                (conversation["Channel"], conversation["Account"], conversation["CreatedAt"]) = (channel, account, now);
                (lead["CommunityId"], lead["CommunityTyped"], lead["Wishes"], lead["Role"], lead["State"], lead["PassOn"]) = (communityId, "测试小区", Wishes.Support, LeadRole.Owner, LeadState.New, PassOnState.NotAsked);
                (lead["CreatedAt"], lead["EraseAt"], lead["Uncovered"], lead["Version"]) = (now, now.AddMonths(24), false, Guid.NewGuid());
                for (var n = from; n < to; n++)
                {
                    var (id, user) = ((long)n + 1, $"p{n}");
                    (contact["Id"], contact["UserId"]) = (id, user);
                    await contact.RunAsync();
                    (conversation["Id"], conversation["ChannelConversationId"]) = (id, $"c-{user}");
                    conversation["Reference"] = JsonSerializer.Serialize(
                        reference(n, new ConversationReference { ChannelId = channel, Account = account, ConversationId = $"c-{user}", UserId = user }), ActivityJson.Default.ConversationReference);
                    await conversation.RunAsync();
                    (lead["Key"], lead["ContactId"], lead["OpenKey"]) = ($"s-{n}", id, $"{id}/{communityId}");
                    await lead.RunAsync();
                }
            }, CancellationToken.None);

        private WebApplication Rooms()
        {
            var builder = OutreachHost.CreateBuilder(["--environment", "Development"]);
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Storage:Path"] = DatabasePath, ["Storage:KeysPath"] = Path.Combine(_folder.FullName, "keys") });
            builder.Configuration.AddInMemoryCollection(Storage.ToDictionary(pair => pair.Key, pair => pair.Value));
            builder.Logging.ClearProviders();
            builder.AddSilo();
            return builder.Build();
        }

        /// <summary>Plans a notice to everybody, for now.</summary>
        public async Task PlanAsync()
        {
            await using var rooms = Rooms();
            await using var db = await rooms.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync();
            db.Add(CampaignSeeds.Planned(new() { AreaId = _areaId, Key = "none", Name = "none" }, TimeProvider.System.GetUtcNow(), step: LegalNotice.FirstMeeting));
            await db.SaveChangesAsync();
        }

        /// <summary>A look at the rows from outside.</summary>
        public DbConnection Look()
        {
            DbConnection eye = postgres is null
                ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabasePath, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString())
                : new NpgsqlConnection(postgres.Connection(_folder.Name) + ";Pooling=false");
            eye.Open();
            return eye;
        }

        public async Task<Sender> StartAsync((string, string)[] settings)
        {
            SqliteConnection.ClearAllPools();
            var process = OutreachProcess.Start(_folder.FullName,
            [
                .. settings, .. Storage.Select(pair => (pair.Key, pair.Value!)), ("Campaigns:QuietUntilHour", "0"), ("Campaigns:QuietFromHour", "24"), ("Campaigns:Concurrency", $"{Concurrency}"), ("Logging:LogLevel:Default", "Warning"),
            ]);
            await process.ListeningAsync(CancellationToken.None);
            return new(this, process);
        }

        public ValueTask DisposeAsync()
        {
            SqliteConnection.ClearAllPools();
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>The process that sends.</summary>
    private sealed class Sender(Place place, OutreachProcess process) : IAsyncDisposable
    {
        /// <summary>Plans a notice and waits until it is done.</summary>
        public async Task SendAsync(int recipients, string what, TextWriter output, TimeSpan rest)
        {
            await place.PlanAsync();
            await using var eye = place.Look();
            while (Count(eye, """SELECT count(*) FROM "Campaigns" WHERE "State" = 'Scheduled'""") > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            var (watch, before) = (Stopwatch.StartNew(), process.Process.TotalProcessorTime);
            var peak = 0.0;
            TimeSpan? snapshot = null;
            while (Count(eye, """SELECT count(*) FROM "Campaigns" WHERE "State" = 'Sending'""") > 0)
            {
                peak = Math.Max(peak, Memory(process));
                if (snapshot is null && Count(eye, """SELECT count(*) FROM "Campaigns" WHERE "State" = 'Sending' AND "SnapshotAt" IS NOT NULL""") > 0)
                    snapshot = watch.Elapsed;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
            watch.Stop();
            process.Process.Refresh();
            await WriteAsync(output, what, recipients, watch.Elapsed, process.Process.TotalProcessorTime - before, peak);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"  snapshot {snapshot?.TotalSeconds ?? 0:0.0} s; {string.Join(", ", States(eye).Select(state => $"{state.Name} {state.Count}"))}"));
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System);      // what the load left to do, and the time for which the scheduler stays awake
                process.Process.Refresh();
                var idle = process.Process.TotalProcessorTime;
                await Task.Delay(rest, TimeProvider.System);
                process.Process.Refresh();
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  at rest: {100 * (process.Process.TotalProcessorTime - idle) / rest:0.00} % of a core"));
            }
        }

        private static double Memory(OutreachProcess process)
        {
            try
            {
                return int.Parse(File.ReadLines($"/proc/{process.Process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024.0;
            }
            catch (IOException)
            {
                return 0;
            }
        }

        private static IEnumerable<(string Name, long Count)> States(DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = """SELECT "State", count(*) FROM "Deliveries" WHERE "CampaignId" = (SELECT max("Id") FROM "Campaigns") GROUP BY 1""";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                yield return (reader.GetString(0), reader.GetInt64(1));
        }

        private static long Count(DbConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return (long)command.ExecuteScalar()!;
        }

        public ValueTask DisposeAsync()
        {
            process.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
