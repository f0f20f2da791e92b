using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Channels.Feishu;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.Feishu;

/// <summary>What <c>/channels/feishu</c> answers to pushes that are none, whether the vendor's published client judges alike, and how an application stands by its configuration.</summary>
[Collection(RobotApps.Name)]
public sealed class FeishuEndpointTests(Robots shared)
{
    private const string WorkedBody =
        """{"encrypt":"MDEyMzQ1Njc4OWFiY2RlZrH8ThbioXSRXQJieWKDNFa69Xu3xXgGd9mktVJRtcUsZyQGVmIKpoU1YLpMHctshUvRSIIuPsnrNywO6kIN5BwRxaBAWPdZQGhldRiIspg62ywkDi8vfNdZ1Qg8cwIcRCmT19jtPIf9gDfdrZILiVGs1o9JIataUDib0szpapNXHMZN/D8fUOx4w8OAEb6fAw=="}""";

    private readonly string _owner = $"ou_{Guid.NewGuid():N}";

    [Fact]
    public void The_worked_example_opens_and_its_signature_holds()
    {
        var crypto = new FeishuCrypto("outreach_encrypt_key");
        var body = Encoding.UTF8.GetBytes(WorkedBody);
        const string signature = "f98dbf24a168d93fd54605891ca60d98bbefce86a80eb35797d88335887f5aa8";

        Assert.Equal("""{"schema":"2.0","header":{"event_id":"e-0001","event_type":"im.message.receive_v1","token":"vt","create_time":"1700000000000"},"event":{}}""",
            crypto.Decrypt((string)JsonNode.Parse(WorkedBody)!["encrypt"]!));
        Assert.True(crypto.IsSigned(signature, "1700000000", "nonce123", body));
        Assert.True(crypto.IsSigned(signature.ToUpperInvariant(), "1700000000", "nonce123", body));
        Assert.False(crypto.IsSigned("a98dbf24a168d93fd54605891ca60d98bbefce86a80eb35797d88335887f5aa8", "1700000000", "nonce123", body));
        Assert.False(crypto.IsSigned(signature, "1700000001", "nonce123", body));
        Assert.Equal("4QBKzrKZlzyHdgkuyKC/TdpQBjH47Lz8+psuMTGG684=", FeishuRobot.Sign("1700000000", "feishuSecret001"));
    }

    [Theory]
    [InlineData(0, SendClass.Ok)]
    [InlineData(null, SendClass.AmbiguousSent)]
    [InlineData(99991663, SendClass.AuthExpired)]
    [InlineData(99991661, SendClass.AuthExpired)]
    [InlineData(99991664, SendClass.AuthExpired)]
    [InlineData(99991400, SendClass.RateLimited)]
    [InlineData(11232, SendClass.RateLimited)]
    [InlineData(9499, SendClass.RateLimited)]
    [InlineData(230020, SendClass.RateLimited)]
    [InlineData(230002, SendClass.RecipientGone)]
    [InlineData(230013, SendClass.RecipientGone)]
    [InlineData(230001, SendClass.ContentRejected)]
    [InlineData(230025, SendClass.ContentRejected)]
    [InlineData(19021, SendClass.ConfigError)]
    [InlineData(19022, SendClass.ConfigError)]
    [InlineData(19024, SendClass.ConfigError)]
    public void The_vendors_codes_mean(int? code, SendClass meaning) => Assert.Equal(meaning, FeishuApi.ClassOf(code));

    [Fact]
    public async Task The_consoles_check_gets_its_challenge_back_signed_or_not()
    {
        Assert.True(await shared.Feishu.ChallengeAsync());
        var body = Sealed(new JsonObject { ["challenge"] = "c-1", ["token"] = shared.Feishu.VerificationToken, ["type"] = "url_verification" });
        Assert.Equal((200, """{"challenge":"c-1"}"""), await shared.Feishu.PostAsync(body, shared.Feishu.SignedHeaders(body)));
    }

    [Fact]
    public async Task A_check_with_another_token_or_in_plain_is_refused()
    {
        var check = new JsonObject { ["challenge"] = "c-1", ["token"] = "another", ["type"] = "url_verification" };
        Assert.Equal((403, ""), await shared.Feishu.PostAsync(Sealed(check), new Dictionary<string, string>()));
        check["token"] = shared.Feishu.VerificationToken;
        Assert.Equal((403, ""), await shared.Feishu.PostAsync(Encoding.UTF8.GetBytes(check.ToJsonString()), new Dictionary<string, string>()));
    }

    [Fact]
    public async Task The_vendors_client_and_we_judge_the_same_bytes_alike()
    {
        var pushes = new List<(byte[] Body, Dictionary<string, string> Headers)>();
        void Add(byte[] body, IReadOnlyDictionary<string, string> headers, Action<Dictionary<string, string>>? change = null)
        {
            var own = headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value);
            change?.Invoke(own);
            pushes.Add((body, own));
        }
        for (var n = 0; n < 40; n++)      // every length of padding, and letters of one to four bytes
        {
            var body = Sealed(shared.Feishu.Message($"{_owner}-{n}", "text", new() { ["text"] = "谢谢" + new string('a', n) + "😀" }, null, $"om_{_owner}-{n}"));
            Add(body, shared.Feishu.SignedHeaders(body));
        }
        var message = Sealed(shared.Feishu.Message(_owner, "text", new() { ["text"] = "谢谢" }, null, $"om_{_owner}"));
        foreach (var header in (string[])["x-lark-request-timestamp", "x-lark-request-nonce", "x-lark-signature"])
        {
            Add(message, shared.Feishu.SignedHeaders(message), own => own.Remove(header));
            Add(message, shared.Feishu.SignedHeaders(message), own => own[header] = (own[header][0] == '1' ? "2" : "1") + own[header][1..]);
        }
        for (var at = 12; at < message.Length - 2; at += 41)
        {
            var flipped = (byte[])message.Clone();
            flipped[at] = flipped[at] == (byte)'A' ? (byte)'B' : (byte)'A';
            Add(flipped, shared.Feishu.SignedHeaders(message));
        }
        var tap = Sealed(shared.Feishu.Event("card.action.trigger", new()
        {
            ["operator"] = new JsonObject { ["open_id"] = _owner },
            ["action"] = new JsonObject { ["value"] = new JsonObject { ["say"] = "谢谢" }, ["tag"] = "button" },
        }));
        Add(tap, shared.Feishu.SignedHeaders(tap));
        var check = Sealed(new JsonObject { ["challenge"] = "c-2", ["token"] = shared.Feishu.VerificationToken, ["type"] = "url_verification" });
        Add(check, new Dictionary<string, string>());

        var theirs = (await Peers.RunAsync("feishu-sdk.mjs", "@larksuiteoapi/node-sdk", new JsonObject
        {
            ["encryptKey"] = shared.Feishu.EncryptKey,
            ["verificationToken"] = shared.Feishu.VerificationToken,
            ["pushes"] = new JsonArray([.. pushes.Select(push => (JsonNode)new JsonObject
            {
                ["body"] = Encoding.UTF8.GetString(push.Body),
                ["headers"] = new JsonObject([.. push.Headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value))]),
            })]),
        }.ToJsonString()))["pushes"]!.AsArray();

        for (var i = 0; i < pushes.Count; i++)
        {
            var (status, answer) = await shared.Feishu.PostAsync(pushes[i].Body, pushes[i].Headers);
            Assert.Equal((i, theirs[i] is not null ? 200 : 403), (i, status));
            if (i < 40)
            {
                Assert.Equal($"om_{_owner}-{i}", (string?)theirs[i]!["message"]);
                Assert.Equal((string?)theirs[i]!["text"], (string?)JsonNode.Parse((await shared.MessagesAsync($"{_owner}-{i}"))[0].Activity)!["text"]);
            }
            if (i == pushes.Count - 2)
                Assert.Equal(("谢谢", "谢谢"), ((string?)theirs[i]!["tap"]!["say"], (string?)JsonNode.Parse(answer)!["toast"]!["content"]));
            if (i == pushes.Count - 1)
                Assert.Equal((string?)theirs[i]!["challenge"], (string?)JsonNode.Parse(answer)!["challenge"]);
        }
        Assert.Equal(42, theirs.Count(one => one is not null));
        Assert.Equal(2, (await shared.MessagesAsync(_owner)).Count);      // of the tap alone
    }

    [Fact]
    public async Task The_vendors_client_talks_to_the_double_as_to_the_vendor()
    {
        await using var vendor = await FeishuServer.StartAsync(TimeProvider.System);
        vendor.Hire("ou_peer");
        static JsonObject Call(string path, JsonObject parameters, string text, string uuid, string? to = null)
        {
            var data = new JsonObject { ["msg_type"] = "text", ["content"] = new JsonObject { ["text"] = text }.ToJsonString(), ["uuid"] = uuid };
            if (to is not null)
                data["receive_id"] = to;
            return new() { ["path"] = path, ["params"] = parameters, ["data"] = data };
        }
        static JsonObject ById() => new() { ["receive_id_type"] = "open_id" };

        async Task<JsonArray> CallAsync(string secret, params JsonNode[] calls) => (await Peers.RunAsync("feishu-sdk.mjs", "@larksuiteoapi/node-sdk", new JsonObject
        {
            ["address"] = vendor.Address.AbsoluteUri,
            ["appId"] = vendor.AppId,
            ["appSecret"] = secret,
            ["calls"] = new JsonArray(calls),
        }.ToJsonString()))["calls"]!.AsArray();

        var answers = await CallAsync(vendor.AppSecret, Call("create", ById(), "一", "uuid-1", "ou_peer"), Call("create", ById(), "一", "uuid-1", "ou_peer"),
            Call("create", ById(), "x", "uuid-2", "ou_stranger"), Call("create", ById(), "", "uuid-3", "ou_peer"));
        var first = (string)answers[0]!["messageId"]!;
        var replied = await CallAsync(vendor.AppSecret, Call("reply", new() { ["message_id"] = first }, "二", "uuid-4"));
        var wrong = await CallAsync("another", Call("create", ById(), "x", "uuid-5", "ou_peer"));

        Assert.Equal([0, 0, 230013, 230001], answers.Select(answer => (int)answer!["code"]!));
        Assert.Equal(first, (string?)answers[1]!["messageId"]);
        Assert.Equal(0, (int)replied[0]!["code"]!);
        Assert.NotEqual(0, (int?)wrong[0]!["code"]);
        Assert.Equal([("一", null), ("二", first)], vendor.Ledger("ou_peer").Select(read => (read.Text, read.ReplyTo)));
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task A_push_from_another_time_is_refused(int minutes)
    {
        Assert.Equal((403, ""), await shared.Feishu.DeliverAsync(Message(), shared.Clock.GetUtcNow().AddMinutes(minutes)));
        Assert.Equal(200, (await shared.Feishu.DeliverAsync(Message(), shared.Clock.GetUtcNow().AddMinutes(minutes * 4 / 6))).Status);
    }

    [Fact]
    public async Task A_nonce_that_came_with_another_event_is_refused_and_the_same_event_is_not()
    {
        using var refusals = new RefusalCount("feishu");
        var (first, second, nonce) = (Message(), Message(), Guid.NewGuid().ToString("N"));

        Assert.Equal(200, (await shared.Feishu.DeliverAsync(first, nonce: nonce)).Status);
        Assert.Equal(200, (await shared.Feishu.DeliverAsync(first, nonce: nonce)).Status);
        Assert.Equal((403, ""), await shared.Feishu.DeliverAsync(second, nonce: nonce));

        Assert.Equal(1, refusals["nonce"]);
        Assert.Equal(2, (await shared.MessagesAsync(_owner)).Count);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("app_id")]
    public async Task Another_applications_event_is_refused(string field)
    {
        var message = Message();
        message["header"]![field] = "another";

        Assert.Equal((403, ""), await shared.Feishu.DeliverAsync(message));
        Assert.Null(await shared.FindAsync(_owner));
    }

    [Theory]
    [InlineData("header", "event_id")]
    [InlineData("header", "event_type")]
    [InlineData("header", "token")]
    [InlineData("event", "sender")]
    [InlineData("event", "message")]
    public async Task An_event_without_one_of_its_parts_is_refused(string part, string field)
    {
        var message = Message();
        message[part]!.AsObject().Remove(field);

        Assert.Equal((403, ""), await shared.Feishu.DeliverAsync(message));
    }

    [Fact]
    public async Task Parts_of_every_other_kind_are_no_trouble()
    {
        foreach (var path in (string[])["schema", "header", "event", "header/app_id", "event/sender", "event/message", "event/message/content", "event/message/mentions", "event/message/chat_type", "event/sender/sender_id"])
            foreach (var odd in (JsonNode?[])[null, 1, "x", true, new JsonArray(1, null), new JsonObject { ["open_id"] = 1 }, double.MaxValue])
            {
                var message = shared.Feishu.Message($"ou_{Guid.NewGuid():N}", "text", new() { ["text"] = "谢谢" }, null, null);
                var (owner, name) = path.LastIndexOf('/') is var slash and >= 0 ? (path[..slash], path[(slash + 1)..]) : ("", path);
                owner.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode)message, (node, step) => node[step]!)[name] = odd?.DeepClone();
                Assert.True((await shared.Feishu.DeliverAsync(message)).Status is 200 or 403, path);
            }
    }

    [Fact]
    public async Task A_wrong_padding_and_a_body_that_is_no_envelope_are_refused()
    {
        foreach (var encrypted in (string[])["", "AAAA", "not base64!", Convert.ToBase64String(new byte[16]), Convert.ToBase64String(new byte[32]), Convert.ToBase64String(new byte[33])])
        {
            var body = Encoding.UTF8.GetBytes(new JsonObject { ["encrypt"] = encrypted }.ToJsonString());
            Assert.Equal((403, ""), await shared.Feishu.PostAsync(body, shared.Feishu.SignedHeaders(body)));
        }
        foreach (var text in (string[])["", "{", "[]", "null", "{} {}", "<xml/>"])
        {
            var body = Encoding.UTF8.GetBytes(text);
            Assert.Equal((400, ""), await shared.Feishu.PostAsync(body, shared.Feishu.SignedHeaders(body)));
        }
        byte[] malformed = [.. "{\"encrypt\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal((400, ""), await shared.Feishu.PostAsync(malformed, shared.Feishu.SignedHeaders(malformed)));
        Assert.Equal((403, ""), await shared.Feishu.PostAsync(Encoding.UTF8.GetBytes(Message().ToJsonString()), shared.Feishu.SignedHeaders(Encoding.UTF8.GetBytes(Message().ToJsonString()))));
    }

    [Fact]
    public async Task A_body_of_five_megabytes_is_refused()
    {
        var body = Encoding.UTF8.GetBytes($"{{\"encrypt\":\"{new string('A', 5 * 1024 * 1024)}\"}}");

        Assert.Equal((413, ""), await shared.Feishu.PostAsync(body, shared.Feishu.SignedHeaders(body)));
    }

    [Fact]
    public async Task A_card_callback_of_the_old_kind_needs_its_own_signature()
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["open_id"] = _owner, ["action"] = new JsonObject { ["value"] = new JsonObject { ["say"] = "谢谢" } } }.ToJsonString());

        Assert.Equal((403, ""), await shared.Feishu.PostAsync(body, shared.Feishu.SignedHeaders(body)));
        Assert.Equal((403, ""), await shared.Feishu.PostAsync(body, new Dictionary<string, string>()));
        Assert.Null(await shared.FindAsync(_owner));
    }

    [Fact]
    public async Task Events_that_want_nothing_end_without_a_message()
    {
        Assert.Equal(new(1, 200, "{}"), await shared.Feishu.EventAsync("im.message.message_read_v1", []));
        Assert.Equal(new(1, 200, "{}"), await shared.Feishu.EventAsync("something_new", []));
    }

    [Fact]
    public async Task An_account_that_is_not_configured_is_not_there()
    {
        using var http = shared.App.CreateClient();

        using var answer = await http.PostAsync("/channels/feishu/other", new StringContent("{}"), Robots.Stop);

        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("AppId")]
    [InlineData("AppSecret")]
    [InlineData("VerificationToken")]
    [InlineData("EncryptKey")]
    public async Task A_half_filled_account_is_off_and_says_which_key_is_missing(string missing)
    {
        var settings = new Dictionary<string, string?> { ["AppId"] = "cli_1", ["AppSecret"] = "demo", ["VerificationToken"] = "demo", ["EncryptKey"] = "demo" };
        settings[missing] = null;
        await using var rooms = await TestRooms.CreateAsync(settings.ToDictionary(setting => $"Channels:Feishu:Accounts:east:{setting.Key}", setting => setting.Value));

        rooms.Get<FeishuAccounts>().Open();

        var report = rooms.Get<ChannelReports>().Find("feishu", "east")!;
        Assert.Equal((ChannelState.Misconfigured, $"Channels:Feishu:Accounts:east:{missing} is missing."), (report.State, report.Problem));
        Assert.Contains($"Error The Feishu account east is off: Channels:Feishu:Accounts:east:{missing} is missing.", rooms.Log.Text, StringComparison.Ordinal);
        Assert.Null(rooms.Get<FeishuAccounts>().Find("east"));
    }

    [Theory]
    [InlineData("Production", false, ChannelState.Misconfigured)]
    [InlineData("Production", true, ChannelState.On)]
    [InlineData("Development", false, ChannelState.On)]
    public async Task Lark_lies_abroad_and_needs_leave_outside_development(string environment, bool leave, ChannelState state)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>
        {
            ["Channels:Feishu:AppId"] = "cli_1",
            ["Channels:Feishu:AppSecret"] = "demo",
            ["Channels:Feishu:VerificationToken"] = "demo",
            ["Channels:Feishu:EncryptKey"] = "demo",
            ["Channels:Feishu:ApiBase"] = "https://open.larksuite.com",
            ["Channels:Feishu:AllowAbroad"] = leave ? "true" : "false",
        }, environment);

        rooms.Get<FeishuAccounts>().Open();

        Assert.Equal(state, rooms.Get<ChannelReports>().Find("feishu", "default")!.State);
        Assert.Equal(state == ChannelState.On, rooms.Log.Text.Contains("Warning The Feishu account default uses a service abroad", StringComparison.Ordinal));
        Assert.Equal(state != ChannelState.On, rooms.Log.Text.Contains("Channels:Feishu:AllowAbroad is not true", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ApiBase", "http://open.feishu.cn")]
    [InlineData("ApiBase", "http://127.0.0.1:1")]
    [InlineData("ApiBase", "open.feishu.cn")]
    [InlineData("MaxTextBytes", "100000")]
    public async Task A_malformed_account_stops_the_start_and_names_the_key(string key, string value)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?> { ["Channels:Feishu:AppId"] = "cli_1", [$"Channels:Feishu:{key}"] = value }, "Production");

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains($"Channels:Feishu:{key}", refused.Message, StringComparison.Ordinal);
    }

    private JsonObject Message() => shared.Feishu.Message(_owner, "text", new() { ["text"] = "谢谢" }, null, null);

    private byte[] Sealed(JsonObject plain) => Encoding.UTF8.GetBytes(shared.Feishu.Envelope.Seal(plain.ToJsonString()));
}
