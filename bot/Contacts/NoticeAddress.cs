using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Contacts;

public enum CodeState { Queued, Sending, Sent, Failed, Used }

/// <summary>
/// A phone or mailbox to which an owner wants notices as well. It counts once the owner sent back the digits that were sent there: that proves the address and is the
/// consent. Then a contact of that channel stands for it, with an opt-out of its own.
/// </summary>
public sealed class NoticeAddress
{
    public long Id { get; init; }
    /// <summary>The contact who gave it, in the chat.</summary>
    public required long OwnerId { get; init; }
    /// <summary><c>sms</c> or <c>email</c>.</summary>
    public required string Channel { get; init; }
    /// <summary>E.164, or a bare mail address; encrypted.</summary>
    public required string Address { get; init; }
    /// <summary>Keyed hash of the address: the user id of the contact that stands for it.</summary>
    public required string AddressHash { get; init; }
    /// <summary>Six digits, encrypted; empty once used.</summary>
    public required string Code { get; set; }
    public CodeState CodeState { get; set; }
    public string? ClaimedBy { get; set; }
    public int Tries { get; set; }
    /// <summary>Wrong digits so far.</summary>
    public int WrongCodes { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset DueAt { get; set; }
    /// <summary>The contact that stands for the address; null until it is confirmed.</summary>
    public long? ContactId { get; set; }
    public DateTimeOffset? ConfirmedAt { get; set; }
}

internal sealed class NoticeAddressTable : IEntityTypeConfiguration<NoticeAddress>
{
    public void Configure(EntityTypeBuilder<NoticeAddress> address)
    {
        address.ToTable("NoticeAddresses");
        address.Property(a => a.Channel).HasMaxLength(32);
        address.Property(a => a.Address).IsPersonal();
        address.Property(a => a.AddressHash).HasMaxLength(64);
        address.Property(a => a.Code).IsPersonal();
        address.HasIndex(a => new { a.Channel, a.AddressHash });
        address.HasIndex(a => a.OwnerId);
        address.HasIndex(a => a.ContactId);
        address.HasIndex(a => new { a.CodeState, a.DueAt });
        address.HasOne<Contact>().WithMany().HasForeignKey(a => a.OwnerId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class NoticeAddressSets
{
    extension(OutreachDb db)
    {
        public DbSet<NoticeAddress> NoticeAddresses => db.Set<NoticeAddress>();
    }
}
