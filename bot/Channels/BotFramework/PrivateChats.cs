using System.Collections.Concurrent;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.BotFramework;

internal enum ConversationKind
{
    /// <summary>One person and the bot.</summary>
    Private,
    Group,
    /// <summary>The activity does not say it, and the service could not be asked.</summary>
    Untold,
}

/// <summary>
/// Whether a person is alone with the bot, for nothing of an owner may be written where others read it. Most channels say so with every activity. Where one does not, the members
/// of the conversation are counted: before its first turn, when somebody joins, and when somebody else than its owner speaks there.
/// </summary>
internal sealed class PrivateChats(ConnectorClient connector, IDbContextFactory<OutreachDb> databases, ChannelReports reports, TimeProvider clock)
{
    private const int MostGroups = 10_000;
    private static readonly TimeSpan GroupFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Account, string Conversation), DateTimeOffset> _groups = new();

    public async Task<ConversationKind> KindOfAsync(Activity activity, ConversationReference reference)
    {
        switch (activity.Conversation)
        {
            case { IsGroup: true } or { ConversationType: "groupChat" or "channel" }:
                return ConversationKind.Group;
            case { IsGroup: false } or { ConversationType: "personal" }:
                return ConversationKind.Private;
        }
        if (IsOnePersons(reference.Account))
            return ConversationKind.Private;
        var key = (reference.Account, reference.ConversationId);
        if (_groups.TryGetValue(key, out var until) && clock.GetUtcNow() < until)
            return ConversationKind.Group;
        if (activity.Type is ActivityTypes.Message or ActivityTypes.Invoke && await IsKnownAsync(reference))
            return ConversationKind.Private;
        var kind = await AskAsync(reference);
        if (kind == ConversationKind.Group)
        {
            if (_groups.Count >= MostGroups)
                _groups.Clear();
            _groups[key] = clock.GetUtcNow() + GroupFor;
            await EndAsync(reference.Account, reference.ConversationId);
        }
        return kind;
    }

    /// <summary>The person is not alone there with the bot any more, or took it out: no notice is sent there until they write to it alone again.</summary>
    public async Task EndAsync(string account, string conversation)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        await db.WriteAsync(() => db.Contacts
            .Where(c => db.Set<Conversation>().Any(v => v.Id == c.ConversationId && v.Channel == BotFrameworkChannel.ChannelId && v.Account == account && v.ChannelConversationId == conversation))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UnreachableSince, now), CancellationToken.None), CancellationToken.None);
    }

    /// <summary>Channels without groups: each of their conversations is one person's.</summary>
    private static bool IsOnePersons(string account) =>
        account is "webchat" or "directline" or "directlinespeech" or "emulator" or "test" or "console" or "sms" or "twilio-sms" or "telephony" or "alexa";

    /// <summary>A turn of this person was run there, it was the latest of theirs, and since then it did not end.</summary>
    private async Task<bool> IsKnownAsync(ConversationReference reference)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        return await db.Contacts.AnyAsync(c => c.Channel == reference.ChannelId && c.Account == reference.Account && c.UserId == reference.UserId && c.UnreachableSince == null
            && db.Set<Conversation>().Any(v => v.Id == c.ConversationId && v.ChannelConversationId == reference.ConversationId));
    }

    private async Task<ConversationKind> AskAsync(ConversationReference reference)
    {
        var members = await connector.CountOthersAsync(reference, CancellationToken.None);
        switch (members)
        {
            case { Result.Class: SendClass.Ok }:
                return members.Others > 1 ? ConversationKind.Group : ConversationKind.Private;
            // The channel shows nobody's members (or no such conversation): what it says of groups is all there is.
            case { Refused: HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest }:
                return ConversationKind.Private;
            default:
                reports.Find(BotFrameworkChannel.ChannelId, BotFrameworkChannel.ReportAccount)?.Answered(members.Result, clock.GetUtcNow());
                return ConversationKind.Untold;
        }
    }
}
