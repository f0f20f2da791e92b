using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>Each double refuses a call whose token or signature is not the vendor's: a channel that signed wrongly could not pass its tests.</summary>
public sealed class UnsignedCallsTests
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wechat_refuses_a_token_that_it_did_not_lend()
    {
        await using var wechat = await WeChatServer.StartAsync(Clock);
        wechat.AddFollowers("o1");
        await PostAsync(wechat.Address, "/cgi-bin/stable_token", new() { ["grant_type"] = "client_credential", ["appid"] = wechat.AppId, ["secret"] = wechat.AppSecret });

        var answer = await PostAsync(wechat.Address, "/cgi-bin/message/custom/send?access_token=another", new() { ["touser"] = "o1", ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = "x" } });

        Assert.Equal(40001, (int?)answer.Body["errcode"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wechats_follower_sees_a_passive_answer_only_when_it_is_signed(bool isSigned)
    {
        await using var wechat = await WeChatServer.StartAsync(Clock, WeChatMode.Safe);
        await using var bot = await LoopbackServer.StartAsync(async context =>
        {
            var encrypted = wechat.Envelope.Seal(
                $"<xml><ToUserName>o1</ToUserName><FromUserName>{wechat.AccountId}</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>您好</Content></xml>");
            var signature = wechat.Envelope.Signature("1", isSigned ? "n" : "m", encrypted);
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(
                $"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signature}</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>"), context.RequestAborted);
        });
        (wechat.Callback, wechat.Patience) = (bot.Address, TimeSpan.FromSeconds(60));

        await wechat.SayAsync("o1", "你好");

        Assert.Equal(isSigned ? WeChatWay.Passive : WeChatWay.Failure, Assert.Single(wechat.Ledger("o1")).Way);
    }

    [Fact]
    public async Task The_Connector_refuses_a_token_that_it_did_not_lend()
    {
        await using var connector = await ConnectorServer.StartAsync(Clock);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "another");

        using var answer = await http.PostAsJsonAsync(new Uri(connector.ServiceUrl + "v3/conversations/c/activities"), new { type = "message" }, Stop);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(connector.Refusals, refusal => refusal.StartsWith("401", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WeCom_refuses_a_token_that_it_did_not_lend_and_a_robots_key_that_is_not_the_robots()
    {
        await using var wecom = await WeComServer.StartAsync(Clock);
        using var http = new HttpClient();
        await http.GetStringAsync(new Uri(wecom.Address, $"/cgi-bin/gettoken?corpid={wecom.CorpId}&corpsecret={wecom.Secret}"), Stop);

        var sent = await PostAsync(wecom.Address, "/cgi-bin/message/send?access_token=another", new() { ["touser"] = "m" });
        var told = await PostAsync(wecom.Address, WeComGroupRobot.Path + "?key=another", new() { ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = "x" } });

        Assert.Equal((40014, 93000), ((int)sent.Body["errcode"]!, (int)told.Body["errcode"]!));
    }

    [Fact]
    public async Task DingTalk_refuses_a_token_that_it_did_not_lend_and_a_webhook_that_is_signed_wrongly()
    {
        await using var ding = await DingTalkServer.StartAsync(Clock);
        var (token, _) = ding.AddWebhook();
        ding.Hire("u");
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();

        var sent = await PostAsync(ding.Address, "/v1.0/robot/oToMessages/batchSend", new()
        {
            ["robotCode"] = ding.RobotCode,
            ["userIds"] = new JsonArray("u"),
            ["msgKey"] = "sampleText",
            ["msgParam"] = """{"content":"x"}""",
        }, ("x-acs-dingtalk-access-token", "another"));
        var told = await PostAsync(ding.Address, $"/robot/send?access_token={token}&timestamp={now}&sign=another", new() { ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = "x" } });

        Assert.Equal((401, 310000), (sent.Status, (int)told.Body["errcode"]!));
        Assert.Empty(ding.Ledger("u"));
    }

    [Fact]
    public async Task Feishu_refuses_a_token_that_it_did_not_lend_and_a_webhook_that_is_signed_wrongly()
    {
        await using var feishu = await FeishuServer.StartAsync(Clock);
        var (id, _) = feishu.AddWebhook();
        feishu.Hire("ou");

        var sent = await PostAsync(feishu.Address, "/open-apis/im/v1/messages?receive_id_type=open_id", new()
        {
            ["receive_id"] = "ou",
            ["msg_type"] = "text",
            ["content"] = """{"text":"x"}""",
        }, ("Authorization", "Bearer another"));
        var told = await PostAsync(feishu.Address, $"/open-apis/bot/v2/hook/{id}", new()
        {
            ["timestamp"] = Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["sign"] = "another",
            ["msg_type"] = "text",
            ["content"] = new JsonObject { ["text"] = "x" },
        });

        Assert.Equal((99991663, 19021), ((int)sent.Body["code"]!, (int)told.Body["code"]!));
        Assert.Empty(feishu.Ledger("ou"));
    }

    [Fact]
    public async Task A_receiver_of_leads_refuses_what_is_signed_wrongly()
    {
        await using var receiver = await WebhookReceiver.StartAsync(Clock);

        await PostAsync(receiver.Address, "", new() { ["type"] = "lead.created" }, ("webhook-id", "msg_1"),
            ("webhook-timestamp", Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)), ("webhook-signature", "v1," + Convert.ToBase64String(new byte[32])));

        Assert.Equal(1, receiver.Refused);
    }

    [Fact]
    public async Task A_model_refuses_another_key()
    {
        await using var model = await ModelServer.StartAsync();

        await PostAsync(new Uri(model.OpenAIEndpoint + "/"), "chat/completions", new() { ["model"] = "m", ["messages"] = new JsonArray() }, ("Authorization", "Bearer another"));

        Assert.False(Assert.Single(model.Chats).IsAuthorised);
    }

    private static async Task<(int Status, JsonObject Body)> PostAsync(Uri server, string path, JsonObject body, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path.Length == 0 ? server : new Uri(server, path)) { Content = JsonContent.Create(body) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : []);
    }
}
