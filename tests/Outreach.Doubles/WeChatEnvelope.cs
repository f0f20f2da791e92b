using System.Security.Cryptography;
using System.Text;

namespace Outreach.Doubles;

/// <summary>The vendor's side of the encrypted push: its own hand, from the description of the format, not from the bot's code.</summary>
public sealed class WeChatEnvelope(string token, string encodingAesKey, string appId)
{
    private readonly byte[] _key = Convert.FromBase64String(encodingAesKey + "=");

    /// <summary>SHA-1 over the parts, sorted by code units and joined.</summary>
    public static string Signature(params IEnumerable<string> parts) =>
        Convert.ToHexString(HashOf(string.Join("", parts.OrderBy(part => part, StringComparer.Ordinal)))).ToLowerInvariant();

    public string Signature(string timestamp, string nonce, string encrypted) => Signature([token, timestamp, nonce, encrypted]);

    /// <param name="random">16 bytes.</param>
    /// <param name="trailer">What stands where the app id belongs; null: the app id.</param>
    public string Seal(byte[] message, byte[] random, string? trailer = null)
    {
        using var plain = new MemoryStream();
        plain.Write(random);
        plain.Write([(byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length]);
        plain.Write(message);
        plain.Write(Encoding.UTF8.GetBytes(trailer ?? appId));
        var pad = 32 - ((int)plain.Length % 32);
        for (var i = 0; i < pad; i++)
            plain.WriteByte((byte)pad);
        return SealPadded(plain.ToArray());
    }

    public string Seal(string message) => Seal(Encoding.UTF8.GetBytes(message), RandomNumberGenerator.GetBytes(16));

    /// <summary>Any bytes whose number is a multiple of 16: for wrong paddings.</summary>
    public string SealPadded(byte[] plain)
    {
        using var aes = Cipher();
        using var encryptor = aes.CreateEncryptor();
        return Convert.ToBase64String(encryptor.TransformFinalBlock(plain, 0, plain.Length));
    }

    /// <summary>The message; throws when anything is wrong.</summary>
    public string Open(string encrypted)
    {
        var cipher = Convert.FromBase64String(encrypted);
        using var aes = Cipher();
        using var decryptor = aes.CreateDecryptor();
        var plain = decryptor.TransformFinalBlock(cipher, 0, cipher.Length);
        int pad = plain[^1];
        if (pad is < 1 or > 32 || plain.Length % 32 != 0 || plain[^pad..].Any(b => b != pad))
            throw new InvalidDataException("The padding is not one of 32-byte blocks.");
        var length = (plain[16] << 24) | (plain[17] << 16) | (plain[18] << 8) | plain[19];
        if (Encoding.UTF8.GetString(plain[(20 + length)..^pad]) != appId)
            throw new InvalidDataException("The trailer is not the app id.");
        return new UTF8Encoding(false, true).GetString(plain, 20, length);
    }

    private Aes Cipher()
    {
        var aes = Aes.Create();
        (aes.Key, aes.IV, aes.Mode, aes.Padding) = (_key, _key[..16], CipherMode.CBC, PaddingMode.None);
        return aes;
    }

#pragma warning disable CA5350 // the vendor's protocol
    private static byte[] HashOf(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}
