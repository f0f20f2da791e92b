using System.Text;
using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Tests.Activities;

public sealed class RoundTripTests
{
    private const string Everything = """
        {"type":"message","id":"in-1","timestamp":"2026-11-24T01:08:00+00:00","localTimestamp":"2026-11-24T09:08:00+08:00","localTimezone":"Asia/Shanghai",
         "serviceUrl":"https://service.example/","channelId":"msteams","text":"您好","textFormat":"plain","locale":"zh-CN","inputHint":"expectingInput",
         "from":{"id":"29:a","name":"n","role":"user","aadObjectId":"aad-1","x":[1,{"y":null}]},
         "recipient":{"id":"28:b","agenticUserId":"z"},
         "conversation":{"id":"c-1","isGroup":false,"conversationType":"personal","tenantId":"t","isTargeted":true},
         "attachments":[{"contentType":"application/vnd.microsoft.card.hero","content":{"title":"t","images":[{"url":"u"}],"tap":{"type":"openUrl"}},"name":"f","etag":"e"}],
         "suggestedActions":{"to":["29:a"],"actions":[{"type":"imBack","title":"同意","value":{"k":1},"iconUrl":"i"}],"layout":"row"},
         "entities":[{"type":"mention","mentioned":{"id":"29:a"},"text":"<at>Bot</at>"},{"type":"clientInfo","country":"CN"}],
         "membersAdded":[{"id":"29:a","tenantId":"t"}],
         "channelData":{"tenant":{"id":"t"}},"value":[true],"importance":"high","expiration":"2027-01-01T00:00:00Z","relatesTo":{"activityId":"a"},
         "callerId":"urn:botframework:azure","summary":"s","speak":"<speak/>","listenFor":["a"],"semanticAction":{"id":"x"},"未来":{"字段":"值"}}
        """;

    [Fact]
    public void Members_that_this_version_does_not_know_come_back_at_every_level()
    {
        var activity = JsonSerializer.Deserialize(Everything, ActivityJson.Default.Activity)!;

        var written = JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity);

        using var before = JsonDocument.Parse(Everything);
        using var after = JsonDocument.Parse(written);
        Assert.True(JsonElement.DeepEquals(before.RootElement, after.RootElement), written);
    }

    [Theory]
    [InlineData("""{"clientActivityID":"1.0-\u4f60","n":1.0,"e":1e3}""")]
    [InlineData("""{ "a" : [ 1 ,2 ],  "b":"\/" }""")]
    [InlineData("""{"lone":"\ud800","zero":"\u0000","html":"<b>\u003cb\u003e"}""")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    public void Channel_data_is_kept_byte_for_byte(string channelData)
    {
        var activity = JsonSerializer.Deserialize($$"""{"type":"message","channelData":{{channelData}}}""", ActivityJson.Default.Activity)!;

        var written = JsonSerializer.SerializeToUtf8Bytes(activity, ActivityJson.Wire.Activity);

        Assert.Contains($"\"channelData\":{channelData}", Encoding.UTF8.GetString(written), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_without_a_value_are_left_out()
    {
        var written = JsonSerializer.Serialize(new Activity { Type = ActivityTypes.Message, Text = "好" }, ActivityJson.Wire.Activity);

        Assert.Equal("""{"type":"message","text":"好"}""", written);
    }

    [Fact]
    public void A_hero_card_is_read_back_from_its_attachment_and_other_content_is_not_one()
    {
        var card = new HeroCard { Title = "请看一看，对不对？", Buttons = [new() { Type = "imBack", Title = "对" }] };

        var back = HeroCard.From(card.ToAttachment());

        Assert.Equal("请看一看，对不对？", back?.Title);
        Assert.Equal("对", Assert.Single(back!.Buttons!).Title);
        Assert.Null(HeroCard.From(new Attachment { ContentType = "image/png" }));
        Assert.Null(HeroCard.From(new Attachment { ContentType = HeroCard.ContentType, Content = JsonSerializer.SerializeToElement(3) }));
        Assert.Null(HeroCard.From(new Attachment { ContentType = HeroCard.ContentType, Content = JsonSerializer.SerializeToElement(new { title = 3 }) }));
    }
}
