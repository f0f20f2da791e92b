using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Outreach.Communities;
using Outreach.Tests.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Outreach.BrowserTests.Console;

[Collection(ConsoleTogether.Name)]
public sealed class NoticePictureTests(ConsoleSite site)
{
    [Fact]
    public async Task A_picture_is_seen_as_soon_as_it_is_chosen_and_stands_in_the_chat_today_and_tomorrow()
    {
        await using var staff = await site.SignInAsync(390, StaffRoles.Publicity);
        await using var owner = await site.OpenAsync(390);
        var (desk, chat) = (staff.Page, owner.Page);
        await desk.GotoAsync("/staff/notices/new");
        await desk.GetByLabel("标题").FillAsync("{小区}培训");
        await desk.GetByLabel("正文").FillAsync("11月28日（周六）**上午9:00**，{小区}的业主到示范街道二楼听业委会知识。请带：\n- 身份证\n- [报名表](https://ywh.example.org/form)");

        await desk.Locator("#PictureFile").SetInputFilesAsync(new FilePayload { Name = "太大.jpg", MimeType = "image/jpeg", Buffer = new byte[6 * 1024 * 1024] });
        await Expect(desk.Locator("[data-file-name]")).ToContainTextAsync("最多 5 MB");
        await desk.Locator("#PictureFile").SetInputFilesAsync(new FilePayload { Name = "海报.jpg", MimeType = "image/jpeg", Buffer = TestPictures.WithExif(TestPictures.RedAndBlue(1800, 1200), orientation: 1) });
        await Expect(desk.Locator(".thumb .picture")).ToBeVisibleAsync();
        await Expect(desk.GetByRole(AriaRole.Button, new() { Name = "上传图片" })).ToBeHiddenAsync();
        await Expect(desk.GetByLabel("标题")).ToHaveValueAsync("{小区}培训");
        await desk.GetByRole(AriaRole.Button, new() { Name = "先发给我自己" }).ClickAsync();
        await Expect(desk.Locator(".error-summary")).ToContainTextAsync("给图片写一句说明");
        await desk.GetByLabel("图片说明").FillAsync("培训海报：11月28日上午9点，示范街道二楼");
        await desk.GetByRole(AriaRole.Button, new() { Name = "先发给我自己" }).ClickAsync();
        var code = desk.Locator(".said b");
        await Expect(code).ToBeVisibleAsync();
        Assert.Equal(1080, await desk.Locator(".preview .bubble .picture").EvaluateAsync<int>("picture => picture.naturalWidth"));
        await Expect(desk.Locator(".preview .bubble b")).ToHaveTextAsync("上午9:00");
        Assert.Contains("请带：\n- 身份证\n- 报名表\n回“退订”不再收。", await desk.Locator(".preview .bubble").InnerTextAsync(), StringComparison.Ordinal);
        await staff.LookAsync("compose-picture-390");

        await chat.GotoAsync("/");
        await chat.Locator("#say").FillAsync(await code.InnerTextAsync());
        await chat.GetByRole(AriaRole.Button, new() { Name = "发送" }).ClickAsync();
        var picture = chat.GetByRole(AriaRole.Img, new() { Name = "培训海报：11月28日上午9点，示范街道二楼" });
        await Expect(picture).ToBeVisibleAsync();
        await picture.EvaluateAsync("picture => picture.decode()");
        var box = (await picture.BoundingBoxAsync())!;
        Assert.InRange(box.Width / box.Height, 1.49, 1.51);
        Assert.InRange(box.X + box.Width, 200, 390);
        var words = chat.Locator("#log .bubble.bot").Last;
        await Expect(words.Locator("b")).ToHaveTextAsync("上午9:00");
        await Expect(words.GetByRole(AriaRole.Link, new() { Name = "报名表" })).ToHaveAttributeAsync("href", "https://ywh.example.org/form");
        await owner.ScreenshotAsync("chat-picture-390");
        await owner.AssertAccessibleAsync();
        await chat.EvaluateAsync("[document.documentElement.dataset.theme, document.documentElement.dataset.text] = ['dark', 'large']; window.scrollTo(0, document.documentElement.scrollHeight)");
        var large = (await picture.BoundingBoxAsync())!;
        Assert.InRange(large.Width / large.Height, 1.49, 1.51);
        Assert.True(await chat.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
        await owner.ScreenshotAsync("chat-picture-dark-large-390");
        await owner.AssertAccessibleAsync(LookFor.ColoursAndSizes);

        await chat.ReloadAsync();
        await Expect(picture).ToBeVisibleAsync();
        Assert.Empty(owner.Errors);

        await owner.Context.RouteAsync(new Regex("/pictures/"), route => route.AbortAsync());
        await chat.ReloadAsync();
        await Expect(chat.Locator("#log .bubble.bot").Last).ToContainTextAsync("图片：培训海报：11月28日上午9点，示范街道二楼");
    }
}
