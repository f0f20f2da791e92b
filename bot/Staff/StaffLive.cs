using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>
/// The console's one event stream: numbers, whenever they change. It looks at the rows every few seconds, so it shows what any node wrote; it ends when the
/// server stops, when the account is no longer what it was, and with the session.
/// </summary>
internal static class StaffLive
{
    public const string Address = "/staff/live";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public static ServerSentEventsResult<string> Listen(
        HttpContext http, StaffScope scope, IDbContextFactory<OutreachDb> databases, CityClock city, TimeProvider clock,
        IHostApplicationLifetime lifetime, IOptions<IdentityOptions> identity, IOptions<StaffOptions> options)
    {
        var stamp = http.User.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType)!;
        var session = http.Features.Get<StaffSessions.Current>()!.Id;
        var until = clock.GetUtcNow().AddMinutes(options.Value.IdleMinutes);      // then the browser asks again, and the session answers
        return TypedResults.ServerSentEvents(ReadAsync(scope.StaffId, stamp, session, until, databases, city, clock, lifetime.ApplicationStopping, http.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        string staffId, string stamp, Guid session, DateTimeOffset until, IDbContextFactory<OutreachDb> databases, CityClock city, TimeProvider clock,
        CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        using var timer = new PeriodicTimer(Pause, clock);
        ConsoleCounts.Numbers? told = null;
        do
        {
            var numbers = await LookAsync(staffId, stamp, session, databases, city, over.Token);
            if (numbers is null)
                yield break;
            if (numbers != told)
                yield return new SseItem<string>(JsonSerializer.Serialize(told = numbers, LiveJson.Default.Numbers), "numbers");
        }
        while (clock.GetUtcNow() < until && await NextAsync(timer, over.Token));
    }

    /// <summary>Null: this account has no business here any more, or the stream is over.</summary>
    private static async Task<ConsoleCounts.Numbers?> LookAsync(
        string staffId, string stamp, Guid session, IDbContextFactory<OutreachDb> databases, CityClock city, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (!await db.StaffSessions.AnyAsync(s => s.Id == session && s.EndedAt == null, cancellationToken))
                return null;
            return await db.FindScopeAsync(staffId, stamp, cancellationToken) is { } scope ? await ConsoleCounts.ReadAsync(db, scope, city, cancellationToken) : null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConsoleCounts.Numbers))]
internal sealed partial class LiveJson : JsonSerializerContext;
