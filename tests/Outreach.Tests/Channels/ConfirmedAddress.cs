using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;

namespace Outreach.Tests.Channels;

/// <summary>Phones and mailboxes that an owner asked for and confirmed, by the services that the dialogue uses.</summary>
internal static class ConfirmedAddress
{
    /// <summary>The reference by which a campaign reaches it; the same for the same address.</summary>
    public static Task<ConversationReference> AddAsync(TestRooms rooms, string channel, string address) => rooms.TurnAsync(async db =>
    {
        var stop = TestContext.Current.CancellationToken;
        var addresses = rooms.Get<NoticeAddresses>();
        var owner = await rooms.Get<ContactBook>().GetOrAddAsync(db, "webchat", "default", $"dl_{address}", stop);
        await db.SaveChangesAsync(stop);
        if (await addresses.AskAsync(db, owner, channel, address, stop) == AskOutcome.Asked)
        {
            await db.SaveChangesAsync(stop);
            var code = (await db.NoticeAddresses.OrderByDescending(a => a.Id).FirstAsync(a => a.OwnerId == owner.Id, stop)).Code;
            var (outcome, _) = await addresses.ConfirmAsync(db, owner, code, "webchat", (_, _) => "***", stop);
            Assert.Equal(CodeOutcome.Confirmed, outcome);
            await db.SaveChangesAsync(stop);
        }
        var contact = await db.Contacts.SingleAsync(c => c.OwnerId == owner.Id && c.Channel == channel, stop);
        return new ConversationReference { ChannelId = channel, Account = "default", ConversationId = contact.UserId, UserId = contact.UserId };
    });
}
