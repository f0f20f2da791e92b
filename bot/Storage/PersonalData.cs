using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Storage;

/// <summary>Encrypts personal fields and message texts at rest, and makes the keyed hashes by which equal values are found without reading them.</summary>
public sealed class PersonalData(IDataProtectionProvider provider, HashKey key)
{
    private readonly IDataProtector _protector = provider.CreateProtector("Outreach.PersonalData.v1");

    public string Protect(string text) => _protector.Protect(text);

    /// <exception cref="CryptographicException">The keys do not belong to this database.</exception>
    public string Unprotect(string cipher) => _protector.Unprotect(cipher);

    /// <summary>HMAC-SHA256 of a normalised value (a phone as E.164, a room as typed digits) under the installation's key; <paramref name="purpose"/> keeps kinds apart. 43 characters, base64url.</summary>
    public string Hash(string purpose, string normalised) =>
        System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes($"{purpose}\n{normalised}")));
}

/// <summary>The installation's random 32-byte key for hashes; lives beside the key ring, never in the database.</summary>
public sealed record HashKey(byte[] Bytes);

/// <summary>Marks encrypted properties in a table's configuration.</summary>
public static class Personal
{
    internal const string Annotation = "Outreach:Personal";

    /// <summary>The property is stored encrypted: it can be read back, not searched.</summary>
    public static PropertyBuilder<T> IsPersonal<T>(this PropertyBuilder<T> property)
    {
        property.HasAnnotation(Annotation, true);
        return property;
    }
}
