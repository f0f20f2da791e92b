using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Outreach.Storage;

/// <summary>
/// A query of <see cref="Microsoft.EntityFrameworkCore.EF"/> that is compiled once. It belongs to the model of its first context, and the cache of models may make a second one
/// for the same database when it is full: so one is kept for each model.
/// </summary>
/// <typeparam name="TQuery">What <c>EF.CompileAsyncQuery</c> returns.</typeparam>
internal sealed class CompiledFor<TQuery>(Func<TQuery> compile) where TQuery : class
{
    private readonly ConditionalWeakTable<IModel, TQuery> _queries = [];

    public TQuery On(OutreachDb db) => _queries.GetValue(db.Model, _ => compile());
}
