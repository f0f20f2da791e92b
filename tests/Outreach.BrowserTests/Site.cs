using Microsoft.Playwright;
using Outreach.Tests;

[assembly: AssemblyFixture(typeof(Outreach.BrowserTests.Site))]

namespace Outreach.BrowserTests;

/// <summary>One browser for all tests, and one program with the demo data. Each test has contexts, and so persons, of its own.</summary>
public sealed class Site : IAsyncLifetime
{
    /// <summary>A full machine is slow, not wrong; a test that passes is not slower by it.</summary>
    private const float Patience = 60_000;

    private static readonly string[] Switches =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    ];

    /// <summary>The same engine without a window's frame takes half the time; where Debian has it not, the whole browser.</summary>
    private static string Browser { get; } = File.Exists("/usr/bin/chromium-headless-shell") ? "/usr/bin/chromium-headless-shell" : "/usr/bin/chromium";

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public OutreachApp App { get; private set; } = null!;

    /// <summary>Git-ignored, at the top level's <c>tests/screenshots</c>.</summary>
    public static string Screenshots { get; } = FindScreenshots();

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        var app = Task.Run(OutreachApp.StartAsync);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser, Args = Switches, Timeout = Patience });
        App = await app;
    }

    /// <summary>A browser window of a person of its own.</summary>
    public Task<Window> OpenAsync(int width, BrowserNewContextOptions? options = null) => OpenAsync(App, width, options);

    /// <summary>A window on another program of the tests.</summary>
    public async Task<Window> OpenAsync(OutreachApp app, int width, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.ViewportSize = new() { Width = width, Height = width < 700 ? 844 : 800 };
        options.Locale = "zh-CN";
        options.TimezoneId = "Asia/Shanghai";
        options.BaseURL = app.Address.ToString();
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        return new(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await App.DisposeAsync();
    }

    private static string FindScreenshots()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Outreach.sln")))
            folder = folder.Parent;
        return Directory.CreateDirectory(Path.Combine(folder.FullName, "tests", "screenshots")).FullName;
    }
}
