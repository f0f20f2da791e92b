namespace Outreach.Contacts;

/// <summary>How personal data is shown where it is not to be read in full.</summary>
public static class Masks
{
    /// <summary>+8613900000000 → 139****0000, +863982831234 → 0398****234; "" stays "".</summary>
    public static string Phone(string e164)
    {
        var digits = National(e164);
        return digits switch
        {
            { Length: 0 } => "",
            ['1', ..] when digits.Length == 11 => $"{digits[..3]}****{digits[7..]}",
            { Length: > 7 } => $"{digits[..4]}****{digits[^3..]}",
            _ => "****",
        };
    }

    /// <summary>+8613900000000 → 13900000000, +863982831234 → 03982831234: as people dial it.</summary>
    public static string National(string e164) =>
        !e164.StartsWith("+86", StringComparison.Ordinal) ? e164
        : e164 is ['+', '8', '6', '1', _, _, _, _, _, _, _, _, _, _] ? e164[3..]
        : "0" + e164[3..];
}
