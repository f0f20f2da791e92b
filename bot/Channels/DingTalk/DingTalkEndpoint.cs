using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Outreach.Channels.DingTalk;

/// <summary>
/// <c>POST /channels/dingtalk[/account]</c>: size, signature, time, shape, then the turn. DingTalk signs the time and not the body, so the only thing that keeps a seen
/// signature from carrying other words for an hour is TLS; stream mode has no such hour. Events of the organisation come to the same address in an envelope.
/// </summary>
internal sealed partial class DingTalkEndpoint(DingTalkAccounts accounts, DingTalkIntake intake, DingTalkEvents events, ChannelMeter meter, TimeProvider clock, ILogger<DingTalkEndpoint> logger)
{
    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    public async Task<IResult> ReceiveAsync(HttpContext http, string accountName)
    {
        var isEvent = http.Request.Query.ContainsKey("msg_signature");
        if (accounts.Find(accountName) is not { } account || (account.Options.Stream && !isEvent))
            return Results.NotFound();
        if (await LimitedBody.ReadAsync(http.Request, MaxBytes, http.RequestAborted) is not { } body)
            return Refuse("size", StatusCodes.Status413PayloadTooLarge);
        if (isEvent)
            return await events.TakeAsync(account, http.Request.Query, body) is var (answer, reason) && answer is not null ? Results.Json(answer, DingTalkJson.Wire.DingTalkEventAnswer) : Refuse(reason);
        if (!IsSigned(http.Request.Headers["timestamp"].ToString(), http.Request.Headers["sign"].ToString(), account.Options.AppSecret!))
            return Refuse("signature");
        if (DingTalkPush.Read(body.Span, account, clock.GetUtcNow()) is not { } push)
            return Refuse("fields", StatusCodes.Status400BadRequest);
        return await intake.TakeAsync(account, push) ? Results.Ok() : Results.StatusCode(StatusCodes.Status500InternalServerError);
    }

    /// <summary>The signature of a time in milliseconds, in base64.</summary>
    internal static string Sign(string timestamp, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}\n{secret}")));

    private bool IsSigned(string timestamp, string signature, string secret) =>
        signature.Length is > 0 and <= 128
        && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253_402_300_799_000
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(timestamp, secret)))
        && (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Duration() <= Window;

    private IResult Refuse(string reason, int status = StatusCodes.Status403Forbidden)
    {
        meter.Refused(DingTalkChannel.ChannelId, reason);
        Refused(reason);
        return Results.StatusCode(status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A DingTalk callback was refused ({Reason})")]
    private partial void Refused(string reason);
}
