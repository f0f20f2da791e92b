using System.Globalization;
using Lucene.Net.Analysis.Cjk;
using Lucene.Net.Documents;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Search.Similarities;
using Lucene.Net.Store;
using Lucene.Net.Util;
using Outreach.Knowledge.Articles;

namespace Outreach.Benchmarks.Knowledge;

/// <summary>The peer: Lucene.Net with its CJKAnalyzer and BM25 over the same three fields.</summary>
internal sealed class LucenePeer : IDisposable
{
    private const LuceneVersion Version = LuceneVersion.LUCENE_48;
    private static readonly string[] Fields = ["question", "variants", "body"];
    private readonly RAMDirectory _directory = new();
    private readonly CJKAnalyzer _analyzer = new(Version);
    private readonly DirectoryReader _reader;
    private readonly IndexSearcher _searcher;

    public LucenePeer(IEnumerable<Article> articles)
    {
        using (var writer = new IndexWriter(_directory, new IndexWriterConfig(Version, _analyzer) { Similarity = new BM25Similarity() }))
            foreach (var article in articles)
                writer.AddDocument(
                [
                    new StringField("id", article.Id, Field.Store.YES),
                    new TextField("question", article.Question, Field.Store.NO),
                    new TextField("variants", string.Join('\n', article.Variants), Field.Store.NO),
                    new TextField("body", article.Body, Field.Store.NO),
                ]);
        _reader = DirectoryReader.Open(_directory);
        _searcher = new(_reader) { Similarity = new BM25Similarity() };
    }

    /// <summary>Ids of the best articles, best first.</summary>
    public IReadOnlyList<string> Search(string text, int count)
    {
        var query = new BooleanQuery();
        foreach (var field in Fields)
        {
            using var stream = _analyzer.GetTokenStream(field, text);
            var term = stream.AddAttribute<Lucene.Net.Analysis.TokenAttributes.ICharTermAttribute>();
            stream.Reset();
            while (stream.IncrementToken())
                if (query.Clauses.Count < BooleanQuery.MaxClauseCount)
                    query.Add(new TermQuery(new Term(field, term.ToString())), Occur.SHOULD);
            stream.End();
        }

        return [.. _searcher.Search(query, count).ScoreDocs.Select(hit => _searcher.Doc(hit.Doc).Get("id", CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        _reader.Dispose();
        _analyzer.Dispose();
        _directory.Dispose();
    }
}
