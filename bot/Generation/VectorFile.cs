using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Outreach.Generation;

/// <summary>
/// Embeddings on disk by the hash of their text: a header with the model's name, then 32 bytes of hash and the numbers of each, then a hash over everything.
/// A file that is not exactly that counts as none. Written beside its place and moved into it, so that a crash leaves the old one or the new one.
/// </summary>
internal static class VectorFile
{
    private static readonly byte[] Magic = "OUTVEC01"u8.ToArray();
    private const int MaxLength = 512 * 1024 * 1024;

    public static byte[] KeyOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>The vectors of a model by hash (as hexadecimal); empty when there is no such file, it is of another model, or it is damaged.</summary>
    public static Dictionary<string, float[]> Read(string path, string model)
    {
        byte[] bytes;
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > MaxLength)
                return [];
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
        return Parse(bytes, model) ?? [];
    }

    public static void Write(string path, string model, IReadOnlyDictionary<string, float[]> vectors)
    {
        using var memory = new MemoryStream();
        var name = Encoding.UTF8.GetBytes(model);
        var size = vectors.Count == 0 ? 0 : vectors.Values.First().Length;
        memory.Write(Magic);
        WriteInt(memory, name.Length);
        memory.Write(name);
        WriteInt(memory, vectors.Count);
        WriteInt(memory, size);
        foreach (var (key, vector) in vectors)
        {
            memory.Write(Convert.FromHexString(key));
            memory.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        }
        memory.Write(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));

        var draft = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
            {
                memory.WriteTo(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static Dictionary<string, float[]>? Parse(byte[] bytes, string model)
    {
        if (bytes.Length < Magic.Length + 12 + SHA256.HashSizeInBytes || !bytes.AsSpan().StartsWith(Magic)
            || !SHA256.HashData(bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - SHA256.HashSizeInBytes)))
            return null;
        var rest = bytes.AsSpan(Magic.Length, bytes.Length - Magic.Length - SHA256.HashSizeInBytes);
        var nameLength = ReadInt(ref rest);
        if (nameLength < 0 || nameLength + 8 > rest.Length || Encoding.UTF8.GetString(rest[..nameLength]) != model)
            return null;
        rest = rest[nameLength..];
        var (count, size) = (ReadInt(ref rest), ReadInt(ref rest));
        if (count < 0 || size < 0 || (long)count * (SHA256.HashSizeInBytes + ((long)size * sizeof(float))) != rest.Length)
            return null;
        var vectors = new Dictionary<string, float[]>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = Convert.ToHexString(rest[..SHA256.HashSizeInBytes]);
            vectors[key] = MemoryMarshal.Cast<byte, float>(rest.Slice(SHA256.HashSizeInBytes, size * sizeof(float))).ToArray();
            rest = rest[(SHA256.HashSizeInBytes + (size * sizeof(float)))..];
        }
        return vectors;
    }

    private static void WriteInt(Stream stream, int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        stream.Write(four);
    }

    private static int ReadInt(ref Span<byte> rest)
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        return value;
    }
}
