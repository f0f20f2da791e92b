using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Outreach.Activities;

/// <summary>Choices without buttons: numbered lines out, and the number, the title or the value back.</summary>
public static class Choices
{
    private const string Digits = "零一二三四五六七八九";

    /// <summary>The numbered lines, such as <c>1. 同意</c>, one a line.</summary>
    public static string Number(IReadOnlyList<CardAction> actions) =>
        string.Join('\n', actions.Select((action, index) => string.Create(CultureInfo.InvariantCulture, $"{index + 1}. {action.Title}")));

    /// <summary>The choice that a person's words name: by title, by value, or by number (1, １, 一, ①, 第一个, 选1, 1号, 最后一个). Null: none of them.</summary>
    public static CardAction? Match(string? text, IReadOnlyList<CardAction> actions)
    {
        if (string.IsNullOrWhiteSpace(text) || actions.Count == 0)
            return null;
        var said = Fold(text);
        // A title that is itself a number wins over the place in the list.
        return actions.FirstOrDefault(action => Fold(action.Title) == said)
            ?? actions.FirstOrDefault(action => action.Value is { ValueKind: JsonValueKind.String } value && Fold(value.GetString()!) == said)
            ?? (Place(said, actions.Count) is { } place ? actions[place - 1] : null);
    }

    private static int? Place(string said, int count)
    {
        if (said is "最后一个" or "最后一项" or "最后1个")
            return count;
        var core = said;
        foreach (var lead in (ReadOnlySpan<string>)["我选", "我要", "就选", "选择", "选", "回复", "回", "点"])
        {
            if (core.StartsWith(lead, StringComparison.Ordinal))
            {
                core = core[lead.Length..];
                break;
            }
        }
        var ordinal = core.StartsWith('第');
        core = core.TrimStart('第').Trim('(', ')', '.', '、', ',', '【', '】', '[', ']');
        foreach (var tail in (ReadOnlySpan<string>)["个", "项", "条", "号", "种", "那个"])
        {
            // 一个 says how many, 第一个 and 1号 say which.
            if (core.EndsWith(tail, StringComparison.Ordinal) && (ordinal || tail == "号"))
            {
                core = core[..^tail.Length];
                break;
            }
        }
        var number = core switch
        {
            ['十'] => 10,
            ['十', var ones] when Digits.IndexOf(ones, StringComparison.Ordinal) is > 0 and var value => 10 + value,
            ['两'] => 2,
            [var one] when Digits.IndexOf(one, StringComparison.Ordinal) is > 0 and var value => value,
            _ => int.TryParse(core, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0,
        };
        return number >= 1 && number <= count ? number : null;
    }

    // NFKC makes １ and ① and （ plain; what people put around a choice says nothing.
    private static string Fold(string text)
    {
        var plain = text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        return string.Concat(plain.Where(c => !char.IsWhiteSpace(c))).Trim('。', '.', '!', ',', ';', '?', '~', '“', '”', '"', '\'', '「', '」');
    }
}
