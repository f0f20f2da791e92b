using System.Text.Json.Nodes;
using Outreach.Doubles;

namespace Outreach.Tests.Operations;

/// <summary>The command that drivers talk to, as they start it: a process of its own.</summary>
public sealed class AskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-ask-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_driver_that_waits_for_each_answer_gets_good_lines_answered_and_bad_ones_named()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var ask = OutreachProcess.Run(_folder.FullName, ["ask", "--batch"]);

        var answer = await AskAsync(ask, """{"id":"1","text":"业委会怎么成立","type":"text","community":null,"conversation":null}""");
        Assert.Equal("1", (string?)answer["id"]);
        Assert.Equal("answer", (string?)answer["kind"]);
        Assert.Equal(["id", "kind", "text", "articleId", "citations", "confidence", "suggestions", "actions"], answer.Select(key => key.Key));

        AssertRefused(null, await AskAsync(ask, "业委会怎么成立"));
        AssertRefused(null, await AskAsync(ask, """["1"]"""));
        AssertRefused(null, await AskAsync(ask, "null"));
        AssertRefused(null, await AskAsync(ask, """{"id":"2","text":5}"""));
        AssertRefused("3", await AskAsync(ask, """{"id":"3"}"""));
        AssertRefused("4", await AskAsync(ask, """{"id":"4","text":"你好","type":"video"}"""));

        Assert.Equal(5, (int?)(await AskAsync(ask, """{"id":5,"text":"租户能不能投票"}"""))["id"]);
        ask.Process.StandardInput.Close();
        Assert.Equal(0, await ask.ExitCodeAsync(cancellationToken));
        Assert.Empty(_folder.EnumerateFileSystemInfos());   // nothing of an installation is touched
    }

    [Fact]
    public async Task Lines_that_come_at_once_are_answered_in_their_order()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var ask = OutreachProcess.Run(_folder.FullName, ["ask", "--batch"]);
        string[] questions = ["业委会怎么成立", "你好", "没交回选票能算同意吗", "我想报名", "电梯广告的钱归谁"];

        for (var i = 0; i < 40; i++)
            await ask.WriteLineAsync(i % 7 == 6 ? "{" : $$"""{"id":{{i}},"text":"{{questions[i % questions.Length]}}"}""", cancellationToken);
        ask.Process.StandardInput.Close();

        for (var i = 0; i < 40; i++)
        {
            var answer = JsonNode.Parse(await ask.ReadLineAsync(cancellationToken))!.AsObject();
            if (i % 7 == 6)
                AssertRefused(null, answer);
            else
                Assert.Equal(i, (int?)answer["id"]);
        }
        Assert.Equal(0, await ask.ExitCodeAsync(cancellationToken));
        Assert.Equal(40, ask.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("ask --json")]
    [InlineData("ask 你好 --batch")]
    public async Task Without_a_question_or_with_two_ways_of_asking_it_says_so(string arguments)
    {
        using var ask = OutreachProcess.Run(_folder.FullName, arguments.Split(' '));

        Assert.Equal(2, await ask.ExitCodeAsync(TestContext.Current.CancellationToken));
        Assert.Contains("ask needs either a question or --batch.", ask.Errors, StringComparison.Ordinal);
        Assert.Empty(ask.Output);
    }

    private static async Task<JsonObject> AskAsync(OutreachProcess ask, string line)
    {
        await ask.WriteLineAsync(line, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await ask.ReadLineAsync(TestContext.Current.CancellationToken))!.AsObject();
    }

    private static void AssertRefused(string? id, JsonObject answer)
    {
        Assert.Equal(["id", "error"], answer.Select(key => key.Key));
        Assert.Equal(id, (string?)answer["id"]);
        Assert.NotEqual("", (string?)answer["error"]);
    }
}
