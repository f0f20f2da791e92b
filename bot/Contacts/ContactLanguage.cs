namespace Outreach.Contacts;

/// <summary>The language of a person's app, as far as its channel tells (an Activity's locale); WeChat, WeCom, DingTalk and Feishu do not.</summary>
public enum ContactLanguage { Unknown, Chinese, English, Other }

public static class ContactLanguages
{
    /// <summary>Of a locale such as <c>zh-CN</c>, <c>zh_Hans_CN</c> or <c>en</c>; <see cref="ContactLanguage.Unknown"/> for what is none.</summary>
    public static ContactLanguage Of(string? locale) => locale?.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "zh" or "yue" or "cmn" => ContactLanguage.Chinese,
        "en" => ContactLanguage.English,
        { Length: 2 or 3 } other when other.All(char.IsAsciiLetter) => ContactLanguage.Other,
        _ => ContactLanguage.Unknown,
    };
}
