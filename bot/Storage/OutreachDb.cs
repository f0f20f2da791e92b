using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Outreach.Storage;

/// <summary>
/// The database: repository and unit of work of every room. Names no table itself: each room brings its
/// <see cref="IEntityTypeConfiguration{TEntity}"/> and an extension property for its set.
/// </summary>
public abstract class OutreachDb(DbContextOptions options, WriteGate gate, PersonalData personal) : DbContext(options)
{
    private bool _writing;

    /// <summary>What encrypts the properties marked <see cref="Personal.IsPersonal"/>; part of the model's cache key.</summary>
    internal PersonalData PersonalData => personal;

    internal bool IsWriting => _writing;

    /// <summary>
    /// Runs writes in one transaction behind the provider's write gate. On SQLite one writer at a time is faster and fairer than sixteen that collide;
    /// a write outside this method throws (<see cref="WriteGuard"/>). Nested calls join the outer transaction.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) => _writing ? work() : RunAsync(work, Ending.Commit, cancellationToken);

    /// <summary>Runs writes as <see cref="WriteAsync{T}"/> does and takes them back: to see what they would lead to. This context is of no use for anything else afterwards.</summary>
    public Task<T> RehearseAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) => RunAsync(work, Ending.TakeBack, cancellationToken);

    private enum Ending { Commit, TakeBack }

    private async Task<T> RunAsync<T>(Func<Task<T>> work, Ending ending, CancellationToken cancellationToken)
    {
        using var place = await gate.EnterAsync(cancellationToken);
        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        _writing = true;
        try
        {
            var result = await work();
            if (ending == Ending.Commit)
                await transaction.CommitAsync(cancellationToken);
            else
                await transaction.RollbackAsync(cancellationToken);
            return result;
        }
        finally
        {
            _writing = false;
        }
    }

    public Task WriteAsync(Func<Task> work, CancellationToken cancellationToken) =>
        WriteAsync(async () =>
        {
            await work();
            return 0;
        }, cancellationToken);

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        WriteAsync(() => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(OutreachDb).Assembly);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            if (property.FindAnnotation(Personal.Annotation) is not null)
                property.SetValueConverter(new ValueConverter<string, string>(text => personal.Protect(text), cipher => personal.Unprotect(cipher)));
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(32);   // rows that a person can read
        if (Database.IsSqlite())
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();     // SQLite cannot compare or sort DateTimeOffset
    }

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(t => t.UtcTicks, ticks => new(ticks, TimeSpan.Zero));
}

/// <summary>The provider that needs no server: one SQLite file in WAL mode.</summary>
public sealed class SqliteOutreachDb(DbContextOptions<SqliteOutreachDb> options, WriteGate gate, PersonalData personal)
    : OutreachDb(options, gate, personal);

/// <summary>Two hosts in one process may hold different keys: each key has a model of its own.</summary>
internal sealed class ModelPerKey : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) => (context.GetType(), ((OutreachDb)context).PersonalData.KeyName, designTime);
}
