using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Tests.Campaigns;
using Outreach.Tests.Channels.WebChat;

namespace Outreach.Tests.Staff;

/// <summary>A notice with a picture: from the composer's form into an owner's chat.</summary>
public sealed class NoticePicturePagesTests(NoticePicturePagesTests.Site site) : IClassFixture<NoticePicturePagesTests.Site>
{
    private readonly OutreachApp _app = site.App;
    private readonly Town _town = site.Town;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_is_kept_through_refusals_sent_once_and_served_to_whoever_was_told_of_it()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street, _town.StreetA);
        var photograph = TestPictures.WithExif(TestPictures.RedAndBlue(900, 600), orientation: 1);

        // Refused for another reason: the draft keeps it.
        var refused = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", ("Input.PictureFile", "海报.jpg", photograph), Form("ask", ("Input.Body", ""))));
        var id = Value(refused, "Input.PictureId");
        Assert.Contains("请写正文", refused, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Contains($"<img class=\"picture\" src=\"pictures/{id}.jpg\"", refused, StringComparison.Ordinal);

        // Without a description it does not go out.
        var undescribed = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("ask", ("Input.PictureId", id))));
        Assert.Contains("#PictureDescription\">给图片写一句说明", undescribed, StringComparison.Ordinal);
        Assert.Equal(id, Value(undescribed, "Input.PictureId"));

        // What is no picture is refused at its field, and the one before stays.
        var wrong = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", ("Input.PictureFile", "x.jpg", "GIF89a"u8.ToArray()), Form("send", ("Input.PictureId", id))));
        Assert.Contains("#PictureFile\">这个文件不是 JPEG、PNG 或 WebP", wrong, StringComparison.Ordinal);
        Assert.Equal(id, Value(wrong, "Input.PictureId"));

        var made = await client.PostAsync("/staff/notices/new", "compose", Form("send", ("Input.PictureId", id), ("Input.PictureDescription", " 培训海报 "), ("Input.ConfirmedTotal", "1")));
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        var page = made.Headers.Location!.ToString();
        await _app.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>(long.Parse(page.Split('/')[^1], CultureInfo.InvariantCulture)).CarryOnAsync();

        Assert.Contains($"<img class=\"picture\" src=\"pictures/{id}.jpg\" alt=\"培训海报\" width=\"900\" height=\"600\"", await client.ReadAsync(page), StringComparison.Ordinal);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var message = await db.Messages.SingleAsync(m => m.OutgoingKey!.StartsWith("delivery/"), Stop);      // the only notice of the class
        Assert.Equal(
            $$"""[{"contentType":"image/jpeg","contentUrl":"https://ywh.example.org/pictures/{{id}}.jpg","name":"培训海报","width":900,"height":600}]""",
            JsonNode.Parse(message.Activity)!["attachments"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

        using var anyone = _app.CreateClient();
        using var served = await anyone.GetAsync($"/pictures/{id}.jpg", Stop);
        var jpeg = await served.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal((HttpStatusCode.OK, "image/jpeg"), (served.StatusCode, served.Content.Headers.ContentType?.ToString()));
        Assert.Equal("public, max-age=31536000, immutable", served.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", Assert.Single(served.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("default-src 'none'; sandbox", Assert.Single(served.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("cross-origin", Assert.Single(served.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.False(served.Headers.Contains("Set-Cookie"));
        Assert.True(jpeg.AsSpan().IndexOf("Exif"u8) < 0);
        foreach (var other in (string[])["/pictures/0.jpg", "/pictures/.jpg", $"/pictures/{id}", "/pictures/..%2f.jpg"])
            Assert.Equal(HttpStatusCode.NotFound, (await anyone.GetAsync(other, Stop)).StatusCode);
    }

    [Fact]
    public async Task A_picture_that_is_taken_out_again_is_gone_at_once_and_a_test_in_the_chat_shows_the_one_there_is()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "street2", StaffRoles.Street, _town.StreetA);
        var first = Value(await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", ("Input.PictureFile", "a.png", TestPictures.RedAndBlue(30, 20)), Form("picture"))), "Input.PictureId");
        var second = Value(await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", ("Input.PictureFile", "b.png", TestPictures.RedAndBlue(60, 20)), Form("picture", ("Input.PictureId", first)))), "Input.PictureId");

        var tried = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("test", ("Input.PictureId", second), ("Input.PictureDescription", "红蓝"))));
        using var owner = await DirectLineClient.OpenAsync(_app);
        await owner.StartAsync();
        await owner.SayAsync(Regex.Match(tried, "测试 [0-9]{6}").Value);
        var (read, _) = await owner.PollAsync();
        var after = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("no-picture", ("Input.PictureId", second), ("Input.PictureDescription", "红蓝"))));

        Assert.NotEqual(first, second);
        Assert.Equal($"https://ywh.example.org/pictures/{second}.jpg", (string?)read[^1]["attachments"]![0]!["contentUrl"]);
        Assert.Equal("", Value(after, "Input.PictureId"));
        Assert.DoesNotContain("<img class=\"picture\"", after, StringComparison.Ordinal);
        await using var db = await StaffSeeds.OpenAsync(_app);
        Assert.False(await db.PictureFiles.AnyAsync(file => file.Id == first || file.Id == second, Stop));
        using var anyone = _app.CreateClient();
        Assert.Equal(HttpStatusCode.NotFound, (await anyone.GetAsync($"/pictures/{second}.jpg", Stop)).StatusCode);
        // A form that lay open for days names one that is gone.
        var late = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("send", ("Input.PictureId", first), ("Input.PictureDescription", "红蓝"), ("Input.ConfirmedTotal", "1"))));
        Assert.Contains("#PictureFile\">这张图片已经换掉或者清掉了", late, StringComparison.Ordinal);
        Assert.False(await db.Campaigns.AnyAsync(campaign => campaign.PictureId == first, Stop));
    }

    [Fact]
    public async Task A_test_by_a_channel_that_is_off_or_has_no_template_says_so_at_its_field()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "street3", StaffRoles.Street, _town.StreetA);

        var mail = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("test-email", ("Input.TestAddress", "writer@example.org"))));
        var sms = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("test-sms", ("Input.TestAddress", "13900000777"))));
        var unwritten = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form("test-sms", ("Input.Title", ""), ("Input.TestAddress", "13900000777"))));

        Assert.DoesNotContain("发出去了", mail, StringComparison.Ordinal);
        Assert.Contains("#TestAddress\">邮件没开，请管理员在“渠道”里看怎么开。</a>", mail, StringComparison.Ordinal);
        Assert.Contains("#TestAddress\">短信还没有通知用的模板（Templates:Notice），请告诉管理员。</a>", sms, StringComparison.Ordinal);
        Assert.Contains("请写标题", unwritten, StringComparison.Ordinal);
        Assert.DoesNotContain("#TestAddress", unwritten, StringComparison.Ordinal);
    }

    private (string, string)[] Form(string step, params (string Name, string Value)[] more)
    {
        (string Name, string Value)[] form =
        [
            ("Input.Title", "{小区}通知"), ("Input.Body", "11月28日（周六）上午9:00培训。"), ("Input.Link", ""), ("Input.Topic", "Training"),
            ("Input.AreaId", _town.StreetA.ToString(CultureInfo.InvariantCulture)), ("Input.StartOn", ""), ("Input.StartTime", ""), ("Input.Step", step),
        ];
        return [.. form.Where(field => more.All(other => other.Name != field.Name)), .. more];
    }

    private static string Value(string page, string name) => Regex.Match(page, $"<input type=\"hidden\" name=\"{Regex.Escape(name)}\"(?: value=\"([^\"]*)\")?").Groups[1].Value;

    /// <summary>One program with one owner, for all tests of the class.</summary>
    public sealed class Site : IAsyncLifetime
    {
        private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));

        internal OutreachApp App { get; private set; } = null!;
        internal Town Town { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            App = await OutreachApp.StartAsync(new Dictionary<string, string?>
            {
                ["Demo:Load"] = "false",
                ["PublicUrl"] = "https://ywh.example.org",
                // Text messages about leads alone: on, but not for notices.
                ["Channels:AliyunSms:AccessKeyId"] = "test",
                ["Channels:AliyunSms:AccessKeySecret"] = "test",
                ["Channels:AliyunSms:SignName"] = "测试社区",
                ["Channels:AliyunSms:Templates:Lead:Code"] = "SMS_3",
            }, _clock);
            Town = await Town.BuildAsync(App);
            await StaffSeeds.AddLeadAsync(App, "owner-1", Town.CommunityA, "甲花园", "一", null);
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
