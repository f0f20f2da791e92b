using System.Text;
using System.Text.Json;
using CsCheck;
using Outreach.Activities;
using Outreach.Channels.WeCom;

namespace Outreach.Tests.Channels.WeCom;

/// <summary>What a page of customer service is read as.</summary>
public sealed class KfReadingTests
{
    private const string Page = """
        {"errcode":0,"errmsg":"ok","next_cursor":"c","has_more":1,"msg_list":[null,
        {"msgid":"1","open_kfid":"wk1","external_userid":"wm1","send_time":"1700000000","origin":3,"msgtype":"text","text":{"content":"谢谢","menu_id":"helpful:4"}},
        {"msgid":"2","send_time":1700000000,"origin":4,"msgtype":"event","event":{"event_type":"enter_session","external_userid":"wm1","scene":"","scene_param":"c%3Atest;p:lobby","welcome_code":"w"}},
        {"msgid":"3","send_time":1700000000,"origin":4,"msgtype":"event","event":{"event_type":"msg_send_fail","external_userid":"wm1","fail_msgid":"x","fail_type":10}},
        {"msgid":"4","external_userid":"wm1","send_time":1700000000,"origin":5,"servicer_userid":"s","msgtype":"text","text":{"content":"我来"}},
        {"msgid":"5","external_userid":"wm1","send_time":1700000000,"origin":3,"msgtype":"link","link":{"title":"标题","url":"u"}}]}
        """;

    [Fact]
    public void Messages_taps_and_events_are_told_apart()
    {
        var messages = JsonSerializer.Deserialize(Page, WeComJson.Wire.WeComAnswer)!.Received.ToList();

        Assert.Equal(5, messages.Count);      // an entry that is nothing is left out
        Assert.Equal(("outreach/feedback", 1_700_000_000), (Assert.Single(KfReading.ActivitiesOf(messages[0])).Name, messages[0].SendTime));
        var entered = KfReading.ActivitiesOf(messages[1]);
        Assert.Equal([("event", "outreach/community"), ("conversationUpdate", null)], entered.Select(activity => (activity.Type, activity.Name)));
        Assert.Equal(("test", "w"), (entered[0].Value!.Value.GetProperty("key").GetString(), KfReading.WelcomeCodeOf(entered[0])));
        Assert.Empty(KfReading.ActivitiesOf(messages[2]));
        Assert.Empty(KfReading.ActivitiesOf(messages[3]));      // staff in WeCom: not a turn of ours
        Assert.Equal("标题", Assert.Single(KfReading.ActivitiesOf(messages[4])).Text);
    }

    [Theory]
    [InlineData(4, SendClass.WindowClosed)]
    [InlineData(6, SendClass.WindowClosed)]
    [InlineData(10, SendClass.RecipientGone)]
    [InlineData(12, SendClass.ContentRejected)]
    [InlineData(1, SendClass.ConfigError)]
    public void A_failure_has_a_class(int failType, SendClass why) => Assert.Equal(why, KfReading.WhyFailed(failType));

    [Theory]
    [InlineData(0, SendClass.Ok)]
    [InlineData(null, SendClass.AmbiguousSent)]
    [InlineData(-1, SendClass.Transient)]
    [InlineData(40014, SendClass.AuthExpired)]
    [InlineData(42001, SendClass.AuthExpired)]
    [InlineData(40001, SendClass.ConfigError)]
    [InlineData(45009, SendClass.RateLimited)]
    [InlineData(45033, SendClass.RateLimited)]
    [InlineData(60020, SendClass.ConfigError)]
    [InlineData(48002, SendClass.ConfigError)]
    [InlineData(81013, SendClass.RecipientGone)]
    [InlineData(82001, SendClass.RecipientGone)]
    [InlineData(40056, SendClass.ConfigError)]
    [InlineData(44004, SendClass.ContentRejected)]
    [InlineData(45002, SendClass.ContentRejected)]
    [InlineData(84061, SendClass.RecipientGone)]
    [InlineData(86003, SendClass.RecipientGone)]
    [InlineData(95001, SendClass.WindowClosed)]
    [InlineData(95002, SendClass.WindowClosed)]
    [InlineData(95013, SendClass.WindowClosed)]
    [InlineData(95018, SendClass.WindowClosed)]
    [InlineData(95000, SendClass.ConfigError)]
    [InlineData(95017, SendClass.ConfigError)]
    [InlineData(40029, SendClass.WindowClosed)]
    [InlineData(40029, SendClass.Ok, "kf/send_msg_on_event")]
    public void A_code_has_a_class(int? code, SendClass meaning, string path = "message/send") => Assert.Equal(meaning, WeComMeanings.Of(path, code, null).Class);

    [Fact]
    public void Whatever_comes_instead_is_read_or_refused_and_nothing_else_happens() =>
        Gen.Select(Gen.Int[0, Page.Length - 1].Array[1, 6], Gen.Char[' ', '~'].Array[6]).Sample((places, letters) =>
        {
            var page = new StringBuilder(Page);
            for (var i = 0; i < places.Length; i++)
                page[places[i]] = letters[i];
            try
            {
                foreach (var message in JsonSerializer.Deserialize(page.ToString(), WeComJson.Wire.WeComAnswer)?.Received ?? [])
                    foreach (var activity in KfReading.ActivitiesOf(message))
                        _ = KfReading.WelcomeCodeOf(KfReading.Own(activity, KfChannel.ReferenceOf("a", "k", message.Customer ?? ""), DateTimeOffset.UnixEpoch));
            }
            catch (JsonException)
            {
                // refused as a whole: the caller asks again
            }
        });
}
