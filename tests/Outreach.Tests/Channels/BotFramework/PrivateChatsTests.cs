using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.BotFramework;

/// <summary>Conversations of apps that do not say whether others read them: their members decide.</summary>
[Collection(CalledBackApps.Name)]
public sealed class PrivateChatsTests(CalledBack shared)
{
    private readonly string _conversation = $"c:{Guid.NewGuid():N}";
    private readonly string _user = $"u:{Guid.NewGuid():N}";
    private readonly string _other = $"u:{Guid.NewGuid():N}";
    private int _said;

    [Theory]
    [InlineData("msteams")]
    [InlineData("slack")]       // all at once
    [InlineData("telegram")]    // page by page
    public async Task A_group_that_does_not_say_so_is_told_to_write_alone(string channel)
    {
        shared.Connector.WithoutPages.Add("slack");
        shared.Connector.Seat(_conversation, _other);
        shared.Connector.MostMembersAPage = 1;
        try
        {
            foreach (var text in (string[])["我家501漏水", "换物业要多少人同意"])
                Assert.Equal(HttpStatusCode.OK, await DeliverAsync(Message(channel, _user, text)));
        }
        finally
        {
            shared.Connector.MostMembersAPage = 500;
        }

        Assert.Contains("私聊", Assert.Single(shared.Connector.Ledger(_conversation)).Text, StringComparison.Ordinal);
        Assert.Null(await shared.FindAsync(_conversation));
        Assert.Equal(channel switch { "msteams" => 2, "slack" => 1, _ => 3 }, shared.Connector.RosterReads(_conversation));      // the bot, the person, the other; asked once
    }

    [Fact]
    public async Task A_tap_in_a_group_that_does_not_say_so_is_no_turn()
    {
        shared.Connector.Seat(_conversation, _other);
        var tap = Message("telegram", _user, null);
        (tap["type"], tap["name"]) = ("invoke", "adaptiveCard/action");
        tap["value"] = new JsonObject { ["action"] = new JsonObject { ["type"] = "Action.Execute", ["data"] = new JsonObject { ["say"] = "同意" } } };

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, tap);

        Assert.Contains("私聊", await answer.Content.ReadAsStringAsync(CalledBack.Stop), StringComparison.Ordinal);
        Assert.Null(await shared.FindAsync(_conversation));
    }

    [Theory]
    [InlineData(VendorFault.None)]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    public async Task One_person_alone_is_answered_and_the_members_are_read_once(VendorFault fault)
    {
        shared.Connector.Faults.Next(fault);
        foreach (var text in (string[])["换物业要多少人同意", "谢谢"])
            Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync(Message("telegram", _user, text)));
        await CalledBack.UntilAsync(() => shared.Connector.Ledger(_conversation).Count == 2, "two answers");

        Assert.Contains("依据：《", shared.Connector.Ledger(_conversation)[0].Text, StringComparison.Ordinal);
        Assert.Equal(fault == VendorFault.None ? 1 : 2, shared.Connector.RosterReads(_conversation));
    }

    [Theory]
    [InlineData("message")]
    [InlineData("conversationUpdate")]
    public async Task A_chat_that_somebody_else_joins_becomes_a_group_and_gets_no_notices(string type)
    {
        Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync(Message("telegram", _user, "谢谢")));
        await shared.UntilSentAsync(_conversation);
        Assert.Null(await UnreachableAsync());
        shared.Connector.Seat(_conversation, _user);
        var joins = Message("telegram", _other, "大家好");
        if (type == "conversationUpdate")
        {
            joins["type"] = type;
            joins["membersAdded"] = new JsonArray(new JsonObject { ["id"] = _other });
        }

        Assert.Equal(HttpStatusCode.OK, await DeliverAsync(joins));

        Assert.NotNull(await UnreachableAsync());
        Assert.Equal(HttpStatusCode.OK, await DeliverAsync(Message("telegram", _user, "我的资料")));
        Assert.Equal(2, (await shared.MessagesAsync(_conversation)).Count);
        Assert.Contains("私聊", Assert.Single(shared.Connector.Ledger(_conversation).Skip(1)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_that_shows_no_members_is_believed()
    {
        shared.Connector.WithoutMembers.Add("line");

        Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync(Message("line", _user, "谢谢")));

        await CalledBack.UntilAsync(() => shared.Connector.Ledger(_conversation).Count == 1, "the answer");
    }

    [Fact]
    public async Task Where_the_members_cannot_be_read_now_the_message_is_to_be_delivered_again()
    {
        shared.Connector.Faults.Next(VendorFault.TooMany);
        var message = Message("telegram", _user, "换物业要多少人同意");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await DeliverAsync(message));
        Assert.Null(await shared.FindAsync(_conversation));
        Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync(message));

        await CalledBack.UntilAsync(() => shared.Connector.Ledger(_conversation).Count == 1, "the answer");
    }

    [Theory]
    [InlineData("personal", null)]
    [InlineData(null, false)]
    public async Task A_chat_that_says_that_it_is_private_is_not_asked_about(string? type, bool? isGroup)
    {
        var message = Message("telegram", _user, "谢谢");
        if (type is not null)
            message["conversation"]!["conversationType"] = type;
        if (isGroup is not null)
            message["conversation"]!["isGroup"] = isGroup;

        Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync(message));

        Assert.Equal(0, shared.Connector.RosterReads(_conversation));
    }

    [Fact]
    public async Task Microsofts_client_reads_the_same_members_from_the_double()
    {
        var connector = shared.Connector;
        var bot = connector.Open(_conversation, _user, "telegram");
        connector.Seat(_conversation, _other);
        using var http = new HttpClient();
        using var lent = await http.PostAsync(connector.TokenEndpoint, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = connector.AppId,
            ["client_secret"] = connector.AppPassword,
            ["scope"] = ConnectorServer.Issuer + "/.default",
        }), CalledBack.Stop);
        var token = (string)(await lent.Content.ReadFromJsonAsync<JsonObject>(CalledBack.Stop))!["access_token"]!;

        var read = await Peers.RunAsync("connector-members.mjs", "botframework-connector", null, connector.ServiceUrl, token, _conversation, "2");

        Assert.Equal($$"""{"all":["{{bot}}","{{_user}}","{{_other}}"],"pages":[["{{bot}}","{{_user}}"],["{{_other}}"]]}""", read.ToJsonString());
    }

    private async Task<DateTimeOffset?> UnreachableAsync()
    {
        await using var db = shared.Open();
        return await db.Contacts.Where(c => c.UserId == _user).Select(c => c.UnreachableSince).SingleAsync(CalledBack.Stop);
    }

    private async Task<HttpStatusCode> DeliverAsync(JsonObject activity)
    {
        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);
        return answer.StatusCode;
    }

    /// <summary>Says nothing of who reads it.</summary>
    private JsonObject Message(string channel, string user, string? text)
    {
        var activity = shared.Connector.Activity(channel, _conversation, user, $"in-{++_said}", text);
        activity["conversation"]!.AsObject().Remove("conversationType");
        return activity;
    }
}
