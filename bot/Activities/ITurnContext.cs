namespace Outreach.Activities;

/// <summary>One turn: the activity that came in, and the way to answer it. Answers are committed together with the turn's state.</summary>
public interface ITurnContext
{
    Activity Activity { get; }

    ChannelCapabilities Capabilities { get; }

    /// <summary>Adds one outgoing activity to the turn; it is numbered, stored and delivered when the turn commits, in order.</summary>
    Task SendActivityAsync(Activity activity, CancellationToken cancellationToken);
}
