using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;

namespace Outreach.Tests.Leads;

/// <summary>The demo communities with owners who sign up: what lead tests begin with.</summary>
internal sealed class LeadScene : IAsyncDisposable
{
    public const string Phone = "+8613900000000";
    public const string Name = "测试甲";
    public const string Room = "3号楼2单元501";

    private int _people;

    private LeadScene(TestRooms rooms) => Rooms = rooms;

    public TestRooms Rooms { get; }

    public LeadIntake Intake => Rooms.Get<LeadIntake>();

    public ConsentTexts Texts => Rooms.Get<ConsentTexts>();

    public static async Task<LeadScene> CreateAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var rooms = await TestRooms.CreateAsync(settings ?? new Dictionary<string, string?>());
        await rooms.Get<DemoData>().LoadAsync(TestContext.Current.CancellationToken);
        return new(rooms);
    }

    public DirectoryCommunity Community(string key = "chunhuiyuan") => Rooms.Get<CommunityDirectory>().FindByKey(key)!;

    /// <summary>A person with a conversation in the web chat.</summary>
    public Task<(Contact Contact, long ConversationId)> PersonAsync() => Rooms.TurnAsync(async db =>
    {
        var number = ++_people;
        var contact = await Rooms.Get<ContactBook>().GetOrAddAsync(db, "webchat", "default", $"dl_{number}", TestContext.Current.CancellationToken);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        var now = Rooms.Clock.GetUtcNow();
        var conversation = new Conversation
        {
            Channel = "webchat",
            Account = "default",
            ChannelConversationId = $"c{number}",
            ContactId = contact.Id,
            CreatedAt = now,
            LastActiveAt = now,
            Reference = JsonSerializer.Serialize(new { channelId = "webchat" }),
        };
        db.Conversations.Add(conversation);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        contact.ConversationId = conversation.Id;
        return (contact, conversation.Id);
    });

    public SignUp SignUp((Contact Contact, long ConversationId) person, DirectoryCommunity? community, ConsentAnswer? passOn, Wishes wishes = Wishes.Support, string? room = Room) => new()
    {
        ContactId = person.Contact.Id,
        ConversationId = person.ConversationId,
        Channel = "webchat",
        CommunityId = community?.Id,
        CommunityTyped = community?.Name ?? "幸福里",
        Wishes = wishes,
        Name = Name,
        Phone = Phone,
        Room = room,
        Collect = new(Texts.Collect, ConsentAnswer.Given, "同意"),
        PassOn = passOn is { } answer && community is not null ? Answer(community, answer) : null,
    };

    public ConsentAnswered Answer(DirectoryCommunity community, ConsentAnswer answer) =>
        new(Texts.PassOn(Rooms.Get<CommunityDirectory>().ReceiverOf(community)!), answer, answer == ConsentAnswer.Given ? "同意转交" : "不转交");

    /// <summary>A new person signs up.</summary>
    public async Task<Lead> SignUpAsync(ConsentAnswer? passOn = ConsentAnswer.Given, string? room = Room, string key = "chunhuiyuan", Wishes wishes = Wishes.Support)
    {
        var person = await PersonAsync();
        return await Rooms.TurnAsync(async db => (await Intake.SaveAsync(db, SignUp(person, Community(key), passOn, wishes, room), TestContext.Current.CancellationToken)).Lead);
    }

    /// <summary>The same lead within a turn, tracked.</summary>
    public Task WithAsync(Lead lead, Func<Outreach.Storage.OutreachDb, Lead, Task> turn) =>
        Rooms.TurnAsync(async db => await turn(db, await db.Leads.SingleAsync(l => l.Id == lead.Id, TestContext.Current.CancellationToken)));

    public Task ForwardAsync() => Rooms.Get<ForwardLeads>().RunDueAsync(TestContext.Current.CancellationToken);

    /// <summary>Staff of the street above 春晖苑, without or with more roles.</summary>
    public StaffScope Street(string key = "chunhuiyuan")
    {
        var directory = Rooms.Get<CommunityDirectory>().Current;
        var street = directory.Up(directory.FindByKey(key)!.AreaId).Single(a => a.Level == AreaLevel.Subdistrict);
        return new("s-street", "街道测试", StaffRoles.Street, street.Id, street.Path, 2);
    }

    public static StaffScope Keeper { get; } = new("s-keeper", "市局测试", StaffRoles.Bureau, null, "/", 0);

    public ValueTask DisposeAsync() => Rooms.DisposeAsync();
}
