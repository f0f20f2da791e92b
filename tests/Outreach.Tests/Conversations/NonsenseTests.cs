using Outreach.Conversations;

namespace Outreach.Tests.Conversations;

public sealed class NonsenseTests(Asking asking) : IClassFixture<Asking>
{
    private readonly string _conversation = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData("asdfgh")]
    [InlineData("fghjkl")]
    [InlineData("嗯嗯啊啊")]
    [InlineData("阿斯顿发")]
    [InlineData("的的的的")]
    [InlineData("11111")]
    [InlineData("8374650")]
    public async Task Is_not_understood_and_told_what_can_be_asked(string typed)
    {
        var answer = await SayAsync(typed);

        Assert.Equal((AnswerKind.Clarification, Says.NoGuess), (answer.Kind, answer.Text));
        Assert.Equal(Says.Menu, answer.Suggestions);
    }

    [Theory]
    [InlineData("。。。")]
    [InlineData("……")]
    public async Task Dots_alone_get_a_sign_of_life(string typed) => Assert.Equal("我在。", (await SayAsync(typed)).Text);

    [Theory]
    [InlineData("119", AnswerKind.Safety)]
    [InlineData("zhaohuole", AnswerKind.Safety)]
    [InlineData("TD", AnswerKind.Optout)]
    [InlineData("hello", AnswerKind.Smalltalk)]
    [InlineData("rengong", AnswerKind.Handover)]
    public async Task Short_words_and_numbers_that_say_something_are_none(string typed, AnswerKind kind) => Assert.Equal(kind, (await SayAsync(typed)).Kind);

    [Fact]
    public async Task Twice_in_a_row_it_brings_the_offer_of_a_person_who_comes_on_a_yes()
    {
        await SayAsync("sdkfjh");
        var second = await SayAsync("呃呃呃呃");
        var person = await SayAsync("好");

        Assert.Equal((Says.NoGuessAgain, Says.Human), (second.Text, Assert.Single(second.Suggestions)));
        Assert.Equal(AnswerKind.Handover, person.Kind);
    }

    [Fact]
    public async Task An_answer_between_two_misses_makes_them_two_first_ones()
    {
        await SayAsync("sdkfjh");
        await SayAsync("业委会任期几年");

        Assert.Equal(Says.NoGuess, (await SayAsync("呃呃呃呃")).Text);
    }

    private async Task<AnswerResult> SayAsync(string text) => (await asking.SayAsync(_conversation, text))!;
}
