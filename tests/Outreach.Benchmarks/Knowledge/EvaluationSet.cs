using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Benchmarks.Knowledge;

/// <summary>One line of evaluation.jsonl; its README says what the fields mean.</summary>
internal sealed record EvaluationQuestion(
    string Id, string Text, string Kind, string Scope, IReadOnlyList<string> Articles, IReadOnlyList<string> Citations, IReadOnlyList<string> Facts, string Lexical, string Half);

/// <summary>One line of dialogues.jsonl.</summary>
internal sealed record EvaluationDialogue(string Id, IReadOnlyList<EvaluationTurn> Turns, string Half);

internal sealed record EvaluationTurn(string Text, string Kind, IReadOnlyList<string> Articles, IReadOnlyList<string> Facts);

internal static class EvaluationSet
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Knowledge");

    public static IReadOnlyList<EvaluationQuestion> Questions() =>
        [.. Lines("evaluation.jsonl").Select(line => JsonSerializer.Deserialize(line, EvaluationJson.Default.EvaluationQuestion)!)];

    public static IReadOnlyList<EvaluationDialogue> Dialogues() =>
        [.. Lines("dialogues.jsonl").Select(line => JsonSerializer.Deserialize(line, EvaluationJson.Default.EvaluationDialogue)!)];

    private static IEnumerable<string> Lines(string file) => File.ReadLines(Path.Combine(Folder, file)).Where(line => line.Length > 0);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EvaluationQuestion))]
[JsonSerializable(typeof(EvaluationDialogue))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
