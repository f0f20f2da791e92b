using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeChat;

/// <summary>Published servers of official accounts take the double's pushes for the vendor's, and the double reads their answers: what ours is measured by is sound.</summary>
public sealed class PublishedServersTests
{
    [Theory]
    [InlineData("middleware", WeChatMode.Plain, "业委会怎么成立 <b>&")]      // it writes ]]> as it is, and its followers read nothing
    [InlineData("middleware", WeChatMode.Safe, "业委会怎么成立 <b>&")]
    [InlineData("easywechat", WeChatMode.Safe, "业委会怎么成立 <b>&")]
    public async Task A_published_server_hears_the_double_and_is_understood(string server, WeChatMode mode, string text)
    {
        await using var vendor = await WeChatServer.StartAsync(TimeProvider.System, mode);
        await using var peer = await PeerServer.StartAsync("wechat-server.mjs", "wechat", vendor.AppId, vendor.Token, vendor.EncodingAesKey, vendor.AppSecret);
        vendor.Callback = new(peer.Address, "/" + server);
        vendor.Patience = TimeSpan.FromSeconds(60);

        var pushed = await vendor.SayAsync("oOwner001", text);

        Assert.True(pushed == new WeChatPushed(1, 200), $"{pushed}: {peer.Errors}");
        Assert.Equal([(WeChatWay.Passive, $"{server}: {text}")], vendor.Ledger("oOwner001").Select(read => (read.Way, read.Text)));
    }
}
