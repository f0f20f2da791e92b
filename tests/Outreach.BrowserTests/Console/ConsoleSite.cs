using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Tests;
using Outreach.Tests.Staff;

namespace Outreach.BrowserTests.Console;

/// <summary>One program on a Monday morning, with made-up communities, leads and waiting owners.</summary>
public sealed class ConsoleSite(Site site) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<StaffRoles, Task<string>> _signedIn = new();
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
            // Twelve weeks for the board's lines, with one week too quiet to be told.
            var monday = new DateOnly(2026, 11, 23);
            db.AddRange(Enumerable.Range(0, 12 * 7).SelectMany(n => communities.Take(3).Select((community, c) => new DailyFigure
            {
                Day = monday.AddDays(-1 - n),
                CommunityId = community.Id,
                Messages = n / 7 == 7 ? 1 : 4 + (n % 7) + (c * 3) + (n / 7 * 37 % 13),
                Askers = n / 7 == 7 ? 1 : 4,
                SignUps = n / 7 == 7 ? 0 : (n / 7 * 5 % 4) + ((n + c) % 5),
            })));
            await db.SaveChangesAsync(StaffSeeds.Stop);
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
    }

    internal Task<Lead> AddLeadAsync(string user, int community, string name, string? phone, Wishes wishes, string? room) =>
        StaffSeeds.AddLeadAsync(App, user, Communities[community], "演示", name, phone, ConsentAnswer.Given, wishes, room);

    /// <summary>A window without anybody signed in.</summary>
    internal Task<Window> OpenAsync(int width, BrowserNewContextOptions? options = null) => site.OpenAsync(App, width, options);

    /// <summary>A window of a member of the street office with these roles; one member a set of roles, who came in by the form once.</summary>
    internal async Task<Window> SignInAsync(int width, StaffRoles roles = StaffRoles.Street, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.StorageState = await _signedIn.GetOrAdd(roles, SignInByFormAsync);
        return await OpenAsync(width, options);
    }

    private async Task<string> SignInByFormAsync(StaffRoles roles)
    {
        var name = $"li{Interlocked.Increment(ref _people):000}";
        await StaffSeeds.AddMemberAsync(App, name, roles, Street, "李");
        await using var window = await OpenAsync(1280);
        await window.Page.GotoAsync("/staff/sign-in");
        await window.Page.GetByLabel("用户名").FillAsync(name);
        await window.Page.GetByLabel("密码").FillAsync(StaffSeeds.Password);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        await Assertions.Expect(window.Page).ToHaveURLAsync(new Regex("/staff$"));
        return await window.Context.StorageStateAsync();
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>The classes that share one console; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleTogether : ICollectionFixture<ConsoleSite>
{
    public const string Name = "console";
}
