using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Leads;
using Outreach.Storage;
using static Xunit.TestContext;

namespace Outreach.Tests.Leads;

public sealed class ForwardTimesTests
{
    [Theory]
    [InlineData("", "", "24T10:00", "24T10:00")]
    [InlineData("", "20:00-8:00", "24T10:00", "24T10:00")]
    [InlineData("", "20:00-8:00", "24T20:00", "25T08:00")]
    [InlineData("", "20:00-8:00", "24T07:59", "24T08:00")]
    [InlineData("9:00,15:00", "", "24T08:00", "24T09:00")]
    [InlineData("9:00,15:00", "", "24T09:00", "24T15:00")]
    [InlineData("9:00,15:00", "", "24T15:01", "25T09:00")]
    [InlineData("9:00,21:00", "20:00-8:00", "24T10:00", "25T09:00")]
    [InlineData("21:00", "20:00-8:00", "24T10:00", "25T08:00")]
    public void A_destination_is_told_at_its_times_and_not_in_its_quiet_hours(string sendAt, string quiet, string now, string next)
    {
        var city = new CityClock(TimeProvider.System, Options.Create(new SiteOptions()));
        DateTimeOffset At(string text) => city.FromLocal(DateTime.Parse("2026-11-" + text, System.Globalization.CultureInfo.InvariantCulture));
        var options = new DestinationOptions { SendAt = sendAt.Split(',', StringSplitOptions.RemoveEmptyEntries), Quiet = quiet };

        Assert.Null(ForwardTimes.Problem(options));
        Assert.Equal(At(next), ForwardTimes.Of(options).Next(At(now), city));
    }

    [Theory]
    [InlineData("25:00", "")]
    [InlineData("", "20:00")]
    [InlineData("", "8:00-8:00")]
    public void Settings_that_cannot_be_read_are_named(string sendAt, string quiet) =>
        Assert.NotNull(ForwardTimes.Problem(new() { SendAt = sendAt.Split(',', StringSplitOptions.RemoveEmptyEntries), Quiet = quiet }));

    [Fact]
    public async Task On_Monday_morning_the_numbers_of_the_week_go_out_once_without_a_name_or_a_small_number()
    {
        await using var scene = await LeadScene.CreateAsync(new Dictionary<string, string?>
        {
            ["Leads:Destinations:street:Type"] = "Webhook",
            ["Leads:Destinations:street:Url"] = "https://example.org/hook",
            ["Leads:Destinations:street:Secret"] = "whsec_" + Convert.ToBase64String(new byte[24]),
            ["Leads:Destinations:street:WeeklySummary"] = "true",
        });
        for (var i = 0; i < 5; i++)
            await scene.SignUpAsync(room: null);
        var care = scene.Rooms.Get<IEnumerable<IDueWork>>().OfType<LeadCare>().Single();
        async Task<List<LeadForward>> Summaries()
        {
            await care.RunDueAsync(Current.CancellationToken);
            await using var db = scene.Rooms.Open();
            return await db.LeadForwards.Where(f => f.Event == ForwardEvent.Summary).ToListAsync(Current.CancellationToken);
        }

        Assert.Empty(await Summaries());
        scene.Rooms.Clock.SetUtcNow(new(2026, 11, 30, 1, 0, 0, TimeSpan.Zero));      // Monday, 9:00 in the city
        var forward = Assert.Single(await Summaries());
        Assert.Single(await Summaries());

        await using var open = scene.Rooms.Open();
        var notice = await WeeklySummary.NoticeAsync(open, forward, scene.Rooms.Get<LeadDestinations>(), scene.Rooms.Get<Outreach.Communities.CommunityDirectory>(), "https://ywh.example.org/");
        Assert.Equal("上周汇总：新登记5条，在跟进5条，过了时间没联系5条", LeadLine.Of(notice));
        Assert.Equal(("W-2026-49", (OwnerFields?)null), (forward.LeadKey, notice.Owner));
    }
}
