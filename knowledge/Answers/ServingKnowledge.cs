using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Answers;

/// <summary>
/// The knowledge that serves now and the answerer over it: the shipped files, and over them what staff have published and taught. Both are exchanged together and at once;
/// a question that is being answered ends with what it began with. Safe for many threads.
/// </summary>
public sealed class ServingKnowledge(KnowledgeBase shipped)
{
    private volatile Served _now = new(shipped, new(shipped));

    /// <summary>What came with the program.</summary>
    public KnowledgeBase Shipped => shipped;
    public KnowledgeBase Knowledge => _now.Knowledge;
    public Answerer Answerer => _now.Answerer;

    /// <summary>Lays these articles and examples over the shipped ones, in place of all that lay there before. Takes as long as reading the knowledge base at the start.</summary>
    /// <param name="taught">What staff called not ours.</param>
    public void Serve(IReadOnlyList<Article> published, IReadOnlyList<OutOfScopeGroup> taught)
    {
        var knowledge = published.Count == 0 ? shipped : shipped.With(published);
        if (taught.Count > 0)
            knowledge = knowledge.WithTaught(taught);
        _now = new(knowledge, new(knowledge));
    }

    private sealed record Served(KnowledgeBase Knowledge, Answerer Answerer);
}
