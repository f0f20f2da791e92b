using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <param name="Problem">Why there is none, for the person who chose the file.</param>
internal sealed record TakenPicture(PictureFile? File, string? Problem);

/// <summary>Takes pictures for notices and hands them out. Each is a row, so that a backup has it and every node serves it.</summary>
internal sealed partial class NoticePictures(IDbContextFactory<OutreachDb> databases, TimeProvider clock, ILogger<NoticePictures> logger) : IDisposable
{
    public const int MaxBytes = 5 * 1024 * 1024;
    public const string Gone = "这张图片已经换掉或者清掉了，请重新选一次。";

    // A picture that is being sent is asked for by many at once; afterwards it need not lie in memory.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1, 1);      // decoding may take 160 MB
    private volatile Kept? _kept;

    /// <summary>Draws the file anew and keeps it until a notice takes it, for a day at least.</summary>
    public async Task<TakenPicture> TakeAsync(IFormFile file, CancellationToken cancellationToken)
    {
        if (file.Length > MaxBytes)
            return new(null, $"这个文件有 {file.Length / 1024.0 / 1024:0.0} MB，图片最多 5 MB。请压缩，或者截一张小些的图。");
        var bytes = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(bytes, cancellationToken);
        var (encoded, problem) = await EncodeAsync(bytes, cancellationToken);
        if (encoded is null)
            return new(null, problem);
        var made = new PictureFile
        {
            Id = RandomNumberGenerator.GetHexString(32, lowercase: true),
            Bytes = encoded.Jpeg,
            Width = encoded.Width,
            Height = encoded.Height,
            CreatedAt = clock.GetUtcNow(),
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.PictureFiles.Add(made);
        await db.SaveChangesAsync(cancellationToken);
        return new(made, null);
    }

    /// <summary>The picture's size, described by no one yet; null: there is none (any more).</summary>
    public async Task<NoticePicture?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.PictureFiles.Where(f => f.Id == id).Select(f => new NoticePicture(f.Id, "", f.Width, f.Height)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The JPEG; null: there is none (any more).</summary>
    public async Task<byte[]?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_kept is { } kept && kept.Id == id && now < kept.Until)
            return kept.Bytes;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var bytes = await db.PictureFiles.Where(f => f.Id == id).Select(f => f.Bytes).SingleOrDefaultAsync(cancellationToken);
        if (bytes is not null)
            _kept = new(id, bytes, now + Remembered);
        return bytes;
    }

    /// <summary>The composer took it out again; a notice that has it keeps it.</summary>
    public async Task ForgetAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.WriteAsync(() => db.PictureFiles.Where(f => f.Id == id).Unused(db).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        if (_kept?.Id == id)
            _kept = null;
    }

    public void Dispose() => _one.Dispose();

    private async Task<(EncodedPicture? Picture, string? Problem)> EncodeAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var (picture, fault) = PictureEncoder.Encode(bytes);
            return (picture, fault is not { } wrong ? null : wrong switch
            {
                PictureFault.WrongKind => "这个文件不是 JPEG、PNG 或 WebP 图片，请换一张。手机拍的 HEIC 要先另存为 JPEG。",
                PictureFault.TooManyPixels => "这张图的尺寸太大，最多 4000 万像素，请缩小再选。",
                PictureFault.Unreadable => "这张图打不开，可能没有传完整或者坏了。请重新保存一份，或者换一张。",
            });
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException)
        {
            NoLibrary(e);
            return (null, "这台服务器缺少处理图片的组件，请告诉管理员。通知可以先不带图片。");
        }
        finally
        {
            _one.Release();
        }
    }

    private sealed record Kept(string Id, byte[] Bytes, DateTimeOffset Until);

    [LoggerMessage(Level = LogLevel.Error, Message = "The imaging library (libSkiaSharp) does not load on this machine: notices cannot have pictures")]
    private partial void NoLibrary(Exception exception);
}

/// <summary>A picture as browsers, mail programs and vendors fetch it: by its unguessable address, without a session, and never anything but a picture.</summary>
internal static class ServedPicture
{
    public static async Task<Results<FileContentHttpResult, NotFound>> Read(string id, HttpResponse response, NoticePictures pictures, CancellationToken cancellationToken)
    {
        if (await pictures.ReadAsync(id, cancellationToken) is not { } jpeg)
            return TypedResults.NotFound();
        var headers = response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";      // another picture has another address
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";          // other sites that embed the chat show it too
        return TypedResults.Bytes(jpeg, Activities.Picture.ContentType);
    }
}

/// <summary>Pictures that no notice has: taken out again, never sent, or their notices are gone.</summary>
internal sealed class PictureRetention : IRetained
{
    private const int Batch = 500;
    private static readonly TimeSpan Drafted = TimeSpan.FromDays(1);

    public RetentionKind Kind => RetentionKind.Pictures;

    public async Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - Drafted;
        var due = await db.PictureFiles.Where(f => f.CreatedAt <= since).Unused(db).OrderBy(f => f.CreatedAt).Select(f => f.Id).Take(Batch).ToListAsync(cancellationToken);
        return due.Count == 0 ? 0 : await db.PictureFiles.Where(f => due.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}

internal static class PictureQueries
{
    public static IQueryable<PictureFile> Unused(this IQueryable<PictureFile> files, OutreachDb db) => files.Where(f => !db.Set<Campaign>().Any(c => c.PictureId == f.Id));
}
