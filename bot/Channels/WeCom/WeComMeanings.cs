using System.Globalization;
using Outreach.Activities;

namespace Outreach.Channels.WeCom;

/// <summary>What the vendor's codes mean in our classes: the only place that decides by them.</summary>
internal static class WeComMeanings
{
    /// <param name="path">The call, behind <c>/cgi-bin/</c>; some codes mean there something else than at the others.</param>
    /// <param name="code">Null: the answer has none, and says nothing.</param>
    public static SendResult Of(string path, int? code, string? messageId) => new((path, code) switch
    {
        // Nobody else has this welcome code: it was used by the try whose answer was lost.
        ("kf/send_msg_on_event", 40029) => SendClass.Ok,
        _ => AtAnyCall(code),
    }, messageId, code is null or 0 ? null : code.Value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A person in WeCom has taken the customer, and the vendor takes nothing from a program until they end it.</summary>
    public static bool IsWithPerson(SendResult result) => result.VendorCode == "95018";

    /// <summary>The token of a callback is over: the same page comes without one, only more slowly.</summary>
    public static bool IsCallbackTokenOver(WeComAnswer? answer) => answer?.ErrCode == 95007;

    private static SendClass AtAnyCall(int? code) => code switch
    {
        0 => SendClass.Ok,
        null => SendClass.AmbiguousSent,
        -1 => SendClass.Transient,
        40014 or 42001 => SendClass.AuthExpired,
        45009 or 45033 => SendClass.RateLimited,
        81013 or 82001 or 84061 or 86003 or 40003 => SendClass.RecipientGone,
        95001 or 95002 or 95013 or 95018 or 40029 => SendClass.WindowClosed,
        40008 or 44004 or 45002 or 47001 => SendClass.ContentRejected,
        _ => SendClass.ConfigError,
    };
}
