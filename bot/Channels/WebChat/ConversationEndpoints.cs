using System.Globalization;
using Microsoft.Extensions.Caching.Memory;

namespace Outreach.Channels.WebChat;

/// <summary>Start, reconnect and poll.</summary>
internal sealed class ConversationEndpoints(
    DirectLineCaller caller, TokenEndpoints tokenEndpoints, WebChatTokens tokens, WebChatConversations conversations, InboundMessages inbound) : IDisposable
{
    // Which conversations were started: only so that a second start says 200 instead of 201. Lost with the process, which harms nobody.
    private readonly MemoryCache _started = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    public async Task<IResult> StartAsync(HttpContext http)
    {
        WebChatClaims? claims;
        IResult? refusal;
        if (caller.HasSecret(http))
            (claims, refusal) = await tokenEndpoints.ReadUserAsync(http);
        else
            claims = caller.Authenticate(http, out refusal);
        if (claims is null)
            return refusal!;

        var isNew = !_started.TryGetValue(claims.ConversationId, out _)
            && await conversations.FindAsync(claims.ConversationId, http.RequestAborted) is null;
        _started.Set(claims.ConversationId, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = WebChatTokens.Lifetime });
        if (isNew && claims.Greeting == Greeting.AtStart && await inbound.JoinAsync(claims) is { } failure)
            return failure;
        return Results.Json(Answer(http, claims, watermark: null), WebChatJson.Wire.TokenAnswer,
            statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    public IResult Reconnect(HttpContext http, string id, string? watermark)
    {
        if (caller.Authenticate(http, out var refusal) is not { } claims)
            return refusal!;
        return claims.ConversationId == id
            ? Results.Json(Answer(http, claims, watermark), WebChatJson.Wire.TokenAnswer)
            : DirectLineError.UnknownConversation();
    }

    public async Task<IResult> PollAsync(HttpContext http, string id, string? watermark)
    {
        if (caller.Authenticate(http, out var refusal) is not { } claims)
            return refusal!;
        if (claims.ConversationId != id)
            return DirectLineError.UnknownConversation();
        if (await conversations.FindAsync(id, http.RequestAborted) is not { } conversation)
            return Results.Json(new ActivitySet([], "0"), WebChatJson.Wire.ActivitySet);
        var page = await conversations.ReadAsync(conversation, claims, await conversations.CursorOfAsync(conversation, watermark, http.RequestAborted), http.RequestAborted);
        return Results.Json(new ActivitySet(page.Activities, page.Cursor.ToString(CultureInfo.InvariantCulture)), WebChatJson.Wire.ActivitySet);
    }

    public void Dispose() => _started.Dispose();

    private TokenAnswer Answer(HttpContext http, WebChatClaims claims, string? watermark)
    {
        var scheme = http.Request.IsHttps ? "wss" : "ws";
        var streamUrl = $"{scheme}://{http.Request.Host.ToUriComponent()}/v3/directline/conversations/{claims.ConversationId}/stream"
            + $"?watermark={Uri.EscapeDataString(watermark ?? "")}&t={tokens.IssueForStream(claims)}";
        return new(claims.ConversationId, tokens.Issue(claims), (int)WebChatTokens.Lifetime.TotalSeconds, streamUrl);
    }
}
