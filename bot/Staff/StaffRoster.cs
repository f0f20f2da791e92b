using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The active accounts of the console, for the rooms below.</summary>
internal sealed class StaffRoster(IDbContextFactory<OutreachDb> databases) : IStaffRoster
{
    public async Task<StaffScope?> FindActiveAsync(string staffId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return (await db.Staff.Where(s => s.Id == staffId).ActiveScopesAsync(db, cancellationToken)).SingleOrDefault();
    }

    public async Task<IReadOnlyList<StaffScope>> ListActiveAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await db.Staff.ActiveScopesAsync(db, cancellationToken)).OrderBy(scope => scope.DisplayName, StringComparer.Ordinal)];
    }
}
