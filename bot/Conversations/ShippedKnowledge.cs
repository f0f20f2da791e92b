using Outreach.Knowledge.Articles;

namespace Outreach.Conversations;

/// <summary>The knowledge base that came with the program, read on a thread of its own while the host is built: until then the other cores have nothing to do.</summary>
internal sealed class ShippedKnowledge
{
    private readonly Task<KnowledgeBase> _reading = Task.Factory.StartNew(
        () => KnowledgeBase.Load(AppContext.BaseDirectory), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private ShippedKnowledge()
    {
    }

    /// <summary>Waits until it is read. Fails as <see cref="KnowledgeBase.Load"/> does.</summary>
    public KnowledgeBase Knowledge => _reading.GetAwaiter().GetResult();

    public static ShippedKnowledge Read() => new();
}
