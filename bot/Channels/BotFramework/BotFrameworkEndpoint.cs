using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.BotFramework;

/// <summary>
/// <c>POST /api/messages</c>: size, token, shape, then the turn. Answered as soon as the turn is committed; the bot's words go out through the Connector,
/// or in the response where the caller <c>expectReplies</c>. Channels of the service may deliver twice: the activity's id is the key.
/// </summary>
internal sealed partial class BotFrameworkEndpoint(
    BotFrameworkState state, ConnectorTokens tokens, ConnectorClient connector, BotFrameworkChannel channel, ChannelInbox inbox, GroupHints groups, PrivateChats chats,
    IDbContextFactory<OutreachDb> databases, ChannelReports reports, ChannelMeter meter, TimeProvider clock, ILogger<BotFrameworkEndpoint> logger)
{
    private const int MaxBytes = 256 * 1024;
    private static readonly TimeSpan TypingAfter = TimeSpan.FromSeconds(1);

    public async Task<IResult> ReceiveAsync(HttpContext http)
    {
        if (!state.IsOn)
            return Results.NotFound();
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || type.MediaType != "application/json")
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        if (await LimitedBody.ReadAsync(http.Request, MaxBytes, http.RequestAborted) is not { } body)
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);

        var caller = state.State == ChannelState.Anonymous ? null : await tokens.AuthenticateAsync(http.Request.Headers.Authorization, http.RequestAborted);
        if (caller is null && state.State != ChannelState.Anonymous)
            return Refuse(StatusCodes.Status401Unauthorized);
        if (Parse(body.Span) is not { } activity)
            return Results.BadRequest();
        switch (caller?.MayBring(activity.ServiceUrl, activity.ChannelId))
        {
            case TokenVerdict.Refused:
                return Refuse(StatusCodes.Status401Unauthorized);
            case TokenVerdict.NotEndorsed:
                return Refuse(StatusCodes.Status403Forbidden);
        }

        reports.Find(BotFrameworkChannel.ChannelId, BotFrameworkChannel.ReportAccount)?.Received(clock.GetUtcNow());
        meter.Received(BotFrameworkChannel.ChannelId);
        return await TakeAsync(activity);
    }

    private async Task<IResult> TakeAsync(Activity activity)
    {
        if (activity.Type == ActivityTypes.Invoke)
            return await AnswerInvokeAsync(activity);
        var said = activity.Type is ActivityTypes.Message;
        if (IsFarewell(activity))
            return await ForgetAsync(activity);
        var joined = activity.Type == ActivityTypes.ConversationUpdate || activity is { Type: ActivityTypes.Event, Name: "webchat/join" } || IsInstallation(activity);
        if (!said && !joined)
            return Results.Ok();        // unknown types are ignored, not errors (A2006, A2014)
        if (ReferenceOf(activity) is not { } reference)
            return said ? Results.BadRequest() : Results.Ok();
        var readers = await chats.KindOfAsync(activity, reference);
        if (readers == ConversationKind.Untold)
            return Untold(reference.Account);
        if (readers == ConversationKind.Group)
        {
            if ((said || BringsBot(activity)) && groups.IsDue(reference.ChannelId, reference.Account, reference.ConversationId))
                await connector.SendAsync(reference, channel.Render(new() { Type = ActivityTypes.Message, Text = GroupHints.Text, ReplyToId = said ? activity.Id : null }, reference), CancellationToken.None);
            if (said)
                await OpenChatAsync(activity, reference);
            return Results.Ok();
        }

        var own = Own(activity, reference, joined);
        if (own is null)
            return Results.Ok();
        var key = activity.Id is { Length: > 0 } id ? ChannelInbox.KeyOf(reference.Account, reference.ConversationId, id) : null;
        if (await RunAsync(activity, reference, own, key) is not { } receipt)
            return Results.StatusCode(StatusCodes.Status500InternalServerError);
        if (ExpectsReplies(activity))
            return Expected(await RepliesAsync(receipt, reference));
        await inbox.AnswerAsync(receipt);
        return Results.StatusCode(said ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    /// <summary>
    /// A tap on an <c>Action.Execute</c> is the choice or the verdict that it carries: a turn like that of a message, whose answers are messages; the invoke's own answer
    /// says that it was understood. Any other invoke is not ours.
    /// </summary>
    private async Task<IResult> AnswerInvokeAsync(Activity activity)
    {
        if (activity.Name != CardAnswer.Invoke)
            return Invoked(activity, StatusCodes.Status501NotImplemented, null, []);
        var action = PushedJson.Member(activity.Value ?? default, "action");
        if (ReferenceOf(activity) is not { } reference || PushedJson.Text(action, "type") is not { } kind)
            return Invoked(activity, CardAnswer.Refused("BadRequest", "value.action is missing, or the activity does not say who tapped where."));
        if (kind != "Action.Execute")
            return Invoked(activity, CardAnswer.Refused("NotSupported", "Only Action.Execute comes as an invoke."));
        if (CardTap.Read(PushedJson.Member(action, "data")) is not { } tap)
            return Invoked(activity, CardAnswer.Refused("BadRequest", "value.action.data is none of this bot's cards."));
        var readers = await chats.KindOfAsync(activity, reference);
        if (readers == ConversationKind.Untold)
            return Untold(reference.Account);
        if (readers == ConversationKind.Group)
            return Invoked(activity, CardAnswer.Said(GroupHints.Text));

        var key = activity.Id is { Length: > 0 } id ? ChannelInbox.KeyOf(reference.Account, reference.ConversationId, id) : null;
        if (await inbox.ReceiveAsync(reference, tap.On(Addressed(activity, reference) with { Type = ActivityTypes.Message }), key, CarriedBy(activity)) is not { } receipt)
            return Results.StatusCode(StatusCodes.Status500InternalServerError);
        var answer = CardAnswer.Said(tap.Say is { } words ? $"已选：{words}" : "已收到");
        if (ExpectsReplies(activity))
            return Invoked(activity, answer, await RepliesAsync(receipt, reference));
        await inbox.AnswerAsync(receipt);
        return Invoked(activity, answer);
    }

    private static IResult Invoked(Activity activity, CardAnswer answer, IReadOnlyList<Activity>? replies = null) => Invoked(activity, answer.StatusCode, answer, replies ?? []);

    /// <summary>Where replies are expected, the invoke's answer is the last of them, as Microsoft's libraries have it.</summary>
    private static IResult Invoked(Activity activity, int status, CardAnswer? answer, IReadOnlyList<Activity> replies) => ExpectsReplies(activity)
        ? Expected([.. replies, new()
        {
            Type = ActivityTypes.InvokeResponse,
            From = activity.Recipient is { Id: { } bot } ? new() { Id = bot, Role = "bot" } : null,
            Recipient = activity.From is { Id: { } user } ? new() { Id = user } : null,
            Conversation = activity.Conversation is { Id: { } conversation } ? new() { Id = conversation } : null,
            ReplyToId = activity.Id,
            Value = JsonSerializer.SerializeToElement(new(status, answer), BotFrameworkJson.Wire.InvokeAnswer),
        }])
        : answer is null ? Results.StatusCode(status) : Results.Json(answer, BotFrameworkJson.Wire.CardAnswer, statusCode: status);

    private static bool ExpectsReplies(Activity activity) => activity.DeliveryMode == "expectReplies";

    private static int CarriedBy(Activity activity) => ExpectsReplies(activity) ? int.MaxValue : 0;

    private static IResult Expected(IReadOnlyList<Activity> replies) => Results.Json(new ExpectedReplies(replies), BotFrameworkJson.Wire.ExpectedReplies);

    /// <summary>The turn's answers, in the shape in which they would have been sent.</summary>
    private async Task<IReadOnlyList<Activity>> RepliesAsync(TurnReceipt receipt, ConversationReference reference)
    {
        var replies = await inbox.CarriedAsync(receipt, most: int.MaxValue);
        return [.. replies.Select((reply, place) =>
            channel.Render(reply, reference, replies.Count == receipt.Replies.Count ? $"message/{receipt.ConversationId}/{receipt.Replies[place]}" : null))];
    }

    /// <summary>Runs the turn; who waits for its answer longer than a moment sees that the bot is writing (once: A6001 wants three seconds between).</summary>
    private async Task<TurnReceipt?> RunAsync(Activity activity, ConversationReference reference, Activity own, string? key)
    {
        var turn = inbox.ReceiveAsync(reference, own, key, CarriedBy(activity));
        if (activity.Type == ActivityTypes.Message && !ExpectsReplies(activity) && BotFrameworkChannel.ShowsTyping(reference.Account)
            && await Task.WhenAny(turn, Task.Delay(TypingAfter, clock, CancellationToken.None)) != turn)
            await connector.SendAsync(reference, channel.Render(new() { Type = ActivityTypes.Typing }, reference), CancellationToken.None);
        return await turn;
    }

    /// <summary>Who calls the bot in a group of Teams finds it in a chat of their own, greeting; what they said in the group is not kept. Whom it knows already is left alone.</summary>
    private async Task OpenChatAsync(Activity activity, ConversationReference caller)
    {
        if (!BotFrameworkChannel.MayOpen(caller))
            return;
        await using (var db = await databases.CreateDbContextAsync(CancellationToken.None))
            if (await db.Contacts.AnyAsync(c => c.Channel == caller.ChannelId && c.Account == caller.Account && c.UserId == caller.UserId && c.ConversationId != null))
                return;
        if (await connector.OpenAsync(caller, CancellationToken.None) is not { Class: SendClass.Ok, MessageId: { } chat })
            return;
        var alone = caller with { ConversationId = chat };
        var own = Addressed(activity, alone) with { Type = ActivityTypes.ConversationUpdate, Id = null };
        if (await inbox.ReceiveAsync(alone, own with { MembersAdded = [own.From!] }, ChannelInbox.KeyOf(alone.Account, chat, "called")) is { } receipt)
            await inbox.AnswerAsync(receipt);
    }

    /// <summary>The bot was added to the conversation.</summary>
    private static bool BringsBot(Activity activity) =>
        IsInstallation(activity) || activity.MembersAdded?.Any(member => member.Id is not null && member.Id == activity.Recipient?.Id) == true;

    private static bool IsInstallation(Activity activity) =>
        activity.Type is ActivityTypes.InstallationUpdate or ActivityTypes.ContactRelationUpdate && activity.Action is "add" or "add-upgrade";

    /// <summary>The person took the bot out: nothing can be sent until they come back.</summary>
    private static bool IsFarewell(Activity activity) =>
        (activity.Type is ActivityTypes.InstallationUpdate or ActivityTypes.ContactRelationUpdate && activity.Action is "remove" or "remove-upgrade")
        || (activity.Type == ActivityTypes.ConversationUpdate && activity.MembersRemoved?.Any(member => member.Id is not null && member.Id == activity.Recipient?.Id) == true);

    private async Task<IResult> ForgetAsync(Activity activity)
    {
        if (activity is not { ChannelId: { Length: > 0 } channelId, Conversation.Id: { Length: > 0 } conversation })
            return Results.Ok();
        await chats.EndAsync(channelId.Split(':')[0], conversation);
        return Results.Ok();
    }

    /// <summary>Null: it does not say who wrote where.</summary>
    internal static ConversationReference? ReferenceOf(Activity activity) =>
        activity is { ChannelId: { Length: > 0 } channelId, Conversation.Id: { Length: > 0 and <= 512 } conversation, ServiceUrl: { Length: > 0 } serviceUrl }
        && UserOf(activity) is { Length: > 0 } user
            ? new()
            {
                ChannelId = BotFrameworkChannel.ChannelId,
                Account = channelId.Split(':')[0],
                ConversationId = conversation,
                UserId = user,
                ServiceUrl = serviceUrl,
                TenantId = activity.Conversation.TenantId ?? (activity.ChannelData is { } data ? PushedJson.Text(PushedJson.Member(data, "tenant"), "id") : null),
                BotId = activity.Recipient?.Id,
                Locale = activity.Locale,
            }
            : null;

    /// <summary>Who wrote; of somebody who joined it is the new member, for there the sender may be the bot or the conversation itself.</summary>
    private static string? UserOf(Activity activity) => activity.Type == ActivityTypes.ConversationUpdate
        ? activity.MembersAdded?.FirstOrDefault(member => member.Id != activity.Recipient?.Id)?.Id ?? activity.From?.Id
        : activity.From?.Id;

    /// <summary>The activity as it is stored: no names, no files, nothing that a client must not set. Null: nobody but the bot joined.</summary>
    private Activity? Own(Activity activity, ConversationReference reference, bool joined)
    {
        var own = Addressed(activity, reference);
        if (joined)
        {
            var somebody = activity.Type != ActivityTypes.ConversationUpdate || activity.MembersAdded?.Any(member => member.Id != activity.Recipient?.Id) == true;
            return somebody ? own with { Type = ActivityTypes.ConversationUpdate, MembersAdded = [own.From!] } : null;
        }
        var words = WordsOf(activity);
        if (words is null && CardTap.Read(activity.Value ?? default) is { } tap)
            return tap.On(own with { Type = ActivityTypes.Message });
        return own with
        {
            Type = ActivityTypes.Message,
            Text = words,
            Attachments = activity.Attachments is { Count: > 0 } files ? [.. files.Where(IsFile).Select(file => new Attachment { ContentType = file.ContentType })] : null,
        };
    }

    /// <summary>Who said something where, and nothing yet of what.</summary>
    private Activity Addressed(Activity activity, ConversationReference reference) => new()
    {
        Type = activity.Type,
        Id = activity.Id,
        Timestamp = clock.GetUtcNow(),
        ChannelId = BotFrameworkChannel.ChannelId,
        From = new() { Id = reference.UserId, Role = "user" },
        Recipient = new() { Id = reference.BotId, Role = "bot" },
        Conversation = new() { Id = reference.ConversationId },
        Locale = activity.Locale,
    };

    // Teams adds the text once more as HTML.
    private static bool IsFile(Attachment attachment) => attachment.ContentType != "text/html";

    /// <summary>What a person said, without the bot's own name. Null: nothing.</summary>
    internal static string? WordsOf(Activity activity)
    {
        var text = activity.Text;
        foreach (var mention in activity.Entities?.Where(entity => entity.Type == "mention") ?? [])
            if (mention.Properties is { } properties && properties.TryGetValue("text", out var shown) && properties.TryGetValue("mentioned", out var who)
                && PushedJson.Text(who, "id") is { } id && id == activity.Recipient?.Id && PushedJson.Text(shown) is { Length: > 0 } words)
                text = text?.Replace(words, "", StringComparison.Ordinal);
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    internal static Activity? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ActivityJson.Wire.Activity) is { Type.Length: > 0 } activity ? activity : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private IResult Refuse(int status)
    {
        meter.Refused(BotFrameworkChannel.ChannelId, "token");
        Refused(status);
        return Results.StatusCode(status);
    }

    /// <summary>Nothing of an owner is answered where it is not known who reads: the service is to deliver it again.</summary>
    private IResult Untold(string account)
    {
        NotKnown(account);
        return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of the Bot Framework account {Account} was not taken: it does not say whether others read the conversation, and the service could not be asked")]
    private partial void NotKnown(string account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request to the Bot Framework channel was refused with {Status}: its token is not one of the Connector for this bot and channel")]
    private partial void Refused(int status);
}
