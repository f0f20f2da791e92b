using Outreach.Communities;

namespace Outreach.Tests.Communities;

public sealed class CommunityDirectoryTests
{
    private static readonly DirectorySnapshot Directory = Build();

    private static DirectorySnapshot Build()
    {
        Area[] areas =
        [
            new() { Id = 1, Level = AreaLevel.City, Name = "测试市", Path = "/1/" },
            new() { Id = 2, ParentId = 1, Level = AreaLevel.District, Name = "东区", Path = "/1/2/" },
            new() { Id = 3, ParentId = 2, Level = AreaLevel.Subdistrict, Name = "一街道", Path = "/1/2/3/", OfficePhone = "0000-1", OfficeHours = "周一至周五" },
            new() { Id = 4, ParentId = 3, Level = AreaLevel.Neighbourhood, Name = "甲社区", Path = "/1/2/3/4/", OfficePhone = "0000-4" },
            new() { Id = 5, ParentId = 2, Level = AreaLevel.Subdistrict, Name = "二镇", Path = "/1/2/5/" },
            new() { Id = 6, ParentId = 5, Level = AreaLevel.Neighbourhood, Name = "乙社区", Path = "/1/2/5/6/" },
        ];
        var names = new[] { (10, 4, "锦绣花园"), (11, 4, "新锦绣花园"), (12, 4, "阳光城"), (13, 6, "幸福里"), (14, 4, "幸福里"), (15, 6, "春晖苑（演示）"), (16, 6, "康乐小区"), (17, 4, "滨河湾"), (18, 6, "滨河家园") };
        return new(null, areas,
            [.. names.Select(n => new Community { Id = n.Item1, AreaId = n.Item2, Key = $"k{n.Item1}", Name = n.Item3 })],
            [new() { CommunityId = 12, Name = "九号院" }], []);
    }

    [Theory]
    [InlineData("锦绣花园", MatchKind.One, 10)]
    [InlineData("锦绣花园小区", MatchKind.One, 10)]
    [InlineData(" 錦繡花園 ", MatchKind.One, 10)]
    [InlineData("九号院", MatchKind.One, 12)]
    [InlineData("春晖苑", MatchKind.One, 15)]
    [InlineData("康乐", MatchKind.One, 16)]
    [InlineData("锦绣", MatchKind.One, 10)]
    [InlineData("幸福里", MatchKind.SameName, 13)]
    [InlineData("滨河", MatchKind.Candidates, 17)]
    [InlineData("锦绣花圆", MatchKind.Candidates, 10)]
    [InlineData("春辉园", MatchKind.Candidates, 15)]
    [InlineData("jinxiuhuayuan", MatchKind.Candidates, 10)]
    [InlineData("jxhy", MatchKind.Candidates, 10)]
    [InlineData("水岸豪庭", MatchKind.None, 0)]
    [InlineData("城", MatchKind.None, 0)]
    [InlineData("", MatchKind.None, 0)]
    [InlineData("\ud83d", MatchKind.None, 0)]
    public void A_typed_name_is_found_confirmed_or_not_there(string typed, MatchKind kind, long first)
    {
        var match = Directory.Resolve(typed);

        Assert.Equal(kind, match.Kind);
        Assert.Equal(first, match.Communities.Count == 0 ? 0 : match.Communities[0].Id);
    }

    [Fact]
    public void Namesakes_are_told_apart_by_street()
    {
        Assert.Equal(["东区二镇", "东区一街道"], Directory.Resolve("幸福里").Communities.Select(c => c.Where));
    }

    [Theory]
    [InlineData("俺是锦绣花园3号楼2单元501嘞老王 支持弄业委会", "锦绣花园", 10)]
    [InlineData("新锦绣花园的", "新锦绣花园", 11)]
    [InlineData("锦绣 支持", "锦绣", 10)]
    [InlineData("我们 锦 绣 花 园 想成立", "锦 绣 花 园", 10)]
    [InlineData("俺住锦绣花圆3号楼", "锦绣花圆", 10)]
    public void A_name_is_found_inside_a_sentence_with_its_place(string text, string where, long id)
    {
        var mention = Assert.Single(Directory.FindInText(text));

        Assert.Equal(where, text.Substring(mention.Start, mention.Length));
        Assert.Equal(id, mention.Match.Communities[0].Id);
    }

    [Theory]
    [InlineData("物业能停水不")]
    [InlineData("今天阳光真好")]
    [InlineData("支持")]
    public void A_sentence_without_a_name_has_none(string text) => Assert.Empty(Directory.FindInText(text));

    [Fact]
    public void Two_flats_in_two_communities_are_two_mentions_in_order() =>
        Assert.Equal([12L, 10L], Directory.FindInText("两套房 阳光城一套锦绣花园一套").Select(m => m.Match.Community!.Id));

    [Fact]
    public void The_office_is_the_nearest_with_a_number_and_the_hotline_where_there_is_none()
    {
        Assert.Equal(("一街道办事处", "0000-1"), Directory.OfficeOf(Directory.Find(10)) is var street ? (street.Name, street.Phone) : default);
        Assert.Equal("12345", Directory.OfficeOf(Directory.Find(13)).Phone);
        Assert.Equal("12345", Directory.OfficeOf(null).Phone);
    }

    [Fact]
    public void The_receiver_names_everyone_who_will_see_a_sign_up()
    {
        Assert.Equal(new Receiver("一街道办事处和甲社区", "0000-1", 3), Directory.ReceiverOf(Directory.Find(10)!));
        Assert.Equal(new Receiver("二镇政府和乙社区", "12345转接", 5), Directory.ReceiverOf(Directory.Find(13)!));
    }
}
