using System.Text.Json.Nodes;

namespace Outreach.Tests.Channels.BotFramework;

/// <summary>Microsoft's own programs against <c>/api/messages</c>: the Agents Playground as the person's app, and the bot library as the reference.</summary>
public sealed class PublishedToolsTests(LocalBot shared) : IClassFixture<LocalBot>
{
    [Theory]
    [InlineData("emulator")]
    [InlineData("msteams")]
    [InlineData("webchat")]
    public async Task The_playgrounds_user_reads_a_grounded_answer_and_signs_up(string channel)
    {
        var seen = await Peers.RunAsync("playground.mjs", "@microsoft/m365agentsplayground", null, shared.App.Address.ToString(), channel, "default",
            "换物业要多少人同意", "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000125", "同意", "同意转交");

        var messages = seen["messages"]!.AsArray().Select(message => (Text: (string)message!["text"]!, Buttons: message["buttons"]!.AsArray().Select(button => (string?)button).ToList())).ToList();
        var words = messages.Where(message => message.Text.Length > 0).Select(message => message.Text).ToList();
        var buttons = messages.SelectMany(message => message.Buttons).ToList();
        Assert.Contains(words, text => text.Contains("依据：《民法典》", StringComparison.Ordinal));
        Assert.Contains(words, text => text.StartsWith("登记好了", StringComparison.Ordinal));
        foreach (var button in (string[])["同意", "不同意", "同意转交", "不转交"])
            Assert.Contains(button, buttons);
        Assert.Equal(words.Count, words.Distinct().Count());
    }

    [Fact]
    public async Task The_playgrounds_user_reads_answers_that_come_in_the_response()
    {
        var seen = await Peers.RunAsync("playground.mjs", "@microsoft/m365agentsplayground", null, shared.App.Address.ToString(), "emulator", "expectReplies", "换物业要多少人同意");

        Assert.Contains(seen["messages"]!.AsArray(), message => ((string)message!["text"]!).Contains("依据：《民法典》", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answers_have_the_shape_of_the_librarys_own()
    {
        var cases = (await Peers.RunAsync("botbuilder.mjs", "botbuilder", null, shared.App.Address.ToString())).AsArray().ToDictionary(one => (string)one!["name"]!, one => one!);

        foreach (var (name, one) in cases)
        {
            var (theirs, ours) = (Status(one, "reference"), Status(one, "ours"));
            Assert.True(theirs / 100 == ours / 100, $"{name}: theirs {theirs}, ours {ours}");
        }
        Assert.Equal((501, 501), (Status(cases["invoke"], "reference"), Status(cases["invoke"], "ours")));
        foreach (var name in (string[])["tap", "tap-of-another-kind"])
            foreach (var member in (string[])["statusCode", "type"])
                Assert.Equal(cases[name]["reference"]!["body"]![member]!.ToJsonString(), cases[name]["ours"]!["body"]![member]!.ToJsonString());
        Assert.Equal((string?)cases["tap-of-another-kind"]["reference"]!["body"]!["value"]!["code"], (string?)cases["tap-of-another-kind"]["ours"]!["body"]!["value"]!["code"]);
        foreach (var side in (string[])["reference", "ours"])
        {
            AssertReply(Assert.Single(cases["expect-replies"][side]!["body"]!["activities"]!.AsArray())!, "in-expect-replies", $"{side}:expect-replies", side);
            Assert.Empty(cases["expect-replies"][side]!["calls"]!.AsArray());
            Assert.Equal(["message", "invokeResponse"], cases["tap-replies"][side]!["body"]!["activities"]!.AsArray().Select(activity => (string?)activity!["type"]));
            Assert.Equal((200, 200), InvokeStatus(cases["tap-replies"], side));
            Assert.Equal((501, null), InvokeStatus(cases["invoke-replies"], side));
            foreach (var name in (string[])["message", "join", "tap"])
            {
                var call = Assert.Single(cases[name][side]!["calls"]!.AsArray())!;
                Assert.Equal(("POST", $"/v3/conversations/{side}%3A{name}/activities/in-{name}"), ((string?)call["method"], ((string)call["path"]!).Replace("%3a", "%3A", StringComparison.Ordinal)));
                AssertReply(call["body"]!, $"in-{name}", $"{side}:{name}", side);
            }
            Assert.Empty(cases["typing"][side]!["calls"]!.AsArray());
            Assert.Empty(cases["unknown"][side]!["calls"]!.AsArray());
        }
    }

    private static int Status(JsonNode one, string side) => (int)one[side]!["status"]!;

    /// <summary>Of the invoke's answer, and of the body in it.</summary>
    private static (int Status, int? Inner) InvokeStatus(JsonNode one, string side) =>
        one[side]!["body"]!["activities"]!.AsArray()[^1]!["value"] is { } value ? ((int)value["status"]!, (int?)value["body"]?["statusCode"]) : default;

    private static void AssertReply(JsonNode reply, string answered, string conversation, string side)
    {
        Assert.Equal("message", (string?)reply["type"]);
        Assert.True(((string?)reply["text"])?.Length > 0);
        Assert.Equal(answered, (string?)reply["replyToId"]);
        Assert.Equal(("bot-1", $"user-{side}", conversation), ((string?)reply["from"]!["id"], (string?)reply["recipient"]!["id"], (string?)reply["conversation"]!["id"]));
    }
}
