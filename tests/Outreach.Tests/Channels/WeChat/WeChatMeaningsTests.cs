using Outreach.Activities;
using Outreach.Channels.WeChat;

namespace Outreach.Tests.Channels.WeChat;

public sealed class WeChatMeaningsTests
{
    [Theory]
    [InlineData(0, SendClass.Ok)]
    [InlineData(null, SendClass.AmbiguousSent)]
    [InlineData(-1, SendClass.Transient)]
    [InlineData(40001, SendClass.AuthExpired)]
    [InlineData(45009, SendClass.QuotaExhausted)]
    [InlineData(45015, SendClass.WindowClosed)]
    [InlineData(45047, SendClass.WindowClosed)]
    [InlineData(45065, SendClass.Ok)]
    [InlineData(43004, SendClass.RecipientGone)]
    [InlineData(87014, SendClass.ContentRejected)]
    [InlineData(48001, SendClass.ConfigError)]
    [InlineData(45066, SendClass.RateLimited)]
    [InlineData(45066, SendClass.AmbiguousSent, "/cgi-bin/message/mass/send")]
    [InlineData(45066, SendClass.AmbiguousSent, "/cgi-bin/message/mass/sendall")]
    [InlineData(43101, SendClass.RecipientGone)]
    [InlineData(43101, SendClass.WindowClosed, "/cgi-bin/message/subscribe/bizsend")]
    [InlineData(46003, SendClass.ConfigError)]
    [InlineData(46003, SendClass.Ok, "/cgi-bin/menu/get")]
    public void A_code_has_a_class_and_some_calls_their_own(int? code, SendClass meaning, string path = "/cgi-bin/message/custom/send") =>
        Assert.Equal(meaning, WeChatMeanings.Of(path, code).Class);

    [Fact]
    public void A_batch_that_was_handed_over_a_moment_ago_is_asked_about_after_a_minute() =>
        Assert.InRange(WeChatMeanings.Of("/cgi-bin/message/mass/send", 45066).RetryAfter!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
}
