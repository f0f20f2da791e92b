using System.Text;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Statutes;
using Outreach.Operations;

namespace Outreach.Tests.Conversations;

/// <summary>Owners ask for the words of the law; the words are made up (演示).</summary>
public sealed class StatuteDialogueTests(StatuteReaders readers) : IClassFixture<StatuteReaders>
{
    private readonly string _conversation = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Gets_the_words_for_reference_with_their_citation()
    {
        var answer = await SayAsync("民法典第278条原文");

        Assert.Equal(AnswerKind.Answer, answer.Kind);
        Assert.Equal("《民法典》第二百七十八条原文，供参考：\n下列演示事项由大家定：\n（一）演示种花；\n（二）演示养鱼。\n演示第二款。\n依据：《民法典》第二百七十八条", answer.Text);
        Assert.Equal("民法典278", Assert.Single(answer.Citations).Id);
        Assert.Null(answer.ArticleId);
        Assert.InRange(answer.Suggestions.Count, 1, 2);
    }

    [Fact]
    public async Task A_bare_number_after_an_answer_means_what_the_answer_cites()
    {
        var before = await SayAsync("换物业要多少业主同意");
        var answer = await SayAsync("278条");
        var part = await SayAsync("第二款呢");

        Assert.Contains("民法典278", before.Citations.Select(citation => citation.Id));
        Assert.StartsWith("《民法典》第二百七十八条原文", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("《民法典》第二百七十八条第二款原文，供参考：\n演示第二款。", part.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_statutes_of_the_number_are_offered_as_buttons()
    {
        var which = await SayAsync("第二十条原文");
        var answer = await SayAsync("物业管理条例");

        Assert.Equal(AnswerKind.Clarification, which.Kind);
        Assert.Equal(["物业管理条例", "民法典", "都不是"], which.Suggestions);
        Assert.StartsWith("《物业管理条例》第二十条原文", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_article_that_does_not_exist_is_said_to_be_none()
    {
        var answer = await SayAsync("民法典第2000条");

        Assert.StartsWith("《民法典》只有1260条，没有第二千条。", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_is_no_longer_in_force_comes_with_the_warning_first()
    {
        var answer = await SayAsync("2017年河南省物业管理条例第二十条原文");

        Assert.Contains("：\n注意：这份文本已经失效，由2021年7月30日的文本取代", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_article_goes_on_by_a_button()
    {
        var first = await SayAsync("民法典第1198条");
        var second = await SayAsync("接着看");

        Assert.Equal("接着看", first.Suggestions[0]);
        Assert.True(Encoding.UTF8.GetByteCount(first.Text) <= StatuteQuote.PageBytes);
        Assert.Contains("（1/2）：", first.Text, StringComparison.Ordinal);
        Assert.Contains("（2/2）：\n演示末款", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_is_not_at_hand_is_no_secret_and_leads_to_checked_answers()
    {
        var answer = await SayAsync("请把民法典第942条的原文发给我看看");
        var chosen = await SayAsync("1");

        Assert.Contains("《民法典》第九百四十二条的原文我手边没有", answer.Text, StringComparison.Ordinal);
        Assert.Equal(AnswerKind.Answer, chosen.Kind);
        Assert.Contains("民法典942", chosen.Citations.Select(citation => citation.Id));
    }

    [Fact]
    public async Task A_question_about_an_article_is_answered_by_the_checked_answers()
    {
        var answer = await SayAsync("按民法典278条换物业要多少业主同意");
        var meaning = (await readers.SayAsync(Guid.NewGuid().ToString("N"), "民法典278条啥意思"))!;

        Assert.NotNull(answer.ArticleId);
        Assert.DoesNotContain("演示", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("原文，供参考", meaning.Text, StringComparison.Ordinal);
        Assert.True(meaning.ArticleId is not null || meaning.Suggestions.Contains("看原文"));
    }

    [Fact]
    public async Task An_open_form_stays_open_beside_the_words_of_a_law()
    {
        await SayAsync("我要登记");
        var answer = await SayAsync("民法典278条怎么写的");
        var form = await SayAsync("锦绣花园 支持成立");

        Assert.StartsWith("《民法典》第二百七十八条原文", answer.Text, StringComparison.Ordinal);
        Assert.Equal(AnswerKind.Form, form.Kind);
    }

    [Fact]
    public void The_second_index_is_asked_only_where_no_curated_answer_fits()
    {
        const string Question = "演示旗杆旗台由谁维修保养";
        var statutes = readers.Service<QuoteStatutes>();
        Reply none = new Refusal(RefusalReason.NoAnswer, null);
        Reply elsewhere = new Refusal(RefusalReason.OutOfScope, null);
        Reply sure = readers.Service<ServingKnowledge>().Answerer.Ask(new("换物业要多少业主同意"));

        Assert.IsType<Answer>(sure);
        Assert.Equal("物业管理条例/20", statutes.Think(Question, ConversationState.Empty, none, DateTimeOffset.UnixEpoch).Nearest?.Place.ToString());
        Assert.Null(statutes.Think(Question, ConversationState.Empty, elsewhere, DateTimeOffset.UnixEpoch).Nearest);
        Assert.Null(statutes.Think(Question, ConversationState.Empty, sure, DateTimeOffset.UnixEpoch).Nearest);
        Assert.Equal("物业管理条例/20", statutes.Think(Question, ConversationState.Empty, new Clarification([]), DateTimeOffset.UnixEpoch).Nearest?.Place.ToString());
        Assert.Null(statutes.Think("会飞的猪归谁管", ConversationState.Empty, none, DateTimeOffset.UnixEpoch).Nearest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_nearest_article_stands_under_a_plain_no_and_the_question_still_counts_as_unanswered(bool afterNoneOfThese)
    {
        await using var db = await readers.Service<IDbContextFactory<Outreach.Storage.OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var now = DateTimeOffset.UnixEpoch;
        const string Question = "演示旗杆旗台由谁维修保养";
        var near = readers.Service<StatuteLibrary>().Current.Nearest(Question);
        var turn = new Turn
        {
            Activity = new() { Type = ActivityTypes.Message, Text = Question },
            Capabilities = new() { Buttons = true, MaxTextBytes = 2048 },
            Db = db,
            Conversation = new() { Channel = "console", Account = "ask", ChannelConversationId = "c", ContactId = 1, CreatedAt = now, LastActiveAt = now, Reference = "{}" },
            Contact = new Contact { Channel = "console", Account = "ask", UserId = "c", CreatedAt = now, LastSeenAt = now },
            Now = now,
            State = ConversationState.Empty with
            {
                Waiting = afterNoneOfThese ? new(WaitingFor.Clarification, ["甲", "都不是"], ["voting.quorum"], now) : null,
                Unsure = afterNoneOfThese ? new(Question, near!.Place.ToString()) : null,
            },
            Thought = afterNoneOfThese
                ? Thought.None with { Text = "都不是", Medium = Medium.Text, Choice = 1 }
                : Thought.None with { Text = Question, Medium = Medium.Text, Reply = new Refusal(RefusalReason.NoAnswer, null), NearestStatute = near },
        };
        var questions = readers.Service<AnswerQuestions>();

        if (!await questions.TryChoiceAsync(turn, TestContext.Current.CancellationToken))
            await questions.AnswerAsync(turn, TestContext.Current.CancellationToken);

        Assert.Equal(AnswerKind.Refusal, turn.Result!.Kind);
        Assert.StartsWith("这个我没有可靠的答案，已记下请工作人员补。下面这条法律原文可能有关，没有核对过，不算答复。\n《物业管理条例》第二十条原文，供参考：", turn.Result.Text, StringComparison.Ordinal);
        Assert.Equal("物业管理条例20", Assert.Single(turn.Result.Citations).Id);
        Assert.Contains("转人工", turn.Result.Suggestions);
        Assert.Equal(1, turn.State.Misses);
        var recorded = Assert.Single(db.ChangeTracker.Entries<UnansweredQuestion>()).Entity;
        Assert.Equal((Question, afterNoneOfThese ? "none-of-these" : "no-answer"), (recorded.Question, recorded.Reason));
    }

    private async Task<AnswerResult> SayAsync(string text) => (await readers.SayAsync(_conversation, text))!;
}

/// <summary>The rooms without HTTP, with made-up texts of three statutes loaded.</summary>
public sealed class StatuteReaders : IAsyncLifetime
{
    private AskPlace? _place;

    public async ValueTask InitializeAsync()
    {
        _place = await AskPlace.OpenAsync(null, TestContext.Current.CancellationToken);
        var chapter = string.Concat(Enumerable.Repeat("演示的话说了又说，", 40)).TrimEnd('，');
        await LoadAsync("民法典", $"第二十条　演示二十。\n第二百七十八条　下列演示事项由大家定：\n（一）演示种花；\n（二）演示养鱼。\n演示第二款。\n第一千一百九十八条　{chapter}。\n演示末款{new string('末', 200)}。\n");
        await LoadAsync("物业管理条例", "第二十条　演示旗杆、旗台由演示单位负责维修、保养。\n");
        await LoadAsync("河南省物业管理条例（2017）", "第二十条　演示旧文。\n");
    }

    public ValueTask DisposeAsync() => _place!.DisposeAsync();

    internal T Service<T>() where T : notnull => _place!.Service<T>();

    internal Task<AnswerResult?> SayAsync(string conversation, string text) =>
        _place!.AskAsync(new() { Text = text, Conversation = conversation }, TestContext.Current.CancellationToken);

    private async Task LoadAsync(string source, string text)
    {
        var report = await Service<StatuteImport>().ImportAsync(Encoding.UTF8.GetBytes("演示法规，不是真文本\n" + text), ".txt", source, audit: null, TestContext.Current.CancellationToken);
        Assert.Equal(StatuteImportOutcome.Imported, report.Outcome);
    }
}
