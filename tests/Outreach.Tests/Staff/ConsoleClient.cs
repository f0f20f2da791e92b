using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Communities;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Tests.Staff;

/// <summary>A browser without scripts: cookies, forms, no redirects followed.</summary>
internal sealed partial class ConsoleClient(OutreachApp app) : IDisposable
{
    public const string Password = "liuxia-sanyue-2026";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = app.Address };

    /// <summary>An account straight in the database; its area null is the whole tree.</summary>
    public static async Task<StaffMember> AddMemberAsync(OutreachApp app, string userName, StaffRoles roles, long? areaId)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var member = new StaffMember { UserName = userName, DisplayName = $"同事{userName}", Roles = roles, AreaId = areaId };
        var created = await scope.ServiceProvider.GetRequiredService<UserManager<StaffMember>>().CreateAsync(member, Password);
        Assert.True(created.Succeeded, string.Join(' ', created.Errors.Select(e => e.Description)));
        return member;
    }

    /// <summary>A member who is signed in.</summary>
    public static async Task<ConsoleClient> SignInAsync(OutreachApp app, string userName, StaffRoles roles, long? areaId = null)
    {
        await AddMemberAsync(app, userName, roles, areaId);
        var client = new ConsoleClient(app);
        var answer = await client.SignInAsync(userName, Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    public Task<HttpResponseMessage> SignInAsync(string userName, string password) =>
        PostAsync("/staff/sign-in", "sign-in", ("Input.UserName", userName), ("Input.Password", password));

    public Task<HttpResponseMessage> GetAsync(string address) => _http.GetAsync(address, TestContext.Current.CancellationToken);

    /// <summary>The page's text; the status must be 200.</summary>
    public async Task<string> ReadAsync(string address)
    {
        var answer = await GetAsync(address);
        var text = await TextAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {(int)answer.StatusCode}\n{text}");
        return text;
    }

    public static async Task<string> TextAsync(HttpResponseMessage answer) =>
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>Opens the page, finds the form by its handler's name or its action, keeps its hidden fields and sends it with these.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string form, params (string Name, string Value)[] fields)
    {
        var html = await _http.GetStringAsync(page, TestContext.Current.CancellationToken);
        var found = Forms().Matches(html).Select(m => m.Value).FirstOrDefault(f => f.Contains($"value=\"{form}\"", StringComparison.Ordinal) || f.Contains($"action=\"{form}\"", StringComparison.Ordinal));
        Assert.True(found is not null, $"{page} has no form {form}");
        var values = Hidden().Matches(found).Select(m => KeyValuePair.Create(m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value)))
            .Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        var action = Action().Match(found) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : page;
        return await _http.PostAsync(action.StartsWith('/') ? action : "/" + action, new FormUrlEncodedContent(values), TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostRawAsync(string address, params (string Name, string Value)[] fields) =>
        _http.PostAsync(address, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))), TestContext.Current.CancellationToken);

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("<form\\b.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("<form[^>]*\\baction=\"([^\"]*)\"")]
    private static partial Regex Action();
}

/// <summary>A small tree of areas: city › district › two streets, each with one neighbourhood and one community.</summary>
internal sealed record Town(long City, long StreetA, long StreetB, long CommunityA, long CommunityB)
{
    public static async Task<Town> BuildAsync(OutreachApp app)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var city = await AddAreaAsync(db, null, AreaLevel.City, "试验市");
        var district = await AddAreaAsync(db, city, AreaLevel.District, "试验区");
        var streetA = await AddAreaAsync(db, district, AreaLevel.Subdistrict, "甲街道");
        var streetB = await AddAreaAsync(db, district, AreaLevel.Subdistrict, "乙街道");
        var hoodA = await AddAreaAsync(db, streetA, AreaLevel.Neighbourhood, "甲社区");
        var hoodB = await AddAreaAsync(db, streetB, AreaLevel.Neighbourhood, "乙社区");
        var a = new Community { AreaId = hoodA.Id, Key = "shiyan-a", Name = "甲花园", Households = 100, Version = Guid.NewGuid() };
        var b = new Community { AreaId = hoodB.Id, Key = "shiyan-b", Name = "乙花园", Households = 100, Version = Guid.NewGuid() };
        db.AddRange(a, b);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return new(city.Id, streetA.Id, streetB.Id, a.Id, b.Id);
    }

    private static async Task<Area> AddAreaAsync(OutreachDb db, Area? parent, AreaLevel level, string name)
    {
        var area = new Area { ParentId = parent?.Id, Level = level, Name = name, Path = $"?{Guid.NewGuid()}" };
        db.Add(area);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        area.Path = $"{parent?.Path ?? "/"}{area.Id}/";
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return area;
    }
}
