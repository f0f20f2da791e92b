namespace Outreach.Knowledge.Calculators;

/// <summary>How many owners must ask for an interim meeting: a fifth, safest by heads and by area (物业管理条例 13, 指导规则 21).</summary>
public static class PetitionShare
{
    public static Share Fewest(Share all) => new((int)(((long)all.Owners + 4) / 5), new((all.Area.Hundredths + 4) / 5));

    public static bool IsEnough(Share all, Share asking) => Fewest(all) is var fewest && asking.Owners >= fewest.Owners && asking.Area >= fewest.Area;

    /// <summary>What is still missing; zero where it is enough.</summary>
    public static Share Missing(Share all, Share asking)
    {
        var fewest = Fewest(all);
        return new(Math.Max(0, fewest.Owners - asking.Owners), new(Math.Max(0, fewest.Area.Hundredths - asking.Area.Hundredths)));
    }
}
