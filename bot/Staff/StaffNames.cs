using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Display names of colleagues, for lists and histories.</summary>
internal sealed class StaffNames(IDbContextFactory<OutreachDb> databases)
{
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(IEnumerable<string?> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.OfType<string>().Distinct().ToList();
        if (wanted.Count == 0)
            return new Dictionary<string, string>();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Staff.Where(s => wanted.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.DisplayName, cancellationToken);
    }
}
