namespace Outreach.Doubles;

/// <summary>How an account's pushes come.</summary>
public enum WeChatMode
{
    Plain,
    /// <summary>The plain copy and the encrypted one in one body.</summary>
    Compatible,
    Safe,
}

/// <summary>How something reached a follower.</summary>
public enum WeChatWay
{
    /// <summary>In the answer to a push.</summary>
    Passive,
    CustomerService,
    Template,
    /// <summary>A subscription notice.</summary>
    Notice,
    Mass,
    /// <summary>The vendor's own line: 该公众号提供的服务出现故障.</summary>
    Failure,
}

/// <param name="Menu">Id and words of what can be tapped.</param>
/// <param name="Opens">The address behind a template's message or a notice.</param>
public sealed record WeChatRead(WeChatWay Way, string Text, IReadOnlyList<(string Id, string Content)> Menu, string? Opens = null);

/// <param name="Deliveries">How often it was pushed, 3 at most.</param>
/// <param name="Status">Of the last delivery; 0: no answer in time.</param>
public sealed record WeChatPushed(int Deliveries, int Status);
