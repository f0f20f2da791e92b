using System.Globalization;
using System.Text;

namespace Outreach.Benchmarks.Knowledge;

/// <summary>
/// Makes knowledge/data/characters.txt (simplified forms and toneless readings) from the Unicode Character Database:
/// <c>bzcat /usr/share/unicode/Unihan_{Variants,Readings}.txt.bz2 | dotnet run --project tests/Outreach.Benchmarks -- characters > knowledge/data/characters.txt</c>
/// (Debian package unicode-data).
/// </summary>
internal static class BuildCharacters
{
    // Also simplified characters in their own right (著名, 覆盖, 乾坤, 凭藉, 瞭望): left as they are.
    private const string KeepAsTheyAre = "著覆乾藉瞭";

    // Pairs where the database has no everyday form, or another than people mean.
    private const string ByHand = "妳你牠它祂他託托姪侄喫吃";

    public static void Run(TextReader unihan, TextWriter output)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var gbk = Encoding.GetEncoding("gb2312");
        var simplified = new SortedDictionary<char, char>();
        var variants = new SortedDictionary<char, char>();
        var readings = new SortedDictionary<string, SortedSet<char>>(StringComparer.Ordinal);

        while (unihan.ReadLine() is { } line)
        {
            var fields = line.Split('\t');
            if (fields.Length != 3 || Character(fields[0]) is not { } character)
                continue;
            var targets = fields[2].Split(' ').Select(value => Character(value.Split('<')[0])).OfType<char>().Where(target => target != character);
            switch (fields[1])
            {
                case "kSimplifiedVariant" when !KeepAsTheyAre.Contains(character, StringComparison.Ordinal) && targets.FirstOrDefault() is var target and not '\0':
                    simplified[character] = target;
                    break;
                case "kSemanticVariant" or "kZVariant" when !IsSimplified(gbk, character) && targets.FirstOrDefault() is var target and not '\0':
                    variants.TryAdd(character, target);
                    break;
                case "kMandarin":
                    var reading = Toneless(fields[2].Split(' ')[0]);
                    if (!readings.TryGetValue(reading, out var characters))
                        readings[reading] = characters = [];
                    characters.Add(character);
                    break;
            }
        }

        foreach (var (character, target) in variants)
        {
            var form = simplified.GetValueOrDefault(target, target);
            var isBetter = !simplified.TryGetValue(character, out var known) || !IsSimplified(gbk, known);
            if (form != character && isBetter && IsSimplified(gbk, form))
                simplified[character] = form;
        }

        for (var i = 0; i < ByHand.Length; i += 2)
            simplified[ByHand[i]] = ByHand[i + 1];

        output.Write("# Simplified forms (pairs) and toneless Mandarin readings of Chinese characters, from the Unicode Character Database (Unihan).\n");
        output.Write("# Copyright (c) Unicode, Inc. Unicode License v3. Made by: dotnet run --project tests/Outreach.Benchmarks -- characters\n");
        output.Write("[simplified]\n");
        foreach (var row in simplified.Select(pair => $"{pair.Key}{pair.Value}").Chunk(50))
            output.Write(string.Concat(row) + "\n");
        output.Write("[pinyin]\n");
        foreach (var (reading, characters) in readings)
            output.Write($"{reading} {string.Concat(characters)}\n");
    }

    /// <summary>Only the basic plane: what people type.</summary>
    private static char? Character(string codePoint) =>
        int.TryParse(codePoint.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) && value is >= 0x3400 and <= 0x9FFF ? (char)value : null;

    /// <summary>Whether GB 2312, the set of simplified characters, has it. What .NET calls gb2312 is the larger GBK: the bytes tell them apart.</summary>
    private static bool IsSimplified(Encoding gbk, char character)
    {
        var bytes = gbk.GetBytes([character]);
        return bytes is [>= 0xB0 and <= 0xF7, >= 0xA1];
    }

    private static string Toneless(string reading)
    {
        var letters = new StringBuilder();
        foreach (var c in reading.Replace('ü', 'v').Replace('ǖ', 'v').Replace('ǘ', 'v').Replace('ǚ', 'v').Replace('ǜ', 'v').Normalize(NormalizationForm.FormD))
            if (char.IsAsciiLetter(c))
                letters.Append(char.ToLowerInvariant(c));
        return letters.ToString();
    }
}
