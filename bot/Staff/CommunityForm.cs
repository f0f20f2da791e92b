using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Outreach.Communities;

namespace Outreach.Staff;

/// <summary>The fields of a community as people type them.</summary>
public sealed class CommunityForm : IValidatableObject
{
    private const string DateForm = "yyyy-MM-dd";

    public string? Version { get; set; }
    public string? Name { get; set; }
    public string? Aliases { get; set; }
    public string? FormerNames { get; set; }
    public string? Households { get; set; }
    public string? FloorArea { get; set; }
    public string? DeliveredOn { get; set; }
    public string? PropertyCompany { get; set; }
    public CommunityStage Stage { get; set; }
    public string? StageSince { get; set; }
    public string? TermEndsOn { get; set; }

    internal static CommunityForm Of(Community community, IReadOnlyList<CommunityAlias> names) => new()
    {
        Version = community.Version.ToString("N"),
        Name = community.Name,
        Aliases = string.Join('\n', names.Where(n => !n.IsFormer).Select(n => n.Name)),
        FormerNames = string.Join('\n', names.Where(n => n.IsFormer).Select(n => n.Name)),
        Households = community.Households?.ToString(CultureInfo.InvariantCulture),
        FloorArea = community.FloorArea is { } area ? (area / 100m).ToString("0.##", CultureInfo.InvariantCulture) : null,
        DeliveredOn = Text(community.DeliveredOn),
        PropertyCompany = community.PropertyCompany,
        Stage = community.Stage,
        StageSince = Text(community.StageSince),
        TermEndsOn = Text(community.TermEndsOn),
    };

    /// <summary>Once the form is valid.</summary>
    internal CommunityInput Read() => new(Name!.Trim(), Lines(Aliases), Lines(FormerNames), Number(Households), SquareMetres(FloorArea), Day(DeliveredOn),
        string.IsNullOrWhiteSpace(PropertyCompany) ? null : PropertyCompany.Trim(), Stage, Day(StageSince), Day(TermEndsOn),
        Guid.TryParseExact(Version, "N", out var seen) ? seen : Guid.Empty);

    /// <summary>Which fields differ, for the audit.</summary>
    internal static string Changes(Community before, CommunityInput after)
    {
        var changed = new List<string>();
        if (before.Name != after.Name)
            changed.Add($"名字 {before.Name} → {after.Name}");
        if (before.Stage != after.Stage)
            changed.Add($"阶段 {StageText.Of(before.Stage)} → {StageText.Of(after.Stage)}");
        Add("阶段日子", before.StageSince, after.StageSince);
        Add("到期", before.TermEndsOn, after.TermEndsOn);
        Add("户数", before.Households, after.Households);
        Add("面积", before.FloorArea, after.FloorArea);
        Add("交付", before.DeliveredOn, after.DeliveredOn);
        Add("物业", before.PropertyCompany, after.PropertyCompany);
        return changed.Count == 0 ? "别名" : string.Join("；", changed);

        void Add<T>(string name, T one, T other)
        {
            if (!EqualityComparer<T>.Default.Equals(one, other))
                changed.Add($"改了{name}");
        }
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Name))
            yield return new("写上小区名", [nameof(Name)]);
        else if (!CommunityNames.IsAlias(Name.Trim()))
            yield return new($"小区名写2到{CommunityNames.MaxLength}个字，不能有尖括号，不能以 =、+、-、@ 开头", [nameof(Name)]);
        if (Lines(Aliases).FirstOrDefault(name => !CommunityNames.IsAlias(name)) is { } alias)
            yield return new($"别名“{alias}”不行：每个2到{CommunityNames.MaxLength}个字", [nameof(Aliases)]);
        if (Lines(FormerNames).FirstOrDefault(name => !CommunityNames.IsAlias(name)) is { } former)
            yield return new($"曾用名“{former}”不行：每个2到{CommunityNames.MaxLength}个字", [nameof(FormerNames)]);
        if (!string.IsNullOrWhiteSpace(Households) && Number(Households) is not (>= 1 and <= 20000))
            yield return new("户数要写 1 到 20,000 的整数", [nameof(Households)]);
        if (!string.IsNullOrWhiteSpace(FloorArea) && SquareMetres(FloorArea) is null)
            yield return new("面积写成 68400.5 这样的数，最多两位小数", [nameof(FloorArea)]);
        foreach (var (text, field) in new[] { (DeliveredOn, nameof(DeliveredOn)), (StageSince, nameof(StageSince)), (TermEndsOn, nameof(TermEndsOn)) })
            if (!string.IsNullOrEmpty(text) && Day(text) is null)
                yield return new("日子写成 2026-11-25 这样", [field]);
        if (PropertyCompany?.Trim().Length > CommunityNames.MaxLength)
            yield return new($"最多{CommunityNames.MaxLength}个字", [nameof(PropertyCompany)]);
        if (Stage is CommunityStage.Applied or CommunityStage.Elected && string.IsNullOrEmpty(StageSince))
            yield return new("写上是哪天，法定期限从这天算", [nameof(StageSince)]);
    }

    private static string? Text(DateOnly? day) => day?.ToString(DateForm, CultureInfo.InvariantCulture);

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1949 and <= 2100 ? day : null;

    private static int? Number(string? text) => int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>In 0.01 m².</summary>
    private static long? SquareMetres(string? text) =>
        decimal.TryParse(text?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var metres) && metres is > 0 and < 100_000_000 && metres * 100 % 1 == 0 ? (long)(metres * 100) : null;

    private static List<string> Lines(string? text) => [.. (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
