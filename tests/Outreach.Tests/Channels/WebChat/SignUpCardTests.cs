using System.Text.Json;
using System.Text.Json.Nodes;
using Outreach.Activities;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class SignUpCardTests(DefaultApp shared)
{
    [Fact]
    public async Task Consents_and_summary_are_cards_with_rows_and_the_same_in_words_as_their_summary()
    {
        using var client = await DirectLineClient.OpenAsync(shared.App);
        await client.SayAsync("锦绣花园 支持成立 我要登记");
        await client.SayAsync("同意");
        await client.SayAsync("周 2号楼1单元302 13811112222");
        var (all, _) = await client.PollAsync();

        var collect = Card(all[1], 0);
        Assert.Equal("可以记下您的信息吗？", (string?)collect["title"]);
        Assert.Equal(["谁来记", "记什么", "做什么", "存多久"], Labels(collect));
        Assert.Equal(["同意", "不同意"], Buttons(collect));
        var (check, passOn) = (Card(all[5], 0), Card(all[5], 1));
        Assert.Equal("小区：锦绣花园（演示）\n意愿：支持成立\n称呼：周\n房号：2号楼1单元302\n电话：138****2222", (string?)check["text"]);
        Assert.Equal(["改小区", "改意愿", "改称呼", "改房号", "改电话"], Buttons(check));
        Assert.Equal(["转给谁", "转什么", "做什么", "存多久"], Labels(passOn));
        Assert.Contains("转什么：小区、意愿、称呼、房号、电话", (string?)passOn["text"], StringComparison.Ordinal);
        Assert.Equal(["同意转交", "不转交"], Buttons(passOn));
        Assert.Null(all[5]["text"]);
        Assert.Equal(["同意转交", "不转交"], all[5]["suggestedActions"]!["actions"]!.AsArray().Select(action => (string?)action!["title"]));
        Assert.Equal((string?)all[5]["channelData"]!["answer"]!["text"], (string?)all[5]["summary"]);
    }

    [Fact]
    public async Task Without_cards_the_summary_is_one_message_whose_numbers_are_the_consents()
    {
        using var client = await DirectLineClient.OpenAsync(shared.App);
        await client.SayAsync("锦绣花园 支持成立 我要登记");
        await client.SayAsync("同意");
        await client.SayAsync("周 2号楼1单元302 不留电话");
        var (all, _) = await client.PollAsync();
        var activity = all[5].Deserialize(ActivityJson.Default.Activity)!;

        var plain = TextFallback.Render(activity, new() { MaxTextBytes = 600 });

        Assert.StartsWith("请核对：锦绣花园（演示），支持成立，周，2号楼1单元302，电话不留。不对直接说。\n另问一件：", plain.Text, StringComparison.Ordinal);
        Assert.EndsWith("同意转交吗？\n1. 同意转交\n2. 不转交", plain.Text, StringComparison.Ordinal);
        Assert.Null(plain.Attachments);
        Assert.Null(plain.Summary);
    }

    private static JsonNode Card(JsonNode activity, int index)
    {
        var attachment = activity["attachments"]![index]!;
        Assert.Equal(HeroCard.ContentType, (string?)attachment["contentType"]);
        return attachment["content"]!;
    }

    private static IEnumerable<string> Labels(JsonNode card) =>
        ((string)card["text"]!).Split('\n').Where(line => line.IndexOf('：', StringComparison.Ordinal) is > 0 and < 4).Select(line => line[..line.IndexOf('：', StringComparison.Ordinal)]);

    private static IEnumerable<string?> Buttons(JsonNode card) => card["buttons"]!.AsArray().Select(button => (string?)button!["title"]);
}
