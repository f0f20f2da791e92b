using System.Text.Json;
using System.Text.Json.Nodes;
using Outreach.Activities;
using Outreach.Channels;

namespace Outreach.Tests.Channels;

public sealed class AdaptiveCardsTests
{
    private static readonly HeroCard Consent = new()
    {
        Title = "可以记下您的信息吗？",
        Text = "谁来记：**示范街道**\n完整说明：https://www.example.cn/privacy",
        Buttons = [Choice("同意"), Choice("不同意")],
    };

    [Fact]
    public void A_hero_card_becomes_rows_of_plain_words_its_choices_and_its_link()
    {
        var card = CardOf(AdaptiveCards.Show(Message(Consent), CardTaps.Words, [], judged: null));

        Assert.Equal(("AdaptiveCard", "1.3", "可以记下您的信息吗？一、二"), ((string?)card["type"], (string?)card["version"], (string?)card["fallbackText"]));
        Assert.Equal(["可以记下您的信息吗？", "谁来记：**示范街道**"], card["body"]!.AsArray().Select(line => string.Concat(line!["inlines"]!.AsArray().Select(run => (string?)run!["text"]))));
        Assert.Equal(["Action.Submit 同意 \"同意\"", "Action.Submit 不同意 \"不同意\"", "Action.OpenUrl 完整说明 \"https://www.example.cn/privacy\""], card["actions"]!.AsArray()
            .Select(action => $"{action!["type"]} {action["title"]} {(action["data"] ?? action["url"])!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })}"));
    }

    [Theory]
    [InlineData("\"同意\"", "同意")]
    [InlineData("""{"say":"同意"}""", "同意")]
    [InlineData("""{"msteams":{"type":"imBack","value":" 同意 "}}""", "同意")]
    [InlineData("""{"verdict":"wrong","answer":"7"}""", "|7 wrong")]
    [InlineData("""{"verdict":"great","answer":"7"}""", null)]
    [InlineData("""{"verdict":"wrong","answer":7}""", null)]
    [InlineData("""{"say":7}""", null)]
    [InlineData("""{"say":"\ud800"}""", null)]
    [InlineData("\"\"", null)]
    [InlineData("7", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    public void What_a_tap_brings_back_is_words_a_verdict_or_nothing(string data, string? expected)
    {
        var activity = CardTap.Read(JsonElement.Parse(data))?.On(new() { Type = ActivityTypes.Message });

        Assert.Equal(expected, activity?.Text ?? (activity?.Value is { } value ? $"{value.GetProperty("activityId")} {value.GetProperty("verdict")}" : null));
    }

    [Fact]
    public void What_an_action_carries_is_what_its_tap_brings_back()
    {
        foreach (var taps in Enum.GetValues<CardTaps>())
            foreach (var action in CardOf(AdaptiveCards.Show(Message(Consent), taps, [], judged: null))["actions"]!.AsArray().Take(2))
                Assert.Equal((string?)action!["title"], CardTap.Read(JsonSerializer.SerializeToElement(action["data"]))?.Say);
    }

    [Fact]
    public void A_message_without_cards_sources_and_verdicts_stays_as_it_is()
    {
        var plain = new Activity { Type = ActivityTypes.Message, Text = "不客气。" };

        Assert.Equal(plain, AdaptiveCards.Show(plain, CardTaps.Words, [], judged: null));
    }

    private static Activity Message(HeroCard card) => new() { Type = ActivityTypes.Message, Summary = "可以记下您的信息吗？一、二", Attachments = [card.ToAttachment()] };

    private static JsonNode CardOf(Activity activity)
    {
        var attachment = Assert.Single(activity.Attachments!);
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.ContentType);
        return JsonNode.Parse(attachment.Content!.Value.GetRawText())!;
    }

    private static CardAction Choice(string title) => new() { Type = "imBack", Title = title, Value = JsonSerializer.SerializeToElement(title) };
}
