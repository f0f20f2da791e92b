using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>The running program with a mail server and a vendor of text messages behind it.</summary>
public sealed class AddressApp : IAsyncLifetime
{
    public const string CallbackKey = "0123456789abcdef";

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));
    public MailServer Mail { get; private set; } = null!;
    public AliyunSmsServer Sms { get; private set; } = null!;
    public OutreachApp App { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Mail = await MailServer.StartAsync();
        Sms = await AliyunSmsServer.StartAsync(Clock);
        Sms.Signs.Add("测试社区");
        Sms.Templates["SMS_1"] = "${community}：${title}。拒收请回复T";
        Sms.Templates["SMS_2"] = "验证码${code}";
        Sms.Limits.Clear();
        App = await OutreachApp.StartAsync(new Dictionary<string, string?>
        {
            ["PublicUrl"] = "https://ywh.example.org",
            ["Campaigns:PerOwnerPerWeek"] = "0",
            ["Channels:Email:Host"] = MailServer.Host,
            ["Channels:Email:Port"] = Mail.Port.ToString(CultureInfo.InvariantCulture),
            ["Channels:Email:Security"] = "None",
            ["Channels:Email:User"] = Mail.User,
            ["Channels:Email:Password"] = Mail.Password,
            ["Channels:Email:From"] = "robot@outreach.example",
            ["Channels:AliyunSms:AccessKeyId"] = Sms.AccessKeyId,
            ["Channels:AliyunSms:AccessKeySecret"] = Sms.AccessKeySecret,
            ["Channels:AliyunSms:SignName"] = "测试社区",
            ["Channels:AliyunSms:ApiBase"] = Sms.Address.AbsoluteUri,
            ["Channels:AliyunSms:CallbackKey"] = CallbackKey,
            ["Channels:AliyunSms:Templates:Notice:Code"] = "SMS_1",
            ["Channels:AliyunSms:Templates:Notice:Parameters:community"] = "{community}",
            ["Channels:AliyunSms:Templates:Notice:Parameters:title"] = "{title}",
            ["Channels:AliyunSms:Templates:Code:Code"] = "SMS_2",
            ["Channels:AliyunSms:Templates:Code:Parameters:code"] = "{code}",
        }, Clock);
        Http = App.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.DisposeAsync();
        await Mail.DisposeAsync();
        await Sms.DisposeAsync();
    }
}
