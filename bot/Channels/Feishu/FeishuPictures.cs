using System.Collections.Concurrent;
using Outreach.Activities;
using Outreach.Campaigns;

namespace Outreach.Channels.Feishu;

/// <summary>What a picture is called at Feishu; null: it cannot be shown there, and a line of text takes its place.</summary>
/// <param name="NotNow">Why nothing may be sent yet; null: nothing speaks against it.</param>
internal sealed record FeishuPicture(string? Key, SendResult? NotNow = null);

/// <summary>
/// Cards show pictures that were handed over before, by their key. A process hands a picture over once for an account and remembers the last: a notice goes out in many
/// calls. Another copy at the vendor does no harm; it is no message.
/// </summary>
internal sealed class FeishuPictures(FeishuApi api, NoticePictures pictures, TimeProvider clock)
{
    private static readonly FeishuPicture None = new(null, null);
    // A batch may take 20 s in all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<string, (string Id, string Key)> _known = new(StringComparer.Ordinal);

    /// <summary>An application without the permission to upload, or a picture that is gone, costs the picture and not the message; what passes is waited for.</summary>
    public async Task<FeishuPicture> OfAsync(FeishuAccount account, Activity activity, CancellationToken cancellationToken)
    {
        if (Picture.Of(activity) is not { } picture || NoticePicture.IdOf(picture.Path) is not { } id)
            return None;
        if (_known.TryGetValue(account.Name, out var known) && known.Id == id)
            return new(known.Key);
        if (await pictures.ReadAsync(id, cancellationToken) is not { } jpeg)
            return None;
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var (result, key) = await api.UploadAsync(account, jpeg, either.Token);
            switch (result.Class)
            {
                case SendClass.Ok when key is { Length: > 0 }:
                    _known[account.Name] = (id, key);
                    return new(key);
                case SendClass.RateLimited or SendClass.QuotaExhausted:
                    return new(null, result);
                case SendClass.Transient or SendClass.AmbiguousSent:
                    return new(null, result with { Class = SendClass.Transient });      // nothing of the message was written
                default:
                    return None;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, new(SendClass.Transient, VendorCode: "time-out"));
        }
    }
}
