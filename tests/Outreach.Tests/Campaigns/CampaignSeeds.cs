using System.Text.Json;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Tests.Campaigns;

/// <summary>Many owners with a chat and a sign-up, in a few inserts.</summary>
internal static class CampaignSeeds
{
    /// <summary>One community with so many owners who signed up in the web chat.</summary>
    public static Task<Community> AddOwnersAsync(OutreachDb db, int count, DateTimeOffset now, CancellationToken stop) =>
        AddOwnersAsync(db, "webchat", [.. Enumerable.Range(0, count).Select(i => $"dl_{i}")], now, stop);

    /// <summary>One community whose owners signed up in a channel, under these ids.</summary>
    public static Task<Community> AddOwnersAsync(OutreachDb db, string channel, IReadOnlyList<string> userIds, DateTimeOffset now, CancellationToken stop) =>
        AddOwnersAsync(db, [.. userIds.Select(userId => (channel, userId))], now, stop);

    /// <summary>One community whose owners signed up in these channels, under these ids.</summary>
    /// <param name="key">Of the community, where there are several.</param>
    public static async Task<Community> AddOwnersAsync(
        OutreachDb db, IReadOnlyList<(string Channel, string UserId)> owners, DateTimeOffset now, CancellationToken stop, string key = "test")
    {
        var area = new Area { Level = AreaLevel.Neighbourhood, Name = key == "test" ? "测试社区" : key, Path = "/" };
        db.Add(area);
        await db.SaveChangesAsync(stop);
        area.Path = $"/{area.Id}/";
        var community = new Community { AreaId = area.Id, Key = key, Name = "测试小区" };
        db.Add(community);
        await db.SaveChangesAsync(stop);
        var contacts = owners.Select(owner => new Contact
        {
            Channel = owner.Channel,
            Account = "default",
            UserId = owner.UserId,
            CommunityId = community.Id,
            CreatedAt = now,
            LastSeenAt = now,
        }).ToList();
        db.AddRange(contacts);
        await db.SaveChangesAsync(stop);
        var conversations = contacts.ConvertAll(contact => new Conversation
        {
            Channel = contact.Channel,
            Account = "default",
            ChannelConversationId = $"c{contact.Id}",
            ContactId = contact.Id,
            CreatedAt = now,
            LastActiveAt = now,
            Reference = JsonSerializer.Serialize(new ConversationReference
            {
                ChannelId = contact.Channel,
                Account = "default",
                ConversationId = $"c{contact.Id}",
                UserId = contact.UserId,
            }, ActivityJson.Default.ConversationReference),
        });
        db.AddRange(conversations);
        await db.SaveChangesAsync(stop);
        foreach (var (contact, conversation) in contacts.Zip(conversations))
        {
            contact.ConversationId = conversation.Id;
            db.Add(new Lead
            {
                ContactId = contact.Id,
                ConversationId = conversation.Id,
                CommunityId = community.Id,
                CommunityTyped = community.Name,
                Wishes = Wishes.Support,
                CreatedAt = now,
                UpdatedAt = now,
                OpenKey = $"{contact.Id}/{community.Id}",
                Key = $"seed-{contact.Id}",
                EraseAt = now.AddMonths(24),
            });
        }
        await db.SaveChangesAsync(stop);
        return community;
    }

    /// <summary>A notice to all owners of the community, not yet stored.</summary>
    public static Campaign Planned(Community community, DateTimeOffset startAt, NoticeTopics topic = NoticeTopics.MyCommunity, LegalNotice? step = null) => new()
    {
        Title = "{小区}通知",
        Body = "{小区}的各位业主：本周六开会。",
        Topic = topic,
        Step = step,
        AreaId = community.AreaId,
        State = CampaignState.Scheduled,
        ComposerId = "test",
        ComposerName = "测试",
        CreatedAt = startAt,
        StartAt = startAt,
        FormToken = Guid.NewGuid(),
    };
}
