using CsCheck;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Staff;
using static Xunit.TestContext;

namespace Outreach.Tests.Staff;

/// <summary>The progress board: numbers within the scope, and none of fewer than five owners. The clock stands on Tuesday, 24 November 2026.</summary>
public sealed class BoardTests
{
    private static readonly DateOnly Monday = new(2026, 11, 16);

    [Fact]
    public void A_week_is_told_only_when_five_different_owners_certainly_stand_behind_it() =>
        Gen.Select(Gen.Int[0, 9].Array[7], Gen.Int[0, 3].Array[7]).Sample((askers, signUps) =>
        {
            var days = Enumerable.Range(0, 7).Select(n => new BoardReader.DayFigures(Monday.AddDays(n), askers[n] * 3, askers[n], signUps[n]));
            var week = BoardReader.Week(Monday, days);

            return (week.Messages is null) == askers.All(n => n < 5) && (week.SignUps is null) == signUps.Sum() < 5
                && (week.Messages ?? askers.Sum() * 3) == askers.Sum() * 3 && (week.SignUps ?? signUps.Sum()) == signUps.Sum();
        });

    [Theory]
    [InlineData(612, 86, 123, "五分之一")]
    [InlineData(612, 123, 408, "三分之二")]
    [InlineData(612, 408, 0, null)]
    public void The_next_threshold_is_a_fifth_and_then_two_thirds(int households, int count, int target, string? threshold)
    {
        var next = BoardReader.Next(new(1, "k", "园", 1, "/1/", "", "", "", households, CommunityStage.None, null, null, false), count);

        Assert.Equal((threshold, threshold is null ? 0 : target), (next?.Threshold, next?.Target ?? 0));
    }

    [Fact]
    public async Task Days_are_counted_once_when_they_are_over_and_shown_within_the_scope_alone()
    {
        await using var rooms = await TestRooms.CreateAsync();
        await rooms.Get<DemoData>().LoadAsync(Current.CancellationToken);
        var directory = rooms.Get<CommunityDirectory>();
        var home = directory.FindByKey("chunhuiyuan")!;
        var elsewhere = directory.Current.Areas.First(a => a.Name.StartsWith("和平街道", StringComparison.Ordinal));
        await AskAsync(rooms, home.Id, owners: 6, new DateTimeOffset(2026, 11, 18, 3, 0, 0, TimeSpan.Zero));
        await AskAsync(rooms, home.Id, owners: 4, new DateTimeOffset(2026, 11, 11, 3, 0, 0, TimeSpan.Zero));
        var count = rooms.Get<CountDays>();

        for (var n = 0; n < 8; n++)
            await count.RunDueAsync(Current.CancellationToken);
        var all = await rooms.Get<BoardReader>().ReadAsync(StaffScopes.Of("s", "局", StaffRoles.Bureau, null, null), Current.CancellationToken);
        var other = await rooms.Get<BoardReader>().ReadAsync(StaffScopes.Of("s", "街", StaffRoles.Street, elsewhere.Id, elsewhere.Path), Current.CancellationToken);

        Assert.Equal((Monday, 12), (all.Trend[^1].Monday, all.Trend[^1].Messages));
        Assert.Null(all.Trend[^2].Messages);                                // four owners
        Assert.All(other.Trend, week => Assert.Null(week.Messages));
        Assert.Equal((12, 12), (all.Communities, all.Tiles.Sum(t => t.Total)));
        Assert.Equal(4, other.Communities);
        await using var db = rooms.Open();
        Assert.Equal(CountDays.Kept, await db.DailyFigures.Select(f => f.Day).Distinct().CountAsync(Current.CancellationToken));
    }

    /// <summary>Each owner writes twice.</summary>
    private static async Task AskAsync(TestRooms rooms, long communityId, int owners, DateTimeOffset at)
    {
        await using var db = rooms.Open();
        for (var n = 0; n < owners; n++)
        {
            var contact = new Contact { Channel = "webchat", Account = "a", UserId = $"{at:dd}-{n}", CommunityId = communityId, CreatedAt = at, LastSeenAt = at };
            db.Add(contact);
            await db.SaveChangesAsync(Current.CancellationToken);
            var talk = new Conversation { Channel = "webchat", Account = "a", ChannelConversationId = $"{at:dd}-{n}", ContactId = contact.Id, CreatedAt = at, LastActiveAt = at, Reference = "{}" };
            db.Add(talk);
            await db.SaveChangesAsync(Current.CancellationToken);
            for (var sequence = 1; sequence <= 2; sequence++)
                db.Add(new Message { ConversationId = talk.Id, Sequence = sequence, From = Speaker.Owner, At = at, Activity = "{}" });
        }
        await db.SaveChangesAsync(Current.CancellationToken);
    }
}
