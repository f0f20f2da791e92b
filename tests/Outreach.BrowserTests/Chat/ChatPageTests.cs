using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Outreach.BrowserTests.Chat;

public sealed class ChatPageTests(Site site)
{
    private const string Question = "开业主大会要来多少人";

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task A_question_gets_a_cited_answer_whose_source_opens_in_place(int width)
    {
        await using var window = await site.OpenAsync(width);
        var page = window.Page;
        await page.GotoAsync("/");
        await Expect(page.Locator("#first .chip").First).ToBeVisibleAsync();
        await window.ScreenshotAsync($"chat-greeting-{width}");
        await window.AssertAccessibleAsync();

        await AskAsync(page, Question);
        var answer = page.Locator(".turn.bot:has(.source)").Last;
        await Expect(answer).ToBeVisibleAsync();
        await Expect(page.Locator(".turn.owner .state")).ToHaveTextAsync("已送达");
        await Expect(answer.GetByRole(AriaRole.Button, new() { Name = "有帮助" })).ToBeVisibleAsync();
        await window.ScreenshotAsync($"chat-answer-{width}");
        await answer.Locator(".cite").First.ClickAsync();

        await Expect(answer.Locator(".full b")).ToHaveTextAsync("《中华人民共和国民法典》第二百七十八条第二款");
        await Expect(answer.Locator(".full .note")).ToHaveTextAsync([new Regex("^2021年1月1日起施行$"), new Regex(@"^核对日期：20\d\d年\d+月\d+日，.+$")]);
        await Expect(answer.Locator(".cite").First).ToHaveAttributeAsync("aria-expanded", "true");
        await window.ScreenshotAsync($"chat-source-{width}");
        await window.AssertAccessibleAsync();
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Everything_that_the_page_loads_is_under_sixty_kilobytes_and_from_here()
    {
        await using var window = await site.OpenAsync(390);
        var sizes = new List<(string Url, Task<RequestSizesResult> Size)>();
        window.Page.RequestFinished += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal))
                sizes.Add((request.Url, request.SizesAsync()));
        };

        await window.Page.GotoAsync("/");
        await Expect(window.Page.Locator("#log")).ToHaveAttributeAsync("aria-live", "polite");

        var total = 0;
        foreach (var (url, size) in sizes)
        {
            Assert.StartsWith(site.App.Address.ToString(), url, StringComparison.Ordinal);
            total += (await size).ResponseBodySize + (await size).ResponseHeadersSize;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{total} bytes in {sizes.Count} answers");
        Assert.InRange(total, 10_000, 40_000);
    }

    [Fact]
    public async Task Keyboard_alone_reaches_and_does_everything()
    {
        await using var window = await site.OpenAsync(1280);
        var page = window.Page;
        await page.GotoAsync("/");
        await Expect(page.Locator("#first .chip").First).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("跳到输入框")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync(Question);
        await page.Keyboard.PressAsync("Enter");
        var cite = page.Locator(".cite").First;
        await Expect(cite).ToBeVisibleAsync();
        await Expect(page.Locator("#say")).ToHaveValueAsync("");
        for (var n = 0; n < 20 && !await cite.EvaluateAsync<bool>("e => e === document.activeElement"); n++)
            await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(cite).ToBeFocusedAsync();
        await window.ScreenshotAsync("chat-keyboard-1280");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".source .full").First).ToBeVisibleAsync();
        var outline = await cite.EvaluateAsync<string>("e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow");
        Assert.Contains("solid", outline, StringComparison.Ordinal);
        Assert.Contains("255, 197, 61", outline, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chip_becomes_the_owners_bubble_and_the_composer_takes_the_focus()
    {
        await using var window = await site.OpenAsync(1280);
        var page = window.Page;
        await page.GotoAsync("/");

        await page.Locator("#first .chip").First.ClickAsync();

        await Expect(page.Locator(".bubble.owner")).ToHaveTextAsync("业委会怎么成立");
        await Expect(page.Locator("#first")).ToBeHiddenAsync();
        await Expect(page.Locator("#say")).ToBeFocusedAsync();
        await Expect(page.Locator(".turn.bot")).ToHaveCountAsync(3);      // greeting, typing (hidden), answer
    }

    [Fact]
    public async Task What_is_written_without_a_network_goes_once_when_it_is_back()
    {
        await using var window = await site.OpenAsync(390, new() { ColorScheme = ColorScheme.Dark });
        var page = window.Page;
        await page.GotoAsync("/");
        await AskAsync(page, "你好");
        await Expect(page.Locator(".turn.owner .state")).ToHaveTextAsync("已送达");

        await window.Context.SetOfflineAsync(true);
        await AskAsync(page, "没网的时候写的第一句");
        await AskAsync(page, "没网的时候写的第二句");
        await Expect(page.Locator(".line")).ToContainTextAsync("网络断了，正在重新连接。您写的话不会丢。");
        await Expect(page.Locator(".turn.owner .state").Last).ToHaveTextAsync("没有发出去，连上后自动再发");
        await window.ScreenshotAsync("chat-offline-dark-390");
        await window.AssertAccessibleAsync();
        await window.Context.SetOfflineAsync(false);

        await Expect(page.Locator(".turn.owner .state").Last).ToHaveTextAsync("已送达");
        await Expect(page.Locator(".line p")).ToBeHiddenAsync();
        await page.ReloadAsync();
        await Expect(page.Locator(".bubble.owner")).ToHaveTextAsync(["你好", "没网的时候写的第一句", "没网的时候写的第二句"]);
    }

    [Fact]
    public async Task An_answer_lost_on_the_way_does_not_double_the_message()
    {
        await using var window = await site.OpenAsync(390);
        var page = window.Page;
        await page.GotoAsync("/");
        await AskAsync(page, "你好");
        await Expect(page.Locator(".turn.owner .state")).ToHaveTextAsync("已送达");
        var cut = 0;
        await page.RouteAsync("**/activities", async route =>
        {
            if (route.Request.Method != "POST" || cut++ > 0)
            {
                await route.ContinueAsync();
                return;
            }
            await route.FetchAsync();        // the server has it, the page never hears so
            // Late: the stream has brought message and answer by then, and the page would have said 正在发 (after 400 ms).
            await page.WaitForFunctionAsync("since => document.querySelector('.turn.bot .source') && performance.now() > since + 500", await page.EvaluateAsync<double>("performance.now()"));
            await route.AbortAsync();
        });

        await AskAsync(page, Question);
        await Expect(page.Locator(".turn.bot .source")).ToHaveCountAsync(1);
        await Expect(page.Locator(".turn.owner .state")).ToHaveTextAsync(["已送达", "已送达"]);

        await page.UnrouteAllAsync();
        await page.ReloadAsync();
        await Expect(page.Locator(".turn.bot .source")).ToHaveCountAsync(1);
        await Expect(page.Locator(".bubble.owner")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Large_text_is_kept_and_nothing_runs_over_at_320_pixels()
    {
        await using var window = await site.OpenAsync(320);
        var page = window.Page;
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "大字" }).ClickAsync();
        await AskAsync(page, Question);
        await Expect(page.Locator(".source").First).ToBeVisibleAsync();
        await page.ReloadAsync();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-text", "large");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "小字" })).ToBeVisibleAsync();
        await Expect(page.Locator(".source").First).ToBeVisibleAsync();
        await window.ScreenshotAsync("chat-large-320");
        Assert.Equal(22.3, await page.Locator(".bubble").First.EvaluateAsync<double>("e => parseFloat(getComputedStyle(e).fontSize)"), 1);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        await window.AssertAccessibleAsync();
        await page.SetViewportSizeAsync(390, 844);
        await window.ScreenshotAsync("chat-large-390");
    }

    [Fact]
    public async Task Dark_follows_the_device_unless_the_owner_chose_otherwise()
    {
        await using var window = await site.OpenAsync(390, new() { ColorScheme = ColorScheme.Dark });
        var page = window.Page;
        await page.GotoAsync("/");
        Assert.Equal("rgb(14, 21, 20)", await GroundAsync(page));
        await AskAsync(page, Question);
        await Expect(page.Locator(".source").First).ToBeVisibleAsync();
        await window.ScreenshotAsync("chat-dark-390");
        await window.AssertAccessibleAsync();

        await page.GetByText("外观").ClickAsync();
        await window.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "浅色" }).ClickAsync();
        Assert.Equal("rgb(243, 245, 244)", await GroundAsync(page));
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        Assert.Equal("rgb(243, 245, 244)", await GroundAsync(page));
        await page.GetByText("外观").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "浅色" })).ToHaveAttributeAsync("aria-pressed", "true");
        await window.ScreenshotAsync("chat-colours-390");
        await page.GetByRole(AriaRole.Button, new() { Name = "跟着设备" }).ClickAsync();
        Assert.Equal("rgb(14, 21, 20)", await GroundAsync(page));
        await page.ReloadAsync();
        Assert.Null(await page.Locator("html").GetAttributeAsync("data-theme"));
    }

    [Fact]
    public async Task Who_comes_back_finds_the_history_and_this_is_not_me_forgets_it()
    {
        await using var window = await site.OpenAsync(390);
        var page = window.Page;
        await page.GotoAsync("/");
        await AskAsync(page, Question);
        await Expect(page.Locator(".source")).ToBeVisibleAsync();

        await page.GotoAsync("about:blank");
        await page.GotoAsync("/");
        await Expect(page.Locator(".bubble.owner")).ToHaveTextAsync(Question);
        await Expect(page.GetByText("您在这台设备上聊过。")).ToBeVisibleAsync();
        await page.EvaluateAsync("scrollTo(0, 0)");
        await window.ScreenshotAsync("chat-history-390");
        await page.GetByRole(AriaRole.Button, new() { Name = "这不是我" }).ClickAsync();

        await Expect(page.Locator("#first .chip").First).ToBeVisibleAsync();
        await Expect(page.Locator(".bubble.owner")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Two_windows_do_not_fight_over_the_stream()
    {
        await using var window = await site.OpenAsync(390);
        var first = window.Page;
        await first.GotoAsync("/");
        await AskAsync(first, "你好");
        await Expect(first.Locator(".turn.owner .state")).ToHaveTextAsync("已送达");
        var second = await window.Context.NewPageAsync();
        await second.GotoAsync("/");
        await Expect(second.Locator(".bubble.owner")).ToHaveTextAsync("你好");

        await Expect(first.Locator(".line")).ToContainTextAsync("您在另一个窗口里打开了这段对话。");
        await AskAsync(second, "谢谢");
        await Expect(second.Locator(".turn.owner .state").Last).ToHaveTextAsync("已送达");
        await first.GetByRole(AriaRole.Button, new() { Name = "在这里继续" }).ClickAsync();

        await Expect(first.Locator(".bubble.owner")).ToHaveTextAsync(["你好", "谢谢"]);
        await Expect(first.Locator(".line p")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Without_sockets_the_page_asks_instead()
    {
        await using var window = await site.OpenAsync(390);
        var page = window.Page;
        await page.RouteWebSocketAsync("**/stream?**", socket => socket.CloseAsync());
        await page.AddInitScriptAsync("window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ reason: '' })); } close() { } };");
        await page.GotoAsync("/");

        await AskAsync(page, Question);

        await Expect(page.Locator(".source")).ToBeVisibleAsync();
        await Expect(page.Locator(".line p")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Html_from_owners_is_shown_as_they_wrote_it()
    {
        await using var window = await site.OpenAsync(390);
        var page = window.Page;
        await page.GotoAsync("/");

        await AskAsync(page, "<img src=x onerror=document.title='x'><b>粗</b>");

        await Expect(page.Locator(".bubble.owner")).ToHaveTextAsync("<img src=x onerror=document.title='x'><b>粗</b>");
        Assert.Equal(0, await page.Locator("#log img, .bubble.owner b").CountAsync());
        Assert.Equal("业委会助手", await page.TitleAsync());
    }

    [Fact]
    public async Task Reading_aloud_turns_to_stop_and_is_hidden_where_the_browser_cannot()
    {
        await using var window = await site.OpenAsync(390);
        await window.Page.AddInitScriptAsync("Object.defineProperty(window, 'speechSynthesis', { value: { said: [], speak(u) { this.said.push(u.text); }, cancel() { } } });");
        await window.Page.GotoAsync("/");
        await AskAsync(window.Page, Question);
        var read = window.Page.Locator(".tools .btn").First;
        await Expect(read).ToHaveTextAsync("朗读");
        await read.ClickAsync();
        await Expect(read).ToHaveTextAsync("停止");
        Assert.Contains("依据：《", await window.Page.EvaluateAsync<string>("speechSynthesis.said[0]"), StringComparison.Ordinal);
        await read.ClickAsync();
        await Expect(read).ToHaveTextAsync("朗读");

        await using var mute = await site.OpenAsync(390);
        await mute.Page.AddInitScriptAsync("delete window.speechSynthesis; delete Window.prototype.speechSynthesis;");
        await mute.Page.GotoAsync("/");
        await AskAsync(mute.Page, Question);
        await Expect(mute.Page.Locator(".tools .btn").First).ToHaveTextAsync("有帮助");
    }

    [Fact]
    public async Task Feedback_is_thanked_for_and_reaches_the_server()
    {
        await using var window = await site.OpenAsync(390);
        var page = window.Page;
        await page.GotoAsync("/");
        await AskAsync(page, Question);

        var sent = page.WaitForRequestAsync(request => request.Method == "POST" && request.PostData?.Contains("outreach/feedback", StringComparison.Ordinal) == true);
        await page.GetByRole(AriaRole.Button, new() { Name = "没答对" }).ClickAsync();

        Assert.Contains("\"verdict\":\"wrong\"", (await sent).PostData!, StringComparison.Ordinal);
        Assert.Equal(200, (await (await sent).ResponseAsync())!.Status);
        await Expect(page.GetByText("记下了。换个说法再问，或者点下面的“找人工”。")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_scripts_the_page_says_whom_to_call()
    {
        await using var window = await site.OpenAsync(390, new() { JavaScriptEnabled = false });
        await using var with = await site.OpenAsync(390);

        await window.Page.GotoAsync("/");
        await with.Page.GotoAsync("/");

        await Expect(with.Page.Locator("#no-script")).ToHaveCountAsync(0);
        await Expect(window.Page.GetByText("12345")).ToBeVisibleAsync();
    }

    private static async Task AskAsync(IPage page, string text)
    {
        await page.Locator("#say").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "发送" }).ClickAsync();
    }

    private static Task<string> GroundAsync(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
