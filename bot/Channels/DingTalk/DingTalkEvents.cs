using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Channels.DingTalk;

/// <summary>
/// The event subscription over HTTP: an envelope of its own, signed with <c>msg_signature</c>, and answered with an encrypted <c>success</c>. Of the events only one
/// matters here: who leaves the organisation cannot be reached any more.
/// </summary>
internal sealed class DingTalkEvents(SeenNonces nonces, IDbContextFactory<OutreachDb> databases, TimeProvider clock)
{
    private const string Success = "success";

    /// <summary>Null: refused, for the given reason.</summary>
    public async Task<(DingTalkEventAnswer? Answer, string Reason)> TakeAsync(DingTalkAccount account, IQueryCollection query, ReadOnlyMemory<byte> body)
    {
        if (account.Crypto is not { } crypto || query["timestamp"] is not [{ Length: > 0 } timestamp] || query["nonce"] is not [{ Length: > 0 and <= 128 } nonce]
            || PushedJson.Parse(body.Span) is not { } outer || PushedJson.Text(outer, "encrypt") is not { } encrypted
            || !CallbackCrypto.IsSigned(query["msg_signature"], account.Options.Token!, timestamp, nonce, encrypted) || !IsFresh(timestamp))
            return (null, "signature");
        if (crypto.Decrypt(encrypted) is not { } json || PushedJson.Parse(json) is not { } pushed || PushedJson.Text(pushed, "EventType") is not { } type)
            return (null, "envelope");
        if (nonces.Check($"{DingTalkChannel.ChannelId}/{account.Name}", nonce, ChannelInbox.KeyOf(encrypted)) == NonceVerdict.Replayed)
            return (null, "nonce");
        if (type == "user_leave_org")
            await ForgetAsync(account, [.. PushedJson.List(pushed, "UserId").Select(PushedJson.Text).OfType<string>()]);
        return (Sealed(account, crypto), "");
    }

    private DingTalkEventAnswer Sealed(DingTalkAccount account, CallbackCrypto crypto)
    {
        var (now, nonce, encrypted) = (clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), RandomNumberGenerator.GetHexString(16, lowercase: true), crypto.Encrypt(Success));
        return new(CallbackCrypto.Sign(account.Options.Token!, now, nonce, encrypted), now, nonce, encrypted);
    }

    /// <param name="timestamp">Milliseconds since 1970, as it came.</param>
    private bool IsFresh(string timestamp) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253_402_300_799_000
        && (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Duration() <= SeenNonces.Window;

    private async Task ForgetAsync(DingTalkAccount account, IReadOnlyList<string> staffIds)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        await db.WriteAsync(() => db.Contacts.Where(c => c.Channel == DingTalkChannel.ChannelId && c.Account == account.Name && staffIds.Contains(c.UserId))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UnreachableSince, now), CancellationToken.None), CancellationToken.None);
    }
}

internal sealed record DingTalkEventAnswer([property: JsonPropertyName("msg_signature")] string MsgSignature, string TimeStamp, string Nonce, string Encrypt);
