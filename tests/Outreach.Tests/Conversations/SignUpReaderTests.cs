using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Operations;

namespace Outreach.Tests.Conversations;

public sealed class SignUpReaderTests(Asking asking) : IClassFixture<Asking>
{
    private readonly SignUpReader _reader = asking.Service<SignUpReader>();

    [Theory]
    [InlineData("3号楼2单元501", "3号楼2单元501")]
    [InlineData("3-2-501", "3号楼2单元501")]
    [InlineData("三号楼二单元五〇一", "3号楼2单元501")]
    [InlineData("三栋五楼东户", "3栋5楼东户")]
    [InlineData("12幢1802室", "12幢1802")]
    [InlineData("A座 1203", "A座1203")]
    [InlineData("十二号楼", "12号楼")]
    [InlineData("2单元302", "2单元302")]
    [InlineData("５号楼１单元６０１", "5号楼1单元601")]
    public void Reads_rooms_in_many_spellings(string typed, string room) => Assert.Equal(room, _reader.Read(typed, SignUpField.None).Room?.ToString());

    [Theory]
    [InlineData("13900000000", "+8613900000000")]
    [InlineData("139 0000 0000", "+8613900000000")]
    [InlineData("+86 139-0000-0000", "+8613900000000")]
    [InlineData("幺三九零零零零零零零零", "+8613900000000")]
    [InlineData("电话１３９００００００００", "+8613900000000")]
    [InlineData("0398-2831234", "+863982831234")]
    public void Reads_phones_in_many_spellings(string typed, string phone) => Assert.Equal(phone, _reader.Read(typed, SignUpField.Phone).Phone);

    [Theory]
    [InlineData("1390000000", "这个号10位，手机号要11位。")]
    [InlineData("139000000000", "这个号12位，手机号要11位。")]
    [InlineData("2831234", "座机请带区号。")]
    public void Says_what_is_wrong_with_a_number(string typed, string problem) => Assert.Equal(problem, _reader.Read(typed, SignUpField.Phone).PhoneProblem);

    [Theory]
    [InlineData("我叫王小明", "王小明")]
    [InlineData("叫我老王就行", "老王")]
    [InlineData("我姓李", "李")]
    [InlineData("免贵姓张，3-2-501", "张")]
    [InlineData("俺是老赵", "老赵")]
    [InlineData("张三 3-2-501 13900000000", "张三")]
    [InlineData("刘女士", "刘女士")]
    public void Reads_names(string typed, string name) => Assert.Equal(name, _reader.Read(typed, SignUpField.Name).Name);

    [Theory]
    [InlineData("支持成立", Wishes.Support)]
    [InlineData("算我一个", Wishes.Support)]
    [InlineData("我能跑腿", Wishes.JoinGroup)]
    [InlineData("想竞选 也能进筹备组", Wishes.Candidate | Wishes.JoinGroup)]
    [InlineData("先看看", Wishes.JustInformed)]
    [InlineData("不支持", Wishes.None)]
    [InlineData("我不参选", Wishes.None)]
    public void Reads_wishes_and_what_is_not_wished(string typed, Wishes wishes) => Assert.Equal(wishes, _reader.Read(typed, SignUpField.Wish).Wishes);

    [Fact]
    public void Reads_everything_from_one_sentence()
    {
        var words = _reader.Read("俺是锦绣花园3号楼2单元501嘞老王 支持弄业委会 13900000000", SignUpField.None);

        Assert.Equal(("锦绣花园（演示）", "3号楼2单元501", "老王", Wishes.Support, "+8613900000000"),
            (words.Communities[0].Match.Community?.Name, words.Room?.ToString(), words.Name, words.Wishes, words.Phone));
    }

    [Theory]
    [InlineData("3号楼2单元501", "5号楼", "5号楼2单元501")]
    [InlineData("3号楼2单元501", "1单元", "3号楼1单元501")]
    [InlineData("3号楼2单元501", "6-1-302", "6号楼1单元302")]
    public void A_correction_changes_only_what_it_names(string before, string said, string after) =>
        Assert.Equal(after, SpokenRoom.Merge(before, SpokenRoom.Find(said, BareNumber.Counts)!.Value.Room));

    [Theory]
    [InlineData("同意", true)]
    [InlineData("中", true)]
    [InlineData("可以", true)]
    [InlineData("我愿意", true)]
    [InlineData("都同意", true)]
    [InlineData("嗯", false)]
    [InlineData("哦", false)]
    [InlineData("随便", false)]
    [InlineData("知道了", false)]
    [InlineData("好", false)]
    [InlineData("对", false)]
    [InlineData("不同意", false)]
    [InlineData("同意的得多少", false)]
    public void Only_clear_words_are_consent(string said, bool agrees) => Assert.Equal(agrees, SaysYes.Agrees(said));
}

/// <summary>The rooms without HTTP on a throw-away database with the demo, as the command line has them.</summary>
public sealed class Asking : IAsyncLifetime
{
    private AskPlace? _place;

    public async ValueTask InitializeAsync() => _place = await AskPlace.OpenAsync(null, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _place!.DisposeAsync();

    internal T Service<T>() where T : notnull => _place!.Service<T>();

    internal Task<AnswerResult?> SayAsync(string conversation, string text, string? community = null) =>
        _place!.AskAsync(new() { Text = text, Conversation = conversation, Community = community }, TestContext.Current.CancellationToken);
}
