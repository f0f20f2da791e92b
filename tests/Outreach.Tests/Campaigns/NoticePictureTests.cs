using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Contacts;
using Outreach.Storage;
using SkiaSharp;

namespace Outreach.Tests.Campaigns;

/// <summary>Pictures of notices: what is taken, what is left of it, and how long it stays.</summary>
public sealed class NoticePictureTests
{
    private static readonly Picture Poster = new("https://ywh.example.org/pictures/0a1b.jpg", "培训海报", 1080, 720);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_telephones_photograph_comes_out_upright_small_and_without_where_it_was_taken()
    {
        var file = TestPictures.WithExif(TestPictures.RedAndBlue(2400, 1800), orientation: 6);

        var (made, fault) = PictureEncoder.Encode(file);

        Assert.Null(fault);
        Assert.Equal((1080, 1440), (made!.Width, made.Height));
        Assert.True(made.Jpeg.Length <= PictureEncoder.AimedBytes);
        Assert.True(made.Jpeg.AsSpan().IndexOf("Exif"u8) < 0 && made.Jpeg.AsSpan().IndexOf("2026:11:24"u8) < 0);
        Assert.True(file.AsSpan().IndexOf("2026:11:24"u8) > 0);
        using var shown = SKBitmap.Decode(made.Jpeg);
        Assert.Equal((1080, 1440), (shown.Width, shown.Height));
        Assert.True(IsNear(SKColors.Red, shown.GetPixel(540, 100)));
        Assert.True(IsNear(SKColors.Blue, shown.GetPixel(540, 1340)));
    }

    [Theory]
    [InlineData(2, "blue", "red", 'h')]
    [InlineData(3, "blue", "red", 'h')]
    [InlineData(4, "red", "blue", 'h')]
    [InlineData(5, "red", "blue", 'v')]
    [InlineData(7, "blue", "red", 'v')]
    [InlineData(8, "blue", "red", 'v')]
    public void However_the_camera_was_held_the_picture_is_upright(byte orientation, string first, string second, char direction)
    {
        var made = PictureEncoder.Encode(TestPictures.WithExif(TestPictures.RedAndBlue(80, 40), orientation)).Picture!;

        using var shown = SKBitmap.Decode(made.Jpeg);
        Assert.Equal(direction == 'h' ? (80, 40) : (40, 80), (shown.Width, shown.Height));
        var (one, other) = direction == 'h' ? (shown.GetPixel(10, 20), shown.GetPixel(70, 20)) : (shown.GetPixel(20, 10), shown.GetPixel(20, 70));
        Assert.True(IsNear(SKColor.Parse(first == "red" ? "FF0000" : "0000FF"), one), $"{one}");
        Assert.True(IsNear(SKColor.Parse(second == "red" ? "FF0000" : "0000FF"), other), $"{other}");
    }

    [Fact]
    public void What_no_encoder_makes_small_is_made_small_all_the_same()
    {
        var made = PictureEncoder.Encode(TestPictures.Noise(1500, 1100)).Picture!;

        Assert.InRange(made.Jpeg.Length, 1, PictureEncoder.AimedBytes);
        Assert.InRange(made.Width, 500, PictureEncoder.MaxWidth);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Other_kinds_become_JPEG_and_nothing_is_enlarged(SKEncodedImageFormat kind)
    {
        var made = PictureEncoder.Encode(TestPictures.RedAndBlue(200, 100, kind)).Picture!;

        Assert.Equal((200, 100), (made.Width, made.Height));
        Assert.Equal([0xFF, 0xD8, 0xFF], made.Jpeg[..3]);
    }

    [Fact]
    public void Behind_what_is_transparent_lies_white()
    {
        using var shown = SKBitmap.Decode(PictureEncoder.Encode(TestPictures.Transparent(20, 20)).Picture!.Jpeg);

        Assert.True(IsNear(SKColors.White, shown.GetPixel(10, 10)));
    }

    [Fact]
    public async Task What_cannot_be_a_picture_is_refused_with_the_reason_and_the_remedy()
    {
        await using var rooms = await TestRooms.CreateAsync();
        var whole = TestPictures.RedAndBlue(600, 400);
        foreach (var (file, words) in new (byte[], string)[]
        {
            (new byte[NoticePictures.MaxBytes + 1], "图片最多 5 MB"),
            ("<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), "不是 JPEG、PNG 或 WebP"),
            ([], "不是 JPEG、PNG 或 WebP"),
            (whole[..(whole.Length / 2)], "打不开"),
            ([0xFF, 0xD8, 0xFF, 0xE0], "打不开"),
            ([.. "RIFF\0\0\0\0WEBP"u8, .. new byte[100]], "打不开"),
            (TestPictures.PngThatSays(30_000, 10), "尺寸太大"),
            (TestPictures.PngThatSays(12_000, 12_000), "尺寸太大"),
        })
        {
            var taken = await rooms.Get<NoticePictures>().TakeAsync(new FormFile(new MemoryStream(file), 0, file.Length, "picture", "x.jpg"), Stop);

            Assert.Null(taken.File);
            Assert.Contains(words, taken.Problem, StringComparison.Ordinal);
        }
        await using var db = rooms.Open();
        Assert.False(await db.PictureFiles.AnyAsync(Stop));
    }

    [Fact]
    public async Task A_picture_stays_as_long_as_a_notice_has_it_and_a_day_without_one()
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?> { ["Demo:Load"] = "false" });
        var (used, alone) = (await TakeAsync(rooms), await TakeAsync(rooms));
        var campaign = await rooms.TurnAsync(async db =>
        {
            var community = await CampaignSeeds.AddOwnersAsync(db, 1, rooms.Clock.GetUtcNow(), Stop);
            var made = CampaignSeeds.Planned(community, rooms.Clock.GetUtcNow());
            (made.Picture, made.Repeat) = (new(used, "海报", 60, 40), Repeat.Weekly);
            db.Campaigns.Add(made);
            await db.SaveChangesAsync(Stop);
            await Recurring.AddNextAsync(db, made, rooms.Get<CityClock>());
            return made.Id;
        });

        var atOnce = await EraseAsync(rooms);
        rooms.Clock.Advance(TimeSpan.FromDays(2));
        var later = await EraseAsync(rooms);
        await rooms.Get<NoticePictures>().ForgetAsync(used, Stop);

        Assert.Equal((0, 1), (atOnce, later));
        Assert.Null(await rooms.Get<NoticePictures>().FindAsync(alone, Stop));
        Assert.NotNull(await rooms.Get<NoticePictures>().ReadAsync(used, Stop));
        await using (var db = rooms.Open())
            Assert.Equal([used, used], (await db.Campaigns.AsNoTracking().ToListAsync(Stop)).Select(c => c.Picture?.Id));
        await rooms.TurnAsync(db => db.Campaigns.ExecuteDeleteAsync(Stop));
        Assert.Equal(1, await EraseAsync(rooms));
        Assert.True(campaign > 0);
    }

    [Theory]
    [InlineData("", "写一句说明")]
    [InlineData("  ", "写一句说明")]
    [InlineData("{小区}的海报", "{小区}")]
    public void A_description_is_asked_for_in_words(string description, string problem) =>
        Assert.Contains(problem, new NoticePicture("1", description, 1, 1).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_description_has_a_limit() => Assert.Contains("现在 61 个", new NoticePicture("1", new string('图', 61), 1, 1).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData(PictureMeans.Line, true, "周六开会。\n图片（培训海报）：https://ywh.example.org/pictures/0a1b.jpg", false)]
    [InlineData(PictureMeans.Line, false, "周六开会。\n图片：培训海报", false)]
    [InlineData(PictureMeans.ByAddress, true, "周六开会。", true)]
    [InlineData(PictureMeans.ByAddress, false, "周六开会。\n图片：培训海报", false)]
    [InlineData(PictureMeans.Inline, false, "周六开会。", true)]
    [InlineData(PictureMeans.None, true, "周六开会。", false)]
    public void Every_channel_shows_what_it_can_of_a_picture(PictureMeans means, bool isPublic, string text, bool isAttached)
    {
        var picture = isPublic ? Poster : Poster with { Address = "/pictures/0a1b.jpg" };

        var shown = TextFallback.Render(new() { Type = ActivityTypes.Message, Text = "周六开会。", Attachments = [picture.ToAttachment()] }, new() { Pictures = means });

        Assert.Equal((text, isAttached), (shown.Text, Picture.Of(shown) == picture));
        Assert.Equal(isAttached, shown.Attachments is not null);
    }

    private static async Task<string> TakeAsync(TestRooms rooms)
    {
        var file = TestPictures.RedAndBlue(60, 40);
        return (await rooms.Get<NoticePictures>().TakeAsync(new FormFile(new MemoryStream(file), 0, file.Length, "picture", "x.jpg"), Stop)).File!.Id;
    }

    private static Task<int> EraseAsync(TestRooms rooms) =>
        rooms.TurnAsync(db => rooms.Get<IEnumerable<IRetained>>().OfType<PictureRetention>().Single().EraseDueAsync(db, rooms.Clock.GetUtcNow(), Stop));

    /// <summary>As near as a JPEG comes.</summary>
    private static bool IsNear(SKColor one, SKColor other) => Math.Abs(one.Red - other.Red) + Math.Abs(one.Green - other.Green) + Math.Abs(one.Blue - other.Blue) < 40;
}
