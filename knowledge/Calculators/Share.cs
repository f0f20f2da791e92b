namespace Outreach.Knowledge.Calculators;

/// <summary>Some of the owners, by heads and by exclusive floor area: the two measures of every vote (民法典 278②).</summary>
public readonly record struct Share(int Owners, Area Area)
{
    public static Share operator +(Share left, Share right) => new(left.Owners + right.Owners, left.Area + right.Area);

    /// <summary>88人、12000平方米.</summary>
    public override string ToString() => $"{Owners}人、{Area}";
}
