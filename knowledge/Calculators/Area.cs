using System.Globalization;

namespace Outreach.Knowledge.Calculators;

/// <summary>A floor area in whole hundredths of a square metre, so that comparing shares never rounds.</summary>
public readonly record struct Area(long Hundredths) : IComparable<Area>
{
    public static Area Zero => default;

    /// <exception cref="ArgumentOutOfRangeException">More than two decimals, or outside ±10 million km².</exception>
    public static Area SquareMetres(decimal value) =>
        TryFrom(value) ?? throw new ArgumentOutOfRangeException(nameof(value), value, "An area has at most two decimals.");

    /// <summary>Reads 85.6, 85.60㎡, 85.6平方米, 90 000, 90,000 or 9万. Null when it is not an area with at most two decimals.</summary>
    public static Area? Parse(string text)
    {
        text = text.Trim().Replace(",", "", StringComparison.Ordinal).Replace("，", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        foreach (var unit in (string[])["平方米", "平米", "㎡", "m²", "m2", "平方", "平"])
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                text = text[..^unit.Length];
                break;
            }

        var factor = 1m;
        if (text.EndsWith('万'))
            (text, factor) = (text[..^1], 10_000m);
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value < 10_000_000_000m
            ? TryFrom(value * factor)
            : null;
    }

    public static Area operator +(Area left, Area right) => new(left.Hundredths + right.Hundredths);

    public static Area operator -(Area left, Area right) => new(left.Hundredths - right.Hundredths);

    public static bool operator <(Area left, Area right) => left.Hundredths < right.Hundredths;

    public static bool operator >(Area left, Area right) => left.Hundredths > right.Hundredths;

    public static bool operator <=(Area left, Area right) => left.Hundredths <= right.Hundredths;

    public static bool operator >=(Area left, Area right) => left.Hundredths >= right.Hundredths;

    public int CompareTo(Area other) => Hundredths.CompareTo(other.Hundredths);

    /// <summary>85.6平方米.</summary>
    public override string ToString() => (Hundredths / 100m).ToString("0.##", CultureInfo.InvariantCulture) + "平方米";

    private static Area? TryFrom(decimal squareMetres) =>
        Math.Abs(squareMetres) <= 10_000_000_000_000m && decimal.Truncate(squareMetres * 100) == squareMetres * 100 ? new((long)(squareMetres * 100)) : null;
}
