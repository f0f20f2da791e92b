using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Tests.Staff;

/// <summary>Accounts, owners and sign-ups straight in the database, by the services that the program itself uses.</summary>
internal static class StaffSeeds
{
    public const string Password = "liuxia-sanyue-2026";

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<OutreachDb> OpenAsync(OutreachApp app) => app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(Stop);

    /// <summary>An account; its area null is the whole tree.</summary>
    public static async Task<StaffMember> AddMemberAsync(OutreachApp app, string userName, StaffRoles roles, long? areaId, string? displayName = null)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var member = new StaffMember { UserName = userName, DisplayName = displayName ?? $"同事{userName}", Roles = roles, AreaId = areaId };
        var created = await scope.ServiceProvider.GetRequiredService<UserManager<StaffMember>>().CreateAsync(member, Password);
        Assert.True(created.Succeeded, string.Join(' ', created.Errors.Select(e => e.Description)));
        return member;
    }

    /// <summary>An owner with a conversation in the web chat; a new one each time, also of the same name.</summary>
    public static async Task<Conversation> AddOwnerAsync(OutreachApp app, string name, long? communityId)
    {
        var user = $"{name}-{Guid.NewGuid():N}";
        await using var db = await OpenAsync(app);
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var contact = new Contact { Channel = "webchat", Account = "default", UserId = user, CommunityId = communityId, CreatedAt = now, LastSeenAt = now };
        db.Add(contact);
        await db.SaveChangesAsync(Stop);
        var conversation = new Conversation
        {
            Channel = "webchat",
            Account = "default",
            ChannelConversationId = $"talk-{user}",
            ContactId = contact.Id,
            CreatedAt = now,
            LastActiveAt = now,
            Reference = JsonSerializer.Serialize(new ConversationReference { ChannelId = "webchat", Account = "default", ConversationId = $"talk-{user}", UserId = user }, ActivityJson.Wire.ConversationReference),
        };
        db.Add(conversation);
        await db.SaveChangesAsync(Stop);
        contact.ConversationId = conversation.Id;
        await db.SaveChangesAsync(Stop);
        return conversation;
    }

    /// <summary>A sign-up; its second consent as given, refused or not asked.</summary>
    public static async Task<Lead> AddLeadAsync(OutreachApp app, string user, long? communityId, string typed, string name, string? phone,
        ConsentAnswer? passOn = ConsentAnswer.Given, Wishes wishes = Wishes.Support, string? room = null)
    {
        var conversation = await AddOwnerAsync(app, user, communityId);
        var texts = app.Services.GetRequiredService<ConsentTexts>();
        var directory = app.Services.GetRequiredService<CommunityDirectory>();
        var receiver = communityId is { } id && directory.Find(id) is { } community ? directory.ReceiverOf(community) : null;
        await using var db = await OpenAsync(app);
        var saved = await db.WriteAsync(async () =>
        {
            var lead = await app.Services.GetRequiredService<LeadIntake>().SaveAsync(db, new SignUp
            {
                ContactId = conversation.ContactId,
                ConversationId = conversation.Id,
                Channel = "webchat",
                CommunityId = communityId,
                CommunityTyped = typed,
                Wishes = wishes,
                Name = name,
                Phone = phone,
                Room = room,
                Collect = new(texts.Collect, ConsentAnswer.Given, "同意"),
                PassOn = passOn is { } answer ? new(texts.PassOn(receiver ?? new Receiver("甲街道办事处", "0398-0000000", 0)), answer, "同意转交") : null,
            }, Stop);
            await db.SaveChangesAsync(Stop);
            return lead;
        }, Stop);
        return saved.Lead;
    }

    /// <summary>Messages of a conversation, in order.</summary>
    public static async Task SayAsync(OutreachApp app, long conversationId, params (Speaker From, string Text)[] messages)
    {
        await using var db = await OpenAsync(app);
        var log = app.Services.GetRequiredService<ConversationLog>();
        await db.WriteAsync(async () =>
        {
            var conversation = await db.Conversations.SingleAsync(c => c.Id == conversationId, Stop);
            foreach (var (from, text) in messages)
                log.Append(db, conversation, from, new Activity { Type = ActivityTypes.Message, Text = text }, null, null, null, null).SentAt = conversation.CreatedAt;
            await db.SaveChangesAsync(Stop);
        }, Stop);
    }

    /// <summary>An owner who asked for a person.</summary>
    public static async Task<Handover> AddHandoverAsync(OutreachApp app, long conversationId, long? communityId, Urgency urgency = Urgency.Usual)
    {
        await using var db = await OpenAsync(app);
        return await db.WriteAsync(async () =>
        {
            var handover = await app.Services.GetRequiredService<Handovers>().RequestAsync(db, conversationId, communityId, urgency, Stop);
            await db.SaveChangesAsync(Stop);
            return handover;
        }, Stop);
    }
}

/// <summary>A small tree of areas, beside those of other tests: city › district › two streets, each with one neighbourhood and one community.</summary>
internal sealed record Town(long City, long StreetA, long StreetB, long CommunityA, long CommunityB)
{
    public static async Task<Town> BuildAsync(OutreachApp app)
    {
        await using var db = await StaffSeeds.OpenAsync(app);
        var city = await AddAreaAsync(db, null, AreaLevel.City, "试验市");
        var district = await AddAreaAsync(db, city, AreaLevel.District, "试验区");
        var streetA = await AddAreaAsync(db, district, AreaLevel.Subdistrict, "甲街道");
        var streetB = await AddAreaAsync(db, district, AreaLevel.Subdistrict, "乙街道");
        var hoodA = await AddAreaAsync(db, streetA, AreaLevel.Neighbourhood, "甲社区");
        var hoodB = await AddAreaAsync(db, streetB, AreaLevel.Neighbourhood, "乙社区");
        var a = new Community { AreaId = hoodA.Id, Key = $"shiyan-a-{city.Id}", Name = "甲花园", Households = 100, Version = Guid.NewGuid() };
        var b = new Community { AreaId = hoodB.Id, Key = $"shiyan-b-{city.Id}", Name = "乙花园", Households = 100, Version = Guid.NewGuid() };
        db.AddRange(a, b);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<CommunityDirectory>().ReloadAsync(TestContext.Current.CancellationToken);
        return new(city.Id, streetA.Id, streetB.Id, a.Id, b.Id);
    }

    public static async Task<Area> AddAreaAsync(OutreachDb db, Area? parent, AreaLevel level, string name)
    {
        var area = new Area { ParentId = parent?.Id, Level = level, Name = name, Path = $"?{Guid.NewGuid()}" };
        db.Add(area);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        area.Path = $"{parent?.Path ?? "/"}{area.Id}/";
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return area;
    }
}
