using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;

namespace Outreach.Channels.WebChat;

/// <summary>The open sockets of this process: one a conversation, a newer one wins and the older is closed with the reason <c>collision</c>.</summary>
internal sealed class StreamHub
{
    private readonly ConcurrentDictionary<string, OpenStream> _open = new(StringComparer.Ordinal);

    public OpenStream Open(string conversationId, WebSocket socket)
    {
        var stream = new OpenStream(this, conversationId, socket);
        OpenStream? older = null;
        _open.AddOrUpdate(conversationId, stream, (_, existing) =>
        {
            older = existing;
            return stream;
        });
        older?.Collide();
        return stream;
    }

    public OpenStream? Find(string conversationId) => _open.GetValueOrDefault(conversationId);

    internal sealed class OpenStream(StreamHub hub, string conversationId, WebSocket socket) : IDisposable
    {
        private readonly SemaphoreSlim _sending = new(1, 1);
        private readonly CancellationTokenSource _collision = new();

        /// <summary>Cancelled when a newer stream of the same conversation opened.</summary>
        public CancellationToken Collided => _collision.Token;

        public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            await _sending.WaitAsync(cancellationToken);
            try
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
            finally
            {
                _sending.Release();
            }
        }

        public Task SendAsync(string frame, CancellationToken cancellationToken) => SendAsync(Encoding.UTF8.GetBytes(frame), cancellationToken);

        internal void Collide()
        {
            try
            {
                _collision.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Closed by itself just now.
            }
        }

        public void Dispose()
        {
            hub._open.TryRemove(KeyValuePair.Create(conversationId, this));
            _collision.Dispose();
            _sending.Dispose();
        }
    }
}
