namespace Outreach.Staff.Components;

/// <summary>For a desk, or for a phone.</summary>
public enum ChartSize { Broad, Narrow }
