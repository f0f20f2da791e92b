using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeChat;

/// <summary>The vendor's double keeps the vendor's rules, and a published client takes it for the vendor.</summary>
public sealed class WeChatDoubleTests : IAsyncLifetime
{
    private const string Secret = "secret-of-the-peer";
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));
    private readonly HttpClient _http = new();
    private readonly List<string> _pushed = [];
    private WeChatServer _vendor = null!;
    private LoopbackServer _account = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vendor = await WeChatServer.StartAsync(_clock, "wxpeer0123456789ab", Secret);
        _account = await LoopbackServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var body = await reader.ReadToEndAsync(Stop);
            lock (_pushed)
                _pushed.Add(body);
        });
        _vendor.Callback = new(_account.Address, "/wechat");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _vendor.DisposeAsync();
        await _account.DisposeAsync();
    }

    [Fact]
    public async Task The_published_client_makes_menus_codes_tags_uploads_templates_and_mass_sends()
    {
        _vendor.AddFollowers("oFirst", "oSecond", "oThird");
        _vendor.RefuseMass("oThird");
        var template = _vendor.Templates.Add("进展：{{thing1.DATA}}", WeChatTemplateUse.Template);
        var picture = Path.GetTempFileName();
        await File.WriteAllBytesAsync(picture, [1, 2, 3], Stop);

        var answers = await CallAsync(
            ["createMenu", Json("""{"button":[{"type":"click","name":"常见问题","key":"say:常见问题"},{"name":"我的","sub_button":[{"type":"view","name":"进展","url":"https://outreach.example/"}]}]}""")],
            ["createMenu", Json("""{"button":[{"type":"click","name":"一","key":"1"},{"type":"click","name":"二","key":"2"},{"type":"click","name":"三","key":"3"},{"type":"click","name":"四","key":"4"}]}""")],
            ["getMenu"],
            ["createLimitQRCode", "c:demo;p:lobby"],
            ["createTmpQRCode", "c:demo", 3_000_000],
            ["createTag", "演示小区"],
            ["membersBatchtagging", 100, Json("""["oFirst","oThird"]""")],
            ["uploadMedia", picture, "image"],
            ["sendTemplate", "oFirst", template, "https://outreach.example/", Json("""{"thing1":{"value":"筹备组成立"}}""")],
            ["sendTemplate", "oFirst", template, "", Json("""{"thing1":{"value":"这一句话长过了二十个字所以平台不收它了真的"}}""")],
            ["massSendText", "开会通知", Json("""["oFirst","oSecond","oThird"]""")],
            ["massSendText", "开会通知", Json("""["oFirst"]""")],
            ["removeMenu"],
            ["getMenu"]);

        File.Delete(picture);
        Assert.Equal(0, (int)answers[0]!["errcode"]!);
        Assert.Equal(40016, (int)answers[1]!["code"]!);
        Assert.Equal("say:常见问题", (string?)answers[2]!["menu"]!["button"]![0]!["key"]);
        Assert.Equal("c:demo;p:lobby", _vendor.Codes.SceneOf((string)answers[3]!["ticket"]!));
        Assert.Equal(40050, (int)answers[4]!["code"]!);
        Assert.Equal(100, (int)answers[5]!["tag"]!["id"]!);
        Assert.Equal(0, (int)answers[6]!["errcode"]!);
        Assert.Equal("image", (string?)answers[7]!["type"]);
        Assert.Equal(0, (int)answers[8]!["errcode"]!);
        Assert.Equal(47003, (int)answers[9]!["code"]!);
        Assert.Equal(0, (int)answers[10]!["errcode"]!);
        Assert.Equal(40130, (int)answers[11]!["code"]!);
        Assert.Equal(46003, (int)answers[13]!["code"]!);
        Assert.Equal([(WeChatWay.Template, "进展：筹备组成立"), (WeChatWay.Mass, "开会通知")], _vendor.Ledger("oFirst").Select(read => (read.Way, read.Text)));
        Assert.Empty(_vendor.Ledger("oThird"));
        Assert.Contains(_pushed, push => push.Contains("TEMPLATESENDJOBFINISH", StringComparison.Ordinal) && push.Contains("success", StringComparison.Ordinal));
        Assert.Contains(_pushed, push => push.Contains("<TotalCount>3</TotalCount><FilterCount>2</FilterCount><SentCount>2</SentCount><ErrorCount>0</ErrorCount>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clientmsgid_is_taken_once_a_day_and_a_repeat_names_the_first_send()
    {
        _vendor.AddFollowers("oFirst", "oSecond");

        var first = await MassAsync("c7-1-1");
        var atOnce = await MassAsync("c7-1-1");
        _clock.Advance(TimeSpan.FromMinutes(1));
        var later = await MassAsync("c7-1-1");
        _clock.Advance(TimeSpan.FromHours(24));
        var nextDay = await MassAsync("c7-1-1");
        var tooLong = await MassAsync(new string('x', 65));

        Assert.Equal(0, (int)first["errcode"]!);
        Assert.Equal(45066, (int)atOnce["errcode"]!);
        Assert.Equal(45065, (int)later["errcode"]!);
        Assert.Equal((long)first["msg_id"]!, (long)later["msg_id"]!);
        Assert.Equal(0, (int)nextDay["errcode"]!);
        Assert.Equal(45067, (int)tooLong["errcode"]!);
        Assert.Equal(2, _vendor.Ledger("oFirst").Count);
    }

    [Fact]
    public async Task The_fifth_mass_message_of_a_month_passes_a_follower_by()
    {
        _vendor.AddFollowers("oFirst", "oSecond");
        for (var i = 0; i < 5; i++)
            await MassAsync($"c-{i}");
        _clock.Advance(TimeSpan.FromDays(7));      // December
        await MassAsync("c-5");

        Assert.Equal([2, 2, 2, 2, 0, 2], _vendor.Mass.Jobs.Select(job => job.Sent));
        Assert.Equal(0, _vendor.Mass.Jobs[4].Filtered);
    }

    [Fact]
    public async Task A_subscription_account_sends_once_a_day()
    {
        _vendor.AddFollowers("oFirst", "oSecond");
        _vendor.Mass.Kind = WeChatAccountKind.Subscription;

        await MassAsync("c-1");
        var second = await MassAsync("c-2");

        Assert.Equal(45028, (int)second["errcode"]!);
    }

    [Fact]
    public async Task A_notice_needs_its_consent_and_uses_it_up()
    {
        var once = _vendor.Templates.Add("{{thing1.DATA}}", WeChatTemplateUse.OneTime);
        await _vendor.FollowAsync("oFirst");

        var before = await NoticeAsync(once);
        await _vendor.AnswerPopupAsync("oFirst", once, WeChatPopup.Accept);
        var after = await NoticeAsync(once);
        var again = await NoticeAsync(once);

        Assert.Equal(43101, (int)before["errcode"]!);
        Assert.Equal(0, (int)after["errcode"]!);
        Assert.Equal(43101, (int)again["errcode"]!);
        Assert.Equal(WeChatWay.Notice, Assert.Single(_vendor.Ledger("oFirst")).Way);
    }

    [Fact]
    public async Task A_scan_follows_or_is_told_as_a_scan_and_an_old_code_does_nothing()
    {
        var ticket = (string)(await PostAsync("/cgi-bin/qrcode/create", """{"expire_seconds":600,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"c:demo"}}}"""))["ticket"]!;

        await _vendor.ScanTicketAsync("oFirst", ticket);
        await _vendor.ScanTicketAsync("oFirst", ticket);
        _clock.Advance(TimeSpan.FromMinutes(10));
        var late = await _vendor.ScanTicketAsync("oFirst", ticket);

        Assert.Null(late);
        Assert.Equal(2, _pushed.Count);
        Assert.Contains("<![CDATA[qrscene_c:demo]]>", _pushed[0], StringComparison.Ordinal);
        Assert.Contains("<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[c:demo]]></EventKey>", _pushed[1], StringComparison.Ordinal);
    }

    private Task<JsonNode> CallAsync(params JsonArray[] calls) =>
        Peers.RunAsync("wechat-calls.mjs", "wechat-api", new JsonArray(calls).ToJsonString(), _vendor.Address.AbsoluteUri, _vendor.AppId, Secret);

    private Task<JsonNode> MassAsync(string clientId) =>
        PostAsync("/cgi-bin/message/mass/send", $$"""{"touser":["oFirst","oSecond"],"msgtype":"text","text":{"content":"开会通知"},"clientmsgid":"{{clientId}}"}""");

    private Task<JsonNode> NoticeAsync(string template) =>
        PostAsync("/cgi-bin/message/subscribe/bizsend", $$$$"""{"touser":"oFirst","template_id":"{{{{template}}}}","data":{"thing1":{"value":"筹备组成立"}}}""");

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        var token = await _http.GetFromJsonAsync<JsonNode>(new Uri(_vendor.Address, $"/cgi-bin/token?grant_type=client_credential&appid={_vendor.AppId}&secret={Secret}"), Stop);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(_vendor.Address, $"{path}?access_token={(string)token!["access_token"]!}"), content, Stop);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Stop))!;
    }

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;
}
