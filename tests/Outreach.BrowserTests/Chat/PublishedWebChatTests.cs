using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Outreach.Tests;
using static Microsoft.Playwright.Assertions;

namespace Outreach.BrowserTests.Chat;

/// <summary>Microsoft's Web Chat (npm <c>botframework-webchat</c>) on somebody else's page, talking to our Direct Line from there.</summary>
public sealed class PublishedWebChatTests(Site site)
{
    private const string Secret = "a-secret-of-forty-characters-for-the-test";

    [Fact]
    public async Task On_a_page_of_another_site_it_greets_answers_and_shows_cards_whose_buttons_are_said()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var page = await OtherSiteAsync();
        var origin = page.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?>
        {
            ["Channels:WebChat:Secret"] = Secret,
            ["Channels:WebChat:AllowedOrigins:0"] = origin,
        });
        using var http = app.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        using var lent = await http.PostAsJsonAsync("/v3/directline/tokens/generate", new { user = new { id = "dl_test", name = "演示业主" }, trustedOrigins = new[] { origin } }, stop);
        lent.EnsureSuccessStatusCode();
        var token = (string)(await lent.Content.ReadFromJsonAsync<JsonNode>(stop))!["token"]!;
        await using var window = await site.OpenAsync(app, 1280);

        await window.Page.GotoAsync($"{origin}/?domain={Uri.EscapeDataString(new Uri(app.Address, "/v3/directline").ToString())}&token={Uri.EscapeDataString(token)}");
        await Expect(window.Page.GetByText("您好，我是业委会助手").First).ToBeVisibleAsync();
        var box = window.Page.Locator("[data-id='webchat-sendbox-input']");
        await box.FillAsync("换物业要多少人同意");
        await box.PressAsync("Enter");

        await Expect(window.Page.GetByText("先看参加：全体业主里").First).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("依据：《民法典》").First).ToBeVisibleAsync();       // Web Chat has no line of its own for the citation entity
        await window.Page.Locator(".ac-pushButton", new() { HasText = "看依据" }).ClickAsync();
        await Expect(window.Page.GetByText("核对日期：").First).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "帮我算一算" }).First.ClickAsync();
        await Expect(window.Page.GetByText("帮我算一算").First).ToBeVisibleAsync();

        await box.FillAsync("我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000129");
        await box.PressAsync("Enter");
        var card = window.Page.Locator(".ac-adaptiveCard", new() { HasText = "可以记下您的信息吗？" });
        await Expect(card).ToBeVisibleAsync();
        await window.ScreenshotAsync("published-webchat-card");
        await card.Locator(".ac-pushButton").GetByText("同意", new() { Exact = true }).ClickAsync();
        var check = window.Page.Locator(".ac-adaptiveCard", new() { HasText = "请看一看，对不对？" });
        await Expect(check).ToContainTextAsync("锦绣花园");
        await Expect(check.Locator(".ac-pushButton", new() { HasText = "改房号" })).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("同意", new() { Exact = true }).Last).ToBeVisibleAsync();
        await window.ScreenshotAsync("published-webchat");
        Assert.Empty(window.Errors);
    }

    /// <summary>A site of somebody else: a page and the published bundle.</summary>
    private static async Task<WebApplication> OtherSiteAsync()
    {
        var bundle = Path.Combine(Site.Screenshots, "..", "peers", "node_modules", "botframework-webchat", "dist", "webchat.js");
        Assert.True(File.Exists(bundle), "The package botframework-webchat is missing: run 'npm ci --ignore-scripts' in tests/peers; tests/run.sh does it.");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = builder.Build();
        page.MapGet("/webchat.js", () => Results.File(bundle, "text/javascript"));
        page.MapGet("/favicon.ico", () => Results.NoContent());
        page.MapGet("/", () => Results.Content("""
            <!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>别的网站</title>
            <style>html, body, #chat { height: 100%; margin: 0 }</style><div id="chat"></div><script src="/webchat.js"></script>
            <script>
              const asked = new URLSearchParams(location.search);
              WebChat.renderWebChat({ directLine: WebChat.createDirectLine({ domain: asked.get('domain'), token: asked.get('token') }), locale: 'zh-CN' }, document.getElementById('chat'));
            </script></html>
            """, "text/html"));
        await page.StartAsync(TestContext.Current.CancellationToken);
        return page;
    }
}
