using Microsoft.EntityFrameworkCore.Metadata;

#pragma warning disable EF1001 // FinalizeModel: what a generated class calls itself; this one is called once for each host instead

namespace Outreach.Storage.Models.Sqlite;

/// <summary>The other half, and the tables, are written by <c>dotnet ef dbcontext optimize</c>: RuntimeModelTests say how.</summary>
public partial class SqliteOutreachDbModel : RuntimeModel
{
    /// <summary>A model of its own for each host, whose keys it carries.</summary>
    internal static IModel For(Func<PersonalData> personal)
    {
        var model = new SqliteOutreachDbModel();
        model.Initialize();
        Encryption.AddTo(model, "TEXT", personal);
        return model.FinalizeModel();
    }

    partial void Initialize();
}
