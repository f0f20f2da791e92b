namespace Outreach.Storage;

/// <summary>Settings of the whole installation, at the top level of the configuration.</summary>
public sealed class SiteOptions
{
    /// <summary>Absolute address under which owners reach us: QR codes, links, callbacks. Empty in Development: the local address.</summary>
    public string PublicUrl { get; init; } = "";
    /// <summary>IANA name of the city's time zone.</summary>
    public string TimeZone { get; init; } = "Asia/Shanghai";
    public OperatorOptions Operator { get; init; } = new();
    public DemoOptions Demo { get; init; } = new();
    public PrivacyOptions Privacy { get; init; } = new();
}

/// <summary>Who keeps the data (PIPL 17); stands in every consent text. While empty only demo communities can be signed up for.</summary>
public sealed class OperatorOptions
{
    public string Name { get; init; } = "";
    public string Contact { get; init; } = "";

    public bool IsConfigured => Name.Length > 0 && Contact.Length > 0;
    public string DisplayName => IsConfigured ? Name : "演示单位";
    public string DisplayContact => IsConfigured ? Contact : "电话未配置（演示）";
}

public sealed class DemoOptions
{
    /// <summary>Whether an empty database starts with the demo communities.</summary>
    public bool Load { get; init; } = true;
}

/// <summary>How long personal data stays; the consent text is made from the same numbers.</summary>
public sealed class PrivacyOptions
{
    public int LeadMonthsAfterFiling { get; init; } = 6;
    public int LeadMonths { get; init; } = 24;
    public int TranscriptMonths { get; init; } = 6;
    public int WithdrawnDays { get; init; } = 7;
    public int DedupeDays { get; init; } = 7;
}

public static class SiteSetup
{
    public static IServiceCollection AddSite(this IServiceCollection services)
    {
        services.AddOptions<SiteOptions>().BindConfiguration("")
            .Validate(o => o.PublicUrl.Length == 0 || (Uri.TryCreate(o.PublicUrl, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"),
                "PublicUrl must be an absolute address such as https://ywh.example.org (it stands in QR codes and links).")
            .Validate(o => TimeZoneInfo.TryFindSystemTimeZoneById(o.TimeZone, out _), "TimeZone must be an IANA name such as Asia/Shanghai.")
            .Validate(o => o.Operator.Name.Length > 0 == o.Operator.Contact.Length > 0,
                "Operator:Name and Operator:Contact go together: both stand in every consent text. Fill both, or leave both empty for a demo.")
            .Validate(o => o.Privacy is { LeadMonths: >= 1 and <= 120, LeadMonthsAfterFiling: >= 0 and <= 120, TranscriptMonths: >= 1 and <= 120, WithdrawnDays: >= 1 and <= 30, DedupeDays: >= 1 and <= 90 },
                "Privacy: LeadMonths 1–120, LeadMonthsAfterFiling 0–120, TranscriptMonths 1–120 (months), WithdrawnDays 1–30, DedupeDays 1–90 (days).")
            .ValidateOnStart();
        return services.AddSingleton<CityClock>();
    }
}
