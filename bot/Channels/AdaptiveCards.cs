using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Outreach.Activities;

namespace Outreach.Channels;

/// <summary>How an app lets a card's button say its words for the person.</summary>
internal enum CardTaps
{
    /// <summary>The button's data is its words: Web Chat writes them into the chat.</summary>
    Words,
    /// <summary>The data is an object that comes back as the message's value; Teams writes the words into the chat.</summary>
    Value,
}

/// <summary>
/// Shows an answer with Adaptive Cards (version 1.3, which every app with cards knows): a hero card becomes one, and so do the sources of an answer with the two verdicts
/// on it. All words stand in text runs, which read no markup, so what an owner typed is shown as typed. The activity's own text and summary stay as they are.
/// </summary>
internal static partial class AdaptiveCards
{
    public const string ContentType = "application/vnd.microsoft.card.adaptive";
    private const string Submit = "Action.Submit";

    /// <param name="choices">Actions that the app cannot show but on a card; they stand before the sources.</param>
    /// <param name="judged">See <see cref="Verdicts.Judged"/>; null: no verdicts are asked for.</param>
    public static Activity Show(Activity activity, CardTaps taps, IReadOnlyList<CardAction> choices, string? judged)
    {
        if (activity.Type != ActivityTypes.Message)
            return activity;
        var fallback = activity.Summary ?? activity.Text;
        List<Attachment> shown = [.. (activity.Attachments ?? []).Select(attachment =>
            HeroCard.From(attachment) is { } hero ? Attach(Of(hero, taps, fallback)) : attachment)];
        List<AdaptiveAction> actions = [.. choices.Select(choice => ActionOf(choice, taps))];
        if (CitationEntity.Read(activity) is { Count: > 0 } sources)
            actions.Add(new("Action.ShowCard", "看依据") { Card = new([.. sources.SelectMany(Source)], null, null) });
        if (judged is not null)
            actions.AddRange([new(Submit, "有帮助") { Data = CardTap.Judging("helpful", judged) }, new(Submit, "没答对") { Data = CardTap.Judging("wrong", judged) }]);
        if (actions.Count > 0)
            shown.Add(Attach(new([], actions, fallback)));
        return activity with { Attachments = shown.Count == 0 ? null : shown };
    }

    /// <summary>The suggested actions that no card of the activity offers.</summary>
    public static IReadOnlyList<CardAction> NotOffered(Activity activity)
    {
        var offered = (activity.Attachments ?? []).SelectMany(attachment => HeroCard.From(attachment)?.Buttons ?? []).Select(button => button.Title).ToHashSet(StringComparer.Ordinal);
        return [.. (activity.SuggestedActions?.Actions ?? []).Where(action => !offered.Contains(action.Title))];
    }

    private static AdaptiveCard Of(HeroCard hero, CardTaps taps, string? fallback)
    {
        List<AdaptiveElement> body = [];
        List<AdaptiveAction> actions = [.. (hero.Buttons ?? []).Select(button => ActionOf(button, taps))];
        if (hero.Title is { Length: > 0 } title)
            body.Add(new([new(title) { Weight = "Bolder", Size = "Medium" }]));
        foreach (var line in $"{hero.Subtitle}\n{hero.Text}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var row = Row().Match(line);
            if (!row.Success)
                body.Add(new([new(line)]));
            else if (Uri.TryCreate(row.Groups[2].Value, UriKind.Absolute, out var link) && link.Scheme is "https" or "http")
                actions.Add(new("Action.OpenUrl", row.Groups[1].Value) { Url = row.Groups[2].Value });
            else
                body.Add(new([new(row.Groups[1].Value + "：") { Weight = "Bolder" }, new(row.Groups[2].Value)]) { Spacing = "Small" });
        }
        return new(body, actions.Count == 0 ? null : actions, fallback);
    }

    private static AdaptiveAction ActionOf(CardAction action, CardTaps taps)
    {
        if (action is { Type: "openUrl", Value: { ValueKind: JsonValueKind.String } url })
            return new("Action.OpenUrl", action.Title) { Url = url.GetString() };
        var words = action.Value is { ValueKind: JsonValueKind.String } value ? value.GetString()! : action.Title;
        return new(Submit, action.Title) { Data = taps == CardTaps.Words ? JsonSerializer.SerializeToElement(words, AdaptiveJson.Wire.String) : CardTap.Saying(words) };
    }

    private static IEnumerable<AdaptiveElement> Source(CitationClaim claim)
    {
        yield return new([new(claim.Name) { Weight = "Bolder" }]);
        foreach (var line in $"{(claim.Text == claim.Name ? null : claim.Text)}\n{claim.Abstract}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            yield return new([new(line) { IsSubtle = true }]) { Spacing = "Small" };
    }

    private static Attachment Attach(AdaptiveCard card) =>
        new() { ContentType = ContentType, Content = JsonSerializer.SerializeToElement(card, AdaptiveJson.Wire.AdaptiveCard) };

    [GeneratedRegex(@"\A([^：。，\s]{1,8})：\s*(.+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}

/// <summary>What a tap on a card brings back: words that the person says with it, or a verdict on an answer.</summary>
/// <param name="Verdict"><c>helpful</c> or <c>wrong</c>.</param>
/// <param name="Answer">Number of the stored message.</param>
internal sealed record CardTap(string? Say, string? Verdict, string? Answer)
{
    /// <summary>Null: somebody else's data.</summary>
    public static CardTap? Read(JsonElement data)
    {
        if ((PushedJson.Text(data) ?? PushedJson.Text(data, "say") ?? PushedJson.Text(PushedJson.Member(data, "msteams"), "value")) is { } words)
            return string.IsNullOrWhiteSpace(words) ? null : new(words.Trim(), null, null);
        return PushedJson.Text(data, "verdict") is { } verdict && Verdicts.IsVerdict(verdict) && PushedJson.Text(data, "answer") is { Length: > 0 } answer
            ? new(null, verdict, answer)
            : null;
    }

    public static JsonElement Saying(string words) => JsonSerializer.SerializeToElement(new(words, null, null, new("imBack", words)), AdaptiveJson.Wire.CardTapData);

    public static JsonElement Judging(string verdict, string answer) => JsonSerializer.SerializeToElement(new(null, verdict, answer, null), AdaptiveJson.Wire.CardTapData);

    /// <summary>The activity as the tap makes it: the person's words, or the event of a verdict.</summary>
    public Activity On(Activity activity) => Say is not null ? activity with { Text = Say } : Verdicts.On(activity, Verdict!, Answer!);
}

/// <param name="Msteams">Lets Teams write the words into the chat.</param>
internal sealed record CardTapData(string? Say, string? Verdict, string? Answer, TeamsTap? Msteams);

internal sealed record TeamsTap(string Type, string Value);

internal sealed record AdaptiveCard(IReadOnlyList<AdaptiveElement> Body, IReadOnlyList<AdaptiveAction>? Actions, string? FallbackText)
{
    public string Type { get; } = "AdaptiveCard";
    public string Version { get; } = "1.3";
    public string Lang { get; } = "zh-CN";
}

internal sealed record AdaptiveElement(IReadOnlyList<AdaptiveRun> Inlines)
{
    public string Type { get; } = "RichTextBlock";
    public string? Spacing { get; init; }
}

internal sealed record AdaptiveRun(string Text)
{
    public string Type { get; } = "TextRun";
    public string? Weight { get; init; }
    public string? Size { get; init; }
    public bool? IsSubtle { get; init; }
}

/// <param name="Type"><c>Action.Submit</c>, <c>Action.OpenUrl</c> or <c>Action.ShowCard</c>.</param>
internal sealed record AdaptiveAction(string Type, string Title)
{
    public JsonElement? Data { get; init; }
    public string? Url { get; init; }
    public AdaptiveCard? Card { get; init; }
}

[JsonSerializable(typeof(AdaptiveCard))]
[JsonSerializable(typeof(CardTapData))]
[JsonSerializable(typeof(string))]
internal sealed partial class AdaptiveJson : JsonSerializerContext
{
    public static AdaptiveJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
