using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Tests;
using Outreach.Tests.Staff;

namespace Outreach.BrowserTests.Console;

/// <summary>One program on a Monday morning, with made-up communities, leads and waiting owners, and one browser.</summary>
public sealed class ConsoleSite : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private int _people;

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 19, 1, 14, 0, TimeSpan.Zero));
    internal OutreachApp App { get; private set; } = null!;
    internal long Street { get; private set; }
    internal Lead Late { get; private set; } = null!;
    internal Lead NoPhone { get; private set; } = null!;
    internal Handover Waiting { get; private set; } = null!;
    internal IReadOnlyList<long> Communities { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        App = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Demo:Load"] = "false", ["Campaigns:ApprovalAbove"] = "3" }, Clock);
        await using (var db = await StaffSeeds.OpenAsync(App))
        {
            var city = await Town.AddAreaAsync(db, null, AreaLevel.City, "演示市");
            var district = await Town.AddAreaAsync(db, city, AreaLevel.District, "演示区");
            var street = await Town.AddAreaAsync(db, district, AreaLevel.Subdistrict, "示范街道");
            var hood = await Town.AddAreaAsync(db, street, AreaLevel.Neighbourhood, "和平社区");
            Street = street.Id;
            Community[] communities =
            [
                new() { AreaId = hood.Id, Key = "yanshi-chunhui", Name = "春晖苑", Households = 612, Stage = CommunityStage.Applied, StageSince = new(2026, 10, 22), Version = Guid.NewGuid() },
                new() { AreaId = hood.Id, Key = "yanshi-hepan", Name = "河畔花园", Households = 480, Stage = CommunityStage.GatheringInterest, StageSince = new(2026, 9, 1), Version = Guid.NewGuid() },
                new() { AreaId = hood.Id, Key = "yanshi-anju", Name = "安居里", Households = 96, Stage = CommunityStage.Elected, StageSince = new(2026, 11, 3), Version = Guid.NewGuid() },
                new() { AreaId = hood.Id, Key = "yanshi-xinhe", Name = "新河家园", Households = 1300, Version = Guid.NewGuid() },
            ];
            db.AddRange(communities);
            await db.SaveChangesAsync(StaffSeeds.Stop);
            Communities = [.. communities.Select(c => c.Id)];
        }
        await App.Services.GetRequiredService<CommunityDirectory>().ReloadAsync(StaffSeeds.Stop);

        Late = await AddLeadAsync("late", 0, "王女士", "+8613800000001", Wishes.JoinGroup, "3号楼2单元501");
        await AddLeadAsync("late2", 1, "赵先生", "+8613900000002", Wishes.Support, "1号楼1单元202");
        Clock.Advance(TimeSpan.FromDays(1));
        NoPhone = await AddLeadAsync("nophone", 2, "陈女士", null, Wishes.Candidate, "5号楼3单元101");
        Clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(16));      // Monday 9:30
        for (var n = 0; n < 24; n++)
            await AddLeadAsync($"owner{n}", n % 4, $"业主{(char)('A' + n)}", $"+86137000001{n:00}", n % 5 == 0 ? Wishes.JoinGroup : Wishes.Support, $"{n + 1}号楼1单元101");
        var asking = await StaffSeeds.AddOwnerAsync(App, "asking", Communities[0]);
        await StaffSeeds.SayAsync(App, asking.Id, (Speaker.Owner, "首次开会能委托邻居投票吗"), (Speaker.Bot, "可以。要书面委托，写明代理人姓名、事项、权限和期限。"), (Speaker.Owner, "转人工"), (Speaker.Bot, "已转给和平社区工作人员，前面0位。"));
        Waiting = await StaffSeeds.AddHandoverAsync(App, asking.Id, Communities[0]);
        Clock.Advance(TimeSpan.FromMinutes(12));

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        });
    }

    internal Task<Lead> AddLeadAsync(string user, int community, string name, string? phone, Wishes wishes, string? room) =>
        StaffSeeds.AddLeadAsync(App, user, Communities[community], "演示", name, phone, ConsentAnswer.Given, wishes, room);

    /// <summary>A window without anybody signed in.</summary>
    internal async Task<ConsoleWindow> OpenAsync(int width, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.ViewportSize = new() { Width = width, Height = width < 700 ? 844 : 800 };
        options.Locale = "zh-CN";
        options.BaseURL = App.Address.ToString();
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(60_000);
        return new(context, await context.NewPageAsync());
    }

    /// <summary>A window of a new member of the street office.</summary>
    internal async Task<ConsoleWindow> SignInAsync(int width, StaffRoles roles = StaffRoles.Street, BrowserNewContextOptions? options = null)
    {
        var name = $"li{Interlocked.Increment(ref _people):000}";
        await StaffSeeds.AddMemberAsync(App, name, roles, Street, "李");
        var window = await OpenAsync(width, options);
        await window.Page.GotoAsync("/staff/sign-in");
        await window.Page.GetByLabel("用户名").FillAsync(name);
        await window.Page.GetByLabel("密码").FillAsync(StaffSeeds.Password);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        await Assertions.Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/staff$"));
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await App.DisposeAsync();
    }
}

/// <summary>One browser context; what its page reports as an error fails the test.</summary>
internal sealed class ConsoleWindow(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private readonly List<string> _errors = Watch(page);

    public IBrowserContext Context => context;
    public IPage Page => page;

    /// <summary>Looks at the page as a whole: axe, sideways scrolling, errors; and takes its picture.</summary>
    public async Task LookAsync(string name)
    {
        await page.EvaluateAsync("document.fonts.ready");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, $"console-{name}.png"), FullPage = true });
        var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        var widest = wide <= 0 ? "" : await page.EvaluateAsync<string>("""
            [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + .5 && !e.closest('.tablebox, .tabs'))
              .map(e => e.outerHTML.slice(0, 120)).slice(-4).join('\n')
            """);
        Assert.True(wide <= 0, $"{name} scrolls sideways by {wide} px:\n{widest}");
        var axe = await page.RunAxe(new AxeRunOptions());
        Assert.True(axe.Violations.Length == 0, $"{name}\n" + string.Join('\n', axe.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}")));
        Assert.True(_errors.Count == 0, $"{name}: {string.Join(" | ", _errors)}");
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static string Screenshots { get; } = Find();

    private static List<string> Watch(IPage page)
    {
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                errors.Add(message.Text);
        };
        page.PageError += (_, error) => errors.Add(error);
        return errors;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Outreach.sln")))
            folder = folder.Parent;
        return Directory.CreateDirectory(Path.Combine(folder.FullName, "tests", "screenshots")).FullName;
    }
}
