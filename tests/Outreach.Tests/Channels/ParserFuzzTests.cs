using CsCheck;

namespace Outreach.Tests.Channels;

/// <summary>Two seconds for each reader; the benchmark program's <c>fuzz</c> goes on for as long as one likes.</summary>
public sealed class ParserFuzzTests
{
    public static TheoryData<string> Names => [.. ParserFuzz.Targets.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_reader_of_what_strangers_send_never_throws_and_reads_what_can_be_written(string name)
    {
        var target = ParserFuzz.Targets.Single(target => target.Name == name);

        foreach (var seed in target.Seeds)
            target.Check(seed);
        ParserFuzz.Near(target).Sample(target.Check, time: 2, threads: 1, print: Convert.ToBase64String);
    }
}
