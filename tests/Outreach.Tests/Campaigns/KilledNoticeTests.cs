using Outreach.Doubles;

namespace Outreach.Tests.Campaigns;

/// <summary>A notice to 1,800 owners by a process that is killed again and again; the benchmark program <c>crash</c> does it at many more points.</summary>
public sealed class KilledNoticeTests
{
    private const int Owners = 1800;

    [Fact]
    public async Task Killed_at_any_point_it_reaches_everyone_once_or_says_of_whom_it_is_not_sure()
    {
        await using var campaign = await KilledCampaign.CreateAsync(Owners);

        // While the snapshot grows, before a call is passed on, after it was taken, after its answer, and after a commit in the middle.
        var outcome = await campaign.RunAsync(
            [new(null, 2), new(CallStage.Asked, 60), new(CallStage.Taken, 200), new(CallStage.Answered, 330), new(null, 40)], TestContext.Current.CancellationToken);

        Assert.Empty(outcome.Wrong);
        Assert.Equal(Owners, outcome.Rows);
        Assert.Equal(Owners, outcome.Sent + outcome.Unknown);
        Assert.InRange(outcome.Kills, 4, 5);
        Assert.InRange(outcome.Unknown, 1, 200 * outcome.Kills);
    }
}
