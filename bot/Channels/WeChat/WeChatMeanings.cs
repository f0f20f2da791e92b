using System.Globalization;
using Outreach.Activities;

namespace Outreach.Channels.WeChat;

/// <summary>What the vendor's codes mean in our classes: the only place that decides by them.</summary>
internal static class WeChatMeanings
{
    // The vendor wants a minute before it says what became of a batch.
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromSeconds(65);

    /// <param name="path">The call; some codes mean there something else than at the others.</param>
    /// <param name="code">Null: the answer has none, and says nothing.</param>
    public static SendResult Of(string path, int? code, string? messageId = null)
    {
        var vendorCode = code is null or 0 ? null : code.Value.ToString(CultureInfo.InvariantCulture);
        return (path, code) switch
        {
            // There is no menu yet: what was asked is answered.
            ("/cgi-bin/menu/get", 46003) => new(SendClass.Ok, messageId, vendorCode),
            // Who agreed to none, or whose consent is used up, is no lost follower: the next way is tried.
            ("/cgi-bin/message/subscribe/bizsend", 43101) => new(SendClass.WindowClosed, messageId, vendorCode),
            // The same batch was handed over a moment ago.
            ("/cgi-bin/message/mass/send" or "/cgi-bin/message/mass/sendall", 45066) => new(SendClass.AmbiguousSent, messageId, vendorCode, BetweenBatches),
            _ => new(AtAnyCall(code), messageId, vendorCode),
        };
    }

    private static SendClass AtAnyCall(int? code) => code switch
    {
        0 or 45065 => SendClass.Ok,
        null => SendClass.AmbiguousSent,
        -1 or 61450 => SendClass.Transient,
        40001 or 40014 or 42001 => SendClass.AuthExpired,
        45011 or 45066 => SendClass.RateLimited,
        45009 or 45028 => SendClass.QuotaExhausted,
        45015 or 45047 => SendClass.WindowClosed,
        40003 or 43004 or 43019 or 46004 or 48002 or 50005 or 43101 => SendClass.RecipientGone,
        40008 or 44004 or 45002 or 47001 or 47003 or 87014 or 40037 or 40130 => SendClass.ContentRejected,
        _ => SendClass.ConfigError,
    };
}
