using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Knowledge.Search;

/// <summary>
/// The fitted numbers (data/ranker.json): weights of the listwise logit in the order of <see cref="Feature"/>, of the scope gate in the order of
/// <see cref="ScopeSignals"/>, of the calibration in the order of <see cref="ConfidenceSignals"/>, and the thresholds of the decision.
/// </summary>
internal sealed record RankerModel
{
    public const int CurrentVersion = 2;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>What it was fitted from, for people.</summary>
    public string FittedFrom { get; init; } = "built in";
    public float[] Ranker { get; init; } = [0, 2, .2f, .3f, 2, 2.5f, 1.5f, .4f, 2.5f, 1.2f];
    public float[] Scope { get; init; } = [.3f, 3.7f, -3, 5, .2f, -2];
    public float[] Confidence { get; init; } = [-.6f, .5f, 1.5f, 1, 1, .4f, 1.5f, -2.5f];

    /// <summary>Weight of <see cref="Answers.Question.Nearness"/>, in logits a unit; without that measure it plays no part.</summary>
    public float Nearness { get; init; } = 2;

    /// <summary>Probability of being out of scope from which a question is refused.</summary>
    public float RefuseAt { get; init; } = .8f;

    /// <summary>Confidence from which the first article is given as the answer.</summary>
    public float AnswerAt { get; init; } = .79f;

    /// <summary>Confidence below which not even a choice is offered.</summary>
    public float ClarifyAt { get; init; } = .13f;

    /// <summary>The built-in numbers when there is no file, or one for another version of the features.</summary>
    public static RankerModel Load(string? path)
    {
        if (path is null || !File.Exists(path))
            return new();
        try
        {
            var model = JsonSerializer.Deserialize(File.ReadAllBytes(path), RankerJson.Default.RankerModel);
            return model is { Version: CurrentVersion } && model.Ranker.Length == SearchIndex.FeatureCount
                && model.Scope.Length == ScopeSignals.Count + 1 && model.Confidence.Length == ConfidenceSignals.Count + 1 ? model : new();
        }
        catch (JsonException)
        {
            return new();
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, RankerJson.Default.RankerModel) + "\n";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(RankerModel))]
internal sealed partial class RankerJson : JsonSerializerContext;
