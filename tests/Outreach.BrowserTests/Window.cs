using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Outreach.BrowserTests;

/// <summary>What a look at a page asks of it.</summary>
public enum LookFor
{
    /// <summary>All rules of WCAG A and AA (2.2 too) and of best practice.</summary>
    Everything,

    /// <summary>What another theme, text size or width can break: the same page was looked at as a whole elsewhere.</summary>
    ColoursAndSizes,
}

/// <summary>One browser context with one page. What the page reports as an error, policy violations too, is kept.</summary>
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
    public IReadOnlyList<string> Errors => _errors;

    public Task ScreenshotAsync(string name) => PictureAsync(new() { Path = Path.Combine(Site.Screenshots, name + ".png") });

    /// <summary>No violations of the rules.</summary>
    public async Task AssertAccessibleAsync(LookFor what = LookFor.Everything)
    {
        var options = new AxeRunOptions { ResultTypes = [ResultType.Violations] };       // what passed is not listed element by element
        if (what == LookFor.ColoursAndSizes)
            options.RunOnly = new() { Type = "rule", Values = ["color-contrast", "target-size", "scrollable-region-focusable"] };
        var result = await Page.RunAxe(options);
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(violation =>
            $"{Page.Url} {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}")));
    }

    /// <summary>Looks at the page as a whole, sideways scrolling and errors too, and takes its picture.</summary>
    public async Task LookAsync(string name, LookFor what = LookFor.Everything)
    {
        await Page.EvaluateAsync("document.fonts.ready");
        await PictureAsync(new() { Path = Path.Combine(Site.Screenshots, $"console-{name}.png"), FullPage = true });
        var wide = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        var widest = wide <= 0 ? "" : await Page.EvaluateAsync<string>("""
            [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + .5 && !e.closest('.tablebox, .tabs'))
              .map(e => e.outerHTML.slice(0, 120)).slice(-4).join('\n')
            """);
        Assert.True(wide <= 0, $"{name} scrolls sideways by {wide} px:\n{widest}");
        await AssertAccessibleAsync(what);
        Assert.True(_errors.Count == 0, $"{name}: {string.Join(" | ", _errors)}");
    }

    /// <summary>The browser has no picture to give in the moment in which one page takes the place of another: then the next one's is taken.</summary>
    private async Task PictureAsync(PageScreenshotOptions options)
    {
        await Page.WaitForLoadStateAsync();
        try
        {
            await Page.ScreenshotAsync(options);
        }
        catch (PlaywrightException refused) when (refused.Message.Contains("Unable to capture screenshot", StringComparison.Ordinal))
        {
            await Page.WaitForLoadStateAsync();
            await Page.EvaluateAsync("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
            await Page.ScreenshotAsync(options);
        }
    }

    public async ValueTask DisposeAsync() => await Context.DisposeAsync();
}
