using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Outreach.Doubles;

namespace Outreach.Benchmarks;

/// <summary>
/// Channels beside what others run for the same messages, in the same run, over real HTTP, each in a process of its own. Ours looks every question up and
/// commits every turn to SQLite before it answers; the peers are echoes with state in memory or none: a Direct Line turn beside a bot of the npm package
/// botbuilder, a signed WeChat callback beside the middleware of the npm package wechat.
/// </summary>
internal static class ChannelLoads
{
    private const int People = 16;
    private const int Followers = 2000;
    private const int Steady = 200;     // callbacks a second
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(15);     // until the runtime has compiled what is hot

    public static async Task RunAsync(int rounds, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("outreach-channels-");
        try
        {
            await using var vendor = await WeChatServer.StartAsync(TimeProvider.System);
            using var ours = Turns.Start(folder.FullName,
                ("Channels:WeChat:AppId", vendor.AppId), ("Channels:WeChat:AppSecret", vendor.AppSecret), ("Channels:WeChat:Token", vendor.Token),
                ("Channels:WeChat:ApiBase", vendor.Address.AbsoluteUri), ("Channels:WeChat:SetMenu", "false"));
            await ours.ListeningAsync(CancellationToken.None);
            await LoadFigures.HeadAsync(output);
            await DirectLineAsync(ours.Address, rounds, output);
            await WeChatAsync(new(ours.Address, "/channels/wechat"), vendor.Token, rounds, output);
            await output.WriteLineAsync($"ours after the load: {await ProcessMemory.DescribeAsync(ours)}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task DirectLineAsync(Uri address, int rounds, TextWriter output)
    {
        using var peer = await PeerServer.StartAsync("echo-bot.mjs");
        using var http = new HttpClient { BaseAddress = peer.Address };
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => Person.OpenAsync(address)));
        Task Ours(int person, int turn) => people[person].SendAsync(Turns.Question(turn));
        Task Theirs(int person, int turn) => EchoAsync(http, person, turn);
        _ = await Load.AsFastAsItGoesAsync(People, Warm, Ours);
        _ = await Load.AsFastAsItGoesAsync(People, Warm, Theirs);
        for (var round = 1; round <= rounds; round++)
        {
            await (await Load.AsFastAsItGoesAsync(People, Length, Theirs)).WriteAsync(output, $"botbuilder echo, in memory, round {round}");
            await (await Load.AsFastAsItGoesAsync(People, Length, Ours)).WriteAsync(output, $"Direct Line, answered and durable, round {round}");
        }
    }

    private static async Task EchoAsync(HttpClient http, int person, int turn)
    {
        var id = $"person-{person}";
        using var answer = await http.PostAsJsonAsync("/api/messages", new
        {
            type = "message",
            id = $"{person}-{turn}",
            text = Turns.Text(turn),
            channelId = "emulator",
            serviceUrl = "http://127.0.0.1:1",
            deliveryMode = "expectReplies",
            from = new { id },
            recipient = new { id = "bot" },
            conversation = new { id },
        });
        if (!(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Contains(Turns.Text(turn), StringComparison.Ordinal))
            throw new InvalidOperationException("The echo bot said nothing.");
    }

    private static async Task WeChatAsync(Uri address, string token, int rounds, TextWriter output)
    {
        using var peer = await PeerServer.StartAsync("echo-wechat.mjs", token);
        using var http = new HttpClient();
        var (sent, late) = (0, 0);
        async Task Ours(int person, int turn)
        {
            if (!await CallBackAsync(http, address, token, Interlocked.Increment(ref sent)))
                Interlocked.Increment(ref late);
        }
        Task Theirs(int person, int turn) => CallBackAsync(http, peer.Address, token, Interlocked.Increment(ref sent));
        _ = await Load.AsFastAsItGoesAsync(People, Warm, Ours);
        _ = await Load.AsFastAsItGoesAsync(People, Warm, Theirs);
        for (var round = 1; round <= rounds; round++)
        {
            await (await Load.AsFastAsItGoesAsync(People, Length, Theirs)).WriteAsync(output, $"wechat echo, round {round}");
            await (await Load.AsFastAsItGoesAsync(People, Length, Ours)).WriteAsync(output, $"WeChat callback, answered, round {round}");
            await (await Load.SteadilyAsync(Steady, Length, Theirs)).WriteAsync(output, $"wechat echo at {Steady}/s, round {round}");
            await (await Load.SteadilyAsync(Steady, Length, Ours)).WriteAsync(output, $"WeChat callback at {Steady}/s, round {round}");
        }
        await output.WriteLineAsync($"WeChat answers that did not stand in the response but follow as messages: {late}");
    }

    /// <summary>One signed push of a follower's message, in plain mode.</summary>
    /// <returns>Whether the answer stands in the response.</returns>
    private static async Task<bool> CallBackAsync(HttpClient http, Uri address, string token, int number)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = number.ToString(CultureInfo.InvariantCulture);
        string[] parts = [token, timestamp, nonce];
        Array.Sort(parts, StringComparer.Ordinal);
#pragma warning disable CA5350 // the vendor's protocol
        var signature = Convert.ToHexStringLower(SHA1.HashData(Encoding.ASCII.GetBytes(string.Concat(parts))));
#pragma warning restore CA5350
        var body = $"<xml><ToUserName><![CDATA[gh_benchmark]]></ToUserName><FromUserName><![CDATA[o{number % Followers}]]></FromUserName><CreateTime>{timestamp}</CreateTime>"
            + $"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{Turns.Text(number)}]]></Content><MsgId>{number}</MsgId></xml>";
        using var content = new StringContent(body, Encoding.UTF8, "text/xml");
        using var answer = await http.PostAsync(new Uri($"{address}?signature={signature}&timestamp={timestamp}&nonce={nonce}"), content);
        return (await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Contains("<Content>", StringComparison.Ordinal);
    }
}
