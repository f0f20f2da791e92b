using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Outreach.Conversations;

/// <summary>Tells the open streams that a conversation has new rows. Only a nudge: who listens reads the rows, so a lost nudge loses nothing.</summary>
public sealed class MessageFeed
{
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<Listener, byte>> _listeners = new();

    private Channel<long>? _elsewhere;

    public void Publish(long conversationId)
    {
        Nudge(conversationId);
        _elsewhere?.Writer.TryWrite(conversationId);
    }

    /// <summary>What is published from now on, for the other nodes. The newest is dropped where nobody reads.</summary>
    internal ChannelReader<long> PassOn() => (_elsewhere = Channel.CreateBounded<long>(new BoundedChannelOptions(100_000) { FullMode = BoundedChannelFullMode.DropWrite })).Reader;

    /// <summary>As <see cref="Publish"/>, on this node alone.</summary>
    internal void Nudge(long conversationId)
    {
        if (_listeners.TryGetValue(conversationId, out var here))
            foreach (var listener in here.Keys)
                listener.Nudge();
    }

    public Listener Listen(long conversationId)
    {
        var listener = new Listener(this, conversationId);
        _listeners.GetOrAdd(conversationId, _ => new())[listener] = 0;
        return listener;
    }

    public sealed class Listener(MessageFeed feed, long conversationId) : IDisposable
    {
        private readonly SemaphoreSlim _news = new(0, 1);

        /// <summary>Waits for the next nudge or until the time is over, then look for rows either way.</summary>
        public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _news.WaitAsync(atMost, cancellationToken);

        internal void Nudge()
        {
            try
            {
                _news.Release();
            }
            catch (SemaphoreFullException)
            {
                // A nudge is already waiting; the listener will see every row.
            }
        }

        public void Dispose()
        {
            if (feed._listeners.TryGetValue(conversationId, out var here))
            {
                here.TryRemove(this, out _);
                if (here.IsEmpty)
                    feed._listeners.TryRemove(conversationId, out _);
            }
            _news.Dispose();
        }
    }
}
