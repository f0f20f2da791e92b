using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Outreach.Storage;

/// <summary>
/// The database: repository and unit of work of every room. Names no table itself: each room brings its
/// <see cref="IEntityTypeConfiguration{TEntity}"/> and an extension property for its set.
/// </summary>
public abstract class OutreachDb(DbContextOptions options) : DbContext(options)
{
    private protected readonly IServiceProvider Services = options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider
        ?? throw new InvalidOperationException("The options of OutreachDb must carry the application's services: UseApplicationServiceProvider.");
    private Unit? _unit;

    /// <summary>Id of the last migration: with it applied, all are.</summary>
    internal abstract string NewestMigration { get; }

    internal bool IsWriting => _unit?.Transaction is not null;

    /// <summary>
    /// Runs writes in one transaction behind the provider's write gate. On SQLite one writer at a time is faster and fairer than sixteen that collide;
    /// a write outside this method throws (<see cref="WriteGuard"/>). Nested calls join the outer transaction.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        _unit is { } unit ? JoinAsync(unit, work, cancellationToken) : RunAsync(work, Beginning.AtOnce, Ending.Commit, cancellationToken);

    /// <summary>
    /// As <see cref="WriteAsync{T}"/>, but the gate is passed and the transaction begun by the first write: what is read before stands outside, so others write meanwhile.
    /// For work whose reads cost more than its writes, and whose rows keep it from overwriting another's (unique keys, concurrency tokens): on <see cref="DbUpdateException"/> run it anew.
    /// </summary>
    public Task<T> ReadThenWriteAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) => RunAsync(work, Beginning.WithFirstWrite, Ending.Commit, cancellationToken);

    /// <summary>Runs writes as <see cref="WriteAsync{T}"/> does and takes them back: to see what they would lead to. This context is of no use for anything else afterwards.</summary>
    public Task<T> RehearseAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) => RunAsync(work, Beginning.AtOnce, Ending.TakeBack, cancellationToken);

    private enum Beginning { AtOnce, WithFirstWrite }

    private enum Ending { Commit, TakeBack }

    private async Task<T> RunAsync<T>(Func<Task<T>> work, Beginning beginning, Ending ending, CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);      // one connection for all of it
        Database.AutoSavepointsEnabled = beginning == Beginning.AtOnce;     // what is run anew as a whole has nothing to return to
        var unit = new Unit();
        _unit = unit;
        T result;
        var committed = false;
        try
        {
            if (beginning == Beginning.AtOnce)
                await BeginAsync(unit, cancellationToken);
            result = await work();
            if (unit.Transaction is { } transaction)
            {
                if (ending == Ending.Commit)
                    await transaction.CommitAsync(cancellationToken);
                else
                    await transaction.RollbackAsync(cancellationToken);
                committed = ending == Ending.Commit;
            }
        }
        finally
        {
            _unit = null;
            if (unit.Transaction is not null)
                await unit.Transaction.DisposeAsync();
            unit.Place?.Dispose();
            await Database.CloseConnectionAsync();
        }
        if (committed)
            await AfterCommitAsync();
        return result;
    }

    private async Task<T> JoinAsync<T>(Unit unit, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (unit.Transaction is null)
            await BeginAsync(unit, cancellationToken);
        return await work();
    }

    private async Task BeginAsync(Unit unit, CancellationToken cancellationToken)
    {
        unit.Place = await Services.GetRequiredService<WriteGate>().EnterAsync(cancellationToken);
        unit.Transaction = await Database.BeginTransactionAsync(cancellationToken);
        await PassGateAsync(cancellationToken);
    }

    /// <summary>First statement of every transaction that writes: where the database has more writers than this process, it waits until they are through.</summary>
    protected virtual Task PassGateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Past the gate: ends when what was committed outlives a power cut.</summary>
    protected virtual Task AfterCommitAsync() => Task.CompletedTask;

    /// <summary>What commits together; without a transaction nothing was written yet.</summary>
    private sealed class Unit
    {
        public IDisposable? Place { get; set; }
        public IDbContextTransaction? Transaction { get; set; }
    }

    public Task WriteAsync(Func<Task> work, CancellationToken cancellationToken) =>
        WriteAsync(async () =>
        {
            await work();
            return 0;
        }, cancellationToken);

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        WriteAsync(() => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyConfigurationsFromAssembly(typeof(OutreachDb).Assembly);

    protected static string IdOf<TMigration>() where TMigration : Migration => typeof(TMigration).GetCustomAttribute<MigrationAttribute>()!.Id;

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(32);   // rows that a person can read
        // SQLite cannot compare or sort DateTimeOffset, and PostgreSQL would round it to microseconds: one form that keeps every value, on both.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
    }

}

internal sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(t => t.UtcTicks, ticks => new(ticks, TimeSpan.Zero));

/// <summary>The provider that needs no server: one SQLite file in WAL mode.</summary>
public sealed class SqliteOutreachDb(DbContextOptions<SqliteOutreachDb> options) : OutreachDb(options)
{
    internal override string NewestMigration => IdOf<Migrations.Sqlite.Initial>();

    protected override Task AfterCommitAsync() => Services.GetRequiredService<SharedFlush>().AfterCommitAsync();
}

/// <summary>The provider for more than one node. Texts have no length and sort by their bytes, as in SQLite.</summary>
public sealed class PostgresOutreachDb(DbContextOptions<PostgresOutreachDb> options) : OutreachDb(options)
{
    // Any number that nobody else takes: all writers of this product wait for one another by it.
    private const long Gate = 0x4F75747265616368;

    internal override string NewestMigration => IdOf<Migrations.Postgres.Initial>();

    /// <summary>
    /// One writer at a time, in the whole cluster: what a room reads and writes inside <see cref="OutreachDb.WriteAsync{T}"/> may rely on it, as behind SQLite's file.
    /// The lock ends with the transaction, also with that of a node that died.
    /// </summary>
    protected override Task PassGateAsync(CancellationToken cancellationToken) => Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Gate})", cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().HaveColumnType("text").UseCollation("C");
    }
}
