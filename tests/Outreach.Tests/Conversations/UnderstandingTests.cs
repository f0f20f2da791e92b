using Outreach.Conversations;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Conversations;

public sealed class UnderstandingTests
{
    private static readonly Lazy<Understanding> Shared = new(() => new(
        IntentExamples.Load(Path.Combine(AppContext.BaseDirectory, "Conversations", "intents")), KnowledgeBase.Load(AppContext.BaseDirectory)));

    public static TheoryData<string> Groups => [.. Sentences().Keys];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Takes_a_wish_for_what_it_is_and_its_look_alikes_for_something_else(string group)
    {
        var sentences = Sentences()[group];

        var missed = sentences.Where(s => s.Means && !Is(group, s.Text)).Select(s => "missed: " + Describe(s.Text));
        var mistaken = sentences.Where(s => !s.Means && Is(group, s.Text)).Select(s => "mistaken: " + Describe(s.Text));

        var wrong = missed.Concat(mistaken).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Has_twenty_sentences_and_twenty_look_alikes_for_every_group() =>
        Assert.All(Sentences(), pair =>
        {
            Assert.True(pair.Value.Count(s => s.Means) >= 20, pair.Key);
            Assert.True(pair.Value.Count(s => !s.Means) >= 20, pair.Key);
        });

    [Fact]
    public void No_sentence_of_the_tests_stands_among_the_examples()
    {
        var examples = IntentExamples.Load(Path.Combine(AppContext.BaseDirectory, "Conversations", "intents")).Select(example => Bare(example.Text)).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(Sentences().Values.SelectMany(group => group).Select(sentence => sentence.Text), text => examples.Contains(Bare(text)));

        static string Bare(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
    }

    [Theory]
    [InlineData("我不想报名", nameof(Intent.SignUpRefuse))]
    [InlineData("怎么取消报名", nameof(Intent.SignUpCancelHow))]
    [InlineData("报名要钱吗", nameof(Intent.SignUpAbout))]
    [InlineData("我邻居想报名", nameof(Intent.SignUpOther))]
    public void Tells_four_things_about_signing_up_apart(string text, string intent) => Assert.Equal(intent, Shared.Value.Read(text).Top.ToString());

    /// <summary>Somebody who counts votes is not in danger: no figure, whichever it is, may bring up an ambulance.</summary>
    [Fact]
    public void Takes_no_figures_for_an_emergency()
    {
        string[] patterns =
        [
            "{0}万平 来了{1}万 同意{2}万", "{0}万平，来了{1}万{2}，同意{2}万", "一共{0}户 到了{1}户 同意{2}户", "{0}户来了{1}户同意{2}", "总面积{0}万 参加{1}万 赞成{2}万",
            "参加的{1} 同意的{2}", "来了{1}万{2}", "同意{2}万5", "{0}户 {1}户 {2}户", "全体{0}，参加{1}，同意{2}", "面积{0}.{1}万", "差{2}户", "弃权{2}户 反对{1}户", "到场{1}人 投了{2}票",
            "{0}号楼{2}单元{1}", "{0}-{2}-{1}", "电话1{0}{1}{2}", "我家{0}平", "{2}个人没来", "没来的有{1}户", "{0}平米", "来了一半 同意的{2}成",
        ];
        (int, int, int)[] figures = [(12, 8, 5), (860, 577, 301), (3, 2, 1), (110, 120, 119), (120, 110, 5), (1, 501, 2), (9999, 6000, 3100), (2, 1, 8)];

        var alarms = patterns.SelectMany(pattern => figures.Select(f => string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, f.Item1, f.Item2, f.Item3)))
            .Where(text => Safety.EmergencyIn(Shared.Value.Read(text)) is not null).Select(Describe).ToList();

        Assert.True(alarms.Count == 0, string.Join('\n', alarms));
    }

    private static bool Is(string group, string text)
    {
        var meaning = Shared.Value.Read(text);
        return group switch
        {
            "Emergency" => Safety.EmergencyIn(meaning) is not null,
            "Smalltalk" => meaning.Among(Intent.Greeting, Intent.Who, Intent.Help, Intent.Thanks, Intent.Bye) is not null,
            "Abuse" => meaning.Among(Intent.Abuse, Intent.Annoyed) is not null,
            _ when Enum.TryParse<Intent>(group, out var intent) && IsSafety(intent) => Safety.RefusedIn(meaning) is not null,
            "SignUpRefuse" => meaning.Among(Intent.SignUpRefuse, Intent.NoticeDecline, Intent.FormCancel) is not null,      // which of them depends on what the bot asked
            _ => meaning.Is(Enum.Parse<Intent>(group)),
        };
    }

    private static bool IsSafety(Intent intent) => intent is Intent.OthersData or Intent.Forgery or Intent.VoteBuying or Intent.Smear or Intent.Injection;

    private static string Describe(string text)
    {
        var meaning = Shared.Value.Read(text);
        return $"{text} ({meaning.Top} {meaning.Of(meaning.Top):0.00})";
    }

    private static Dictionary<string, List<(string Text, bool Means)>> Sentences()
    {
        var groups = new Dictionary<string, List<(string, bool)>>(StringComparer.Ordinal);
        List<(string, bool)>? current = null;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "testdata", "conversations", "intents.txt")))
            switch (line)
            {
                case ['[', .. var name, ']']:
                    groups[name] = current = [];
                    break;
                case ['+' or '-', ' ', .. var text]:
                    current!.Add((text, line[0] == '+'));
                    break;
            }
        return groups;
    }
}
