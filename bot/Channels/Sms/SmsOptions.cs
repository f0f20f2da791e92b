using System.Globalization;
using System.Text.RegularExpressions;

namespace Outreach.Channels.Sms;

/// <summary>What a text message is for; each needs a template that the vendor has approved.</summary>
public enum SmsPurpose
{
    /// <summary>A notice to an owner: <c>{community} {title} {date} {sender}</c>.</summary>
    Notice,
    /// <summary>Digits that confirm a phone: <c>{code} {minutes}</c>.</summary>
    Code,
    /// <summary>New leads, for staff: <c>{community} {wish} {count} {lead}</c>.</summary>
    Lead,
}

/// <summary>One approved template.</summary>
public sealed class SmsTemplateOptions
{
    /// <summary>The vendor's id of the template; empty: messages of this kind are not sent.</summary>
    public string Code { get; init; } = "";
    /// <summary>
    /// The template's variables and what goes into them, such as <c>{"name":"{community}"}</c>; where the vendor counts them (Tencent), a list in their order.
    /// </summary>
    public Dictionary<string, string> Parameters { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>What both vendors' settings have in common.</summary>
public abstract class SmsVendorOptions
{
    /// <summary>The approved signature, without 【】.</summary>
    public string? SignName { get; init; }
    /// <summary>By <see cref="SmsPurpose"/>.</summary>
    public Dictionary<SmsPurpose, SmsTemplateOptions> Templates { get; init; } = [];
    /// <summary>A random word in the address to which the vendor reports replies, which it does not sign; empty: replies are not taken.</summary>
    public string? CallbackKey { get; init; }
    /// <summary>Longest value of one variable, in characters; vendors allow little.</summary>
    public int MaxParameterCharacters { get; init; } = 35;

    internal SmsTemplateOptions? Find(SmsPurpose purpose) => Templates.GetValueOrDefault(purpose) is { Code.Length: > 0 } template ? template : null;

    /// <summary>The keys that must all be there, with their values.</summary>
    internal abstract IEnumerable<(string Key, string? Value)> Needed { get; }

    internal abstract string Endpoint { get; }

    internal bool IsEmpty => Needed.All(pair => string.IsNullOrWhiteSpace(pair.Value));

    internal string? Problem(string section) =>
        IsEmpty ? null
        : Needed.Where(pair => string.IsNullOrWhiteSpace(pair.Value)).Select(pair => pair.Key).FirstOrDefault() is { } missing ? $"{section}:{missing} is missing."
        : Find(SmsPurpose.Notice) is null && Find(SmsPurpose.Lead) is null ? $"{section}:Templates:Notice:Code (or Lead) is missing: the number of a template that the vendor has approved."
        : Find(SmsPurpose.Notice) is not null && Find(SmsPurpose.Code) is null ? $"{section}:Templates:Code:Code is missing: owners confirm their phone by digits before they get notices."
        : null;

    internal IEnumerable<string> Malformed(string section, IHostEnvironment environment)
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var api) || (api.Scheme != Uri.UriSchemeHttps && !(api.IsLoopback && environment.IsDevelopment())))
            yield return $"{section}:ApiBase must be an absolute https address (plain http only on loopback in Development).";
        if (!string.IsNullOrEmpty(CallbackKey) && (CallbackKey.Length < 16 || !CallbackKey.All(char.IsAsciiLetterOrDigit)))
            yield return $"{section}:CallbackKey must be at least 16 letters and digits; make one with: openssl rand -hex 16";
        if (MaxParameterCharacters is < 5 or > 500)
            yield return $"{section}:MaxParameterCharacters must be between 5 and 500 (longest value of one template variable).";
        foreach (var (purpose, template) in Templates)
            foreach (var unknown in template.Parameters.Values.SelectMany(SmsText.Names).Where(name => !SmsText.Known(purpose).Contains(name)).Distinct(StringComparer.Ordinal))
                yield return $"{section}:Templates:{purpose}:Parameters holds {{{unknown}}}; a template of this kind knows {string.Join(", ", SmsText.Known(purpose).Select(name => $"{{{name}}}"))}.";
    }
}

/// <summary>Section <c>Channels:AliyunSms</c>.</summary>
public sealed class AliyunSmsOptions : SmsVendorOptions
{
    public const string Section = "Channels:AliyunSms";

    public string? AccessKeyId { get; init; }
    public string? AccessKeySecret { get; init; }
    public string ApiBase { get; init; } = "https://dysmsapi.aliyuncs.com";

    internal override IEnumerable<(string Key, string? Value)> Needed => [(nameof(AccessKeyId), AccessKeyId), (nameof(AccessKeySecret), AccessKeySecret), (nameof(SignName), SignName)];

    internal override string Endpoint => ApiBase;
}

/// <summary>Section <c>Channels:TencentSms</c>.</summary>
public sealed class TencentSmsOptions : SmsVendorOptions
{
    public const string Section = "Channels:TencentSms";

    public string? SecretId { get; init; }
    public string? SecretKey { get; init; }
    /// <summary>The application's number in the SMS console, such as 1400000000.</summary>
    public string? SmsSdkAppId { get; init; }
    public string Region { get; init; } = "ap-guangzhou";
    public string ApiBase { get; init; } = "https://sms.tencentcloudapi.com";

    internal override IEnumerable<(string Key, string? Value)> Needed =>
        [(nameof(SecretId), SecretId), (nameof(SecretKey), SecretKey), (nameof(SmsSdkAppId), SmsSdkAppId), (nameof(SignName), SignName)];

    internal override string Endpoint => ApiBase;
}

/// <summary>Fills the variables of a template.</summary>
internal static partial class SmsText
{
    public static IReadOnlyList<string> Known(SmsPurpose purpose) => purpose switch
    {
        SmsPurpose.Notice => ["community", "title", "date", "sender"],
        SmsPurpose.Code => ["code", "minutes"],
        SmsPurpose.Lead => ["community", "wish", "count", "lead"],
    };

    public static IEnumerable<string> Names(string text) => Variable().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>The variables in their order (by number where the keys are numbers), each cut to what the vendor takes.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Fill(SmsTemplateOptions template, IReadOnlyDictionary<string, string> values, int maxCharacters) =>
        [.. template.Parameters
            .OrderBy(pair => int.TryParse(pair.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new KeyValuePair<string, string>(pair.Key, Cut(Variable().Replace(pair.Value, match => values.GetValueOrDefault(match.Groups[1].Value, "")), maxCharacters)))];

    private static string Cut(string text, int max)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        var elements = new StringInfo(line);
        return elements.LengthInTextElements <= max ? line : elements.SubstringByTextElements(0, max - 1) + "…";
    }

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex Variable();
}
