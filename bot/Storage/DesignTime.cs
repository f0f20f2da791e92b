using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Outreach.Storage;

/// <summary>For <c>dotnet ef</c>: builds the model without starting the host.</summary>
internal sealed class DesignTimeSqlite : IDesignTimeDbContextFactory<SqliteOutreachDb>
{
    public SqliteOutreachDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteOutreachDb>().UseSqlite("Data Source=design-time.db")
        .UseApplicationServiceProvider(new ServiceCollection()
            .AddSingleton(new PersonalData(new EphemeralDataProtectionProvider(), new HashKey(new byte[32]))).BuildServiceProvider())
        .Options);
}
