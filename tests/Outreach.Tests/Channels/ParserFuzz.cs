using System.Text;
using System.Text.Json;
using CsCheck;
using Outreach.Activities;
using Outreach.Channels;
using Outreach.Channels.BotFramework;
using Outreach.Channels.DingTalk;
using Outreach.Channels.Feishu;

namespace Outreach.Tests.Channels;

/// <summary>One reader of what strangers send, with inputs that it takes.</summary>
/// <param name="Seeds">Where the mutations begin.</param>
/// <param name="Check">Reads; throws when it threw, or when what it read is not what it says.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Check);

/// <summary>
/// The readers of callbacks under inputs that are a few changes away from good ones: none may throw, and what is read must be able to be written and read again.
/// </summary>
internal static class ParserFuzz
{
    private const string AesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly CallbackCrypto Envelope = new(AesKey, "wx1234567890abcdef");
    private static readonly FeishuCrypto FeishuEnvelope = new("outreach_encrypt_key");
    private static readonly FeishuAccount Feishu = new("default", new() { AppId = "cli_1", EncryptKey = "outreach_encrypt_key", VerificationToken = "vt" }, Report("feishu"));
    private static readonly DingTalkAccount DingTalk = new("default", new(), Report("dingtalk"));

    public static IReadOnlyList<FuzzTarget> Targets { get; } =
    [
        new("callback-xml", Texts(
            "<xml><ToUserName><![CDATA[gh_outreach]]></ToUserName><FromUserName><![CDATA[oOwner001]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[业委会怎么成立 ]]]]><![CDATA[> 😀]]></Content><MsgId>24000000000000001</MsgId></xml>",
            "<xml><ToUserName>a</ToUserName><Event>subscribe</Event><ScanCodeInfo><ScanType>qrcode</ScanType></ScanCodeInfo><Encrypt/></xml>",
            "<!DOCTYPE x [<!ENTITY e \"e\">]><xml><a>&e;</a></xml>", "<?xml version=\"1.0\"?><!-- c --><xml><a>&lt;&#x4e1a;&amp;</a></xml>"), CheckXml),
        new("callback-envelope", [.. new[] { "", "x", new string('业', 40), "<xml><a>1</a></xml>" }.Select(text => Encoding.ASCII.GetBytes(Envelope.Encrypt(text)))], CheckEnvelope),
        new("activity-json", Texts(
            """{"type":"message","id":"in-1","timestamp":"2026-11-24T01:00:00.0000000Z","serviceUrl":"https://smba.trafficmanager.net/amer/","channelId":"msteams","from":{"id":"29:u","name":"演示"},"recipient":{"id":"28:b"},"conversation":{"id":"a:1","conversationType":"personal","isGroup":false},"locale":"zh-CN","text":"<at>助手</at> 换物业要多少人同意","textFormat":"plain","attachments":[{"contentType":"text/html","content":"<p>x</p>"}],"entities":[{"type":"mention","text":"<at>助手</at>","mentioned":{"id":"28:b"}}],"channelData":{"a":[1,2.5,null,true]}}""",
            """{"type":"conversationUpdate","membersAdded":[{"id":"u"}],"membersRemoved":[{"id":"b"}],"channelId":"emulator"}""",
            """{"type":"invoke","name":"adaptiveCard/action","value":{"action":{"type":"Action.Execute"}},"deliveryMode":"expectReplies"}""",
            """{"type":"message","value":"\ud800","text":null,"suggestedActions":{"actions":[{"type":"imBack","title":"a","value":"b"}]}}"""), CheckActivity),
        new("feishu-json", Texts(
            """{"schema":"2.0","header":{"event_id":"e-1","event_type":"im.message.receive_v1","create_time":"1700000000000","token":"vt","app_id":"cli_1"},"event":{"sender":{"sender_id":{"open_id":"ou_1"},"sender_type":"user"},"message":{"message_id":"om_1","chat_id":"oc_1","chat_type":"p2p","message_type":"text","content":"{\"text\":\"@_user_1 业委会\"}","mentions":[{"key":"@_user_1","id":{"open_id":"ou_b"},"name":"助手"}]}}}""",
            """{"schema":"2.0","header":{"event_id":"e-2","event_type":"card.action.trigger","token":"vt"},"event":{"operator":{"open_id":"ou_1"},"action":{"value":{"say":"同意"}}}}""",
            """{"challenge":"c","token":"vt","type":"url_verification"}""", """{"open_id":"ou_1","action":{"value":{"verdict":"helpful","answer":"\ud800"}}}"""), CheckFeishu),
        new("feishu-envelope", Texts("MDEyMzQ1Njc4OWFiY2RlZrH8ThbioXSRXQJieWKDNFa69Xu3xXgGd9mktVJRtcUsZyQGVmIKpoU1YLpMHctshUvRSIIuPsnrNywO6kIN5BwRxaBAWPdZQGhldRiIspg62ywkDi8vfNdZ1Qg8cwIcRCmT19jtPIf9gDfdrZILiVGs1o9JIataUDib0szpapNXHMZN/D8fUOx4w8OAEb6fAw=="),
            bytes => FeishuEnvelope.Decrypt(Encoding.Latin1.GetString(bytes))),
        new("dingtalk-json", Texts(
            """{"conversationId":"cid1","conversationType":"1","msgId":"m1","msgtype":"text","text":{"content":" 业委会怎么成立"},"senderId":"$:LWCP_v1:$x","senderStaffId":"u1","robotCode":"ding1","isInAtList":true,"chatbotUserId":"$:LWCP_v1:$b","createAt":1700000000000,"sessionWebhook":"https://oapi.dingtalk.com/robot/sendBySession?session=x","sessionWebhookExpiredTime":1700005400000}""",
            """{"conversationId":"c","msgId":"m","msgtype":"richText","senderId":"s","content":{"richText":[{"text":"换物业"},{"type":"picture","downloadCode":"d"}]}}""",
            """{"conversationId":"c","msgId":"m","msgtype":"audio","senderId":"s","content":{"recognition":"\ud83d"}}"""),
            bytes => CheckKept(DingTalkPush.Read(bytes, DingTalk, Now)?.Activity)),
    ];

    /// <summary>Inputs some changes away from the seeds, and now and then bytes out of nowhere.</summary>
    public static Gen<byte[]> Near(FuzzTarget target) => Gen.Frequency(
        (9, Gen.Select(Gen.Int[0, target.Seeds.Count - 1], Change.List[1, 6], (seed, changes) => changes.Aggregate(target.Seeds[seed], (bytes, change) => change.Apply(bytes)))),
        (1, Gen.Byte.Array[0, 300]));

    private static Gen<Edit> Change => Gen.Select(Gen.Int[0, 5], Gen.Int[0, int.MaxValue], Gen.Int[0, 24], Gen.OneOf(Gen.Byte.Array[0, 4], Gen.Int[0, Spices.Length - 1].Select(spice => Spices[spice])),
        (kind, at, length, with) => new Edit(kind, at, length, with));

    /// <summary>What readers trip over: halves of letters and of markup, nesting, numbers without end.</summary>
    private static readonly byte[][] Spices =
    [
        .. new[]
        {
            "\\ud800", "\\udc00\\ud800", "\\u0000", "]]>", "<![CDATA[", "<!DOCTYPE a>", "&#0;", "&#xD800;", "<a b='c'>", "</xml>", "<x:y/>", "\"", "\\", "{", "[", "null", "1e999", "-", "\u202e", "\ufeff",
            "9223372036854775808", "=", "====",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe4, 0xb8], [.. Enumerable.Repeat((byte)'[', 100)], [.. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 80)))],
    ];

    private sealed record Edit(int Kind, int At, int Length, byte[] With)
    {
        public byte[] Apply(byte[] bytes)
        {
            var from = bytes.Length == 0 ? 0 : At % (bytes.Length + 1);
            var to = Math.Min(from + Length, bytes.Length);
            return Kind switch
            {
                0 => [.. bytes[..from], .. With, .. bytes[from..]],
                1 => [.. bytes[..from], .. With, .. bytes[to..]],
                2 => [.. bytes[..from], .. bytes[to..]],
                3 => [.. bytes[..to], .. bytes[from..to], .. bytes[to..]],
                4 => bytes[..from],
                _ => from < bytes.Length ? [.. bytes[..from], (byte)(bytes[from] ^ (1 << (Length % 8))), .. bytes[(from + 1)..]] : bytes,
            };
        }
    }

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static ChannelReport Report(string channel) => new() { Channel = channel, Account = "default", Title = channel, State = ChannelState.On };

    private static void CheckXml(byte[] bytes)
    {
        if (CallbackXml.Parse(Encoding.UTF8.GetString(bytes)) is not { } fields)
            return;
        foreach (var (name, value) in fields)
        {
            // A reader of XML makes every line end a \n.
            var plain = value.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
            Same(plain, CallbackXml.Parse(CallbackXml.Write((name, value)))?.GetValueOrDefault(name), "the field");
        }
    }

    private static void CheckEnvelope(byte[] bytes)
    {
        if (Envelope.Decrypt(Encoding.Latin1.GetString(bytes)) is { } message)
            Same(message, Envelope.Decrypt(Envelope.Encrypt(message)), "the message");
    }

    private static void CheckActivity(byte[] bytes)
    {
        if (BotFrameworkEndpoint.Parse(bytes) is not { } activity)
            return;
        if (BotFrameworkEndpoint.ReferenceOf(activity) is { } reference)
            Same(reference.UserId, JsonSerializer.Deserialize(JsonSerializer.Serialize(reference, ActivityJson.Default.ConversationReference), ActivityJson.Default.ConversationReference)!.UserId, "the user");
        CheckKept(new() { Type = ActivityTypes.Message, Id = activity.Id, Locale = activity.Locale, Text = BotFrameworkEndpoint.WordsOf(activity) });
    }

    private static void CheckFeishu(byte[] bytes)
    {
        if (PushedJson.Parse(bytes) is not { } body)
            return;
        CheckKept(FeishuEvent.Read(body, Feishu, Now)?.Activity);
        CheckKept(FeishuEvent.ReadOldCard(body, "id", Feishu, Now)?.Activity);
    }

    /// <summary>What a turn is stored as must be readable again.</summary>
    private static void CheckKept(Activity? activity)
    {
        if (activity is not null)
            Same(activity.Text, JsonSerializer.Deserialize(JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity), ActivityJson.Default.Activity)!.Text, "the stored text");
    }

    private static void Same(string? expected, string? actual, string what)
    {
        if (expected != actual)
            throw new InvalidDataException($"{what} was read as '{expected}' and came back as '{actual}'");
    }
}
