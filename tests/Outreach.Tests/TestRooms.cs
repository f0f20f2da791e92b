using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Outreach.Operations;
using Outreach.Storage;

namespace Outreach.Tests;

/// <summary>Every room of the program over a database of its own, but nothing started: no HTTP, no silo, no due work. The test calls what it wants to see, and moves the clock.</summary>
public sealed class TestRooms : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-rooms-");
    private readonly Microsoft.AspNetCore.Builder.WebApplication _app;

    private TestRooms(IReadOnlyDictionary<string, string?> settings, string environment)
    {
        var builder = OutreachHost.CreateBuilder(["--environment", environment]);
        builder.Configuration.AddInMemoryCollection(settings).AddInMemoryCollection(TestDatabase.Settings(_folder.FullName));
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.AddSilo();
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        _app = builder.Build();
    }

    public static Task<TestRooms> CreateAsync() => CreateAsync(new Dictionary<string, string?>());

    public static async Task<TestRooms> CreateAsync(IReadOnlyDictionary<string, string?> settings, string environment = "Development")
    {
        var rooms = new TestRooms(settings, environment);
        await CopyTemplateAsync(rooms._folder.FullName);
        await rooms.Get<DatabaseStart>().PrepareAsync(DatabaseUse.Server, TestContext.Current.CancellationToken);
        return rooms;
    }

    /// <summary>Starts on Tuesday, 24 November 2026, 10:00 in the city.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));

    public LogLines Log { get; } = new();

    public string DatabasePath => Path.Combine(_folder.FullName, "data", "outreach.db");

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public OutreachDb Open() => Get<IDbContextFactory<OutreachDb>>().CreateDbContext();

    /// <summary>Runs writes as a turn does: one transaction, saved at its end.</summary>
    public async Task<T> TurnAsync<T>(Func<OutreachDb, Task<T>> turn)
    {
        await using var db = Open();
        return await db.WriteAsync(async () =>
        {
            var result = await turn(db);
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            return result;
        }, TestContext.Current.CancellationToken);
    }

    public Task TurnAsync(Func<OutreachDb, Task> turn) => TurnAsync(async db =>
    {
        await turn(db);
        return 0;
    });

    /// <summary>A database that another test migrated, with its keys: migrating costs more than most tests, and hosts with the same keys share one model and its compiled queries.</summary>
    internal static async Task CopyTemplateAsync(string folder)
    {
        var template = await Template.Value;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        foreach (var file in Directory.EnumerateFiles(template, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(folder, Path.GetRelativePath(template, file)));
        await TestDatabase.CopyAsync(template, folder);
    }

    private static readonly Lazy<Task<string>> Template = new(async () =>
    {
        var rooms = new TestRooms(new Dictionary<string, string?>(), "Development");
        TestDatabase.Create(rooms._folder.FullName);
        await rooms.Get<DatabaseStart>().PrepareAsync(DatabaseUse.Server, CancellationToken.None);
        rooms.Get<PersonalData>().Protect("ring");      // the model keeps this host's ring, which must be read while its folder stands
        await rooms._app.DisposeAsync();
        TestDatabase.Leave(rooms._folder.FullName);
        File.Delete(rooms.DatabasePath + ".lock");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => rooms._folder.Delete(recursive: true);
        return rooms._folder.FullName;
    });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        TestDatabase.Drop(_folder.FullName);
        _folder.Delete(recursive: true);
    }
}

/// <summary>Everything that was logged, as text.</summary>
public sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // Nothing is held.
    }
}
