using System.Globalization;

namespace Outreach.Channels.WebChat;

/// <summary>Refusals in the protocol's form, <c>{"error":{"code","message"}}</c>. What an owner may come to see is in Chinese.</summary>
internal static class DirectLineError
{
    public static IResult MissingAuthorization() => Make(StatusCodes.Status401Unauthorized, "Unauthorized", "Send Authorization: Bearer with a token or the secret.");

    public static IResult TokenExpired() => Make(StatusCodes.Status403Forbidden, "TokenExpired", "The token has expired; ask for a new one.");

    public static IResult Forbidden(string message) => Make(StatusCodes.Status403Forbidden, "BadArgument", message);

    public static IResult UnknownConversation() => Make(StatusCodes.Status404NotFound, "BadArgument", "Unknown conversation.");

    public static IResult BadArgument(string message) => Make(StatusCodes.Status400BadRequest, "BadArgument", message);

    public static IResult TooBig() => Make(StatusCodes.Status413PayloadTooLarge, "MessageSizeTooBig", "这条太长了，请分成几段发。");

    public static IResult BotFailed() => Make(StatusCodes.Status502BadGateway, "BotRejectedActivity", "刚才没答上来，您的话还在，请再发一次。");

    public static IResult TooFast(HttpContext http, LimitedThing thing, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Make(StatusCodes.Status429TooManyRequests, "TooManyRequests", thing switch
        {
            LimitedThing.Conversation or LimitedThing.Person => string.Create(CultureInfo.InvariantCulture, $"您发得有点快，请过{seconds}秒再发。"),
            LimitedThing.AddressCalls or LimitedThing.AddressMessages or LimitedThing.AddressTokens =>
                string.Create(CultureInfo.InvariantCulture, $"现在用的人多，请过{seconds}秒再试。"),
        });
    }

    private static IResult Make(int status, string code, string message) =>
        Results.Json(new ErrorAnswer(new(code, message)), WebChatJson.Wire.ErrorAnswer, statusCode: status);
}
