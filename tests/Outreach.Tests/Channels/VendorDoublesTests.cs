using System.Text;
using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>The doubles sign as the vendors do: worked values that independent libraries gave.</summary>
public sealed class VendorDoublesTests
{
    [Fact]
    public void DingTalk_signs_with_the_secret_as_key() =>
        Assert.Equal("y9nOEW6syVn9iutiBMUbQoWtcAKjMiCtm68JqOzQcqM=", DingTalkServer.SignatureOf("SECoutreach0001", "1700000000000"));

    [Fact]
    public void Feishu_robots_sign_nothing_with_time_and_secret_as_key() =>
        Assert.Equal("4QBKzrKZlzyHdgkuyKC/TdpQBjH47Lz8+psuMTGG684=", FeishuServer.SignatureOf("feishuSecret001", "1700000000"));

    [Fact]
    public void Feishu_events_are_sealed_and_signed()
    {
        var envelope = new FeishuEnvelope("outreach_encrypt_key");
        var body = envelope.Seal(
            """{"schema":"2.0","header":{"event_id":"e-0001","event_type":"im.message.receive_v1","token":"vt","create_time":"1700000000000"},"event":{}}""",
            Encoding.ASCII.GetBytes("0123456789abcdef"));

        Assert.Equal(
            """{"encrypt":"MDEyMzQ1Njc4OWFiY2RlZrH8ThbioXSRXQJieWKDNFa69Xu3xXgGd9mktVJRtcUsZyQGVmIKpoU1YLpMHctshUvRSIIuPsnrNywO6kIN5BwRxaBAWPdZQGhldRiIspg62ywkDi8vfNdZ1Qg8cwIcRCmT19jtPIf9gDfdrZILiVGs1o9JIataUDib0szpapNXHMZN/D8fUOx4w8OAEb6fAw=="}""",
            body);
        Assert.Equal("f98dbf24a168d93fd54605891ca60d98bbefce86a80eb35797d88335887f5aa8", envelope.Signature("1700000000", "nonce123", Encoding.UTF8.GetBytes(body)));
    }
}
