using System.Globalization;
using Outreach.Conversations;
using StackExchange.Redis;

namespace Outreach.Operations;

/// <summary>
/// Passes the nudges of <see cref="MessageFeed"/> between the nodes of a cluster, many in one message. A lost one loses nothing: an open stream looks at the rows by itself
/// at every keep-alive.
/// </summary>
internal sealed partial class ClusterFeed(ClusterSettings cluster, MessageFeed feed, ILogger<ClusterFeed> logger) : BackgroundService
{
    private const int MostInOne = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = ConfigurationOptions.Parse(cluster.Redis!);
        options.AbortOnConnectFail = false;     // it connects as soon as it can
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        var channel = RedisChannel.Literal($"outreach/{cluster.Name}/messages");
        await redis.GetSubscriber().SubscribeAsync(channel, (_, news) => Hear((string?)news ?? ""));
        var news = feed.PassOn();
        var ids = new List<long>(MostInOne);
        while (await news.WaitToReadAsync(stoppingToken))
        {
            ids.Clear();
            while (ids.Count < MostInOne && news.TryRead(out var id))
                ids.Add(id);
            try
            {
                await redis.GetSubscriber().PublishAsync(channel, string.Join(',', ids.Distinct()));
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                NotPassedOn(e);
            }
        }
    }

    private void Hear(string ids)
    {
        foreach (var text in ids.Split(','))
            if (long.TryParse(text, CultureInfo.InvariantCulture, out var id))
                feed.Nudge(id);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The other nodes could not be told of new messages; open chats there show them at their next look")]
    private partial void NotPassedOn(Exception exception);
}
