using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>The vendor's side of Feishu's encrypted events: its own hand, from the description of the format.</summary>
public sealed class FeishuEnvelope(string encryptKey)
{
    /// <summary>The body that hides a plain one.</summary>
    /// <param name="iv">16 bytes; null: random ones.</param>
    public string Seal(string plain, byte[]? iv = null)
    {
        using var aes = Aes.Create();
        (aes.Key, aes.IV, aes.Mode, aes.Padding) = (SHA256.HashData(Encoding.UTF8.GetBytes(encryptKey)), iv ?? RandomNumberGenerator.GetBytes(16), CipherMode.CBC, PaddingMode.PKCS7);
        using var encryptor = aes.CreateEncryptor();
        var text = Encoding.UTF8.GetBytes(plain);
        return new JsonObject { ["encrypt"] = Convert.ToBase64String([.. aes.IV, .. encryptor.TransformFinalBlock(text, 0, text.Length)]) }
            .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Lower-case hex of SHA-256 over time, nonce, key and raw body.</summary>
    public string Signature(string timestamp, string nonce, byte[] body) =>
        Convert.ToHexString(SHA256.HashData([.. Encoding.UTF8.GetBytes(timestamp + nonce + encryptKey), .. body])).ToLowerInvariant();
}
