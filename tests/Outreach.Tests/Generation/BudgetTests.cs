using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Generation;
using Outreach.Storage;

namespace Outreach.Tests.Generation;

public sealed class BudgetTests
{
    private const string Question = "换物业要多少人同意";

    [Fact]
    public async Task A_call_that_does_not_fit_into_the_day_is_not_made()
    {
        await using var scene = await ModelScene.StartAsync(("DailyTokenBudget", "500"));

        var answer = await scene.AskAsync(Question);

        Assert.Equal("hiring.vote", answer.ArticleId);
        Assert.Empty(scene.Server.Requests);
        Assert.Equal((0L, 1), ((await TodayAsync(scene.Rooms))!.Tokens, (await TodayAsync(scene.Rooms))!.Refused));
    }

    [Fact]
    public async Task Calls_stop_at_the_budget_and_go_on_the_next_day()
    {
        await using var scene = await ModelScene.StartAsync(("DailyTokenBudget", "6000"), ("MaxAnswerTokens", "200"));

        for (var i = 0; i < 12; i++)
            await scene.AskAsync(Question + new string('啊', i));
        var asked = scene.Server.Requests.Count;
        var today = (await TodayAsync(scene.Rooms))!;
        scene.Rooms.Clock.Advance(TimeSpan.FromDays(1));
        await scene.AskAsync(Question);

        Assert.InRange(asked, 1, 11);
        Assert.InRange(today.Tokens, 1, 6000);
        Assert.True(today.Refused > 0);
        Assert.Equal(asked + 1, scene.Server.Requests.Count);
    }

    [Fact]
    public async Task Money_is_limited_too()
    {
        await using var scene = await ModelScene.StartAsync(("DailyCostBudget", "0.00001"), ("InputPrice", "4"), ("OutputPrice", "12"));

        await scene.AskAsync(Question);

        Assert.Empty(scene.Server.Requests);
    }

    [Fact]
    public async Task The_days_row_holds_what_the_server_says_and_its_price()
    {
        await using var scene = await ModelScene.StartAsync(("DailyCostBudget", "10"), ("InputPrice", "1000000"), ("OutputPrice", "2000000"), ("DailyTokenBudget", "1000000"));
        await using var other = await ModelScene.StartAsync(("DailyCostBudget", "1000000"), ("InputPrice", "1000000"), ("OutputPrice", "2000000"));

        await scene.AskAsync(Question);
        await other.AskAsync(Question);

        Assert.Empty(scene.Server.Requests);        // the worst case costs more than 10
        var row = (await TodayAsync(other.Rooms))!;
        Assert.InRange(row.CostMicros, (row.Tokens * 1_000_000L) + 1, row.Tokens * 2_000_000L);
        Assert.Equal(1, row.Calls);
    }

    [Fact]
    public async Task Twenty_reservations_at_once_never_take_more_than_there_is_and_a_restart_knows_it()
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?> { ["Generation:DailyTokenBudget"] = "1000" });

        var reserved = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rooms.Get<ModelBudget>().ReserveAsync(100, 0, TestContext.Current.CancellationToken)));
        var anew = new ModelBudget(rooms.Get<IDbContextFactory<OutreachDb>>(), rooms.Get<CityClock>(), rooms.Get<IOptions<GenerationOptions>>());

        Assert.Equal(10, reserved.Count(r => r is not null));
        Assert.Null(await anew.ReserveAsync(1, 0, TestContext.Current.CancellationToken));
        await anew.SettleAsync(reserved.First(r => r is not null)!.Value, 40, 0);
        Assert.NotNull(await anew.ReserveAsync(60, 0, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Calls_tokens_and_judgements_are_counted()
    {
        await using var scene = await ModelScene.StartAsync();
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        var factory = scene.Rooms.Get<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == GenerationMetrics.MeterName && instrument.Meter.Scope == factory)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.Start();

        await scene.AskAsync(Question);
        scene.Server.Says = (_, _) => "要百分之九十同意。【1】";
        await scene.AskAsync(Question + "啊");

        Assert.Equal(2, counts["outreach.model.calls Rephrase Done"]);
        Assert.Equal(1, counts["outreach.model.wordings Held"]);
        Assert.Equal(1, counts["outreach.model.wordings Figure"]);
        Assert.True(counts["outreach.model.tokens Rephrase input"] > 100);
        Assert.True(counts["outreach.model.tokens Rephrase output"] > 10);

        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = instrument.Name;
            foreach (var tag in tags)
                name += $" {tag.Value}";
            counts.AddOrUpdate(name, value, (_, before) => before + value);
        }
    }

    private static Task<ModelUsage?> TodayAsync(TestRooms rooms) => rooms.Get<ModelBudget>().TodayAsync(TestContext.Current.CancellationToken);
}
