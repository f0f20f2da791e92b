using System.Security.Cryptography;
using System.Text;

namespace Outreach.Channels.Feishu;

/// <summary>
/// The envelope in which Feishu pushes: AES-256-CBC under the hash of the encrypt key, the first block being the vector, with ordinary padding; and the signature over
/// the raw body. Pure.
/// </summary>
internal sealed class FeishuCrypto(string encryptKey)
{
    private const int Block = 16;
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(encryptKey));

    /// <summary>Whether a signature (hex) is that of time, nonce, key and body, joined.</summary>
    public bool IsSigned(string signature, string timestamp, string nonce, ReadOnlySpan<byte> body) =>
        IsSame(signature, SHA256.HashData(Joined(timestamp, nonce, encryptKey, body)));

    /// <summary>Likewise of card callbacks of the old kind, which are signed with the verification token.</summary>
    public static bool IsSignedCard(string signature, string timestamp, string nonce, string verificationToken, ReadOnlySpan<byte> body)
    {
#pragma warning disable CA5350 // the vendor's protocol
        return IsSame(signature, SHA1.HashData(Joined(timestamp, nonce, verificationToken, body)));
#pragma warning restore CA5350
    }

    /// <summary>The message of an envelope; null when anything about it is wrong, whatever it is.</summary>
    public string? Decrypt(string encrypted)
    {
        var bytes = new byte[encrypted.Length];
        if (!Convert.TryFromBase64String(encrypted, bytes, out var length) || length < 2 * Block || length % Block != 0)
            return null;
        using var aes = Aes.Create();
        aes.Key = _key;
        var plain = aes.DecryptCbc(bytes.AsSpan(Block, length - Block), bytes.AsSpan(0, Block), PaddingMode.None);
        var pad = plain[^1];
        var isWhole = pad is >= 1 and <= Block;
        for (var i = plain.Length - Block; i < plain.Length; i++)
            isWhole &= i < plain.Length - pad || plain[i] == pad;
        if (!isWhole)
            return null;
        try
        {
            return Strict.GetString(plain, 0, plain.Length - pad);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[] Joined(string timestamp, string nonce, string key, ReadOnlySpan<byte> body) => [.. Encoding.UTF8.GetBytes(timestamp + nonce + key), .. body];

    private static bool IsSame(string signature, byte[] hash) =>
        signature.Length == 2 * hash.Length
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature.ToLowerInvariant()), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)));

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
