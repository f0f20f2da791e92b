using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Channels.Feishu;

/// <summary>
/// <c>POST /channels/feishu[/account]</c>, the address of events and of card callbacks: size, signature, time, envelope, token, nonce, then the turn. Only the check of
/// the address itself may come unsigned; it must still open with our key and bring our token.
/// </summary>
internal sealed partial class FeishuEndpoint(
    FeishuAccounts accounts, FeishuChannel channel, SeenNonces nonces, ChannelInbox inbox, GroupHints groups, ChannelMeter meter, TimeProvider clock, ILogger<FeishuEndpoint> logger)
{
    private const int MaxBytes = 256 * 1024;

    public async Task<IResult> ReceiveAsync(HttpContext http, string accountName)
    {
        if (accounts.Find(accountName) is not { } account)
            return Results.NotFound();
        if (await LimitedBody.ReadAsync(http.Request, MaxBytes, http.RequestAborted) is not { } raw)
            return Refuse("size", StatusCodes.Status413PayloadTooLarge);
        if (PushedJson.Parse(raw.Span) is not { } outer)
            return Refuse("json", StatusCodes.Status400BadRequest);

        var (timestamp, nonce, signature) = (Header(http, "X-Lark-Request-Timestamp"), Header(http, "X-Lark-Request-Nonce"), Header(http, "X-Lark-Signature"));
        var fresh = nonce.Length is > 0 and <= 128 && nonces.IsFresh(timestamp);
        if (PushedJson.Text(outer, "encrypt") is not { } encrypted)
            return fresh && FeishuCrypto.IsSignedCard(signature, timestamp, nonce, account.Options.VerificationToken!, raw.Span)
                && FeishuEvent.ReadOldCard(outer, $"{timestamp}/{nonce}", account, clock.GetUtcNow()) is { } card
                    ? await TakeAsync(card, nonce, account)
                    : Refuse("signature");
        var signed = fresh && account.Crypto.IsSigned(signature, timestamp, nonce, raw.Span);
        if (account.Crypto.Decrypt(encrypted) is not { } json || PushedJson.Parse(json) is not { } inner || FeishuEvent.Read(inner, account, clock.GetUtcNow()) is not { } pushed)
            return Refuse(signed ? "envelope" : "signature");
        if (!signed && pushed.Kind != FeishuEventKind.Challenge)
            return Refuse("signature");
        if (!IsOwn(pushed, account))
            return Refuse("token");
        return pushed.Kind == FeishuEventKind.Challenge ? Json(new FeishuReply { Challenge = pushed.Text }) : await TakeAsync(pushed, nonce, account);
    }

    private async Task<IResult> TakeAsync(FeishuEvent pushed, string nonce, FeishuAccount account)
    {
        if (nonces.Check($"{FeishuChannel.ChannelId}/{account.Name}", nonce, pushed.Id) == NonceVerdict.Replayed)
            return Refuse("nonce");
        account.Report.Received(clock.GetUtcNow());
        meter.Received(FeishuChannel.ChannelId);
        if (pushed.Kind == FeishuEventKind.Group && groups.IsDue(FeishuChannel.ChannelId, account.Name, pushed.Key!))
            await channel.HintAsync(account, pushed.Text!, CancellationToken.None);
        if (pushed is not { Kind: FeishuEventKind.Turn, Reference: { } reference, Activity: { } activity })
            return Json(new());
        // Not within the vendor's three seconds: it pushes again, and the turn is found to be known.
        if (await inbox.ReceiveAsync(reference, activity, pushed.Key) is not { } receipt)
            return Results.StatusCode(StatusCodes.Status500InternalServerError);
        await inbox.AnswerAsync(receipt);
        return Json(pushed.Text is { } tapped ? new() { Toast = new("info", tapped) } : new());
    }

    private static bool IsOwn(FeishuEvent pushed, FeishuAccount account) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(pushed.Token), Encoding.UTF8.GetBytes(account.Options.VerificationToken!))
        && (pushed.AppId is null || pushed.AppId == account.Options.AppId);

    private static string Header(HttpContext http, string name) => http.Request.Headers[name].ToString();

    private static IResult Json(FeishuReply reply) => Results.Json(reply, FeishuReplyJson.Wire.FeishuReply);

    private IResult Refuse(string reason, int status = StatusCodes.Status403Forbidden)
    {
        meter.Refused(FeishuChannel.ChannelId, reason);
        Refused(reason);
        return Results.StatusCode(status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A Feishu callback was refused ({Reason})")]
    private partial void Refused(string reason);
}

/// <summary>What a push is answered with; empty where nothing is to be said.</summary>
internal sealed record FeishuReply
{
    public string? Challenge { get; init; }
    /// <summary>A line that whoever tapped a button sees for a moment.</summary>
    public FeishuToast? Toast { get; init; }
}

internal sealed record FeishuToast(string Type, string Content);

[JsonSerializable(typeof(FeishuReply))]
internal sealed partial class FeishuReplyJson : JsonSerializerContext
{
    public static FeishuReplyJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
