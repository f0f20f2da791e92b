using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Leads;

public sealed class LeadOptions
{
    /// <summary>Where passed-on leads go besides the console, by name.</summary>
    public Dictionary<string, DestinationOptions> Destinations { get; init; } = new(StringComparer.Ordinal);
    /// <summary>Working days within which an owner is promised a contact.</summary>
    public int ContactWorkingDays { get; init; } = 2;
    /// <summary>Public holidays (yyyy-MM-dd) on which offices are closed, as the State Council announces them every year.</summary>
    public DateOnly[] Holidays { get; init; } = [];
    /// <summary>Saturdays and Sundays on which offices work in exchange.</summary>
    public DateOnly[] WorkingWeekends { get; init; } = [];
    /// <summary>After this long without delivery a forward is an alert.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>One receiver of leads: <c>Leads:Destinations:&lt;name&gt;</c>.</summary>
public sealed class DestinationOptions
{
    /// <summary>Name of a kind of destination, such as <c>Webhook</c> or <c>WeComRobot</c>.</summary>
    public string Type { get; init; } = "";
    public string Url { get; init; } = "";
    public string Secret { get; init; } = "";
    /// <summary>One mailbox or phone of a staff member, for <c>Email</c> and <c>Sms</c>: several of them are several destinations.</summary>
    public string To { get; init; } = "";
    /// <summary>Which areas it receives, by name from above down to the area itself, such as <c>三门峡市/湖滨区</c> or just <c>湖滨区</c>; empty: all.</summary>
    public string[] Areas { get; init; } = [];
    /// <summary>Times of the day (9:00) at which it is told, several leads together; empty: at once.</summary>
    public string[] SendAt { get; init; } = [];
    /// <summary>A span of the day (20:00-8:00) in which it is told nothing but withdrawals and erasures; empty: none.</summary>
    public string Quiet { get; init; } = "";
    /// <summary>Also gets the numbers of the week, on Monday morning.</summary>
    public bool WeeklySummary { get; init; }
    /// <summary>Lets the address lie in a private network; a loopback address needs Development besides.</summary>
    public bool AllowPrivateAddress { get; init; }
    internal Reach Reach => AllowPrivateAddress ? Reach.PrivateToo : Reach.Public;
    /// <summary>Gets name, phone and room. Only for a system that the receiver named in the owners' consent runs itself.</summary>
    public bool Trusted { get; init; }

    /// <summary>Tells one address from another without storing it.</summary>
    internal string AddressHash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Url}\n{Secret}\n{To}")));
}

/// <summary>A broken destination stops the start, with the key, what is wrong, and what to do.</summary>
internal sealed partial class LeadOptionsCheck(IEnumerable<ILeadDestination> kinds, IHostEnvironment environment, IOptions<SiteOptions> site) : IValidateOptions<LeadOptions>
{
    public ValidateOptionsResult Validate(string? name, LeadOptions options)
    {
        var problems = options.Destinations.SelectMany(pair => Check(pair.Key, pair.Value)).ToList();
        if (options.ContactWorkingDays is < 1 or > 30)
            problems.Add("Leads:ContactWorkingDays must be between 1 and 30 (working days within which an owner is contacted).");
        if (options.Holidays.Intersect(options.WorkingWeekends).Any())
            problems.Add($"Leads:Holidays and Leads:WorkingWeekends both hold {options.Holidays.Intersect(options.WorkingWeekends).First():yyyy-MM-dd}; take it out of one of them.");
        foreach (var day in options.WorkingWeekends.Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)))
            problems.Add($"Leads:WorkingWeekends holds {day:yyyy-MM-dd}, which is a {day.DayOfWeek}; only Saturdays and Sundays belong there.");
        if (options.LateAfter < TimeSpan.FromMinutes(1))
            problems.Add("Leads:LateAfter must be at least 00:01:00 (after this long an undelivered forward is an alert).");
        if (options.Destinations.Count > 0 && site.Value.PublicUrl.Length == 0 && !environment.IsDevelopment())
            problems.Add("PublicUrl is empty, but a lead destination is configured: its messages link to the lead. Set PublicUrl to the absolute address of this server, such as https://ywh.example.org.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Check(string name, DestinationOptions destination)
    {
        var key = $"Leads:Destinations:{name}";
        if (!NamePattern().IsMatch(name))
            yield return $"{key}: the name must be 1 to 64 letters, digits and hyphens; it stands in every stored forward.";
        var kind = kinds.FirstOrDefault(k => string.Equals(k.Type, destination.Type, StringComparison.OrdinalIgnoreCase));
        if (kind is null)
        {
            yield return $"{key}:Type is '{destination.Type}'; choose one of {string.Join(", ", kinds.Select(k => k.Type).Order(StringComparer.Ordinal))}.";
            yield break;
        }
        foreach (var problem in kind.Address == DestinationAddress.Url ? CheckUrl(key, kind, destination) : CheckTo(key, kind, destination))
            yield return problem;
        if (destination.Areas.Any(string.IsNullOrWhiteSpace))
            yield return $"{key}:Areas must hold names of areas, such as 湖滨区; leave it out for all areas.";
        if (ForwardTimes.Problem(destination) is { } times)
            yield return $"{key}:{times}";
        foreach (var problem in kind.Check(destination))
            yield return $"{key}:{problem}";
    }

    private static IEnumerable<string> CheckUrl(string key, ILeadDestination kind, DestinationOptions destination)
    {
        if (destination.To.Length > 0)
            yield return $"{key}:To is for mailboxes and phones; a destination of type {kind.Type} needs {key}:Url alone.";
        if (!Uri.TryCreate(destination.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            yield return $"{key}:Url must be an absolute https address.";
        else if (url.Scheme == "http" && !destination.AllowPrivateAddress)
            yield return $"{key}:Url must use https; http is possible only inside a private network, with {key}:AllowPrivateAddress true.";
        else if (url.UserInfo.Length > 0)
            yield return $"{key}:Url must not hold a user name or password; use {key}:Secret.";
    }

    private static IEnumerable<string> CheckTo(string key, ILeadDestination kind, DestinationOptions destination)
    {
        if (destination.Url.Length > 0 || destination.Secret.Length > 0)
            yield return $"{key}: leave out Url and Secret; a destination of type {kind.Type} needs {key}:To alone.";
        if (destination.Trusted)
            yield return $"{key}:Trusted must be false: a message of type {kind.Type} passes through other hands and never holds personal data.";
    }

    [GeneratedRegex("^[A-Za-z0-9-]{1,64}$")]
    private static partial Regex NamePattern();
}
