using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Outreach.Doubles;
using Outreach.Generation;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.Tests.Generation;

public sealed class EmbeddingTests(ModelRooms rooms) : IClassFixture<ModelRooms>
{
    [Theory]
    [InlineData("OpenAI", false)]
    [InlineData("OpenAI", true)]
    [InlineData("Azure", false)]
    public async Task Articles_are_embedded_once_and_then_read_from_disk(string provider, bool asBase64)
    {
        await using var azure = provider == "Azure" ? await ModelScene.StartAsync(("Provider", "Azure"), ("Endpoint", "{azure}"), ("ChatModel", ""), ("EmbeddingModel", "embed")) : null;
        var scene = azure ?? rooms.Scene;
        scene.Server.PrefersBase64 = asBase64;
        var vectors = Fresh(scene);

        Assert.True(await vectors.CompleteAsync(TestContext.Current.CancellationToken));
        var asked = scene.Server.Embeddings.Count;
        Assert.True(await vectors.CompleteAsync(TestContext.Current.CancellationToken));
        var nearness = await vectors.NearnessAsync("没交回选票能算同意吗", TestContext.Current.CancellationToken);

        Assert.True(asked > 0);
        Assert.Equal(asked + 1, scene.Server.Embeddings.Count);     // the question alone
        Assert.Equal(scene.Rooms.Get<KnowledgeBase>().Find("counting.not-returned")!.Id, scene.Rooms.Get<KnowledgeBase>().Articles.MaxBy(a => nearness!(a.Id))!.Id);
    }

    [Fact]
    public async Task A_damaged_file_is_made_anew()
    {
        var scene = rooms.Scene;
        var vectors = Fresh(scene);
        await vectors.CompleteAsync(TestContext.Current.CancellationToken);
        var whole = await File.ReadAllBytesAsync(vectors.Path, TestContext.Current.CancellationToken);
        var asked = scene.Server.Embeddings.Count;
        whole[whole.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(vectors.Path, whole, TestContext.Current.CancellationToken);

        Assert.True(await vectors.CompleteAsync(TestContext.Current.CancellationToken));

        Assert.Equal(asked * 2, scene.Server.Embeddings.Count);
        whole[whole.Length / 2] ^= 1;
        Assert.Equal(whole, await File.ReadAllBytesAsync(vectors.Path, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(-1)]
    public void A_file_cut_short_counts_as_none(int length)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("vectors").FullName, "embeddings.bin");
        VectorFile.Write(path, "m", new Dictionary<string, float[]> { [Convert.ToHexString(VectorFile.KeyOf("一"))] = [1, 2, 3] });
        Assert.Equal([1f, 2, 3], VectorFile.Read(path, "m").Single().Value);
        Assert.Empty(VectorFile.Read(path, "another"));

        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(length < 0 ? bytes.Length - 1 : length)]);

        Assert.Empty(VectorFile.Read(path, "m"));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory]
    [InlineData(ModelMood.Broken)]
    [InlineData(ModelMood.OneTooFew)]
    [InlineData(ModelMood.BrokenJson)]
    public async Task Until_every_article_has_its_vectors_the_ranking_goes_without(ModelMood mood)
    {
        var scene = rooms.Scene;
        scene.Server.Mood = mood;
        var vectors = Fresh(scene);

        Assert.False(await vectors.CompleteAsync(TestContext.Current.CancellationToken));
        Assert.Null(await vectors.NearnessAsync("没交回选票能算同意吗", TestContext.Current.CancellationToken));

        scene.Server.Mood = ModelMood.Well;
        Assert.True(await vectors.CompleteAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_vector_of_another_length_is_not_compared_and_three_of_them_mean_another_model()
    {
        var scene = rooms.Scene;
        var vectors = Fresh(scene);
        await vectors.CompleteAsync(TestContext.Current.CancellationToken);
        scene.Server.Mood = ModelMood.OtherLength;

        for (var i = 0; i < 3; i++)
        {
            Assert.True(vectors.AreReady);
            Assert.Null(await vectors.NearnessAsync("没交回选票能算同意吗", TestContext.Current.CancellationToken));
        }

        Assert.False(vectors.AreReady);
        Assert.True(await vectors.CompleteAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(await vectors.NearnessAsync("没交回选票能算同意吗", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_slow_embedding_holds_up_no_answer()
    {
        await using var scene = await ModelScene.StartAsync(("ChatModel", ""), ("EmbeddingModel", "embed"), ("EmbeddingTimeout", "00:00:00.2"));
        await scene.Rooms.Get<ArticleVectors>().CompleteAsync(TestContext.Current.CancellationToken);
        scene.Server.Mood = ModelMood.Slow;

        Assert.NotEmpty((await scene.AskAsync("票的事")).Text);
    }

    /// <summary>Vectors that nobody has read or asked for yet.</summary>
    private static ArticleVectors Fresh(ModelScene scene)
    {
        var services = scene.Rooms;
        var vectors = new ArticleVectors(services.Get<ModelSwitch>(), services.Get<ModelCalls>(), services.Get<ServingKnowledge>(), services.Get<StorageFiles>(),
            services.Get<IOptions<GenerationOptions>>(), services.Get<ILogger<ArticleVectors>>());
        File.Delete(vectors.Path);
        return vectors;
    }
}
