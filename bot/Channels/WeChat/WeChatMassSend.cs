using Outreach.Activities;

namespace Outreach.Channels.WeChat;

/// <summary>
/// The mass send 群发: to a list of followers, or to a tag that is made for it (公众号 know no lists, and a list has two followers at least). The vendor remembers
/// <c>clientmsgid</c> for a day; what became of it comes later as an event.
/// </summary>
internal sealed class WeChatMassSend(WeChatApi api)
{
    private const int Tagged = 50;      // followers a call

    /// <param name="key">At most 64 bytes.</param>
    public Task<SendResult> SendAsync(WeChatAccount account, IReadOnlyList<string> openIds, string text, string key, CancellationToken cancellationToken) =>
        account.Options.Notices.Mass == WeChatMassKind.Tag || openIds.Count == 1
            ? ByTagAsync(account, openIds, text, key, cancellationToken)
            : api.PostAsync(account, "/cgi-bin/message/mass/send", new MassToList(openIds, "text", new(text), key), WeChatJson.Wire.MassToList, cancellationToken);

    private async Task<SendResult> ByTagAsync(WeChatAccount account, IReadOnlyList<string> openIds, string text, string key, CancellationToken cancellationToken)
    {
        var name = "通知" + ChannelInbox.KeyOf(key)[..20];
        var (made, answer) = await api.AskAsync(account, "/cgi-bin/tags/create", new TagToMake(new(name)), WeChatJson.Wire.TagToMake, WeChatJson.Wire.TagMade, cancellationToken);
        if (answer?.Tag is not { Id: var tag })
            return BeforeSending(made);
        try
        {
            foreach (var some in openIds.Chunk(Tagged))
                if (await api.PostAsync(account, "/cgi-bin/tags/members/batchtagging", new Tagging(some, tag), WeChatJson.Wire.Tagging, cancellationToken)
                    is { Class: not SendClass.Ok } refused)
                    return BeforeSending(refused);
            return await api.PostAsync(account, "/cgi-bin/message/mass/sendall", new MassToTag(new(false, tag), "text", new(text), key), WeChatJson.Wire.MassToTag, cancellationToken);
        }
        finally
        {
            // An account has a hundred tags; whom the send means was settled when it was taken.
            await api.PostAsync(account, "/cgi-bin/tags/delete", new TagToRemove(new(tag)), WeChatJson.Wire.TagToRemove, CancellationToken.None);
        }
    }

    /// <summary>Nothing of the message was written: no doubt is left.</summary>
    private static SendResult BeforeSending(SendResult result) => result.Class switch
    {
        SendClass.AmbiguousSent => result with { Class = SendClass.Transient },
        SendClass.RecipientGone => new(SendClass.Transient, VendorCode: result.VendorCode),      // one of fifty; the next try asks again
        SendClass.Ok => new(SendClass.Transient, VendorCode: "tag"),
        _ => result,
    };
}
