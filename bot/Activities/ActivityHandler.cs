namespace Outreach.Activities;

/// <summary>Dispatches a turn by the type of its activity; unknown types are ignored, not errors (A2006, A2014).</summary>
public abstract class ActivityHandler
{
    public virtual Task OnTurnAsync(ITurnContext turn, CancellationToken cancellationToken) => turn.Activity.Type switch
    {
        ActivityTypes.Message => OnMessageActivityAsync(turn, cancellationToken),
        ActivityTypes.ConversationUpdate => OnConversationUpdateActivityAsync(turn, cancellationToken),
        ActivityTypes.Event => OnEventActivityAsync(turn, cancellationToken),
        _ => Task.CompletedTask,
    };

    protected virtual Task OnMessageActivityAsync(ITurnContext turn, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Greets when somebody other than the bot joined (A2011: ids compare ordinally).</summary>
    protected virtual Task OnConversationUpdateActivityAsync(ITurnContext turn, CancellationToken cancellationToken) =>
        turn.Activity.MembersAdded?.Any(member => member.Id != turn.Activity.Recipient?.Id) == true
            ? OnMembersAddedAsync(turn, cancellationToken)
            : Task.CompletedTask;

    protected virtual Task OnMembersAddedAsync(ITurnContext turn, CancellationToken cancellationToken) => Task.CompletedTask;

    protected virtual Task OnEventActivityAsync(ITurnContext turn, CancellationToken cancellationToken) => Task.CompletedTask;
}
