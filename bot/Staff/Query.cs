namespace Outreach.Staff;

internal static class Query
{
    /// <summary>Path with the parameters that have a value.</summary>
    public static string Address(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = string.Empty;
        foreach (var (name, value) in parameters)
            if (!string.IsNullOrEmpty(value))
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        return path + query;
    }
}
