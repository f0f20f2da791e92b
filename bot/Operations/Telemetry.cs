using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Outreach.Campaigns;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary>
/// Metrics and traces over OTLP, only when an endpoint is configured (<c>Telemetry:OtlpEndpoint</c>, or the standard <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>).
/// Labels come from closed sets; no label holds a name, an address or a text.
/// </summary>
internal static class Telemetry
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<StateGauges>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<StateGauges>());
        var own = configuration["Telemetry:OtlpEndpoint"];
        if (string.IsNullOrEmpty(own) && string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return services;
        Uri? address = null;
        if (!string.IsNullOrEmpty(own) && !Uri.TryCreate(own, UriKind.Absolute, out address))
            throw new StartException("Telemetry:OtlpEndpoint must be an absolute address such as http://localhost:4317.");
        void Configure(OtlpExporterOptions otlp)
        {
            if (address is not null)
                otlp.Endpoint = address;   // else the standard variables say it, path and protocol included
        }
        services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter("Outreach.*").AddRuntimeInstrumentation().AddAspNetCoreInstrumentation().AddOtlpExporter(Configure))
            .WithTracing(traces => traces.AddSource("Outreach.*").AddAspNetCoreInstrumentation().AddOtlpExporter(Configure));
        return services;
    }
}

/// <summary>Counts of rows by state and the age of the oldest waiting row, read from the database once a minute.</summary>
internal sealed class StateGauges : IDueWork
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private readonly IDbContextFactory<OutreachDb> _databases;
    private readonly TimeProvider _clock;
    private Snapshot _last = new(DateTimeOffset.MinValue, [], [], [], 0);

    public StateGauges(IDbContextFactory<OutreachDb> databases, TimeProvider clock, IMeterFactory meters)
    {
        (_databases, _clock) = (databases, clock);
        var meter = meters.Create("Outreach.Operations");
        meter.CreateObservableGauge("outreach.leads", () => Measure(_last.Leads), description: "Leads by state");
        meter.CreateObservableGauge("outreach.lead_forwards", () => Measure(_last.Forwards), description: "Lead forwards by state");
        meter.CreateObservableGauge("outreach.deliveries", () => Measure(_last.Deliveries), description: "Deliveries of campaigns not yet ended, by state");
        meter.CreateObservableGauge("outreach.queue_age", () => _last.OldestForwardSeconds, "s", "Age of the oldest lead forward still waiting");
    }

    public string Name => "state-gauges";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (now - _last.At < Period)
            return;
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var leads = await db.Leads.GroupBy(l => l.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key.ToString(), g => g.Count, cancellationToken);
        var forwards = await db.LeadForwards.GroupBy(f => f.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key.ToString(), g => g.Count, cancellationToken);
        var deliveries = await db.Deliveries.Where(d => db.Set<Campaign>().Any(c => c.Id == d.CampaignId && c.DoneAt == null))
            .GroupBy(d => d.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key.ToString(), g => g.Count, cancellationToken);
        var oldest = await db.LeadForwards.Where(f => f.State == ForwardState.Queued).OrderBy(f => f.CreatedAt).Select(f => (DateTimeOffset?)f.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        _last = new(now, leads, forwards, deliveries, oldest is { } since ? (now - since).TotalSeconds : 0);
    }

    private static IEnumerable<Measurement<int>> Measure(Dictionary<string, int> counts) =>
        counts.Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>("state", pair.Key)));

    private sealed record Snapshot(
        DateTimeOffset At, Dictionary<string, int> Leads, Dictionary<string, int> Forwards, Dictionary<string, int> Deliveries, double OldestForwardSeconds);
}
