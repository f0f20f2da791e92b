using CsCheck;
using Outreach.Activities;
using Outreach.Campaigns;

namespace Outreach.Tests.Campaigns;

public sealed class DeliveryJudgeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 4, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(SendClass.Ok, 1, Resend.Blind, DeliveryState.Sent)]
    [InlineData(SendClass.Transient, 4, Resend.Blind, DeliveryState.Queued)]
    [InlineData(SendClass.Transient, 5, Resend.Blind, DeliveryState.Failed)]
    [InlineData(SendClass.RateLimited, 5, Resend.Blind, DeliveryState.Queued)]
    [InlineData(SendClass.QuotaExhausted, 5, Resend.Blind, DeliveryState.Queued)]
    [InlineData(SendClass.ConfigError, 5, Resend.Blind, DeliveryState.Queued)]
    [InlineData(SendClass.RecipientGone, 1, Resend.WithKey, DeliveryState.Skipped)]
    [InlineData(SendClass.WindowClosed, 1, Resend.WithKey, DeliveryState.Skipped)]
    [InlineData(SendClass.ContentRejected, 1, Resend.WithKey, DeliveryState.Failed)]
    [InlineData(SendClass.AmbiguousSent, 1, Resend.Blind, DeliveryState.Unknown)]
    [InlineData(SendClass.AmbiguousSent, 1, Resend.WithKey, DeliveryState.Queued)]
    public void An_answer_leads_to_one_state(SendClass answer, int tries, Resend resend, DeliveryState state) =>
        Assert.Equal(state, DeliveryJudge.After(answer, tries, resend));

    [Fact]
    public void Without_a_handle_a_message_that_may_have_arrived_is_never_queued_again() =>
        Gen.Int[1, 20].Sample(tries =>
            DeliveryJudge.After(SendClass.AmbiguousSent, tries, Resend.Blind) == DeliveryState.Unknown
            && DeliveryJudge.AfterCrash(Resend.Blind) == DeliveryState.Unknown);

    [Fact]
    public void A_quota_never_grants_more_than_its_limit_in_one_window() =>
        Gen.Int[0, 50].List[1, 30].Sample(wishes =>
        {
            var quota = new Quota(Limit: 100, TimeSpan.FromDays(1), Noon, Used: 0);
            var granted = 0;
            foreach (var wish in wishes)
            {
                (quota, var more) = quota.Take(wish, Noon);
                granted += more;
            }
            return granted == Math.Min(100, wishes.Sum());
        });

    [Fact]
    public void A_new_window_starts_full()
    {
        var used = new Quota(Limit: 10, TimeSpan.FromDays(1), Noon, Used: 10);

        Assert.Equal(0, used.Take(5, Noon.AddHours(23)).Granted);
        Assert.Equal(5, used.Take(5, Noon.AddHours(24)).Granted);
    }
}
