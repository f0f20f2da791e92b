using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Outreach.Storage;

/// <summary>
/// One SQL statement run for many rows of <typeparamref name="T"/>, prepared once, with the model's own conversions of its properties: for the paths where tracking each
/// row costs more than the database does. Only inside <see cref="OutreachDb.WriteAsync{T}"/>; its row count is the answer.
/// </summary>
internal sealed class RowStatement<T> : IAsyncDisposable where T : class
{
    private readonly DbCommand _command;
    private readonly Dictionary<string, (DbParameter Parameter, RelationalTypeMapping Mapping)> _parameters = new(StringComparer.Ordinal);

    /// <param name="sql">Names each of <paramref name="properties"/> as <c>@Property</c>.</param>
    public RowStatement(OutreachDb db, string sql, params string[] properties)
    {
        if (!db.IsWriting)
            throw new InvalidOperationException("A write outside OutreachDb.WriteAsync: wrap it, so that it passes the write gate.");
        _command = db.Database.GetDbConnection().CreateCommand();
        _command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // the caller's literal: values are parameters
        _command.CommandText = sql;
#pragma warning restore CA2100
        var entity = db.Model.FindEntityType(typeof(T))!;
        foreach (var name in properties)
        {
            var mapping = entity.FindProperty(name)!.GetRelationalTypeMapping();
            var parameter = mapping.CreateParameter(_command, "@" + name, null, nullable: true);
            _command.Parameters.Add(parameter);
            _parameters.Add(name, (parameter, mapping));
        }
    }

    /// <summary>The value as the property holds it.</summary>
    public object? this[string property]
    {
        set => Stored(property, value is null || _parameters[property].Mapping.Converter is not { } converter ? value : converter.ConvertToProvider(value));
    }

    /// <summary>A value that is in the database's own form already.</summary>
    public void Stored(string property, object? value) => _parameters[property].Parameter.Value = value ?? DBNull.Value;

    /// <summary>The database's form of a property's value, to be used for many rows.</summary>
    public object Convert(string property, object value) => _parameters[property].Mapping.Converter?.ConvertToProvider(value) ?? value;

    public Task<int> RunAsync() => _command.ExecuteNonQueryAsync();

    public ValueTask DisposeAsync() => _command.DisposeAsync();
}
