using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;

namespace Outreach.Tests.Storage;

public sealed class PersonalDataTests
{
    [Fact]
    public async Task Personal_text_is_readable_through_the_model_and_not_in_the_file()
    {
        await using var rooms = await TestRooms.CreateAsync();
        await using var db = rooms.Open();
        var now = DateTimeOffset.UnixEpoch;
        var contact = new Contact { Channel = "webchat", Account = "default", UserId = "dl_1", CreatedAt = now, LastSeenAt = now };
        db.Add(contact);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        db.Add(new Consent
        {
            ContactId = contact.Id,
            Purpose = ConsentPurpose.Collect,
            Answer = ConsentAnswer.Given,
            TextVersion = "C1 v1",
            Receiver = "演示单位",
            Channel = "webchat",
            At = now,
            Wording = "同意-13900000000",
        });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        var stored = await db.Database.SqlQueryRaw<string>("SELECT \"Wording\" AS Value FROM \"Consents\"").SingleAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("13900000000", stored, StringComparison.Ordinal);
        Assert.Equal("同意-13900000000", (await db.Consents.AsNoTracking().SingleAsync(TestContext.Current.CancellationToken)).Wording);
    }

    [Fact]
    public async Task A_write_outside_the_gate_is_refused()
    {
        await using var rooms = await TestRooms.CreateAsync();
        await using var db = rooms.Open();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Contacts.ExecuteDeleteAsync(TestContext.Current.CancellationToken));

        Assert.Contains("WriteAsync", refused.Message, StringComparison.Ordinal);
    }
}
