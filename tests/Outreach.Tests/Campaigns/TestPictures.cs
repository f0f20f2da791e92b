using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;

namespace Outreach.Tests.Campaigns;

/// <summary>Files as cameras and drawing programs write them.</summary>
internal static class TestPictures
{
    /// <summary>The left half red, the right half blue.</summary>
    public static byte[] RedAndBlue(int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Jpeg)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        surface.Canvas.Clear(SKColors.Blue);
        using var red = new SKPaint { Color = SKColors.Red };
        surface.Canvas.DrawRect(0, 0, width / 2f, height, red);
        using var image = surface.Snapshot();
        using var data = image.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>What no encoder makes small.</summary>
    public static byte[] Noise(int width, int height)
    {
        var dots = new byte[width * height * 4];
        new Random(1).NextBytes(dots);
        using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), dots);
        using var data = image.Encode(SKEncodedImageFormat.Jpeg, 80);
        return data.ToArray();
    }

    /// <summary>A file with nothing in it but a transparent ground.</summary>
    public static byte[] Transparent(int width, int height)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.Clear(SKColors.Transparent);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The same JPEG with what a telephone writes beside it: how it was held, and where.</summary>
    /// <param name="orientation">1 to 8 of the Exif standard; 6: the camera was turned, the file's left is the picture's top.</param>
    public static byte[] WithExif(byte[] jpeg, byte orientation)
    {
        byte[] tiff =
        [
            .. "II*\0"u8, 8, 0, 0, 0,
            2, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0,      // Orientation
            0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0,               // where the GPS part begins
            0, 0, 0, 0,
            2, 0,
            0x01, 0x00, 2, 0, 2, 0, 0, 0, (byte)'N', 0, 0, 0,        // GPSLatitudeRef
            0x1D, 0x00, 2, 0, 11, 0, 0, 0, 68, 0, 0, 0,              // GPSDateStamp
            0, 0, 0, 0,
            .. "2026:11:24\0"u8,
        ];
        byte[] segment = [.. "Exif\0\0"u8, .. tiff];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(segment.Length + 2));
        return [0xFF, 0xD8, 0xFF, 0xE1, .. length, .. segment, .. jpeg[2..]];
    }

    /// <summary>A few bytes that say they are so many pixels.</summary>
    public static byte[] PngThatSays(int width, int height)
    {
        var head = new byte[17];
        "IHDR"u8.CopyTo(head);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(8), height);
        (head[12], head[13]) = (8, 6);
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.HashToUInt32(head));
        return [0x89, .. "PNG\r\n\x1A\n"u8, 0, 0, 0, 13, .. head, .. sum, 0, 0, 0, 0, .. "IDAT"u8, 0x35, 0xAF, 0x06, 0x1E, 0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82];
    }
}
