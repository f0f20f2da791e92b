using System.Text.RegularExpressions;

namespace Outreach.Conversations;

/// <summary>A room as it was said, taken apart: 3号楼2单元501, 三栋五楼东户, 3-2-501, 501室. Parts that were not said are null. Pure.</summary>
/// <param name="Building">With its word: 3号楼, 5栋, A座.</param>
/// <param name="Unit">Digits only.</param>
/// <param name="Floor">Digits only.</param>
/// <param name="Number">501, or 东户.</param>
internal sealed partial record SpokenRoom(string? Building, string? Unit, string? Floor, string? Number)
{
    /// <summary>As it is shown and stored.</summary>
    public override string ToString() =>
        $"{Building}{(Unit is null ? "" : Unit + "单元")}{(Floor is null ? "" : Floor + "楼")}{Number}";

    /// <summary>The first room in a text and where it stands; a bare number counts only where a room was asked for.</summary>
    public static (SpokenRoom Room, int Start, int Length)? Find(string text, BareNumber bare)
    {
        foreach (Match match in Named().Matches(text))
            if (Of(match) is { } room)
                return (room, match.Index, match.Length);
        if (Dashed().Match(text) is { Success: true } dashed)
        {
            var parts = dashed.Value.Split(['-', '—', '–', '－', '/', '、', '.', '#'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return parts.Length switch
            {
                3 => (new(BuildingOf(parts[0]), parts[1], null, parts[2]), dashed.Index, dashed.Length),
                2 when parts[1].Length >= 3 => (new(BuildingOf(parts[0]), null, null, parts[1]), dashed.Index, dashed.Length),
                _ => null,
            };
        }
        if (bare == BareNumber.Counts && Bare().Match(text) is { Success: true } number)
            return (new(null, null, null, ChineseNumber.ToArabic(number.Groups["n"].Value)), number.Index, number.Length);
        return null;
    }

    /// <summary>A stored room with the parts that a correction names; a correction of the building or the number leaves the rest.</summary>
    public static string Merge(string? stored, SpokenRoom correction)
    {
        var before = stored is null ? null : Find(stored, BareNumber.Counts)?.Room;
        if (before is null || correction is { Building: not null, Number: not null })
            return correction.ToString();
        return new SpokenRoom(correction.Building ?? before.Building, correction.Unit ?? before.Unit,
            correction.Number is null ? correction.Floor ?? before.Floor : correction.Floor, correction.Number ?? before.Number).ToString();
    }

    private static SpokenRoom? Of(Match match)
    {
        string? Part(string name) => match.Groups[name] is { Success: true } group ? ChineseNumber.ToArabic(group.Value) : null;
        var (unit, floor, number) = (Part("u"), Part("f"), Part("n"));
        var building = match.Groups["b"].Success ? Part("b")!.ToUpperInvariant() + WordOf(match.Groups["w"].Value) : null;
        return building is null && unit is null && number is null ? null : new(building, unit, floor, number);
    }

    private static string BuildingOf(string number) => number.ToUpperInvariant() + "号楼";

    private static string WordOf(string word) => word switch
    {
        "栋" or "栋楼" => "栋",
        "幢" => "幢",
        "座" => "座",
        "号院" => "号院",
        _ => "号楼",
    };

    private const string Small = "[0-9]{1,3}|[一二三四五六七八九十]{1,3}";

    [GeneratedRegex(
        "(?<b>[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[A-Za-z](?![A-Za-z]))\\s*(?<w>号楼|栋楼|号院|栋|幢|座|#楼|#|楼(?=\\s*(?:" + Small + ")\\s*(?:单元|门)))"
        + "\\s*(?:(?<u>" + Small + ")\\s*(?:单元|门洞|门|单))?\\s*(?:(?<f>" + Small + ")\\s*(?:楼|层)\\s*)?(?:(?<n>[0-9]{2,4}(?![0-9])|[一二三四五六七八九〇零幺]{3,4}|[东西南北中]户)\\s*(?:室|号|房(?!产|本|价)|户)?)?"
        + "|(?<u>" + Small + ")\\s*单元\\s*(?:(?<f>" + Small + ")\\s*(?:楼|层)\\s*)?(?:(?<n>[0-9]{2,4}(?![0-9])|[一二三四五六七八九〇零幺]{3,4}|[东西南北中]户)\\s*(?:室|号|房(?!产|本|价)|户)?)?"
        + "|(?<f>" + Small + ")\\s*(?:楼|层)\\s*(?<n>[东西南北中]户)"
        + "|(?<![0-9])(?<n>[0-9]{3,4})\\s*(?:室|房(?!产|本|价))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"(?<![0-9\-])[0-9A-Za-z]{1,3}\s*[\-—–－/、.#]\s*[0-9]{1,2}\s*[\-—–－/、.#]\s*[0-9]{2,4}(?![0-9\-])|(?<![0-9\-])[0-9A-Za-z]{1,2}\s*[\-—–－]\s*[0-9]{3,4}(?![0-9\-])", RegexOptions.CultureInvariant)]
    private static partial Regex Dashed();

    [GeneratedRegex("(?<![0-9.])(?<n>[0-9]{3,4}|[一二三四五六七八九][〇零幺一二三四五六七八九]{2,3})(?![0-9元块户人年月日%个])", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();
}

internal enum BareNumber { Ignored, Counts }
