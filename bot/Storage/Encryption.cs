using System.Data;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Outreach.Storage;

/// <summary>What encrypts is not written with the models under <c>Models</c>, because the keys are an installation's own: each host puts it in.</summary>
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
