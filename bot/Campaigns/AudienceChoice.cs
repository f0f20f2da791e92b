using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;

namespace Outreach.Campaigns;

/// <summary>Who of an area is meant; every part narrows it, an empty one does not. Stored as JSON, so a member is never renamed; what the JSON does not name the generated reader sets to null.</summary>
public sealed record AudienceFilter
{
    /// <summary>Communities chosen by name; null: all.</summary>
    public IReadOnlyList<long>? Communities { get; init; }
    /// <summary>Communities left out.</summary>
    public IReadOnlyList<long> Except { get => field ?? []; init; } = [];
    /// <summary>Communities at one of these stages.</summary>
    public IReadOnlyList<CommunityStage> Stages { get => field ?? []; init; } = [];
    /// <summary>Communities of whose households at least so many percent have signed up; those whose households are not known are left out.</summary>
    public int? FromPercent { get; init; }
    /// <summary>The same, less than.</summary>
    public int? BelowPercent { get; init; }
    /// <summary>People who can be reached on one of these channels, and there only.</summary>
    public IReadOnlyList<string> Channels { get => field ?? []; init; } = [];
    /// <summary>People with one of these wishes.</summary>
    public Wishes Wishes { get; init; }
    /// <summary>People whose app speaks one of these.</summary>
    public IReadOnlyList<ContactLanguage> Languages { get => field ?? []; init; } = [];
    /// <summary>People who wrote within so many days.</summary>
    public int? WroteWithinDays { get; init; }
    /// <summary>People who have not written for so many days.</summary>
    public int? SilentForDays { get; init; }

    [JsonIgnore]
    public bool IsEveryone => this is
    {
        Communities: null, Except.Count: 0, Stages.Count: 0, FromPercent: null, BelowPercent: null, Channels.Count: 0, Languages.Count: 0, Wishes: Wishes.None, WroteWithinDays: null, SilentForDays: null,
    };

    public string? ToJson() => IsEveryone ? null : JsonSerializer.Serialize(this, AudienceJson.Default.AudienceFilter);

    public static AudienceFilter From(string? json) => json is null ? new() : JsonSerializer.Deserialize(json, AudienceJson.Default.AudienceFilter) ?? new();
}

/// <summary>
/// Who is meant: owners with a sign-up (and so a consent that covers notices) in these communities. Each gets one copy: at the address that they asked for notices at,
/// else in the chat.
/// </summary>
/// <param name="AreaId">Root of the subtree.</param>
/// <param name="CommunityIds">The chosen communities; null: all of the subtree.</param>
public sealed record AudienceChoice(long AreaId, IReadOnlyList<long>? CommunityIds, NoticeTopics Topic)
{
    private readonly AudienceFilter _filter = new();

    /// <summary>What narrows it, the chosen communities included.</summary>
    public AudienceFilter Filter
    {
        get => _filter with { Communities = CommunityIds };
        init => _filter = value;
    }

    /// <summary>A notice that the law asks for: the weekly limit does not hold it back.</summary>
    public LegalNotice? Step { get; init; }

    public static AudienceChoice Of(Campaign campaign) => Of(campaign.AreaId, campaign.Audience, campaign.Topic) with { Step = campaign.Step };

    public static AudienceChoice Of(long areaId, string? audience, NoticeTopics topic)
    {
        var filter = AudienceFilter.From(audience);
        return new(areaId, filter.Communities, topic) { Filter = filter };
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(AudienceFilter))]
internal sealed partial class AudienceJson : JsonSerializerContext;
