using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Outreach.Tests;

[assembly: AssemblyFixture(typeof(Outreach.BrowserTests.Site))]

namespace Outreach.BrowserTests;

/// <summary>One program with the demo data and one browser for all tests. Each test has contexts, and so persons, of its own.</summary>
public sealed class Site : IAsyncLifetime
{
    private static readonly string[] Switches =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    ];

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public OutreachApp App { get; private set; } = null!;

    /// <summary>Git-ignored, at the top level's <c>tests/screenshots</c>.</summary>
    public static string Screenshots { get; } = FindScreenshots();

    public async ValueTask InitializeAsync()
    {
        App = await OutreachApp.StartAsync();
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(60_000);      // a full machine is slow, not wrong
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = Switches });
    }

    /// <summary>A browser window of a person of its own. Errors of the page (policy violations too) fail the test through <see cref="Window"/>.</summary>
    public async Task<Window> OpenAsync(int width, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.ViewportSize = new() { Width = width, Height = width < 700 ? 844 : 800 };
        options.Locale = "zh-CN";
        options.TimezoneId = "Asia/Shanghai";
        options.BaseURL = App.Address.ToString();
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(60_000);
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

/// <summary>One browser context with one page.</summary>
public sealed class Window : IAsyncDisposable
{
    private readonly List<string> _errors = [];

    internal Window(IBrowserContext context, IPage page)
    {
        (Context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _errors.Add(message.Text);
        };
        page.PageError += (_, error) => _errors.Add(error);
    }

    public IBrowserContext Context { get; }
    public IPage Page { get; }

    /// <summary>What the page wrote to the console as errors, policy violations among them.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Site.Screenshots, name + ".png") });

    /// <summary>No violations of WCAG A and AA (2.2 too) and of best practice.</summary>
    public async Task AssertAccessibleAsync()
    {
        var result = await Page.RunAxe(new AxeRunOptions());
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}")));
    }

    public async ValueTask DisposeAsync() => await Context.DisposeAsync();
}
