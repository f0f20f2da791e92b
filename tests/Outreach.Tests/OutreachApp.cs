using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace Outreach.Tests;

/// <summary>The whole program on a real port of its own, with a database, keys and silo ports of its own, and a clock that the test moves.</summary>
public sealed class OutreachApp : IAsyncDisposable
{
    private static readonly string[] Categories = ["Default", "Microsoft", "Orleans", "System", "Polly"];      // all that appsettings.json names

    private readonly WebApplicationFactory<Program> _factory;
    private readonly DirectoryInfo _folder;
    private readonly bool _ownsFolder;

    private OutreachApp(IReadOnlyDictionary<string, string?> settings, TimeProvider? clock, string? folder)
    {
        _ownsFolder = folder is null;
        _folder = folder is null ? Directory.CreateTempSubdirectory("outreach-test-") : new DirectoryInfo(folder);
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseEnvironment("Development");
            host.UseSetting("Urls", "http://127.0.0.1:0");      // over the port of appsettings.json
            foreach (var (key, value) in TestDatabase.Settings(_folder.FullName))
                host.UseSetting(key, value);
            host.UseSetting("Cluster:SiloPort", FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (var category in Categories)
                host.UseSetting($"Logging:LogLevel:{category}", "Error");      // a failed test must not drown in warnings of a clock that jumps
            foreach (var (key, value) in settings)
                host.UseSetting(key, value);
            if (clock is not null)
                host.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new WallClock(clock)))
                    .Configure<ClusterMembershipOptions>(silo => silo.LivenessEnabled = false));      // else a silo whose days pass in seconds takes itself for dead
        });
        _factory.UseKestrel(0);
    }

    public static Task<OutreachApp> StartAsync() => StartAsync(new Dictionary<string, string?>());

    /// <param name="settings">Configuration, such as <c>Channels:WebChat:Secret</c>.</param>
    /// <param name="clock">Instead of the system's clock.</param>
    /// <param name="folder">Holds <c>data</c> and <c>keys</c> and stays when the app ends; null: one of its own.</param>
    public static async Task<OutreachApp> StartAsync(IReadOnlyDictionary<string, string?> settings, FakeTimeProvider? clock = null, string? folder = null)
    {
        var app = new OutreachApp(settings, clock, folder);
        if (app._ownsFolder)
            await TestRooms.CopyTemplateAsync(app._folder.FullName);
        app._factory.StartServer();
        return app;
    }

    public string DatabasePath => Path.Combine(_folder.FullName, "data", "outreach.db");
    public string KeysPath => Path.Combine(_folder.FullName, "keys");
    public IServiceProvider Services => _factory.Services;
    public Uri Address => _factory.ClientOptions.BaseAddress;

    /// <summary>A client over the real socket: no redirects followed, cookies kept by the caller.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        if (!_ownsFolder)
            return;
        TestDatabase.Drop(_folder.FullName);
        _folder.Delete(recursive: true);
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>The test's time of day, but the machine's timers: a silo whose timers jump by days takes itself for dead and stops.</summary>
    private sealed class WallClock(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
    }
}
