using SkiaSharp;

namespace Outreach.Campaigns;

/// <summary>Why a file cannot be a picture.</summary>
internal enum PictureFault
{
    /// <summary>Neither JPEG nor PNG nor WebP, whatever its name says.</summary>
    WrongKind,
    TooManyPixels,
    /// <summary>Damaged, or cut short.</summary>
    Unreadable,
}

/// <summary>A picture as it is sent: pixels, upright, and nothing else of the file.</summary>
internal sealed record EncodedPicture(byte[] Jpeg, int Width, int Height);

/// <summary>
/// Draws a picture anew: within 1080 × 1920 pixels, upright, as a JPEG of about 300 KB at most. What cameras write beside the pixels (place, time, device) stays behind.
/// The one place that touches the imaging library, which is loaded at the first picture and not at the start.
/// </summary>
internal static class PictureEncoder
{
    public const int MaxWidth = 1080;
    public const int MaxHeight = 1920;
    public const int AimedBytes = 300 * 1024;
    // What decoding may take: the size stands in the file's head and is read before any pixel.
    private const int MaxSide = 16_000;
    private const int MaxPixels = 40_000_000;
    private static readonly int[] Qualities = [85, 75, 65, 55];
    private static readonly float[] Sizes = [1f, .75f, .5f];

    public static (EncodedPicture? Picture, PictureFault? Fault) Encode(byte[] file)
    {
        if (!IsPicture(file))
            return (null, PictureFault.WrongKind);
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width <= 0 || codec.Info.Height <= 0)
            return (null, PictureFault.Unreadable);
        if (codec.Info.Width > MaxSide || codec.Info.Height > MaxSide || (long)codec.Info.Width * codec.Info.Height > MaxPixels)
            return (null, PictureFault.TooManyPixels);
        using var decoded = Decode(codec);
        return decoded is null ? (null, PictureFault.Unreadable) : (Shrink(decoded, codec), null);
    }

    /// <summary>By its first bytes.</summary>
    private static bool IsPicture(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
        || (file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8));

    // A codec offers some sizes only and gives the nearest: asked for more than is wanted, it never gives less.
    private const float Spare = 1.5f;

    /// <summary>In the colours that screens share. A large JPEG is read in a size near the one that is wanted: less time, and less memory. Null: damaged.</summary>
    private static SKImage? Decode(SKCodec codec)
    {
        var size = codec.GetScaledDimensions(MathF.Min(1, Spare * ScaleOf(codec.Info.Width, codec.Info.Height, IsTurned(codec.EncodedOrigin))));
        using var colours = SKColorSpace.CreateSrgb();
        using var pixels = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul, colours));
        if (codec.GetPixels(pixels.Info, pixels.GetPixels()) != SKCodecResult.Success)
            return null;
        pixels.SetImmutable();
        return SKImage.FromBitmap(pixels);
    }

    private static EncodedPicture Shrink(SKImage picture, SKCodec codec)
    {
        var isTurned = IsTurned(codec.EncodedOrigin);
        var (width, height) = isTurned ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
        var fit = ScaleOf(codec.Info.Width, codec.Info.Height, isTurned);
        EncodedPicture? made = null;
        foreach (var size in Sizes)
        {
            var (wide, high) = (Math.Max(1, (int)MathF.Round(width * fit * size)), Math.Max(1, (int)MathF.Round(height * fit * size)));
            using var drawn = Draw(picture, codec.EncodedOrigin, isTurned, wide, high);
            foreach (var quality in Qualities)
            {
                using var jpeg = drawn.Encode(SKEncodedImageFormat.Jpeg, quality);
                made = new(jpeg.ToArray(), wide, high);
                if (made.Jpeg.Length <= AimedBytes)
                    return made;
            }
        }
        return made!;
    }

    private static SKImage Draw(SKImage picture, SKEncodedOrigin origin, bool isTurned, int width, int height)
    {
        using var colours = SKColorSpace.CreateSrgb();
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque, colours));
        surface.Canvas.Clear(SKColors.White);      // behind what is transparent
        var (across, down) = isTurned ? (height, width) : (width, height);      // before it is turned
        surface.Canvas.SetMatrix(Upright(origin, across, down));
        surface.Canvas.DrawImage(picture, new SKRect(0, 0, across, down), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return surface.Snapshot();
    }

    /// <summary>Never larger than it is.</summary>
    private static float ScaleOf(int width, int height, bool isTurned) =>
        MathF.Min(1, isTurned ? MathF.Min((float)MaxWidth / height, (float)MaxHeight / width) : MathF.Min((float)MaxWidth / width, (float)MaxHeight / height));

    private static bool IsTurned(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary>From the picture as its rows lie in the file, so wide and so high, to what the camera saw: the name says where its first row and its first column belong.</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, float width, float height) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
