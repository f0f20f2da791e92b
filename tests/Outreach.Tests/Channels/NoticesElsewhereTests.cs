using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Doubles;
using Outreach.Storage;
using Outreach.Tests.Channels.WebChat;
using Outreach.Tests.Staff;

namespace Outreach.Tests.Channels;

/// <summary>An owner has notices sent to a mailbox and a phone as well, and leaves again: the running program, a real mail server, a vendor of text messages.</summary>
public sealed partial class NoticesElsewhereTests(AddressApp shared) : IClassFixture<AddressApp>
{
    private const string Mailbox = "laowang@example.org";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_owner_confirms_a_mailbox_and_a_phone_gets_notices_there_and_leaves_each_for_good()
    {
        using var owner = await DirectLineClient.OpenAsync(shared.App);
        var early = await SayAsync(owner, $"通知发邮箱 {Mailbox}");
        foreach (var said in (string[])["我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000124", "同意", "不转交"])
            await SayAsync(owner, said);

        var asked = await SayAsync(owner, $"通知发邮箱 {Mailbox}");
        var code = await CodeInMailAsync();
        var wrong = await SayAsync(owner, code == "000000" ? "000001" : "000000");
        await CampaignAsync("确认前", mails: 0, texts: 0);
        var confirmed = await SayAsync(owner, code);
        var mail = (await CampaignAsync("第一次", mails: 1, texts: 0)).Mail!;
        var phone = await SayAsync(owner, "通知发短信");
        var confirmedPhone = await SayAsync(owner, await CodeInTextAsync());
        var mine = await SayAsync(owner, "你存了我啥");

        Assert.Contains("要先登记", early, StringComparison.Ordinal);
        Assert.Contains("把小区通知用邮件发到la***@example.org", asked, StringComparison.Ordinal);
        Assert.Contains("验证码不对", wrong, StringComparison.Ordinal);
        Assert.Contains("以后用邮件发到la***@example.org", confirmed, StringComparison.Ordinal);
        Assert.Contains("发到139****0124", phone, StringComparison.Ordinal);
        Assert.Contains("以后用短信发到139****0124", confirmedPhone, StringComparison.Ordinal);
        Assert.Contains("通知发到：la***@example.org、139****0124", mine, StringComparison.Ordinal);

        // One copy, on the way that comes first; when that is left, on the next.
        await CampaignAsync("第二次", mails: 0, texts: 1);

        // The vendor reports the owner's answer; only the address with the right word is believed.
        Assert.Equal(HttpStatusCode.NotFound, await ReplyAsync("fedcba9876543210", "13900000124", "T"));
        Assert.Equal(HttpStatusCode.OK, await ReplyAsync(AddressApp.CallbackKey, "13900000124", "收到，谢谢"));
        // The network reports that the second text did not arrive: it counts as sent no more, however often that is said.
        var lost = (await CampaignAsync("第三次", mails: 0, texts: 1)).Text!;
        foreach (var end in (string[])["DELIVERED", "MOBILE_TERMINAL_ERROR", "MOBILE_TERMINAL_ERROR"])
            Assert.Equal(HttpStatusCode.OK, await PushAsync(AddressApp.CallbackKey, lost.AliyunReceipt(end)));
        await using (var sent = Open())
            Assert.Equal([(DeliveryState.Sent, null), (DeliveryState.Failed, "Transient MOBILE_TERMINAL_ERROR")],
                (await sent.Deliveries.Where(d => d.Channel == "sms").OrderBy(d => d.Id).ToListAsync(Stop)).Select(d => (d.State, d.LastError)));
        Assert.Equal(HttpStatusCode.OK, await ReplyAsync(AddressApp.CallbackKey, "13900000124", "T"));

        // Opening the page, as programs that look at links do, changes nothing; the button of the mail program does.
        var leave = new Uri(mail.Header("List-Unsubscribe")!.Trim('<', '>')).AbsolutePath;
        using (var page = await shared.Http.GetAsync(leave, Stop))
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Contains("<form method=\"post\">", await page.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
        await CampaignAsync("第四次", mails: 1, texts: 0);
        for (var click = 0; click < 2; click++)
        {
            using var left = await shared.Http.PostAsync(leave, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]), Stop);
            Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        }
        await CampaignAsync("第五次", mails: 0, texts: 0);

        // The marks stay when the chat takes notices up again, and the whole answer about an owner's data has them no more.
        await SayAsync(owner, "退订");
        await SayAsync(owner, "恢复通知");
        await CampaignAsync("第六次", mails: 0, texts: 0);

        await SayAsync(owner, "删除我的信息");
        await SayAsync(owner, "确定删除");
        await using var db = Open();
        Assert.Equal(0, await db.NoticeAddresses.CountAsync(Stop));
        Assert.All(await db.Contacts.Where(c => c.Channel == "email" || c.Channel == "sms").ToListAsync(Stop), contact =>
        {
            Assert.NotNull(contact.ErasedAt);
            Assert.DoesNotContain("13900000124", contact.UserId, StringComparison.Ordinal);
        });
        using var gone = await shared.Http.GetAsync(leave, Stop);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_staff_member_tries_each_channel_on_himself()
    {
        using var console = await ConsoleClient.SignInAsync(shared.App, "admin2", StaffRoles.Administrator);
        using var owner = await DirectLineClient.OpenAsync(shared.App);

        var bad = await ConsoleClient.TextAsync(await console.PostAsync("/staff/channels", "test-email-default", ("Address", "a@example.org\r\nBcc: b@example.org")));
        var mailed = await console.PostAsync("/staff/channels", "test-email-default", ("Address", Mailbox));
        var texted = await console.PostAsync("/staff/channels", "test-sms-aliyun", ("Address", "139 0000 0777"));
        var page = await ConsoleClient.TextAsync(await console.PostAsync("/staff/channels", "test-webchat-default"));
        var code = TestCode().Match(page).Groups[1].Value;
        var wrong = await SayAsync(owner, "测试 " + (code == "000000" ? "000001" : "000000"));
        var right = await SayAsync(owner, $"测试 {code}");
        var again = await SayAsync(owner, $"测试 {code}");

        Assert.Contains("邮箱地址没认出来", bad, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Redirect), (mailed.StatusCode, texted.StatusCode));
        Assert.Equal([Mailbox], Assert.Single(shared.Mail.Ledger, mail => mail.Header("Subject") == "测试邮件").To);
        Assert.Single(shared.Sms.Ledger, text => text.Phone.EndsWith("13900000777", StringComparison.Ordinal) && text.Text.Contains("测试短信", StringComparison.Ordinal));
        Assert.DoesNotContain("测试消息", wrong, StringComparison.Ordinal);
        Assert.Equal("这是一条测试消息，收到就说明这个渠道通了。", right);
        Assert.DoesNotContain("测试消息", again, StringComparison.Ordinal);
        await using var db = Open();
        Assert.Equal(4, await db.AuditEntries.CountAsync(entry => entry.Kind == AuditKind.TestedChannel, Stop));
    }

    [Theory]
    [InlineData("短信通知算不算送达")]
    [InlineData("物业发短信催费合法吗")]
    [InlineData("开会通知用短信发行不行")]
    [InlineData("通知发短信算送达吗")]
    [InlineData("通知用短信发行不行")]
    public async Task A_question_about_text_messages_is_a_question(string question)
    {
        using var owner = await DirectLineClient.OpenAsync(shared.App);

        var answer = await SayAsync(owner, question);

        Assert.DoesNotContain("登记一下您是哪个小区", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("发到哪个手机", answer, StringComparison.Ordinal);
    }

    private OutreachDb Open() => shared.App.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();

    /// <summary>What the bot answered last.</summary>
    private static async Task<string> SayAsync(DirectLineClient owner, string text)
    {
        var id = await owner.SayAsync(text);
        var (activities, _) = await owner.PollAsync();
        var after = activities.SkipWhile(activity => (string?)activity["id"] != id).Skip(1).ToList();
        Assert.NotEmpty(after);
        return string.Join('\n', after.Select(activity => (string?)activity["text"]));
    }

    private async Task<string> CodeInMailAsync()
    {
        await SendCodesAsync();
        await CalledBack.UntilAsync(() => shared.Mail.Ledger.Any(mail => mail.Header("Subject")!.StartsWith("验证码", StringComparison.Ordinal)), "the digits came by mail");
        var mail = shared.Mail.Ledger.Last(mail => mail.Header("Subject")!.StartsWith("验证码", StringComparison.Ordinal));
        Assert.Null(mail.Header("List-Unsubscribe"));
        return mail.Header("Subject")!["验证码 ".Length..];
    }

    private async Task<string> CodeInTextAsync()
    {
        await SendCodesAsync();
        await CalledBack.UntilAsync(() => shared.Sms.Ledger.Any(text => text.Template == "SMS_2"), "the digits came by text message");
        return shared.Sms.Ledger.Last(text => text.Template == "SMS_2").Parameters["code"];
    }

    /// <summary>What the scheduler does every two seconds; it may have been first.</summary>
    private Task SendCodesAsync() => shared.App.Services.GetServices<IDueWork>().Single(work => work.Name == "address-codes").RunDueAsync(Stop);

    /// <summary>Sends one notice to the community and says what of it came by mail and by text message.</summary>
    private async Task<(MailTaken? Mail, SmsTaken? Text)> CampaignAsync(string title, int mails, int texts)
    {
        var community = shared.App.Services.GetRequiredService<CommunityDirectory>().FindInText("锦绣花园")[0].Match.Community!;
        var campaign = new Campaign
        {
            Title = title,
            Body = "周六开会。",
            Topic = NoticeTopics.MyCommunity,
            AreaId = community.AreaId,
            Audience = new AudienceFilter { Communities = [community.Id] }.ToJson(),
            State = CampaignState.Scheduled,
            ComposerId = "s-test",
            ComposerName = "演示同事",
            CreatedAt = shared.Clock.GetUtcNow(),
            StartAt = shared.Clock.GetUtcNow(),
            FormToken = Guid.NewGuid(),
        };
        await using (var db = Open())
        {
            db.Add(campaign);
            await db.SaveChangesAsync(Stop);
        }
        await CalledBack.UntilAsync(async () =>
        {
            await shared.App.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>(campaign.Id).CarryOnAsync();
            await using var db = Open();
            return await db.Campaigns.AnyAsync(c => c.Id == campaign.Id && c.State == CampaignState.Done, Stop);
        }, $"the notice {title} is done");
        var mailed = shared.Mail.Ledger.Where(mail => mail.Header("Subject") == title).ToList();
        var texted = shared.Sms.Ledger.Where(text => text.Text.Contains(title, StringComparison.Ordinal)).ToList();
        Assert.Equal((title, mails, texts), (title, mailed.Count, texted.Count));
        Assert.All(texted, text => Assert.Equal($"{community.Name}：{title}。拒收请回复T", text.Text));
        return (mailed.FirstOrDefault(), texted.FirstOrDefault());
    }

    private Task<HttpStatusCode> ReplyAsync(string key, string phone, string text) => PushAsync(key,
        $$"""[{"phone_number":"{{phone}}","content":"{{text}}","sign_name":"测试社区","send_time":"2026-11-24 10:00:00","sequence_id":1}]""");

    private async Task<HttpStatusCode> PushAsync(string key, string pushed)
    {
        using var body = new StringContent(pushed, Encoding.UTF8, "application/json");
        using var answer = await shared.Http.PostAsync($"/channels/sms/aliyun/{key}", body, Stop);
        return answer.StatusCode;
    }

    [GeneratedRegex(@"测试 ([0-9]{6})")]
    private static partial Regex TestCode();
}
