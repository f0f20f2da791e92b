using System.Text.Json;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Generation;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>One turn in its transaction: what came in, where the dialogue stands, and what goes out.</summary>
internal sealed class Turn : ITurnContext
{
    private readonly List<Activity> _outgoing = [];
    private readonly List<(string Value, string Placeholder)> _personal = [];
    private Shown _shown = Shown.AsText;

    public required Activity Activity { get; init; }
    public required ChannelCapabilities Capabilities { get; init; }
    public required OutreachDb Db { get; init; }
    public required Conversation Conversation { get; init; }
    public required Contact Contact { get; init; }
    public required DateTimeOffset Now { get; init; }
    /// <summary>What the message means, found before the transaction.</summary>
    public required Thought Thought { get; init; }
    public required ConversationState State { get; set; }
    /// <summary>The open request for a person, if there is one.</summary>
    public Handover? Handover { get; set; }
    /// <summary>Something waits for its channel, such as a person's answer behind a closed window.</summary>
    public bool HasUnsent { get; init; }
    /// <summary>A notice stands in the conversation that the owner may be answering.</summary>
    public bool HasNotice { get; init; }
    /// <summary>When this conversation must be looked at again without a message; null: never.</summary>
    public DateTimeOffset? DueAt { get; set; }
    /// <summary>Something was done that must not be done twice by a repeated message.</summary>
    public Effect Effect { get; set; }

    public string Text => Thought.Text;
    public Meaning Meaning => Thought.Meaning;
    public IReadOnlyList<Activity> Outgoing => _outgoing;
    /// <summary>The contract of this turn's answer; null while there is none.</summary>
    public AnswerResult? Result { get; private set; }
    /// <summary>Values to take out of the stored message, found by understanding it.</summary>
    public IReadOnlyList<(string Value, string Placeholder)> Personal => _personal;

    public bool IsWaitingFor(WaitingFor what) => State.Waiting is { } waiting && waiting.For == what && waiting.IsAlive(Now);

    /// <summary>A button of the last message, or a yes or no to it: it needs no guessing.</summary>
    public bool AnswersWhatWasAsked =>
        (State.Form is not null || (State.Waiting is { } waiting && waiting.IsAlive(Now))) && (Thought.Choice is not null || SaysYes.IsShortAnswer(Text));

    /// <summary>What the next message may answer; without a call the buttons of the reply are waited for as words.</summary>
    public void Await(WaitingFor what, IReadOnlyList<string>? ids = null, int tries = 0)
    {
        State = State with { Waiting = new(what, Result?.Suggestions ?? [], ids ?? [], Now, tries) };
        IsAwaiting = true;
    }

    /// <summary>Whether this turn said what it waits for.</summary>
    public bool IsAwaiting { get; private set; }

    /// <summary>This turn went on with a calculation: its question need not be repeated.</summary>
    public bool IsCalculating { get; set; }
    /// <summary>The knowledge base answers this turn, in this style; null: it does not.</summary>
    public WordingStyle? AnswersFromKnowledge { get; set; }

    /// <summary>Everything about this person was erased in this turn.</summary>
    public bool Erased { get; set; }

    /// <summary>Adds a line to the answer that was given, with other buttons: the form's question after an answer to something else.</summary>
    public void Append(string line, IReadOnlyList<string> suggestions)
    {
        var result = Result! with { Text = $"{Result.Text}\n{line}", Suggestions = suggestions };
        Result = result;
        _outgoing[^1] = ToActivity(result, _shown);
    }

    /// <summary>Adds a picture to the answer that was given.</summary>
    public void Attach(Picture picture) => _outgoing[^1] = _outgoing[^1] with { Attachments = [.. _outgoing[^1].Attachments ?? [], picture.ToAttachment()] };

    /// <summary>Adds the same words with their marks to the answer that was given.</summary>
    public void Mark(string marked) => _outgoing[^1] = _outgoing[^1] with { Entities = [.. _outgoing[^1].Entities ?? [], MarkedText.ToEntity(marked)] };

    public void Hide(string? value, string placeholder)
    {
        if (!string.IsNullOrEmpty(value))
            _personal.Add((value, placeholder));
    }

    public Task SendActivityAsync(Activity activity, CancellationToken cancellationToken)
    {
        _outgoing.Add(activity);
        return Task.CompletedTask;
    }

    /// <summary>Answers: one message with the contract in its channelData and its suggestions as buttons.</summary>
    public Task ReplyAsync(AnswerResult result, CancellationToken cancellationToken) => ReplyAsync(result, Shown.AsText, cancellationToken);

    public Task ReplyAsync(AnswerResult result, Shown shown, CancellationToken cancellationToken)
    {
        (Result, _shown) = (result, shown);
        return SendActivityAsync(ToActivity(result, shown), cancellationToken);
    }

    public Task ReplyAsync(AnswerKind kind, string text, CancellationToken cancellationToken, params string[] suggestions) =>
        ReplyAsync(new() { Kind = kind, Text = text, Suggestions = suggestions }, cancellationToken);

    /// <summary>The message of an answer, its 依据 line in the text: a page that shows the citation entity leaves that line out by itself.</summary>
    internal static Activity ToActivity(AnswerResult result, Shown shown)
    {
        var hasCards = shown.Cards.Count > 0;
        return new()
        {
            Type = ActivityTypes.Message,
            Text = !hasCards ? result.Text : shown.Before.Length > 0 ? shown.Before : null,
            Summary = hasCards ? result.Text : null,
            TextFormat = "plain",
            InputHint = result.Suggestions.Count > 0 ? "expectingInput" : "acceptingInput",
            Attachments = hasCards ? [.. shown.Cards.Select(card => card.ToAttachment())] : null,
            SuggestedActions = result.Suggestions.Count == 0 ? null : new() { Actions = [.. result.Suggestions.Select(Button)] },
            Entities = CitationEntity.Build(shown.Sources) is { } cited ? [cited] : null,
            ChannelData = JsonSerializer.SerializeToElement(new(result), AnswerJson.Default.AnswerChannelData),
        };
    }

    /// <summary>A button that says its words for the person.</summary>
    internal static CardAction Button(string title) => new()
    {
        Type = "imBack",
        Title = title,
        Value = JsonSerializer.SerializeToElement(title, ActivityJson.Default.String),
    };
}
