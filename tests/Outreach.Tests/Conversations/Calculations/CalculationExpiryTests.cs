using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Tests.Conversations.Calculations;

/// <summary>Through the running server: what a calculation becomes with time, and what today means.</summary>
public sealed class CalculationExpiryTests(ClockedProgram program) : IClassFixture<ClockedProgram>
{
    private readonly OutreachApp _app = program.App;
    private readonly string _talk = $"c-{Guid.NewGuid():N}";

    [Fact]
    public async Task Numbers_are_forgotten_after_half_an_hour()
    {
        await SayAsync("帮我算算票够不够");
        await SayAsync("500户");
        program.Clock.Advance(TimeSpan.FromMinutes(31));
        var late = await SayAsync("340户");
        var later = await SayAsync("340户");

        Assert.Equal("隔得久了，刚才的数已经清掉。还要算吗？", late);
        Assert.DoesNotContain("清掉", later, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tomorrow_is_the_citys_tomorrow()
    {
        var answer = await SayAsync("明天公示什么时候能投票");

        Assert.StartsWith("2026年11月25日（周三）公告、通知，最早2026年12月10日（周四）开会投票。", answer, StringComparison.Ordinal);
        Assert.Contains("2026年12月11日（周五）更稳妥", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_from_today_starts_today() =>
        Assert.StartsWith("按今天递交申请排，最早2027年2月8日（周一）开首次业主大会", await SayAsync("帮我排个时间表"), StringComparison.Ordinal);

    private async Task<string> SayAsync(string text)
    {
        var reference = new ConversationReference { ChannelId = "test", Account = "default", ConversationId = _talk, UserId = $"u-{_talk}" };
        var receipt = await _app.Services.GetRequiredService<IGrainFactory>().GetGrain<IConversationGrain>(IConversationGrain.KeyOf("test", "default", _talk)).ReceiveAsync(new(
            JsonSerializer.Serialize(reference, ActivityJson.Wire.ConversationReference), JsonSerializer.Serialize(new() { Type = ActivityTypes.Message, Text = text }, ActivityJson.Wire.Activity), null));
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var sequence = Assert.Single(receipt.Replies);
        var json = await db.Messages.Where(m => m.ConversationId == receipt.ConversationId && m.Sequence == sequence).Select(m => m.Activity).SingleAsync(TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize(json, ActivityJson.Default.Activity)!.Text!;
    }
}
