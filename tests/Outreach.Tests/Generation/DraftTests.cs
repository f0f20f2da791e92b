using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Tests.Channels.WebChat;

namespace Outreach.Tests.Generation;

public sealed class DraftTests
{
    [Fact]
    public async Task An_open_page_sees_the_answer_grow_and_then_gets_it_as_it_is_stored()
    {
        await using var server = await ModelServer.StartAsync();
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?>
        {
            ["Generation:Provider"] = "OpenAI",
            ["Generation:Endpoint"] = server.OpenAIEndpoint,
            ["Generation:Key"] = server.Key,
            ["Generation:ChatModel"] = "chat",
            ["Generation:Timeout"] = "00:00:20",
            ["Generation:AttemptTimeout"] = "00:00:20",
        });
        using var client = await DirectLineClient.OpenAsync(app);
        using var socket = await client.ConnectAsync();

        await client.SayAsync("换物业要多少人同意");
        var drafts = new List<string>();
        string? answer = null;
        while (answer is null && await socket.NextAsync(Typing.Shown) is { } activity)
        {
            if ((string?)activity["type"] == "typing" && (string?)activity["text"] is { } draft)
                drafts.Add(draft);
            else if ((string?)activity["type"] == "message" && (string?)activity["from"]!["role"] == "bot" && ((string?)activity["text"])!.Contains(Says.Reworded, StringComparison.Ordinal))
                answer = (string?)activity["text"];
        }

        Assert.True(drafts.Count > 1);
        Assert.All(drafts, draft => Assert.StartsWith(draft, answer, StringComparison.Ordinal));
        Assert.True(Assert.Single(server.Chats).Streamed);
        var (stored, _) = await client.PollAsync();
        Assert.Contains(stored, activity => (string?)activity["text"] == answer);
    }
}
