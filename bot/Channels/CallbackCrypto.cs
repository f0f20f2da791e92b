using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Outreach.Channels;

/// <summary>
/// The envelope in which WeChat, WeCom and DingTalk push: AES-256-CBC over <c>random(16) ‖ length(4, big endian) ‖ message ‖ id</c>, padded to 32-byte blocks,
/// with a SHA-1 signature over the sorted parts. Pure.
/// </summary>
internal sealed class CallbackCrypto
{
    private const int Block = 32;
    private const int Random = 16;
    private const int Head = Random + sizeof(int);

    private readonly byte[] _key;
    private readonly byte[] _id;

    /// <param name="encodingAesKey">43 characters of base64 (see <see cref="IsKey"/>).</param>
    /// <param name="id">What stands behind the message: the app id, or the corp id.</param>
    public CallbackCrypto(string encodingAesKey, string id)
    {
        _key = Convert.FromBase64String(encodingAesKey + "=");
        _id = Encoding.UTF8.GetBytes(id);
    }

    /// <summary>Whether a configured key is one: 43 characters that decode to 32 bytes.</summary>
    public static bool IsKey(string? encodingAesKey) =>
        encodingAesKey is { Length: 43 } && Convert.TryFromBase64String(encodingAesKey + "=", new byte[33], out var bytes) && bytes == 32;

    /// <summary>Lower-case hex of SHA-1 over the parts in ordinal order.</summary>
    public static string Sign(params ReadOnlySpan<string> parts)
    {
        var sorted = parts.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
#pragma warning disable CA5350 // the vendors' protocol
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(sorted))));
#pragma warning restore CA5350
    }

    /// <summary>Whether a signature is that of the parts; takes the same time wherever it differs.</summary>
    public static bool IsSigned(string? signature, params ReadOnlySpan<string> parts) =>
        signature is { Length: 40 } && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature.ToLowerInvariant()), Encoding.ASCII.GetBytes(Sign(parts)));

    /// <summary>The message of an envelope; null when anything about it is wrong, whatever it is.</summary>
    public string? Decrypt(string encrypted)
    {
        var cipher = new byte[encrypted.Length];
        if (!Convert.TryFromBase64String(encrypted, cipher, out var length) || length == 0 || length % Block != 0)
            return null;
        using var aes = Aes.Create();
        aes.Key = _key;
        var plain = aes.DecryptCbc(cipher.AsSpan(0, length), _key.AsSpan(0, 16), PaddingMode.None);

        var pad = plain[^1];
        var isWhole = pad is >= 1 and <= Block && plain.Length - pad >= Head;
        for (var i = plain.Length - Math.Min(plain.Length, Block); i < plain.Length; i++)
            isWhole &= i < plain.Length - pad || plain[i] == pad;
        if (!isWhole)
            return null;
        var content = plain.AsSpan(0, plain.Length - pad);
        var size = BinaryPrimitives.ReadInt32BigEndian(content[Random..]);
        if (size < 0 || size > content.Length - Head || !CryptographicOperations.FixedTimeEquals(content[(Head + size)..], _id))
            return null;
        try
        {
            return Strict.GetString(content.Slice(Head, size));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    public string Encrypt(string message) => Encrypt(message, RandomNumberGenerator.GetBytes(Random));

    internal string Encrypt(string message, ReadOnlySpan<byte> random)
    {
        var text = Encoding.UTF8.GetBytes(message);
        var length = Head + text.Length + _id.Length;
        var pad = Block - (length % Block);
        var plain = new byte[length + pad];
        random.CopyTo(plain);
        BinaryPrimitives.WriteInt32BigEndian(plain.AsSpan(Random), text.Length);
        text.CopyTo(plain.AsSpan(Head));
        _id.CopyTo(plain.AsSpan(Head + text.Length));
        plain.AsSpan(length).Fill((byte)pad);
        using var aes = Aes.Create();
        aes.Key = _key;
        return Convert.ToBase64String(aes.EncryptCbc(plain, _key.AsSpan(0, 16), PaddingMode.None));
    }

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
