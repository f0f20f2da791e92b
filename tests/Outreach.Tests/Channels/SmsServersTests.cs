using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>The SMS vendors' doubles against worked values that were made elsewhere: they take the documented request and none that differs by a letter.</summary>
public sealed class SmsServersTests
{
    private static readonly DateTimeOffset Worked = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private const string AliyunSignature = "f602d5ca4254d7672bc653e8282411035ce580adbe00ff12a8729612a9f49861";
    private const string TencentSignature = "6c7f50ed2551f17731ddc56f8b0cbd330e89a88ecde5a6ad73b8239d2b6c8c20";
    private const string TencentBody =
        """{"PhoneNumberSet":["+8613800000000"],"SmsSdkAppId":"1400000000","SignName":"测试社区","TemplateId":"1000","TemplateParamSet":["张三"]}""";

    [Theory]
    [InlineData(AliyunSignature, "nonce-0001", 0, 200, "OK")]
    [InlineData("0602d5ca4254d7672bc653e8282411035ce580adbe00ff12a8729612a9f49861", "nonce-0001", 0, 400, "SignatureDoesNotMatch")]
    [InlineData(AliyunSignature, "nonce-0002", 0, 400, "SignatureDoesNotMatch")]
    [InlineData(AliyunSignature, "nonce-0001", 16, 400, "InvalidTimeStamp.Expired")]
    public async Task Aliyun_takes_the_worked_request_alone(string signature, string nonce, int minutesLate, int status, string code)
    {
        await using var server = await AliyunSmsServer.StartAsync(new FakeTimeProvider(Worked.AddMinutes(minutesLate)), "testAk", "testSk");
        server.Signs.Add("测试社区");
        server.Templates["SMS_0001"] = "${name}您好，您的登记已收到。";

        var answer = await AliyunAsync(server, signature, nonce);

        Assert.Equal((status, code), (answer.Status, (string?)answer.Body["Code"]));
        if (code == "OK")
            Assert.Equal("张三您好，您的登记已收到。", Assert.Single(server.Ledger).Text);
        else
            Assert.Empty(server.Ledger);
    }

    [Fact]
    public async Task Aliyun_refuses_a_nonce_that_it_has_seen_and_a_second_text_within_the_minute()
    {
        await using var server = await AliyunSmsServer.StartAsync(new FakeTimeProvider(Worked), "testAk", "testSk");
        server.Signs.Add("测试社区");
        server.Templates["SMS_0001"] = "${name}";
        await AliyunAsync(server, AliyunSignature, "nonce-0001");

        var again = await AliyunAsync(server, AliyunSignature, "nonce-0001");

        Assert.Equal("SignatureNonceUsed", (string?)again.Body["Code"]);
        Assert.Single(server.Ledger);
    }

    [Theory]
    [InlineData(TencentSignature, 0, null, "Ok")]
    [InlineData("0c7f50ed2551f17731ddc56f8b0cbd330e89a88ecde5a6ad73b8239d2b6c8c20", 0, "AuthFailure.SignatureFailure", null)]
    [InlineData(TencentSignature, 6, "AuthFailure.SignatureExpire", null)]
    public async Task Tencent_takes_the_worked_request_alone(string signature, int minutesLate, string? error, string? status)
    {
        await using var server = await TencentSmsServer.StartAsync(new FakeTimeProvider(Worked.AddMinutes(minutesLate)), "testId", "testSecretKey", "1400000000");
        server.Signs.Add("测试社区");
        server.Templates["1000"] = "{1}您好";

        var answer = (await TencentAsync(server, signature))["Response"]!;

        Assert.Equal(error, (string?)answer["Error"]?["Code"]);
        Assert.Equal(status, (string?)answer["SendStatusSet"]?[0]?["Code"]);
        Assert.Equal(status is null ? 0 : 1, server.Ledger.Count);
    }

    [Fact]
    public async Task Tencent_gives_each_number_its_own_status_and_keeps_to_its_limits()
    {
        await using var server = await TencentSmsServer.StartAsync(new FakeTimeProvider(Worked), "testId", "testSecretKey", "1400000000");
        server.Signs.Add("测试社区");
        server.Templates["1000"] = "{1}您好";
        await TencentAsync(server, TencentSignature);

        var again = await TencentAsync(server, TencentSignature);

        Assert.Equal("LimitExceeded.PhoneNumberThirtySecondLimit", (string?)again["Response"]!["SendStatusSet"]![0]!["Code"]);
        Assert.Single(server.Ledger);
    }

    private static async Task<(int Status, JsonNode Body)> AliyunAsync(AliyunSmsServer server, string signature, string nonce)
    {
        var query = $"PhoneNumbers=13800000000&SignName={Uri.EscapeDataString("测试社区")}&TemplateCode=SMS_0001&TemplateParam={Uri.EscapeDataString("""{"name":"张三"}""")}";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/?" + query));
        request.Headers.Host = "dysmsapi.aliyuncs.com";
        foreach (var (name, value) in new[]
        {
            ("x-acs-action", "SendSms"), ("x-acs-version", "2017-05-25"), ("x-acs-date", "2023-11-14T22:13:20Z"), ("x-acs-signature-nonce", nonce),
            ("x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("Authorization", $"ACS3-HMAC-SHA256 Credential=testAk,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature={signature}"),
        })
            request.Headers.TryAddWithoutValidation(name, value);
        var (status, body) = await SendAsync(request);
        return ((int)status, body);
    }

    private static async Task<JsonNode> TencentAsync(TencentSmsServer server, string signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address);
        request.Headers.Host = "sms.tencentcloudapi.com";
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(TencentBody));
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in new[]
        {
            ("X-TC-Action", "SendSms"), ("X-TC-Version", "2021-01-11"), ("X-TC-Region", "ap-guangzhou"),
            ("X-TC-Timestamp", Worked.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ("Authorization", $"TC3-HMAC-SHA256 Credential=testId/2023-11-14/sms/tc3_request, SignedHeaders=content-type;host, Signature={signature}"),
        })
            request.Headers.TryAddWithoutValidation(name, value);
        return (await SendAsync(request)).Body;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpRequestMessage request)
    {
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }
}
