namespace Outreach.Channels;

/// <summary>Reads request bodies under a cap, before anything is parsed.</summary>
internal static class LimitedBody
{
    /// <summary>The whole body; null when it is larger than <paramref name="maxBytes"/>.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            return null;
        using var kept = new MemoryStream((int)(request.ContentLength ?? 1024));
        if (!await CopyAsync(request.Body, kept, maxBytes, cancellationToken))
            return null;
        return kept.GetBuffer().AsMemory(0, (int)kept.Length);
    }

    /// <summary>Copies at most <paramref name="maxBytes"/>; false when there was more.</summary>
    public static async Task<bool> CopyAsync(Stream from, Stream to, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var total = 0;
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            total += read;
            if (total > maxBytes)
                return false;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        return true;
    }
}
