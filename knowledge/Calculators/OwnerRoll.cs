namespace Outreach.Knowledge.Calculators;

public enum UnitState
{
    Delivered,
    SoldNotDelivered,
    Unsold,
}

/// <summary>One separately owned unit.</summary>
/// <param name="Buyer">Whoever bought it, by any key; co-owners share one.</param>
/// <param name="ParkingArea">Area of parking places with a title of their own that belong to it.</param>
public sealed record OwnedUnit(string Buyer, Area Area, UnitState State = UnitState.Delivered, Area ParkingArea = default);

/// <summary>Counts owners and area from a list of units (区分所有权解释 8 and 9).</summary>
public static class OwnerRoll
{
    /// <summary>A buyer of several units is one head; the developer, with all that is unsold or not delivered, is one head.</summary>
    public static Share Count(IEnumerable<OwnedUnit> units, ParkingCounts parking = ParkingCounts.No)
    {
        var buyers = new HashSet<string>(StringComparer.Ordinal);
        var developer = 0;
        var area = Area.Zero;
        foreach (var unit in units)
        {
            area += unit.Area + (parking == ParkingCounts.Yes ? unit.ParkingArea : Area.Zero);
            if (unit.State == UnitState.Delivered)
                buyers.Add(unit.Buyer);
            else
                developer = 1;
        }

        return new(buyers.Count + developer, area);
    }
}

/// <summary>Whether titled parking places count as area; where the rules of procedure are silent both are computed (contested).</summary>
public enum ParkingCounts
{
    No,
    Yes,
}
