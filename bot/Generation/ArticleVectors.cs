using System.Collections.Frozen;
using System.Numerics;
using Microsoft.Extensions.Options;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.Generation;

/// <summary>
/// Embeddings of all articles: two an article, its question and its variants together. They are used only when every article has its own, because a ranking
/// that knows the nearness of some would favour or harm just those.
/// </summary>
internal sealed partial class ArticleVectors(
    ModelSwitch model, ModelCalls calls, ServingKnowledge serving, StorageFiles files, IOptions<GenerationOptions> options, ILogger<ArticleVectors> logger)
{
    private const int Batch = 32;
    private const int LongestText = 600;      // characters; what is cut off repeats what stands before it

    private const int MisfitsUntilAnew = 3;   // one odd answer is not a new model

    private int _misfits;
    private volatile Known? _known;

    /// <summary>Whether every article that serves now has its own; articles that staff publish are embedded within minutes.</summary>
    public bool AreReady => _known?.Of == serving.Knowledge;

    public string Path => System.IO.Path.Combine(files.DatabaseFolder, "embeddings.bin");

    /// <summary>Takes from the file what is there, asks the model for the rest, and writes the file anew. False: some are missing still; call again later.</summary>
    public async Task<bool> CompleteAsync(CancellationToken cancellationToken)
    {
        var knowledge = serving.Knowledge;
        var texts = knowledge.Articles.SelectMany(TextsOf).Distinct(StringComparer.Ordinal).ToDictionary(text => Convert.ToHexString(VectorFile.KeyOf(text)), StringComparer.Ordinal);
        var vectors = VectorFile.Read(Path, options.Value.EmbeddingModel);
        var size = vectors.Count == 0 ? 0 : vectors.Values.First().Length;
        var kept = vectors.Where(pair => texts.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal);
        var missing = texts.Where(pair => !kept.ContainsKey(pair.Key)).ToList();
        var isWhole = true;
        foreach (var batch in missing.Chunk(Batch))
        {
            var embedded = await calls.EmbedAsync(ModelPurpose.EmbedArticles, [.. batch.Select(pair => pair.Value)], cancellationToken);
            if (embedded.Outcome != CallOutcome.Done)
            {
                isWhole = false;
                break;
            }
            if (size != 0 && embedded.Vectors[0].Length != size)
            {
                // The model behind the name is another one now: nothing of before fits any more.
                OtherLength(size, embedded.Vectors[0].Length);
                kept.Clear();
                isWhole = false;
            }
            size = embedded.Vectors[0].Length;
            for (var i = 0; i < batch.Length; i++)
                kept[batch[i].Key] = embedded.Vectors[i];
        }
        if (missing.Count > 0 || kept.Count != vectors.Count)
            Save(kept);
        if (isWhole && kept.Count == texts.Count)
            _known = new(knowledge, knowledge.Articles.ToFrozenDictionary(article => article.Id, article => TextsOf(article).Select(text => kept[Convert.ToHexString(VectorFile.KeyOf(text))]).ToArray(), StringComparer.Ordinal));
        return AreReady;
    }

    /// <summary>How near each article is to a question; null: not known, because the vectors are not there or the model does not answer in time.</summary>
    /// <param name="question">The owner's words, already redacted.</param>
    public async Task<Func<string, float>?> NearnessAsync(string question, CancellationToken cancellationToken)
    {
        if (!model.CanEmbed || _known is not { ByArticle: var byArticle } known || known.Of != serving.Knowledge)
            return null;
        var embedded = await calls.EmbedAsync(ModelPurpose.EmbedQuestion, [Cut(question)], cancellationToken);
        if (embedded.Outcome != CallOutcome.Done)
            return null;
        var vector = embedded.Vectors[0];
        if (byArticle.Values.FirstOrDefault() is { } some && some[0].Length != vector.Length)
        {
            OtherLength(some[0].Length, vector.Length);
            if (Interlocked.Increment(ref _misfits) >= MisfitsUntilAnew)
                Forget();
            return null;
        }
        _misfits = 0;
        return id => byArticle.TryGetValue(id, out var vectors) ? vectors.Max(other => Dot(vector, other)) : 0;
    }

    /// <summary>The model behind the name is another one: everything is to be embedded anew.</summary>
    private void Forget()
    {
        _known = null;
        _misfits = 0;
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotSaved(e);
        }
    }

    private sealed record Known(KnowledgeBase Of, FrozenDictionary<string, float[][]> ByArticle);

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
            sums += new Vector<float>(left[i..]) * new Vector<float>(right[i..]);
        var sum = Vector.Sum(sums);
        for (; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    private static IEnumerable<string> TextsOf(Article article) => [Cut(article.Question), Cut(string.Join('\n', article.Variants.Prepend(article.Question)))];

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText];

    private void Save(Dictionary<string, float[]> vectors)
    {
        try
        {
            VectorFile.Write(Path, options.Value.EmbeddingModel, vectors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotSaved(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Embeddings have {New} numbers now, and had {Old}: the ranking goes without until all are of one length")]
    private partial void OtherLength(int old, int @new);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embeddings could not be written to disk; the next start asks the model again")]
    private partial void NotSaved(Exception exception);
}

/// <summary>Brings the embeddings of the articles up to date after the start, patiently.</summary>
internal sealed class EmbedArticles(ModelSwitch model, ArticleVectors vectors, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!model.CanEmbed)
            return;
        await Task.Yield();     // the start does not wait for this
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            if (!vectors.AreReady)
                await vectors.CompleteAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
