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
        await redis.GetSubscriber().SubscribeAsync(channel, (_, keys) => Hear((string?)keys ?? ""));
        var news = feed.PassOn();
        var keys = new List<string>(MostInOne);
        while (await news.WaitToReadAsync(stoppingToken))
        {
            keys.Clear();
            while (keys.Count < MostInOne && news.TryRead(out var key))
                keys.Add(key);
            try
            {
                await redis.GetSubscriber().PublishAsync(channel, string.Join(',', keys.Distinct()));
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                NotPassedOn(e);
            }
        }
    }

    private void Hear(string keys)
    {
        foreach (var key in keys.Split(','))
            feed.Nudge(key);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The other nodes could not be told of new messages; open chats there show them at their next look")]
    private partial void NotPassedOn(Exception exception);
}
