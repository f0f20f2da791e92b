namespace Outreach.Staff;

/// <summary>Names a browser for people by what it says of itself. Pure; good enough to tell one's own devices apart, and for nothing else.</summary>
internal static class BrowserName
{
    // The apps first: each of them also says Chrome or Safari.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("wxwork", "企业微信"), ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Lark", "飞书"), ("Feishu", "飞书"),
        ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器"), ("VivoBrowser", "vivo浏览器"), ("HeyTapBrowser", "OPPO浏览器"),
        ("MQQBrowser", "QQ浏览器"), ("QQBrowser", "QQ浏览器"), ("UCBrowser", "UC浏览器"), ("360", "360浏览器"),
        ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "火狐"), ("FxiOS", "火狐"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Devices =
    [
        ("iPad", "iPad"), ("iPhone", "苹果手机"), ("OpenHarmony", "鸿蒙设备"), ("HarmonyOS", "鸿蒙设备"), ("Android", "安卓手机"),
        ("Windows", "Windows 电脑"), ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑"),
    ];

    /// <param name="userAgent">The header as it came; anything may stand in it.</param>
    public static string Of(string? userAgent) => (Find(Devices, userAgent), Find(Browsers, userAgent)) switch
    {
        (null, null) => "别的设备",
        ({ } device, null) => device,
        (null, { } browser) => browser,
        ({ } device, { } browser) => $"{device} · {browser}",
    };

    private static string? Find((string Mark, string Name)[] all, string? text) =>
        text is null ? null : Array.Find(all, one => text.Contains(one.Mark, StringComparison.OrdinalIgnoreCase)).Name;
}
