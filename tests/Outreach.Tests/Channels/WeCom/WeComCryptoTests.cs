using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Outreach.Channels;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeCom;

/// <summary>WeCom's envelope: WeChat's, with the corp behind the message; against worked values and the vendor's published library.</summary>
public sealed class WeComCryptoTests
{
    private const string Token = "outreach_token";
    private const string Timestamp = "1700000000";
    private const string Nonce = "nonce123";
    private const string Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    private const string CorpId = "ww0123456789abcdef";
    private const string Echo = "1616140317555161061";
    private const string Encrypted = "Q3stYC6hdFzMh9T8HCvyDH0IHJENRtL8kKsqSYgg4gBeiTpo2e8dLmRRhxdna5yMVu0s4RoCX7iZ4LGYqVDhtA==";
    private const string Signature = "e7d14280b3d51fc89b4a68426b98971f62cef6ba";

    private static readonly byte[] Random = "0123456789abcdef"u8.ToArray();
    private readonly CallbackCrypto _ours = new(Key, CorpId);
    private readonly WeChatEnvelope _theirs = new(Token, Key, CorpId);

    [Fact]
    public void Worked_values_come_out_of_both_hands()
    {
        Assert.Equal((Encrypted, Encrypted), (_ours.Encrypt(Echo, Random), _theirs.Seal(Encoding.UTF8.GetBytes(Echo), Random)));
        Assert.Equal((Echo, Echo), (_ours.Decrypt(Encrypted), _theirs.Open(Encrypted)));
        Assert.Equal((Signature, Signature), (CallbackCrypto.Sign(Token, Timestamp, Nonce, Encrypted), _theirs.Signature(Timestamp, Nonce, Encrypted)));
    }

    [Fact]
    public void Each_flipped_byte_of_an_envelope_is_refused()
    {
        for (var i = 0; i < Encrypted.Length; i++)
        {
            var flipped = $"{Encrypted[..i]}{(Encrypted[i] == 'A' ? 'B' : 'A')}{Encrypted[(i + 1)..]}";
            Assert.False(CallbackCrypto.IsSigned(Signature, Token, Timestamp, Nonce, flipped));
        }
        Assert.True(CallbackCrypto.IsSigned(Signature, Token, Timestamp, Nonce, Encrypted));
    }

    [Fact]
    public async Task The_published_library_and_ours_read_each_other()
    {
        var texts = new List<string> { Echo };
        for (var length = 0; length < 64; length++)
            texts.Add(new('z', length));
        texts.AddRange(CallbackCryptoTests.Texts.Array[935].Single(_ => true, "0003RnBI49f4"));
        var sealedByUs = texts.Select(_ours.Encrypt).ToList();

        var peer = await Peers.RunAsync("wecom-crypto.mjs", "@wecom/crypto", new JsonObject
        {
            ["token"] = Token,
            ["encodingAESKey"] = Key,
            ["id"] = CorpId,
            ["timestamp"] = Timestamp,
            ["nonce"] = Nonce,
            ["plain"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]),
            ["sealed"] = new JsonArray([.. sealedByUs.Select(text => (JsonNode)text)]),
        }.ToJsonString());

        Assert.Equal(1000, texts.Count);
        Assert.Equal(32, texts.Select(text => (20 + Encoding.UTF8.GetByteCount(text) + CorpId.Length) % 32).Distinct().Count());      // every length of padding
        Assert.Equal(texts, peer["opened"]!.AsArray().Select(one => (string)one!["message"]!));
        Assert.All(peer["opened"]!.AsArray(), one => Assert.Equal(CorpId, (string?)one!["id"]));
        Assert.Equal(texts, peer["sealed"]!.AsArray().Select(one => _ours.Decrypt((string)one!)));
        Assert.Equal(sealedByUs.Select(one => CallbackCrypto.Sign(Token, Timestamp, Nonce, one)), peer["signatures"]!.AsArray().Select(one => (string)one!));
    }
}
