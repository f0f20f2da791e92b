using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Outreach.Generation;

namespace Outreach.Tests.Generation;

public sealed class GenerationOptionsTests
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["Generation:Provider"] = "OpenAI",
        ["Generation:Endpoint"] = "https://model.example/v1",
        ["Generation:Key"] = "abc",
        ["Generation:ChatModel"] = "chat",
        ["Generation:Location"] = "China",
    };

    [Theory]
    [InlineData("Provider", "Elsewhere")]
    [InlineData("Location", "Moon")]
    [InlineData("Endpoint", "model.example")]
    [InlineData("Endpoint", "http://model.example/v1")]
    [InlineData("Endpoint", "https://me:secret@model.example/v1")]
    [InlineData("Key", "with space")]
    [InlineData("DailyTokenBudget", "many")]
    [InlineData("DailyTokenBudget", "0")]
    [InlineData("DailyCostBudget", "5")]
    [InlineData("InputPrice", "-1")]
    [InlineData("Timeout", "00:10:00")]
    [InlineData("AttemptTimeout", "00:00:19")]
    [InlineData("EmbeddingTimeout", "0")]
    [InlineData("Concurrency", "0")]
    [InlineData("BreakAfter", "1")]
    [InlineData("MaxAnswerTokens", "1")]
    [InlineData("Temperature", "3")]
    public async Task What_is_malformed_stops_the_start_and_names_its_key(string key, string value)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>(Good) { ["Generation:" + key] = value });

        var failure = Assert.Throws<OptionsValidationException>(rooms.Get<ModelSwitch>);

        Assert.Contains(failure.Failures, problem => problem.Contains("Generation:" + key, StringComparison.Ordinal));
        Assert.DoesNotContain(failure.Failures, problem => problem.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Provider")]
    [InlineData("Endpoint")]
    [InlineData("Key")]
    [InlineData("ChatModel")]
    public async Task Half_filled_is_off_with_one_error_line_that_names_the_key(string missing)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>(Good) { ["Generation:" + missing] = "" });

        var model = await StartAsync(rooms);

        Assert.Equal((SwitchState.Incomplete, true), (model.State, model.NeedsAttention));
        Assert.Contains($"Error Generation:{missing} is empty", rooms.Log.Text, StringComparison.Ordinal);
        Assert.Contains($"Generation:{missing}", model.ForStaff, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false, "Development", nameof(SwitchState.On))]
    [InlineData("", false, "Production", nameof(SwitchState.LocationUnknown))]
    [InlineData("China", false, "Production", nameof(SwitchState.On))]
    [InlineData("Abroad", false, "Production", nameof(SwitchState.AbroadNotAllowed))]
    [InlineData("Abroad", false, "Development", nameof(SwitchState.AbroadNotAllowed))]
    [InlineData("Abroad", true, "Production", nameof(SwitchState.On))]
    public async Task Abroad_is_off_until_an_operator_switches_it_on_past_a_warning(string location, bool allow, string environment, string state)
    {
        await using var rooms = await TestRooms.CreateAsync(
            new Dictionary<string, string?>(Good) { ["Generation:Location"] = location, ["Generation:AllowAbroad"] = allow ? "true" : "false" }, environment);

        var model = await StartAsync(rooms);

        Assert.Equal(state, model.State.ToString());
        Assert.Equal(location == "Abroad", rooms.Log.Text.Contains("PIPL 36", StringComparison.Ordinal));
        Assert.Equal(state != nameof(SwitchState.On) || allow, model.NeedsAttention);
    }

    [Fact]
    public async Task Nothing_set_is_nothing_said()
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>(), "Production");

        var model = await StartAsync(rooms);

        Assert.Equal((SwitchState.Off, false), (model.State, model.NeedsAttention));
        Assert.DoesNotContain("Generation", rooms.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<ModelSwitch> StartAsync(TestRooms rooms)
    {
        foreach (var start in rooms.Get<IEnumerable<IHostedService>>().OfType<GenerationStart>())
            await start.StartAsync(TestContext.Current.CancellationToken);
        return rooms.Get<ModelSwitch>();
    }
}
