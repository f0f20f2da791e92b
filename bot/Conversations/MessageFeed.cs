using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;

namespace Outreach.Conversations;

/// <summary>Tells the open streams that a conversation has new rows. Only a nudge: who listens reads the rows, so a lost nudge loses nothing.</summary>
public sealed class MessageFeed
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Listener, byte>> _listeners = new(StringComparer.Ordinal);

    private Channel<string>? _elsewhere;

    public void Publish(long conversationId) => Publish(conversationId.ToString(CultureInfo.InvariantCulture));

    /// <param name="key">What a channel calls a conversation that may have no row yet, such as <c>webchat/…</c>; no comma.</param>
    public void Publish(string key)
    {
        Nudge(key);
        _elsewhere?.Writer.TryWrite(key);
    }

    /// <summary>What is published from now on, for the other nodes. The newest is dropped where nobody reads.</summary>
    internal ChannelReader<string> PassOn() => (_elsewhere = Channel.CreateBounded<string>(new BoundedChannelOptions(100_000) { FullMode = BoundedChannelFullMode.DropWrite })).Reader;

    /// <summary>As <see cref="Publish(string)"/>, on this node alone.</summary>
    internal void Nudge(string key)
    {
        if (_listeners.TryGetValue(key, out var here))
            foreach (var listener in here.Keys)
                listener.Nudge();
    }

    public Listener Listen(long conversationId) => Listen(conversationId.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Publish(string)"/>
    public Listener Listen(string key)
    {
        var listener = new Listener(this, key);
        _listeners.GetOrAdd(key, _ => new())[listener] = 0;
        return listener;
    }

    public sealed class Listener(MessageFeed feed, string key) : IDisposable
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
            if (feed._listeners.TryGetValue(key, out var here))
            {
                here.TryRemove(this, out _);
                if (here.IsEmpty)
                    feed._listeners.TryRemove(key, out _);
            }
            _news.Dispose();
        }
    }
}
