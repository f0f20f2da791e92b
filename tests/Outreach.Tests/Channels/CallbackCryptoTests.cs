using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Outreach.Channels;
using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>The encrypted envelope, against worked values, another implementation of ours and the published one.</summary>
public sealed class CallbackCryptoTests
{
    private const string Token = "outreach_token";
    private const string Timestamp = "1700000000";
    private const string Nonce = "nonce123";
    private const string Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    private const string AppId = "wx1234567890abcdef";
    private const string Message = "<xml><ToUserName><![CDATA[gh_outreach]]></ToUserName><FromUserName><![CDATA[oOwner001]]></FromUserName><CreateTime>1700000000</CreateTime>"
        + "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[业委会怎么成立]]></Content><MsgId>24000000000000001</MsgId></xml>";
    private const string Encrypted = "Q3stYC6hdFzMh9T8HCvyDJd3XGghJQYcUf1O/1QxqEwnZmwboEez5qKF8tKzOUd2NzF123qtBftLYHHsereaA3dAAACvvcEerbw5iiwqHtxp4q1gMQG0Zs3Xa8ErOYawB+XFL3qCa0Lz7imSn58rzh"
        + "tXq36/vRJP5HTXJLCEhlIWWfKUes/wjJhbFgZuewfKxnhfmdKczsEyfBo9Vrgef0xkvIBQjFzgt0OyYo7vmpuMxtqsxzOQ1058BO7boLyXzlI9CsSHxaIOua66Tua05zxdjlFBvTwlE5MkRL+xawF5"
        + "Gn3gJQahc34XLXftr+RSPsu6AwG7o2gVBHx+myPHUckyja0ljnBI5utqDRQLmRrvN7O+PUMvn9bHO6K+JwZn08rnYqdpHeOz9LcXoOlGrIKtABGrZjS+z/MD0B2dgIA=";
    private const string FullBlock = "Q3stYC6hdFzMh9T8HCvyDHDxbrF7f8TfmYxXSN1y2Vbjja9RgRLcXPjzJF67v90Vn9yuvwiFgd5MkUND5IBuht+cQU+Cz4hxMu2c3EzSJUQfKqR62caNMth437AA3uzM";

    private static readonly byte[] Random = "0123456789abcdef"u8.ToArray();
    private readonly CallbackCrypto _ours = new(Key, AppId);
    private readonly WeChatEnvelope _theirs = new(Token, Key, AppId);

    [Fact]
    public void Worked_values_come_out_of_both_hands()
    {
        string full = new('x', 26);

        Assert.Equal("1c9b42487a54a2e2a179473967c0efb3642aaec1", CallbackCrypto.Sign(Token, Timestamp, Nonce));
        Assert.Equal("1c9b42487a54a2e2a179473967c0efb3642aaec1", WeChatEnvelope.Signature([Token, Timestamp, Nonce]));
        Assert.Equal("552a9319f0dcaee3f7e72f041a80164bd1f11c1a", CallbackCrypto.Sign(Token, Timestamp, Nonce, Encrypted));
        Assert.Equal("552a9319f0dcaee3f7e72f041a80164bd1f11c1a", _theirs.Signature(Timestamp, Nonce, Encrypted));
        Assert.Equal(263, Encoding.UTF8.GetByteCount(Message));
        Assert.Equal((Encrypted, FullBlock), (_ours.Encrypt(Message, Random), _ours.Encrypt(full, Random)));
        Assert.Equal((Encrypted, FullBlock), (_theirs.Seal(Encoding.UTF8.GetBytes(Message), Random), _theirs.Seal(Encoding.UTF8.GetBytes(full), Random)));
        Assert.Equal((Message, full), (_ours.Decrypt(Encrypted), _ours.Decrypt(FullBlock)));
        Assert.Equal((Message, full), (_theirs.Open(Encrypted), _theirs.Open(FullBlock)));
    }

    [Fact]
    public void Parts_are_sorted_by_code_units_and_not_by_culture() =>
        Assert.Equal(WeChatEnvelope.Signature(["0", "1700000000", "Noncea", "_t", "nonceB"]), CallbackCrypto.Sign("nonceB", "Noncea", "1700000000", "_t", "0"));

    [Fact]
    public void A_signature_that_differs_in_one_digit_is_none()
    {
        var signature = CallbackCrypto.Sign(Token, Timestamp, Nonce);

        Assert.True(CallbackCrypto.IsSigned(signature, Token, Timestamp, Nonce));
        for (var i = 0; i < signature.Length; i++)
            Assert.False(CallbackCrypto.IsSigned($"{signature[..i]}{(signature[i] == '0' ? '1' : '0')}{signature[(i + 1)..]}", Token, Timestamp, Nonce));
        Assert.All(new[] { null, "", signature[1..], signature + "0", new string('业', 40) }, wrong => Assert.False(CallbackCrypto.IsSigned(wrong, Token, Timestamp, Nonce)));
    }

    [Fact]
    public void Each_flipped_byte_of_an_envelope_is_refused()
    {
        var signature = CallbackCrypto.Sign(Token, Timestamp, Nonce, Encrypted);
        for (var i = 0; i < Encrypted.Length; i++)
        {
            var flipped = $"{Encrypted[..i]}{(Encrypted[i] == 'A' ? 'B' : 'A')}{Encrypted[(i + 1)..]}";
            Assert.False(CallbackCrypto.IsSigned(signature, Token, Timestamp, Nonce, flipped));
            _ = _ours.Decrypt(flipped);      // whatever it is, it does not throw
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    [InlineData(255)]
    public void A_padding_that_is_none_is_refused(byte pad)
    {
        var plain = new byte[96];
        Random.CopyTo(plain, 0);
        plain[19] = 26;
        Encoding.UTF8.GetBytes(new string('x', 26) + AppId).CopyTo(plain, 20);
        plain.AsSpan(64).Fill(32);
        Assert.Equal(new string('x', 26), _ours.Decrypt(_theirs.SealPadded(plain)));

        plain[^1] = pad;
        Assert.Null(_ours.Decrypt(_theirs.SealPadded(plain)));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(70)]
    [InlineData(94)]
    public void Every_byte_of_the_padding_counts(int wrong)
    {
        var plain = new byte[96];
        plain[19] = 26;
        Encoding.UTF8.GetBytes(new string('x', 26) + AppId).CopyTo(plain, 20);
        plain.AsSpan(64).Fill(32);
        plain[wrong] = 31;

        Assert.Null(_ours.Decrypt(_theirs.SealPadded(plain)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("QUJD\u4e1a")]
    public void What_is_no_envelope_is_refused(string text) => Assert.Null(_ours.Decrypt(text));

    [Fact]
    public void A_length_that_does_not_fit_another_trailer_and_bytes_that_are_no_text_are_refused()
    {
        var message = "<xml/>"u8.ToArray();
        Assert.Equal("<xml/>", _ours.Decrypt(_theirs.Seal(message, Random)));

        Assert.Null(_ours.Decrypt(_theirs.Seal(message, Random, "wx1234567890abcdeF")));
        Assert.Null(_ours.Decrypt(_theirs.Seal(message, Random, "")));
        Assert.Null(_ours.Decrypt(_theirs.Seal(message, Random, AppId + "x")));
        Assert.Null(_ours.Decrypt(_theirs.Seal([0xC3, 0x28], Random)));
        foreach (var length in new uint[] { 0, 7, 1000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF })
        {
            var plain = new byte[64];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(plain.AsSpan(16), length);
            Encoding.UTF8.GetBytes("<xml/>" + AppId).CopyTo(plain, 20);
            plain.AsSpan(44).Fill(20);
            Assert.Null(_ours.Decrypt(_theirs.SealPadded(plain)));
        }
    }

    [Theory]
    [InlineData(Key, true)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789ABCDEF", false)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH", false)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789ABCDEF!", false)]
    [InlineData("abcdefghijklmnopqrstuvwxyz 123456789ABCDEFG", false)]
    [InlineData(null, false)]
    public void A_key_is_43_characters_of_base64(string? key, bool isKey) => Assert.Equal(isKey, CallbackCrypto.IsKey(key));

    [Fact]
    public void Every_padding_length_goes_both_ways()
    {
        for (var length = 0; length < 100; length++)
        {
            string message = new('y', length);
            Assert.Equal(message, _theirs.Open(_ours.Encrypt(message)));
            Assert.Equal(message, _ours.Decrypt(_theirs.Seal(message)));
        }
    }

    [Fact]
    public void Any_text_goes_both_ways() => Texts.Sample(message =>
        message == _theirs.Open(_ours.Encrypt(message)) && message == _ours.Decrypt(_theirs.Seal(message)));

    [Fact]
    public void Nothing_that_comes_makes_it_throw() => Gen.Byte.Array[0, 20].Select(Gen.Int[0, 400], Gen.Bool).Sample((bytes, length, seal) =>
    {
        var cipher = new byte[length];
        for (var i = 0; i < length && bytes.Length > 0; i++)
            cipher[i] = bytes[i % bytes.Length];
        _ = _ours.Decrypt(seal && length % 16 == 0 ? _theirs.SealPadded(cipher) : Convert.ToBase64String(cipher));
    });

    [Fact]
    public async Task The_published_library_and_ours_read_each_other()
    {
        var texts = new List<string> { Message, new('x', 26) };
        for (var length = 0; length < 64; length++)
            texts.Add(new('z', length));
        texts.AddRange(Texts.Array[934].Single(_ => true, "0003RnBI49f4"));
        var sealedByUs = texts.Select(_ours.Encrypt).ToList();

        var peer = await Peers.RunAsync("wechat-crypto.mjs", "wechat-crypto", new JsonObject
        {
            ["token"] = Token,
            ["encodingAESKey"] = Key,
            ["id"] = AppId,
            ["timestamp"] = Timestamp,
            ["nonce"] = Nonce,
            ["plain"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]),
            ["sealed"] = new JsonArray([.. sealedByUs.Select(text => (JsonNode)text)]),
        }.ToJsonString());

        Assert.Equal(1000, texts.Count);
        Assert.Equal(texts, peer["opened"]!.AsArray().Select(one => (string)one!["message"]!));
        Assert.All(peer["opened"]!.AsArray(), one => Assert.Equal(AppId, (string?)one!["id"]));
        Assert.Equal(texts, peer["sealed"]!.AsArray().Select(one => _ours.Decrypt((string)one!)));
        Assert.Equal(sealedByUs.Select(one => CallbackCrypto.Sign(Token, Timestamp, Nonce, one)), peer["signatures"]!.AsArray().Select(one => (string)one!));
    }

    private static readonly string[] Special = ["]]>", "&", "<", "\"", "\\u4e1a", "\u3000"];

    /// <summary>Text of every plane, without halves of pairs.</summary>
    internal static Gen<string> Texts { get; } = Gen.OneOf(
        Gen.Int[0, 0x2FFF].Select(One), Gen.Int[0x4E00, 0x9FFF].Select(One), Gen.Int[0xE000, 0xFFFF].Select(One), Gen.Int[0x1F300, 0x1FAFF].Select(One),
        Gen.Int[0, Special.Length - 1].Select(i => Special[i])).Array[0, 120].Select(parts => string.Concat(parts));

    private static string One(int codePoint) => char.ConvertFromUtf32(codePoint);
}
