using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Outreach.Knowledge.Articles;
using Outreach.KnowledgeDesk;

namespace Outreach.Staff;

/// <summary>An article as the editor shows it: lists are lines.</summary>
public sealed class ArticleForm : IValidatableObject
{
    public string? Id { get; set; }
    public string? Question { get; set; }
    public string? ShortTitle { get; set; }
    public string? Variants { get; set; }
    public string? Citations { get; set; }
    public string? CiteSource { get; set; }
    public string? CiteNumber { get; set; }
    public string? Body { get; set; }
    public string? Regions { get; set; }
    public string? Since { get; set; }
    public string? Until { get; set; }
    public string? VerifiedOn { get; set; }
    public string? VerifiedBy { get; set; }
    public Caution Caution { get; set; }
    public string? Related { get; set; }
    public string? LocalFor { get; set; }
    public string[]? Actions { get; set; }
    /// <summary>Of the draft that is on the page; null: none.</summary>
    public string? Seen { get; set; }
    /// <summary>Questions of the desk that a new article settles.</summary>
    public string? Keys { get; set; }
    public string? Step { get; set; }

    internal Guid? SeenVersion => Guid.TryParseExact(Seen, "N", out var version) ? version : null;

    internal static ArticleForm Of(Article article, Guid? seen) => new()
    {
        Id = article.Id,
        Question = article.Question,
        ShortTitle = article.Short,
        Variants = string.Join('\n', article.Variants),
        Citations = string.Join('\n', article.Citations),
        Body = article.Body,
        Regions = string.Join('、', article.Regions),
        Since = Day(article.Since),
        Until = Day(article.Until),
        VerifiedOn = article.VerifiedOn == default ? null : Day(article.VerifiedOn),
        VerifiedBy = article.VerifiedBy,
        Caution = article.Caution,
        Related = string.Join('\n', article.Related),
        LocalFor = article.LocalFor,
        Actions = [.. article.Actions],
        Seen = seen?.ToString("N"),
    };

    /// <summary>The article; call it only when <see cref="Validate"/> found nothing.</summary>
    internal Article ToArticle() => new()
    {
        Id = Id!.Trim(),
        Topic = Id!.Trim()[..Id!.Trim().IndexOf('.', StringComparison.Ordinal)],
        Question = OneLine(Question!),
        Short = string.IsNullOrWhiteSpace(ShortTitle) ? null : OneLine(ShortTitle),
        Variants = [.. Lines(Variants).Distinct(StringComparer.Ordinal)],
        Citations = [.. Lines(Citations).Select(line => Citation.TryParse(line, out var citation) ? citation : null).OfType<Citation>()],
        Body = Body!.ReplaceLineEndings("\n").Trim(),
        Regions = Regions?.Split(['、', ',', '，', ' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } regions ? regions : ["全国"],
        Since = Date(Since),
        Until = Date(Until),
        VerifiedOn = Date(VerifiedOn) ?? default,
        VerifiedBy = VerifiedBy?.Trim() ?? "",
        Caution = Caution,
        Related = [.. Lines(Related)],
        LocalFor = string.IsNullOrWhiteSpace(LocalFor) ? null : LocalFor.Trim(),
        Actions = [.. (Actions ?? []).Where(Article.KnownActions.Contains)],
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ArticleIds.IsOne(Id?.Trim() ?? ""))
            yield return new("写成“主题.名字”，小写英文、数字和 -，例如 voting.quorum", [nameof(Id)]);
        if (string.IsNullOrWhiteSpace(Question))
            yield return new("写上标准问法", [nameof(Question)]);
        if (string.IsNullOrWhiteSpace(Body))
            yield return new("写上回答", [nameof(Body)]);
        else if (Body.Length > 4000)
            yield return new("回答太长，删短一些", [nameof(Body)]);
        foreach (var line in Lines(Citations))
            if (!Citation.TryParse(line, out _))
                yield return new($"“{line}”要写成 来源/条号，例如 民法典/278②", [nameof(Citations)]);
        foreach (var (text, field) in new[] { (Since, nameof(Since)), (Until, nameof(Until)), (VerifiedOn, nameof(VerifiedOn)) })
            if (!string.IsNullOrEmpty(text) && Date(text) is null)
                yield return new("日子写成 2026-11-25 这样", [field]);
        if (!string.IsNullOrWhiteSpace(VerifiedBy) && Date(VerifiedOn) is null)
            yield return new("写上核对的日子", [nameof(VerifiedOn)]);
    }

    /// <summary>The field of the form that a problem of the validator is about.</summary>
    internal static string FieldOf(Problem problem) => problem.Field switch
    {
        "question" => nameof(Question),
        "short" => nameof(ShortTitle),
        "variants" => nameof(Variants),
        "citations" => nameof(Citations),
        "related" => nameof(Related),
        "local_for" => nameof(LocalFor),
        "actions" => nameof(Actions),
        "applies" => nameof(Since),
        "verified" => nameof(VerifiedBy),
        "id" => nameof(Id),
        "body" => nameof(Body),
        _ => nameof(Variants),      // what outofscope.yaml has against it are its wordings
    };

    internal static IEnumerable<string> Lines(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly? Date(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
