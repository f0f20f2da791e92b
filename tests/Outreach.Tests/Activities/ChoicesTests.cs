using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Tests.Activities;

public sealed class ChoicesTests
{
    private static readonly CardAction[] Wishes =
    [
        Choice("支持成立"), Choice("加入筹备组", "join"), Choice("参选委员"), Choice("只想了解"),
    ];

    [Theory]
    [InlineData("1", 0)]
    [InlineData("１", 0)]
    [InlineData("①", 0)]
    [InlineData("一", 0)]
    [InlineData("第一个", 0)]
    [InlineData("第1个", 0)]
    [InlineData("选1", 0)]
    [InlineData("我选第二个", 1)]
    [InlineData("2.", 1)]
    [InlineData("（2）", 1)]
    [InlineData("2、", 1)]
    [InlineData("二", 1)]
    [InlineData("第二项。", 1)]
    [InlineData("三", 2)]
    [InlineData("3号", 2)]
    [InlineData(" 4 ", 3)]
    [InlineData("最后一个", 3)]
    [InlineData("加入筹备组", 1)]
    [InlineData("加入 筹备组。", 1)]
    [InlineData("JOIN", 1)]
    public void A_number_a_title_or_a_value_names_the_choice(string said, int place) => Assert.Same(Wishes[place], Choices.Match(said, Wishes));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("5")]
    [InlineData("12")]
    [InlineData("-1")]
    [InlineData("1号楼2单元")]
    [InlineData("3-2-501")]
    [InlineData("一个人")]
    [InlineData("一个")]
    [InlineData("支持")]
    [InlineData("13900000000")]
    [InlineData("99999999999999999999")]
    public void Other_words_name_none(string? said) => Assert.Null(Choices.Match(said, Wishes));

    [Fact]
    public void A_title_that_is_a_number_wins_over_the_place()
    {
        CardAction[] storeys = [Choice("2"), Choice("1")];

        Assert.Same(storeys[0], Choices.Match("2", storeys));
        Assert.Same(storeys[1], Choices.Match("1", storeys));
    }

    [Fact]
    public void Lines_are_numbered_from_one() => Assert.Equal("1. 支持成立\n2. 加入筹备组\n3. 参选委员\n4. 只想了解", Choices.Number(Wishes));

    [Fact]
    public void The_tenth_and_later_are_found_too()
    {
        var many = Enumerable.Range(1, 12).Select(n => Choice($"选项{n}")).ToArray();

        Assert.Same(many[9], Choices.Match("十", many));
        Assert.Same(many[11], Choices.Match("第十二个", many));
    }

    [Fact]
    public void Nothing_to_choose_from_matches_nothing() => Assert.Null(Choices.Match("1", []));

    private static CardAction Choice(string title, string? value = null) =>
        new() { Type = "imBack", Title = title, Value = value is null ? null : JsonSerializer.SerializeToElement(value) };
}
