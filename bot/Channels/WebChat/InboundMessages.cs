using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Outreach.Activities;
using Outreach.Conversations;

namespace Outreach.Channels.WebChat;

/// <summary>What comes from clients: sized, parsed, made the token's own, and handed to the conversation's grain.</summary>
internal sealed partial class InboundMessages(
    DirectLineCaller caller, WebChatConversations conversations, RateLimits limits, StreamHub streams, IGrainFactory grains, MessageFeed feed,
    TimeProvider clock, ILogger<InboundMessages> logger)
{
    /// <summary>The protocol's limit of one activity, in characters.</summary>
    public const int MaxActivityChars = 256 * 1024;
    private const int MaxUploadBytes = 8 * 1024 * 1024;
    private const string ActivityPart = "application/vnd.microsoft.activity";
    private static readonly TimeSpan TypingAfter = TimeSpan.FromMilliseconds(400);
    private static readonly ChannelAccount Bot = new() { Id = WebChatChannel.BotId, Role = "bot" };

    public async Task<IResult> SendAsync(HttpContext http, string id)
    {
        var (claims, refusal) = Admit(http, id);
        if (claims is null)
            return refusal!;
        if (await LimitedBody.ReadAsync(http.Request, MaxActivityChars * 4, http.RequestAborted) is not { } body
            || Encoding.UTF8.GetCharCount(body.Span) > MaxActivityChars)
            return DirectLineError.TooBig();
        return Parse(body.Span) is { } activity
            ? await ReceiveAsync(claims, activity)
            : DirectLineError.BadArgument("The body is not the JSON of one activity.");
    }

    /// <summary>
    /// A file: it is read past and stored nowhere. The bot gets a message that says what kind of file it was, and answers that it cannot look at pictures.
    /// </summary>
    public async Task<IResult> UploadAsync(HttpContext http, string id)
    {
        var (claims, refusal) = Admit(http, id);
        if (claims is null)
            return refusal!;
        var sent = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && type.MediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
            ? await ReadPartsAsync(http, HeaderUtilities.RemoveQuotes(type.Boundary).Value)
            : await LimitedBody.CopyAsync(http.Request.Body, Stream.Null, MaxUploadBytes, http.RequestAborted) ? new Upload(null, [type?.MediaType.Value]) : null;
        if (sent is null)
            return DirectLineError.TooBig();
        if (sent.IsMalformed)
            return DirectLineError.BadArgument("The body is not multipart with files and at most one activity.");
        var files = sent.Files.Select(file => new Attachment { ContentType = file ?? "application/octet-stream" }).ToList();
        var activity = sent.Activity ?? new Activity { Type = ActivityTypes.Message };
        return await ReceiveAsync(claims, activity with { Attachments = files });
    }

    /// <summary>Tells the bot that the token's user joined, once per conversation. Null: done; else the failure to answer with.</summary>
    public async Task<IResult?> JoinAsync(WebChatClaims claims)
    {
        var user = new ChannelAccount { Id = claims.UserId, Name = claims.UserName, Role = "user" };
        var joined = Own(new() { Type = ActivityTypes.ConversationUpdate, MembersAdded = [user] }, claims);
        return await RunAsync(claims, joined, KeyOf(claims.ConversationId, "join")) is null ? DirectLineError.BotFailed() : null;
    }

    private (WebChatClaims? Claims, IResult? Refusal) Admit(HttpContext http, string id)
    {
        if (caller.Authenticate(http, out var refusal) is not { } claims)
            return (null, refusal);
        if (claims.ConversationId != id)
            return (null, DirectLineError.UnknownConversation());
        foreach (var (thing, key) in ((LimitedThing, string)[])
                 [(LimitedThing.Conversation, id), (LimitedThing.Person, claims.UserId), (LimitedThing.AddressMessages, DirectLineCaller.AddressOf(http))])
            if (limits.Take(thing, key) is { } wait)
                return (null, DirectLineError.TooFast(http, thing, wait));
        return (claims, null);
    }

    private async Task<IResult> ReceiveAsync(WebChatClaims claims, Activity activity)
    {
        // Unknown types are ignored, not errors; and a client may not pretend that somebody joined or left.
        if (activity.Type is not (ActivityTypes.Message or ActivityTypes.Event))
            return Results.Json(new ResourceAnswer(WebChatChannel.ActivityIdOf(claims.ConversationId, 0)), WebChatJson.Wire.ResourceAnswer);
        if (activity.DeliveryMode is "expectReplies")
            return DirectLineError.BadArgument("deliveryMode expectReplies is not possible here: read the answers from the stream or by polling.");
        var own = Own(activity, claims);
        if (own is { Type: ActivityTypes.Message, Text: null, Value: null, Attachments: null })
            return DirectLineError.BadArgument("The message is empty.");

        // From here on the turn runs to its end, whether or not the client still waits.
        if (await conversations.FindAsync(claims.ConversationId, CancellationToken.None) is null)
        {
            await conversations.RememberPersonAsync(claims, CancellationToken.None);
            if (claims.Greeting == Greeting.BeforeFirstMessage && await JoinAsync(claims) is { } failure)
                return failure;
        }
        var receipt = await RunAsync(claims, own, KeyOf(claims.ConversationId, own));
        return receipt is null
            ? DirectLineError.BotFailed()
            : Results.Json(new ResourceAnswer(WebChatChannel.ActivityIdOf(claims.ConversationId, receipt.Sequence)), WebChatJson.Wire.ResourceAnswer);
    }

    /// <returns>Null: the turn failed.</returns>
    private async Task<TurnReceipt?> RunAsync(WebChatClaims claims, Activity activity, string? key)
    {
        var grain = grains.GetGrain<IConversationGrain>(IConversationGrain.KeyOf(WebChatChannel.ChannelId, WebChatChannel.Account, claims.ConversationId));
        var reference = JsonSerializer.Serialize(WebChatConversations.ReferenceOf(claims), ActivityJson.Default.ConversationReference);
        try
        {
            var turn = grain.ReceiveAsync(new(reference, JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity), key));
            if (activity.Type == ActivityTypes.Message && await Task.WhenAny(turn, Task.Delay(TypingAfter, clock, CancellationToken.None)) != turn)
                await ShowTypingAsync(claims.ConversationId);
            var receipt = await turn;
            if (receipt.Outcome == TurnOutcome.Failed)
                return null;
            feed.Publish(WebChatConversations.FeedKeyOf(claims.ConversationId));
            feed.Publish(receipt.ConversationId);
            return receipt;
        }
        catch (Exception e)
        {
            TurnFailed(e);
            return null;
        }
    }

    private async Task ShowTypingAsync(string conversationId)
    {
        if (streams.Find(conversationId) is not { } stream)
            return;
        var typing = new Activity { Type = ActivityTypes.Typing, From = Bot, ChannelId = WebChatChannel.ChannelId, Conversation = new() { Id = conversationId } };
        try
        {
            await stream.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new ActivitySet([typing], null), WebChatJson.Wire.ActivitySet), CancellationToken.None);
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            NotShown(e);
        }
    }

    /// <summary>The activity as it is stored: who and where come from the token, files and what a client must not set are gone, channelData is untouched.</summary>
    private Activity Own(Activity activity, WebChatClaims claims)
    {
        activity.Properties?.Remove("callerId");
        var text = Clean(activity.Text);
        if (activity.Type == ActivityTypes.Message && string.IsNullOrWhiteSpace(text) && CardTap.Read(activity.Value ?? default) is { } tap)
        {
            activity = tap.On(activity);
            text = Clean(activity.Text);
        }
        return activity with
        {
            Id = null,
            Timestamp = clock.GetUtcNow(),
            ServiceUrl = null,
            ChannelId = WebChatChannel.ChannelId,
            From = new() { Id = claims.UserId, Name = claims.UserName, Role = "user" },
            Recipient = Bot,
            Conversation = new() { Id = claims.ConversationId },
            Text = string.IsNullOrWhiteSpace(text) ? null : text,
            Attachments = activity.Attachments is { Count: > 0 } files ? [.. files.Select(file => new Attachment { ContentType = file.ContentType })] : null,
            SuggestedActions = null,
            DeliveryMode = null,
        };
    }

    /// <summary>Without null and other control characters, which no keyboard types and no page shows; line breaks and tabs stay.</summary>
    private static string? Clean(string? text) =>
        text is null || !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? text
            : string.Concat(text.Where(c => !char.IsControl(c) || c is '\n' or '\t'));

    private static string? KeyOf(string conversationId, Activity activity) =>
        activity.ChannelData is { } data && PushedJson.Text(data, "clientActivityID") is { Length: > 0 } named ? KeyOf(conversationId, "client/" + named) : null;

    private static string KeyOf(string conversationId, string name) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{conversationId}\n{name}")));

    private static Activity? Parse(ReadOnlySpan<byte> json)
    {
        if (!PushedJson.IsWhole(json))
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, ActivityJson.Wire.Activity);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<Upload?> ReadPartsAsync(HttpContext http, string? boundary)
    {
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
            return Upload.Malformed;
        var left = MaxUploadBytes;
        List<string?> files = [];
        Activity? activity = null;
        try
        {
            var parts = new MultipartReader(boundary, http.Request.Body);
            while (await parts.ReadNextSectionAsync(http.RequestAborted) is { } part)
            {
                using var kept = new MemoryStream();
                var isActivity = part.ContentType?.StartsWith(ActivityPart, StringComparison.OrdinalIgnoreCase) == true;
                if (!await LimitedBody.CopyAsync(part.Body, isActivity ? kept : Stream.Null, isActivity ? MaxActivityChars : left, http.RequestAborted))
                    return null;
                if (!isActivity)
                    files.Add(part.ContentType);
                else if (activity is not null || (activity = Parse(kept.GetBuffer().AsSpan(0, (int)kept.Length))) is null)
                    return Upload.Malformed;
                if (files.Count > 20)
                    return null;
            }
        }
        catch (IOException)
        {
            return Upload.Malformed;
        }
        return files.Count == 0 ? Upload.Malformed : new(activity, files);
    }

    private sealed record Upload(Activity? Activity, IReadOnlyList<string?> Files)
    {
        public static Upload Malformed { get; } = new(null, []);

        public bool IsMalformed => Files.Count == 0;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A web chat turn gave no answer; the client was told to send again")]
    private partial void TurnFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A stream closed before it could show that the bot is typing")]
    private partial void NotShown(Exception exception);
}
