using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Communities;
using Outreach.Doubles;
using Outreach.Leads;
using Outreach.Operations;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Benchmarks;

/// <summary>
/// Every list page of the console over a small and a large made-up database: server time, processor time, queries and weight of a page, each asked for in turn by one person.
/// A page must not ask more queries because there are more rows.
/// </summary>
internal static partial class Pages
{
    private const int Rounds = 21;
    private const string Password = "liuxia-sanyue-2026";
    private static readonly AsyncLocal<Count?> Current = new();

    private static readonly DemoSize Small = new(12, 60, 200);

    /// <param name="postgres">Null: a SQLite file.</param>
    /// <param name="kept">Where the large database stays (of PostgreSQL its keys alone), to be measured again without seeding it again.</param>
    public static async Task RunAsync(DemoSize large, PostgresServer? postgres, Kept? kept, TextWriter output)
    {
        using var listening = DiagnosticListener.AllListeners.Subscribe(new Listeners());
        var small = await MeasureAsync(Small, postgres, null, output);
        var big = await MeasureAsync(large, postgres, kept, output);
        await output.WriteLineAsync($"{"page",-44} {"median ms",10} {"worst ms",9} {"cpu ms",7} {"queries",8} {"of few",7} {"KB",6}");
        foreach (var (page, figures) in big)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{page,-44} {figures.Median,10:0.0} {figures.Worst,9:0.0} {figures.Processor,7:0.0} {figures.Queries,8} {small[page].Queries,7} {figures.Bytes / 1024.0,6:0.0}"));
        await output.WriteLineAsync($"{Environment.ProcessorCount} cores; one minute's load before the end {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
    }

    /// <param name="Connection">Of a PostgreSQL database of one's own; null: a SQLite file in the folder.</param>
    public sealed record Kept(string Folder, string? Connection);

    private sealed record Figures(double Median, double Worst, double Processor, int Queries, int Bytes);

    private sealed class Count
    {
        public int Queries { get; set; }
        public TimeSpan Took { get; set; }
    }

    private static async Task<Dictionary<string, Figures>> MeasureAsync(DemoSize size, PostgresServer? postgres, Kept? kept, TextWriter output)
    {
        var folder = kept is null ? Directory.CreateTempSubdirectory("outreach-pages-") : Directory.CreateDirectory(kept.Folder);
        try
        {
            var builder = OutreachHost.CreateBuilder(["--environment", "Development", "--applicationName", "Outreach.Bot"]);     // whose pages and assets they are
            builder.Configuration["Urls"] = "http://127.0.0.1:0";
            builder.Configuration["Storage:Path"] = Path.Combine(folder.FullName, "data", "outreach.db");
            builder.Configuration["Storage:KeysPath"] = Path.Combine(folder.FullName, "keys");
            if (postgres is not null && kept?.Connection is null)
                postgres.Create(folder.Name);
            if ((kept?.Connection ?? postgres?.Connection(folder.Name)) is { } connection)
            {
                builder.Configuration["Storage:Provider"] = nameof(StorageProvider.PostgreSql);
                builder.Configuration["Storage:ConnectionString"] = connection;
            }
            builder.Configuration["Demo:Load"] = "false";
            builder.Configuration["Logging:LogLevel:Default"] = "Error";
            builder.AddSilo();
            await using var app = builder.Build();
            var counts = new Queue<Count>();
            app.Use(async (http, next) =>
            {
                var count = Current.Value = new Count();
                var watch = Stopwatch.StartNew();
                await next(http);
                count.Took = watch.Elapsed;
                lock (counts)
                    counts.Enqueue(count);
            });
            var prepared = app.Services.GetRequiredService<Preparation>().Begin();
            app.MapOutreach();
            await app.StartAsync();
            await prepared;
            await using (var db = await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync())
                if (!await db.Leads.AnyAsync())
                    await SeedAsync(app, db, size, output);

            var results = new Dictionary<string, Figures>(StringComparer.Ordinal);
            var street = app.Services.GetRequiredService<CommunityDirectory>().Current.Areas.First(a => a.Level == AreaLevel.Subdistrict);
            foreach (var (who, area) in new[] { ("bureau", (long?)null), ("street", street.Id) })
            {
                using var client = await SignInAsync(app, who + "1", area);
                foreach (var page in await ListAsync(app, area))
                    results[$"{who} {page.Name}"] = await AskAsync(client, page.Address, counts);
            }
            await app.StopAsync();
            return results;
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            if (kept is null)
                folder.Delete(recursive: true);
        }
    }

    private static async Task SeedAsync(WebApplication app, OutreachDb db, DemoSize size, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        if (await ActivatorUtilities.CreateInstance<SeedDemo>(app.Services).RunAsync(size, CancellationToken.None) is { } refusal)
            throw new InvalidOperationException(refusal);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seeded {size.Communities} communities, {size.Leads} sign-ups, {size.Messages} messages in {watch.Elapsed.TotalSeconds:0.0} s"));
        await app.Services.GetRequiredService<StepReminders>().RunDueAsync(CancellationToken.None);
        for (var n = 0; n < 8; n++)
            await app.Services.GetRequiredService<CountDays>().RunDueAsync(CancellationToken.None);
        if (db.Database.IsNpgsql())
            await db.Database.ExecuteSqlAsync($"VACUUM ANALYZE");        // what autovacuum does within minutes of such a load; nobody works on it before
    }

    private static async Task<(string Name, string Address)[]> ListAsync(WebApplication app, long? area)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync();
        var path = area is { } id ? await db.Areas.Where(a => a.Id == id).Select(a => a.Path).SingleAsync() : "/";
        var community = await db.Communities.Where(c => c.Area.Path.StartsWith(path)).Select(c => c.Id).FirstAsync();
        var lead = await db.Leads.Where(l => l.CommunityId == community && l.PassOn == PassOnState.Given).Select(l => l.Id).FirstAsync();
        return
        [
            ("today", "/staff"), ("leads open", "/staff/leads"), ("leads mine", "/staff/leads?tab=mine"), ("leads late", "/staff/leads?tab=late"), ("leads all", "/staff/leads?tab=all"),
            ("leads all, page 100", "/staff/leads?tab=all&page=100"), ("leads newest", "/staff/leads?tab=all&sort=newest"), ("leads by community", "/staff/leads?tab=all&sort=community"),
            ("leads by name", "/staff/leads?tab=all&q=" + Uri.EscapeDataString("样例小区1")), ("lead", $"/staff/leads/{lead}"), ("waiting", "/staff/waiting"), ("communities", "/staff/communities"),
            ("communities late", "/staff/communities?tab=late"), ("community", $"/staff/communities/{community}"), ("board", "/staff/board"), ("notices", "/staff/notices"), ("status", "/staff/status"),
            ("import", "/staff/communities/import"), ("paper", $"/staff/communities/{community}/papers/VoteCount"),
            ("knowledge", "/staff/knowledge"), ("articles", "/staff/knowledge/articles"), ("statistics", "/staff/statistics"), ("people", "/staff/people"), ("audit", "/staff/audit"),
            ("settings", "/staff/settings"), ("compose", "/staff/notices/new"), ("export", "/staff/leads/export"),
        ];
    }

    private static async Task<Figures> AskAsync(HttpClient client, string address, Queue<Count> counts)
    {
        for (var warm = 0; warm < 3; warm++)
            _ = await client.GetByteArrayAsync(address);
        lock (counts)
            counts.Clear();
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var bytes = 0;
        for (var round = 0; round < Rounds; round++)
            bytes = (await client.GetByteArrayAsync(address)).Length;
        var used = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMilliseconds / Rounds;
        List<Count> taken;
        while (true)
        {
            lock (counts)
                if (counts.Count >= Rounds)          // the last answer is read a moment before its time is noted
                {
                    taken = [.. counts];
                    break;
                }
            await Task.Yield();
        }
        var times = taken.Select(c => c.Took.TotalMilliseconds).Order().ToList();
        return new(times[times.Count / 2], times[^1], used, taken.Max(c => c.Queries), bytes);
    }

    private static async Task<HttpClient> SignInAsync(WebApplication app, string user, long? area)
    {
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var people = scope.ServiceProvider.GetRequiredService<UserManager<StaffMember>>();
            var made = await people.FindByNameAsync(user) is not null ? IdentityResult.Success : await people.CreateAsync(
                new() { UserName = user, DisplayName = user, Roles = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Administrator, AreaId = area }, Password);
            if (!made.Succeeded)
                throw new InvalidOperationException(made.ToString());
        }
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) };
        var page = await client.GetStringAsync("/staff/sign-in");
        var fields = Hidden().Matches(page).Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))
            .Append(new("Input.UserName", user)).Append(new("Input.Password", Password));
        using var answer = await client.PostAsync("/staff/sign-in", new FormUrlEncodedContent(fields));
        return answer.StatusCode == HttpStatusCode.Redirect ? client : throw new InvalidOperationException($"{user} could not sign in: {(int)answer.StatusCode}");
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();

    private sealed class Listeners : IObserver<DiagnosticListener>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
                value.Subscribe(new Commands());
        }

        public void OnError(Exception error)
        {
            // Nothing to end.
        }

        public void OnCompleted()
        {
            // Nothing to end.
        }
    }

    private sealed class Commands : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == Microsoft.EntityFrameworkCore.Diagnostics.RelationalEventId.CommandExecuted.Name && Current.Value is { } count)
                lock (count)
                    count.Queries++;
        }

        public void OnError(Exception error)
        {
            // Nothing to end.
        }

        public void OnCompleted()
        {
            // Nothing to end.
        }
    }
}
