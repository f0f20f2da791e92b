using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Knowledge;

/// <summary>The small knowledge base of testdata/knowledge, and throw-away folders for broken ones.</summary>
internal static class TestKnowledge
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "testdata", "knowledge");

    public static KnowledgeBase Small { get; } = KnowledgeBase.Load(Folder);

    public static Answerer Answerer { get; } = new(Small);

    /// <summary>A copy of the small knowledge base with some files replaced or added; deleted by <see cref="Copy.Dispose"/>.</summary>
    public static Copy With(params (string Path, string Text)[] files)
    {
        var folder = Directory.CreateTempSubdirectory("knowledge").FullName;
        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        foreach (var (path, text) in files)
        {
            var target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text);
        }

        return new(folder);
    }

    public static string ArticleText(string id, string variants = "[一一, 二二, 三三, 四四, 五五, 六六]", string citations = "[民法典/278]", string more = "", string body = "可以。") =>
        $"---\nid: {id}\nquestion: 这是什么问题？\nvariants: {variants}\ncitations: {citations}\nverified: {{ on: 2026-11-24, by: 开发核对 }}\n{more}---\n{body}\n";

    internal sealed record Copy(string Folder) : IDisposable
    {
        public KnowledgeBase Load() => KnowledgeBase.Load(Folder);

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
