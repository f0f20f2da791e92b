using Outreach.Doubles;

namespace Outreach.Tests.Campaigns;

/// <summary>A notice to 1,200 owners by a process that is killed again and again; the benchmark program <c>crash</c> does it at many more points, and in WeChat too.</summary>
public sealed class KilledNoticeTests
{
    private const int Each = 600;

    [Fact]
    public async Task Killed_at_any_point_it_reaches_everyone_once_or_says_of_whom_it_is_not_sure()
    {
        await using var campaign = await KilledCampaign.CreateAsync(Each, KilledCampaign.WithoutWaiting);

        // While the snapshot grows, before a call is passed on, after it was taken, after its answer, and after a commit in the middle.
        var outcome = await campaign.RunAsync(
            [new(null, 2), new(CallStage.Asked, 30), new(CallStage.Taken, 100), new(CallStage.Answered, 130), new(null, 30)], TestContext.Current.CancellationToken);

        Assert.Empty(outcome.Wrong);
        Assert.Equal(2 * Each, outcome.Rows);
        Assert.Equal(2 * Each, outcome.Sent + outcome.Unknown);
        Assert.InRange(outcome.Kills, 4, 5);
        Assert.InRange(outcome.Unknown, 1, 80 * outcome.Kills);
    }
}
