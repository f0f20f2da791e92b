using YamlDotNet.RepresentationModel;

namespace Outreach.Conversations;

/// <param name="Text">As people type it.</param>
/// <param name="Intent">What it wants.</param>
internal readonly record struct IntentExample(string Text, Intent Intent);

/// <summary>
/// Reads <c>intents/*.yaml</c>: a map from the name of an intent to what people say. Look-alikes stand under the intent that they really have; <c>Question</c> takes the rest.
/// </summary>
internal static class IntentExamples
{
    /// <exception cref="InvalidDataException">A file names no intent of ours, is no map of lists, or says one thing twice with different intents.</exception>
    public static IReadOnlyList<IntentExample> Load(string folder)
    {
        var examples = new List<IntentExample>();
        var files = Directory.GetFiles(folder, "*.yaml");
        Array.Sort(files, StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var reader = new StreamReader(file);
            var yaml = new YamlStream();
            yaml.Load(reader);
            foreach (var (key, value) in ((YamlMappingNode)yaml.Documents[0].RootNode).Children)
            {
                if (!Enum.TryParse<Intent>(((YamlScalarNode)key).Value, out var intent) || value is not YamlSequenceNode list)
                    throw new InvalidDataException($"{Path.GetFileName(file)}, line {key.Start.Line}: '{key}' is no intent with a list of examples.");
                examples.AddRange(list.Children.Select(item => new IntentExample(((YamlScalarNode)item).Value ?? "", intent)));
            }
        }
        var twice = examples.GroupBy(example => example.Text, StringComparer.Ordinal).FirstOrDefault(group => group.Select(example => example.Intent).Distinct().Count() > 1);
        return twice is null
            ? examples
            : throw new InvalidDataException($"'{twice.Key}' stands under {string.Join(" and ", twice.Select(example => example.Intent).Distinct())}.");
    }
}
