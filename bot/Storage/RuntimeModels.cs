using System.Data;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Outreach.Storage
{
    /// <summary>What encrypts is not written with the models, because the keys are an installation's own: each host puts it in.</summary>
    internal static class Encryption
    {
        /// <summary>Lets the properties marked <see cref="Personal.IsPersonal"/> pass through encryption.</summary>
        /// <param name="model">Not finished yet.</param>
        /// <param name="columnType">The provider's type of texts.</param>
        public static void AddTo(RuntimeModel model, string columnType, Func<PersonalData> personal)
        {
            var cipher = new StringTypeMapping(columnType, DbType.String)
                .WithComposedConverter(new ValueConverter<string, string>(text => personal().Protect(text), text => personal().Unprotect(text)));
            foreach (var property in ((IModel)model).GetEntityTypes().SelectMany(entity => entity.GetProperties()).Cast<RuntimeProperty>())
                if (property.FindAnnotation(Personal.Annotation) is not null)
                    property.TypeMapping = cipher;
        }
    }
}

#pragma warning disable EF1001 // FinalizeModel: what a generated class calls itself; ours is called once for each host instead

// The generated halves of these classes, and the tables, are made by `dotnet ef dbcontext optimize`: see MadeModelTests.
namespace Outreach.Storage.Models.Sqlite
{
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
}

namespace Outreach.Storage.Models.Postgres
{
    public partial class PostgresOutreachDbModel : RuntimeModel
    {
        /// <inheritdoc cref="Sqlite.SqliteOutreachDbModel.For"/>
        internal static IModel For(Func<PersonalData> personal)
        {
            var model = new PostgresOutreachDbModel();
            model.Initialize();
            Encryption.AddTo(model, "text", personal);
            return model.FinalizeModel();
        }

        partial void Initialize();
    }
}
