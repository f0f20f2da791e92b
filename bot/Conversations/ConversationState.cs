using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>Where a dialogue stands; stored encrypted in the conversation's row. Immutable.</summary>
internal sealed record ConversationState
{
    public static ConversationState Empty { get; } = new();

    /// <summary>The article that the dialogue is about, for follow-up questions.</summary>
    public Topic? Topic { get; init; }
    /// <summary>What the bot's last message waits for; a number, a title or free words answer it.</summary>
    public Waiting? Waiting { get; init; }
    public SignUpForm? Form { get; init; }
    /// <summary>A calculation in progress, or the last result for corrections and 详细点.</summary>
    public Calculation? Calculation { get; init; }
    /// <summary>Questions in a row without an answer: the second one brings the offer of a person.</summary>
    public int Misses { get; init; }
    public int Insults { get; init; }
    public bool Greeted { get; init; }
    /// <summary>The sign-up was recommended once: not again.</summary>
    public bool SignUpOffered { get; init; }
    /// <summary>A community that the person named and that is not in the directory.</summary>
    public string? CommunityTyped { get; init; }
    /// <summary>The question whose candidates were offered last: 都不是 is about it.</summary>
    public Unsure? Unsure { get; init; }
    /// <summary>The place of a statute that was shown last, word for word.</summary>
    public ShownStatute? Statute { get; init; }
    /// <summary>The last message and its answer, for repeats.</summary>
    public Said? Last { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, StateJson.Default.ConversationState);

    /// <summary>A state that this version cannot read counts as none: the dialogue starts anew.</summary>
    public static ConversationState Parse(string? json)
    {
        if (json is null)
            return Empty;
        try
        {
            return JsonSerializer.Deserialize(json, StateJson.Default.ConversationState) ?? Empty;
        }
        catch (JsonException)
        {
            return Empty;
        }
    }
}

/// <param name="Turns">Turns since it was the topic; it is forgotten after five or after 30 minutes.</param>
internal sealed record Topic(string ArticleId, DateTimeOffset At, int Turns)
{
    public bool IsAlive(DateTimeOffset now) => Turns < 5 && now - At < TimeSpan.FromMinutes(30);
}

/// <param name="Question">Redacted.</param>
/// <param name="Nearest">The place of the nearest article of a statute, to be shown when none of the candidates fits; null: none is near.</param>
internal sealed record Unsure(string Question, string? Nearest);

/// <param name="Text">Hash of the normalised words, never the words.</param>
/// <param name="Reply">The number of the message that answered.</param>
/// <param name="HadEffect">Whether something was done that must not be done twice.</param>
internal sealed record Said(string Text, DateTimeOffset At, int? Reply, Effect HadEffect);

internal enum Effect { None, Done }

/// <summary>What the bot asked for.</summary>
internal enum WaitingFor
{
    /// <summary>Buttons that only stand for words.</summary>
    Words,
    /// <summary>Candidates of a clarification; the ids are articles.</summary>
    Clarification,
    /// <summary>[确定删除][先不删].</summary>
    Erase,
    /// <summary>[取消登记][不收通知][删信息].</summary>
    WhatToCancel,
    /// <summary>[有帮助][没有] after staff handed the conversation back.</summary>
    WasStaffHelpful,
    /// <summary>同意 or 不同意 said without anything to agree to.</summary>
    WhatToAgree,
    /// <summary>The second consent, asked after the sign-up; the id is the lead.</summary>
    LatePassOn,
    /// <summary>The name of the community whose progress was asked for.</summary>
    CommunityForProgress,
    /// <summary>A corrected value of a stored sign-up; the id names the field.</summary>
    Correction,
    /// <summary>只想了解 would sign up a tenant.</summary>
    SignUpAsTenant,
    /// <summary>只想了解 would sign up somebody of the owner's family.</summary>
    SignUpAsFamily,
    /// <summary>A person's help was offered: 好 and 行 take it.</summary>
    Handover,
}

/// <param name="Choices">The buttons shown, in order.</param>
/// <param name="Ids">What each button stands for, where it is more than its words.</param>
/// <param name="Tries">Vague answers so far.</param>
internal sealed record Waiting(WaitingFor For, IReadOnlyList<string> Choices, IReadOnlyList<string> Ids, DateTimeOffset At, int Tries = 0)
{
    public bool IsAlive(DateTimeOffset now) => now - At < TimeSpan.FromHours(24);
}

/// <summary>The question of the sign-up that is open.</summary>
internal enum FormStep { CommunityAndWish, Collect, Details, PassOn }

/// <summary>A sign-up in progress. Personal fields stand nowhere else until the first consent is given.</summary>
internal sealed record SignUpForm
{
    public required FormStep Step { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastAt { get; init; }
    public long? CommunityId { get; init; }
    /// <summary>As typed, or the directory's name.</summary>
    public string? Community { get; init; }
    /// <summary>A community to be confirmed with 是 or 不是.</summary>
    public long? Suggested { get; init; }
    /// <summary>Communities of the same name to choose from.</summary>
    public IReadOnlyList<long> SameName { get; init; } = [];
    /// <summary>The name is not in the directory.</summary>
    public bool Unlisted { get; init; }
    public bool RoadAsked { get; init; }
    public bool RoadKnown { get; init; }
    /// <summary>Where a community that is not in the directory lies, in the owner's words.</summary>
    public string? Road { get; init; }
    public Wishes Wishes { get; init; }
    public LeadRole Role { get; init; }
    public string? Name { get; init; }
    /// <summary>E.164.</summary>
    public string? Phone { get; init; }
    public string? Room { get; init; }
    /// <summary>不填 or 不留 was said: not asked again.</summary>
    public bool NoRoom { get; init; }
    public bool NoPhone { get; init; }
    public bool NoName { get; init; }
    public DateTimeOffset? CollectGivenAt { get; init; }
    public string? CollectWording { get; init; }
    public string? CollectVersion { get; init; }
    /// <summary>A question interrupted: the form waits for 接着弄 or for a field.</summary>
    public bool Paused { get; init; }
    public bool DetailsAsked { get; init; }
    /// <summary>Vague answers to the open question in a row.</summary>
    public int Vague { get; init; }
    public bool Reminded { get; init; }
    /// <summary>Further communities named in the same breath, to sign up for next.</summary>
    public string[] Next { get; init; } = [];
    /// <summary>改房号 was pressed: the row of the summary that the next message fills.</summary>
    public string? Changing { get; init; }
    /// <summary>The community under which the sign-up is stored while the owner looks for another one.</summary>
    public long? MovedFrom { get; init; }
    /// <summary>改成5: which of building and room is meant was asked.</summary>
    public string? OpenNumber { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ConversationState))]
internal sealed partial class StateJson : JsonSerializerContext;
