namespace Outreach.Channels.WebChat;

/// <summary>Settings of the web chat (<c>Channels:WebChat</c>). The channel is always on: the secret only lets other sites in.</summary>
public sealed class WebChatOptions
{
    /// <summary>Lets a site's server ask for tokens of its visitors; null: no other site. Never reaches a browser.</summary>
    public string? Secret { get; init; }
    /// <summary>Sites whose pages may call from a browser, such as <c>https://www.example.cn</c>; none by default.</summary>
    public string[] AllowedOrigins { get; init; } = [];
    public WebChatLimits Limits { get; init; } = new();
}

/// <summary>How much one client may do in a minute. A burst of the whole minute's amount is allowed; it comes back evenly.</summary>
public sealed class WebChatLimits
{
    /// <summary>Messages in one conversation.</summary>
    public int MessagesPerConversation { get; init; } = 30;
    /// <summary>Messages of one person over all conversations.</summary>
    public int MessagesPerPerson { get; init; } = 60;
    /// <summary>All calls from one address. Generous: hundreds of owners share the address of one mobile network or one community.</summary>
    public int CallsPerAddress { get; init; } = 60_000;
    /// <summary>Messages from one address.</summary>
    public int MessagesPerAddress { get; init; } = 6_000;
    /// <summary>New tokens for one address.</summary>
    public int TokensPerAddress { get; init; } = 3_000;
}
