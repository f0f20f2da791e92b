using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Outreach.Doubles;

namespace Outreach.Tests.Leads;

/// <summary>Owners sign up over real HTTP with a program that is killed while it forwards their leads; then everything that left it is searched for what they told it.</summary>
public sealed class KilledSignUpTests : IDisposable
{
    private const int Owners = 9;
    private const string Name = "欧阳测";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-signup-");
    private readonly ConcurrentBag<byte[]> _telemetry = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_lead_arrives_once_over_kills_and_nothing_personal_leaks_into_files_logs_or_metrics()
    {
        await using var webhook = await WebhookReceiver.StartAsync(TimeProvider.System);
        await using var collector = await LoopbackServer.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            _telemetry.Add(body.ToArray());
        });
        webhook.Mode = Misbehaviour.Holds;
        var logs = new StringBuilder();
        for (var killed = 0; killed < 3; killed++)
        {
            using var process = Start(webhook, collector);
            await process.ListeningAsync(Stop);
            for (var owner = killed * Owners / 3; owner < (killed + 1) * Owners / 3; owner++)
                await SignUpAsync(process.Address, owner);
            await webhook.WaitForOneAsync(Stop);
            process.Kill();   // its requests are on their way, unanswered
            logs.Append(process.Errors).Append(process.Output);
        }
        webhook.Mode = Misbehaviour.None;
        webhook.Release();
        using (var process = Start(webhook, collector))
        {
            await process.ListeningAsync(Stop);
            await UntilAsync(() => Count("SELECT count(*) FROM LeadForwards WHERE State = 'Sent'") == Owners && !_telemetry.IsEmpty);
            process.Kill();
            logs.Append(process.Errors).Append(process.Output);
        }

        Assert.Equal(Owners, Count("SELECT count(*) FROM Leads"));
        Assert.Equal(Owners, Count("SELECT count(*) FROM LeadForwards"));
        Assert.Equal(Owners, webhook.Distinct.Count);
        Assert.Equal(Owners, webhook.Distinct.Select(message => (string?)JsonNode.Parse(message.Body)!["data"]!["leadId"]).Distinct().Count());
        Assert.Equal(0, webhook.Refused);
        var copies = Directory.EnumerateFiles(Path.Combine(_folder.FullName, "data")).Select(File.ReadAllBytes).Concat(_telemetry).Append(Encoding.UTF8.GetBytes(logs.ToString())).ToList();
        Assert.DoesNotContain(copies, copy => Holds(copy, Name) || Enumerable.Range(0, Owners).Any(owner => Holds(copy, Phone(owner)) || Holds(copy, Room(owner))));
        Assert.DoesNotContain(webhook.All, message => message.Body.Contains(Name, StringComparison.Ordinal));   // not a trusted receiver
    }

    private OutreachProcess Start(WebhookReceiver webhook, LoopbackServer collector) => OutreachProcess.Start(_folder.FullName,
        ("Leads:Destinations:office:Type", "Webhook"), ("Leads:Destinations:office:Url", webhook.Address.ToString()),
        ("Leads:Destinations:office:Secret", webhook.Secret), ("Leads:Destinations:office:AllowPrivateAddress", "true"),
        ("Logging:LogLevel:Default", "Debug"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"));

    private static string Phone(int owner) => $"1390000{owner:D4}";

    private static string Room(int owner) => $"{owner + 1}号楼2单元7{owner:D2}";

    private static async Task SignUpAsync(Uri address, int owner)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var generated = await http.PostAsync("/v3/directline/tokens/generate", null, Stop);
        var token = JsonNode.Parse(await generated.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Stop))!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)token["token"]!);
        using var started = await http.PostAsJsonAsync("/v3/directline/conversations", new { user = new { } }, Stop);
        var conversation = (string)token["conversationId"]!;
        foreach (var text in new[] { $"我是锦绣花园{Room(owner)}的业主，我叫{Name}，支持成立业委会，电话{Phone(owner)}", "同意", "同意转交" })
        {
            using var sent = await http.PostAsJsonAsync($"/v3/directline/conversations/{conversation}/activities",
                new { type = "message", text, from = new { id = "me" } }, Stop);
            sent.EnsureSuccessStatusCode();
        }
        var all = JsonNode.Parse(await http.GetStringAsync($"/v3/directline/conversations/{conversation}/activities?watermark=", Stop))!["activities"]!.AsArray();
        Assert.Contains("登记好了", (string?)all[^1]!["text"], StringComparison.Ordinal);
    }

    private static bool Holds(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private long Count(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(_folder.FullName, "data", "outreach.db"),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }
}
