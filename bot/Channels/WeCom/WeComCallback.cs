using System.Net.Mime;
using System.Text;

namespace Outreach.Channels.WeCom;

/// <summary>
/// What the application's and customer service's callbacks have in common: size, signature, time, envelope, nonce. There is no plain mode: what is not encrypted with our
/// key is not read. All refusals but the size look alike.
/// </summary>
internal sealed partial class WeComCallback(SeenNonces nonces, ChannelMeter meter, TimeProvider clock, ILogger<WeComCallback> logger)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxEcho = 1024;

    /// <summary>The console's check of the address: the decrypted echo, bare.</summary>
    public IResult Verify(HttpContext http, WeComAccount? account)
    {
        if (account is null)
            return Results.NotFound();
        return http.Request.Query["echostr"] is [{ Length: > 0 and <= MaxEcho } echo] && IsSigned(http.Request.Query, account, echo) && account.Crypto.Decrypt(echo) is { } plain
            ? Results.Text(plain, MediaTypeNames.Text.Plain)
            : Refuse(account.Channel, "signature");
    }

    /// <summary>Reads one push.</summary>
    /// <param name="read">Makes of the fields what the endpoint needs, and a key that tells the push from every other; null: fields are missing.</param>
    /// <returns>The push, or the answer that refuses it.</returns>
    public async Task<(T? Push, IResult? Refusal)> ReadAsync<T>(HttpContext http, WeComAccount? account, Func<IReadOnlyDictionary<string, string>, (T Push, string Key)?> read) where T : class
    {
        if (account is null)
            return (null, Results.NotFound());
        if (await LimitedBody.ReadAsync(http.Request, MaxBytes, http.RequestAborted) is not { } body)
            return (null, Refuse(account.Channel, "size", StatusCodes.Status413PayloadTooLarge));
        var query = http.Request.Query;
        if (Text(body.Span) is not { } xml || CallbackXml.Parse(xml) is not { } outer || !outer.TryGetValue("Encrypt", out var encrypted))
            return (null, Refuse(account.Channel, "envelope"));
        if (!IsSigned(query, account, encrypted))
            return (null, Refuse(account.Channel, "signature"));
        if (account.Crypto.Decrypt(encrypted) is not { } inner || CallbackXml.Parse(inner) is not { } fields)
            return (null, Refuse(account.Channel, "envelope"));
        if (fields.GetValueOrDefault("ToUserName") != account.CorpId || read(fields) is not { } push)
            return (null, Refuse(account.Channel, "fields"));
        if (nonces.Check(account.Key, query["nonce"]!, push.Key) == NonceVerdict.Replayed)
            return (null, Refuse(account.Channel, "nonce"));
        account.Report.Received(clock.GetUtcNow());
        meter.Received(account.Channel);
        return (push.Push, null);
    }

    private bool IsSigned(IQueryCollection query, WeComAccount account, string encrypted) =>
        query["timestamp"] is [{ Length: > 0 } timestamp] && query["nonce"] is [{ Length: > 0 and <= 128 } nonce] && query["msg_signature"] is [{ } signature]
        && CallbackCrypto.IsSigned(signature, account.CallbackToken, timestamp, nonce, encrypted) && nonces.IsFresh(timestamp);

    private static string? Text(ReadOnlySpan<byte> body)
    {
        try
        {
            return Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private IResult Refuse(string channel, string reason, int status = StatusCodes.Status403Forbidden)
    {
        meter.Refused(channel, reason);
        Refused(channel, reason);
        return Results.StatusCode(status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A callback of {Channel} was refused ({Reason})")]
    private partial void Refused(string channel, string reason);
}
