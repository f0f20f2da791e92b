using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The fields of a notice, as the form sends them.</summary>
public sealed class ComposeForm : IValidatableObject
{
    public string? Title { get; set; }
    public string? Body { get; set; }
    public string? Link { get; set; }
    /// <summary>Chosen just now; what was chosen before is named by <see cref="PictureId"/>.</summary>
    public IFormFile? PictureFile { get; set; }
    public string? PictureId { get; set; }
    public string? PictureDescription { get; set; }
    public NoticeTopics Topic { get; set; } = NoticeTopics.MyCommunity;
    /// <summary>Name of a <see cref="LegalNotice"/>; empty: none.</summary>
    public string? LegalNotice { get; set; }
    /// <summary>"true": with buttons to answer.</summary>
    public string? Replies { get; set; }
    public Repeat Repeat { get; set; }
    public string? AreaId { get; set; }
    public long[]? CommunityIds { get; set; }
    public long[]? Except { get; set; }
    public string[]? Stages { get; set; }
    public string? FromPercent { get; set; }
    public string? BelowPercent { get; set; }
    public string[]? Channels { get; set; }
    public string[]? Languages { get; set; }
    public string[]? Wishes { get; set; }
    public string? WroteWithinDays { get; set; }
    public string? SilentForDays { get; set; }
    public string? SegmentName { get; set; }
    /// <summary>Where a member of staff reads the notice first: a mailbox or a phone.</summary>
    public string? TestAddress { get; set; }
    public string? StartOn { get; set; }
    public string? StartTime { get; set; }
    public string? FormToken { get; set; }
    public string? Version { get; set; }
    public int ConfirmedTotal { get; set; }
    public string? Step { get; set; }

    internal long? Area => long.TryParse(AreaId, CultureInfo.InvariantCulture, out var id) ? id : null;

    internal LegalNotice? Legal => Enum.TryParse<LegalNotice>(LegalNotice, out var step) ? step : null;

    /// <summary>Null: no area is chosen.</summary>
    internal AudienceChoice? Choice => Area is not { } area ? null : new AudienceChoice(area, CommunityIds is { Length: > 0 } ids ? ids : null, Topic)
    {
        Step = Legal,
        Filter = new()
        {
            Except = Except ?? [],
            Stages = Read<CommunityStage>(Stages),
            FromPercent = Number(FromPercent),
            BelowPercent = Number(BelowPercent),
            Channels = Channels ?? [],
            Languages = Read<ContactLanguage>(Languages),
            Wishes = Read<Wishes>(Wishes).Aggregate(Leads.Wishes.None, (all, one) => all | one),
            WroteWithinDays = Number(WroteWithinDays),
            SilentForDays = Number(SilentForDays),
        },
    };

    /// <summary>Whether the audience is narrowed by more than communities.</summary>
    internal bool IsNarrowed => Choice is { } choice && !(choice.Filter with { Communities = null }).IsEveryone;

    internal void Take(long areaId, AudienceFilter filter)
    {
        AreaId = areaId.ToString(CultureInfo.InvariantCulture);
        CommunityIds = filter.Communities is { } ids ? [.. ids] : null;
        Except = [.. filter.Except];
        Stages = [.. filter.Stages.Select(stage => stage.ToString())];
        (FromPercent, BelowPercent) = (Text(filter.FromPercent), Text(filter.BelowPercent));
        Channels = [.. filter.Channels];
        Languages = [.. filter.Languages.Select(language => language.ToString())];
        Wishes = [.. Enum.GetValues<Wishes>().Where(wish => wish != Leads.Wishes.None && filter.Wishes.HasFlag(wish)).Select(wish => wish.ToString())];
        (WroteWithinDays, SilentForDays) = (Text(filter.WroteWithinDays), Text(filter.SilentForDays));
    }

    internal void Take(NoticeSample sample) =>
        (Title, Body, Topic, LegalNotice, Replies) = (sample.Title, sample.Body, sample.Topic, sample.Step?.ToString(), sample.Key == "training" ? "true" : null);

    internal void Take(Campaign campaign, CityClock city)
    {
        (Title, Body, Link, Topic, LegalNotice, Repeat) = (campaign.Title, campaign.Body, campaign.Link, campaign.Topic, campaign.Step?.ToString(), campaign.Repeat);
        (PictureId, PictureDescription) = (campaign.PictureId, campaign.PictureDescription);
        Replies = campaign.Replies == ReplyChoices.Attend ? "true" : null;
        Version = campaign.Version.ToString("N");
        Take(campaign.AreaId, AudienceFilter.From(campaign.Audience));
        if (campaign.StartAt is { } start && start > city.UtcNow && city.ToLocal(start) is var local)
            (StartOn, StartTime) = (local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), local.ToString("HH:mm", CultureInfo.InvariantCulture));
    }

    /// <summary>Null: at once.</summary>
    internal DateTimeOffset? StartsAt(CityClock city) =>
        DateOnly.TryParseExact(StartOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && TimeOnly.TryParse(StartTime, CultureInfo.InvariantCulture, out var time) ? city.FromLocal(day.ToDateTime(time)) : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Area is null)
            yield return new("选发给哪里", [nameof(AreaId)]);
        if (string.IsNullOrEmpty(StartOn) != string.IsNullOrEmpty(StartTime))
            yield return new("日子和几点要一起填，或者都不填", [string.IsNullOrEmpty(StartOn) ? nameof(StartOn) : nameof(StartTime)]);
        foreach (var (name, text) in new[] { (nameof(FromPercent), FromPercent), (nameof(BelowPercent), BelowPercent) })
            if (!string.IsNullOrWhiteSpace(text) && Number(text) is not (>= 0 and <= 100))
                yield return new("填0到100的整数，或者不填", [name]);
        foreach (var (name, text) in new[] { (nameof(WroteWithinDays), WroteWithinDays), (nameof(SilentForDays), SilentForDays) })
            if (!string.IsNullOrWhiteSpace(text) && Number(text) is not (>= 1 and <= 3650))
                yield return new("填天数，如30，或者不填", [name]);
    }

    private static List<T> Read<T>(string[]? names) where T : struct, Enum => [.. (names ?? []).Where(name => Enum.TryParse<T>(name, out _)).Select(Enum.Parse<T>)];

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
