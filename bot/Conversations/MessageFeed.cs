using System.Collections.Concurrent;

namespace Outreach.Conversations;

/// <summary>Tells the open streams of this node that a conversation has new rows. Only a nudge: who listens reads the rows, so a lost nudge loses nothing.</summary>
public sealed class MessageFeed
{
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<Listener, byte>> _listeners = new();

    public void Publish(long conversationId)
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
