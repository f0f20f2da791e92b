using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Outreach.Channels.Sms;
using Outreach.Leads;

namespace Outreach.Tests.Channels.Sms;

/// <summary>Our signatures beside those of the vendors' own libraries.</summary>
public sealed class SmsSignatureTests
{
    private const string TencentBody =
        """{"PhoneNumberSet":["+8613800000000"],"SmsSdkAppId":"1400000000","SignName":"测试社区","TemplateId":"1000","TemplateParamSet":["张三"]}""";

    private static readonly Dictionary<string, string> AliyunQuery = new(StringComparer.Ordinal)
    {
        ["PhoneNumbers"] = "13800000000",
        ["SignName"] = "测试社区",
        ["TemplateCode"] = "SMS_0001",
        ["TemplateParam"] = """{"name":"张三"}""",
    };

    private static readonly Dictionary<string, string> AliyunHeaders = new(StringComparer.Ordinal)
    {
        ["host"] = "dysmsapi.aliyuncs.com",
        ["x-acs-action"] = "SendSms",
        ["x-acs-version"] = "2017-05-25",
        ["x-acs-date"] = "2023-11-14T22:13:20Z",
        ["x-acs-signature-nonce"] = "nonce-0001",
        ["x-acs-content-sha256"] = AliyunSignature.HashOf(""),
    };

    [Fact]
    public void The_worked_values_come_out()
    {
        var aliyun = AliyunSignature.Authorization("testAk", "testSk", "POST", AliyunSignature.Query(AliyunQuery), AliyunHeaders);
        var tencent = TencentSignature.Authorization("testId", "testSecretKey", "sms.tencentcloudapi.com", 1700000000, Encoding.UTF8.GetBytes(TencentBody));

        Assert.EndsWith("Signature=f602d5ca4254d7672bc653e8282411035ce580adbe00ff12a8729612a9f49861", aliyun, StringComparison.Ordinal);
        Assert.EndsWith("Signature=6c7f50ed2551f17731ddc56f8b0cbd330e89a88ecde5a6ad73b8239d2b6c8c20", tencent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_vendors_own_libraries_sign_the_same_requests_alike()
    {
        Dictionary<string, string> query = new(AliyunQuery, StringComparer.Ordinal) { ["TemplateParam"] = """{"title":"换届 (第3次)!*'~ 50% + 😀","n":"a&b=c"}""", ["OutId"] = "delivery/17" };
        const string body = """{"PhoneNumberSet":["+8613900000000"],"SmsSdkAppId":"1400000001","SignName":"测试社区","TemplateId":"1001","TemplateParamSet":["锦绣花园","换届 & 😀"],"SessionContext":"delivery/17"}""";
        var asked = new JsonObject
        {
            ["aliyun"] = new JsonObject
            {
                ["method"] = "POST",
                ["query"] = Json(query),
                ["headers"] = Json(AliyunHeaders),
                ["payload"] = AliyunHeaders["x-acs-content-sha256"],
                ["keyId"] = "testAk",
                ["secret"] = "testSk",
            },
            ["tencent"] = new JsonObject
            {
                ["host"] = "sms.tencentcloudapi.com",
                ["body"] = body,
                ["seconds"] = 1763949600,
                ["secretId"] = "testId",
                ["secretKey"] = "testSecretKey",
            },
        };

        var theirs = await Peers.RunAsync("signers.mjs", "tencentcloud-sdk-nodejs-common", asked.ToJsonString());

        Assert.Equal((string?)theirs["aliyun"], AliyunSignature.Authorization("testAk", "testSk", "POST", AliyunSignature.Query(query), AliyunHeaders));
        Assert.Equal((string?)theirs["tencent"], TencentSignature.Authorization("testId", "testSecretKey", "sms.tencentcloudapi.com", 1763949600, Encoding.UTF8.GetBytes(body)));

        static JsonObject Json(Dictionary<string, string> pairs) => new(pairs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
    }

    [Fact]
    public async Task The_reference_library_accepts_our_webhook_and_no_other()
    {
        var (secret, body) = ("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", """{"type":"lead.created","data":{"leadId":"L-1001","community":"测试小区"}}""");
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var signature = WebhookDestination.Sign(WebhookDestination.KeyOf(secret)!, "msg_1", seconds, Encoding.UTF8.GetBytes(body));

        var theirs = await VerdictAsync(body);
        var changed = await VerdictAsync(body.Replace("L-1001", "L-1002", StringComparison.Ordinal));

        Assert.Equal("accepted", (string?)theirs["webhook"]);
        Assert.Equal(signature, (string?)theirs["signature"]);
        Assert.NotEqual("accepted", (string?)changed["webhook"]);

        Task<JsonNode> VerdictAsync(string sent) => Peers.RunAsync("signers.mjs", "standardwebhooks", new JsonObject
        {
            ["webhook"] = new JsonObject
            {
                ["secret"] = secret,
                ["body"] = sent,
                ["headers"] = new JsonObject { ["webhook-id"] = "msg_1", ["webhook-timestamp"] = seconds.ToString(CultureInfo.InvariantCulture), ["webhook-signature"] = signature },
                ["sign"] = new JsonObject { ["id"] = "msg_1", ["seconds"] = seconds, ["body"] = body },
            },
        }.ToJsonString());
    }
}
