using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>Where a lead stands; the last three are closed.</summary>
public enum LeadState { New, Contacted, Volunteer, PreparatoryGroup, Done, Invalid, Withdrawn }

/// <summary>What the owner wants; one or more.</summary>
[Flags]
public enum Wishes { None = 0, Support = 1, JoinGroup = 2, Candidate = 4, JustInformed = 8 }

/// <summary>In what capacity the person signed up, by their own word.</summary>
public enum LeadRole { Owner, Tenant, Family }

/// <summary>Whether staff of the community's office may see the lead (second consent, PIPL 23).</summary>
public enum PassOnState { NotAsked, Given, Refused, Withdrawn }

/// <summary>One owner's interest in one community's committee. One open lead per contact and community.</summary>
public sealed class Lead
{
    public long Id { get; init; }
    /// <summary>What the lead is called outside (forwards, alerts, staff): <c>L-</c> and ten letters and digits that cannot be counted through.</summary>
    public required string Key { get; init; }
    public required long ContactId { get; init; }
    /// <summary>The conversation in which the lead was given and is answered.</summary>
    public required long ConversationId { get; set; }
    /// <summary>Null while the community is not in the directory (list 待归属小区).</summary>
    public long? CommunityId { get; set; }
    /// <summary>The community as the owner typed it; encrypted, because people type more than a name.</summary>
    public required string CommunityTyped { get; set; }
    public required Wishes Wishes { get; set; }
    public LeadRole Role { get; set; }
    /// <summary>How the owner wants to be called; encrypted.</summary>
    public string? Name { get; set; }
    /// <summary>Keyed hash of <see cref="Name"/>, for equality search; null also on rows from before there was one.</summary>
    public string? NameHash { get; set; }
    /// <summary>E.164; encrypted.</summary>
    public string? Phone { get; set; }
    /// <summary>Keyed hash of <see cref="Phone"/>, for equality search.</summary>
    public string? PhoneHash { get; set; }
    /// <summary>Such as 3号楼2单元501; encrypted.</summary>
    public string? Room { get; set; }
    /// <summary>Keyed hash of community and room: one room counts as one household.</summary>
    public string? RoomHash { get; set; }
    public LeadState State { get; set; }
    public PassOnState PassOn { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    /// <summary>Null while it is open, as long as <see cref="OpenKey"/> is not.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
    /// <summary>When staff want to be in touch next; at first the end of the service time.</summary>
    public DateTimeOffset? NextContactAt { get; set; }
    public string? AssigneeId { get; set; }
    /// <summary>When the office above was told that nobody kept the promised contact; null: it was not, or the promise was kept since.</summary>
    public DateTimeOffset? EscalatedAt { get; set; }
    /// <summary>When retention erases it.</summary>
    public required DateTimeOffset EraseAt { get; set; }
    /// <summary>Passed on, but no destination covers its community: an alert, until one does.</summary>
    public bool Uncovered { get; set; }
    /// <summary>Contact and community while the lead is open, null when it is closed; unique, so that one owner has one open lead a community.</summary>
    public string? OpenKey { get; set; }
    public Guid Version { get; set; }
    public Community? Community { get; set; }
}

public enum LeadEventKind
{
    Created, Updated, StateChanged, NoteAdded, Assigned, CommunityAttached, PassOnGiven, PassOnRefused, PassOnWithdrawn,
    Withdrawn, Replied, PhoneDisclosed, Forwarded, Escalated, Merged, MergeUndone, Tagged,
}

/// <summary>One step in a lead's history: append only.</summary>
public sealed class LeadEvent
{
    public long Id { get; init; }
    public long LeadId { get; init; }
    public Lead? Lead { get; init; }
    public required LeadEventKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>Who did it; null: the owner or the system.</summary>
    public string? StaffId { get; init; }
    public LeadState? From { get; init; }
    public LeadState? To { get; init; }
    /// <summary>A note, encrypted.</summary>
    public string? Text { get; init; }
}

/// <summary>On the wire <c>lead.created</c>, <c>lead.updated</c>, <c>lead.withdrawn</c>, <c>lead.erased</c>, and <c>leads.summary</c> for the numbers of a week, which belong to no lead.</summary>
public enum ForwardEvent { Created, Updated, Withdrawn, Erased, Summary }

/// <summary>Held: after a restore from a backup, until a person lets it go; the first two are the only ones that are sent.</summary>
public enum ForwardState { Queued, Sending, Sent, Failed, Cancelled, Held }

/// <summary>One event of one lead on its way to one destination; written in the transaction of its cause.</summary>
public sealed class LeadForward
{
    public long Id { get; init; }
    /// <summary>Null once the lead's row is erased: the forward of that erasure is still to arrive.</summary>
    public long? LeadId { get; set; }
    public Lead? Lead { get; set; }
    /// <summary><see cref="Lead.Key"/>, which outlives the lead.</summary>
    public required string LeadKey { get; init; }
    /// <summary>Name in <c>Leads:Destinations</c>.</summary>
    public required string Destination { get; init; }
    public required ForwardEvent Event { get; init; }
    /// <summary>Idempotency handle of the receiver (<c>webhook-id</c>), the same over all tries.</summary>
    public required string MessageId { get; init; }
    public ForwardState State { get; set; }
    public int Tries { get; set; }
    public required DateTimeOffset DueAt { get; set; }
    public string? ClaimedBy { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SentAt { get; set; }
    /// <summary>An alert told that it is late or failed.</summary>
    public bool Alerted { get; set; }
    /// <summary>Class of the last failure and the vendor's code, never a body.</summary>
    public string? LastError { get; set; }
}

internal sealed class LeadTable : IEntityTypeConfiguration<Lead>
{
    public void Configure(EntityTypeBuilder<Lead> lead)
    {
        // Lists ask whether a lead is closed, the owner's next sign-up asks for its key: one must not say other than the other.
        lead.ToTable("Leads", table => table.HasCheckConstraint("CK_Leads_OpenOrClosed", "(\"ClosedAt\" IS NULL) = (\"OpenKey\" IS NOT NULL)"));
        lead.Property(l => l.Key).HasMaxLength(16);
        lead.HasIndex(l => l.Key).IsUnique();
        lead.Property(l => l.CommunityTyped).IsPersonal();
        lead.Property(l => l.Wishes).HasConversion<int>();   // bits, tested in queries
        lead.Property(l => l.Name).IsPersonal();
        lead.Property(l => l.Phone).IsPersonal();
        lead.Property(l => l.Room).IsPersonal();
        lead.Property(l => l.NameHash).HasMaxLength(64);
        lead.Property(l => l.PhoneHash).HasMaxLength(64);
        lead.Property(l => l.RoomHash).HasMaxLength(64);
        lead.Property(l => l.Version).IsConcurrencyToken();
        lead.Property(l => l.OpenKey).HasMaxLength(128);
        lead.HasIndex(l => l.OpenKey).IsUnique();
        lead.HasIndex(l => l.ContactId);
        // All that lists count, filter and sort by, so that they do not read the long encrypted rows of leads that are not on the page.
        // Without a filter: of two indexes that will do, SQLite takes the one that leaves out rows, even if it must then read the leads themselves.
        lead.HasIndex(l => new { l.CommunityId, l.ClosedAt, l.NextContactAt, l.CreatedAt, l.State, l.PassOn, l.Wishes, l.AssigneeId, l.ContactId, l.Id }).HasDatabaseName("IX_Leads_Lists");
        lead.HasIndex(l => new { l.NextContactAt, l.ClosedAt, l.Id });
        lead.HasIndex(l => new { l.CommunityId, l.RoomHash, l.Role, l.Wishes, l.ClosedAt }).HasDatabaseName("IX_Leads_Households");      // the progress board's
        lead.HasIndex(l => l.PhoneHash);
        lead.HasIndex(l => l.NameHash);
        lead.HasIndex(l => l.AssigneeId);
        lead.HasIndex(l => l.EraseAt);
        lead.HasIndex(l => l.Uncovered).HasFilter("\"Uncovered\"");
        lead.HasOne<Contact>().WithMany().HasForeignKey(l => l.ContactId).OnDelete(DeleteBehavior.Restrict);
        lead.HasOne(l => l.Community).WithMany().HasForeignKey(l => l.CommunityId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class LeadEventTable : IEntityTypeConfiguration<LeadEvent>
{
    public void Configure(EntityTypeBuilder<LeadEvent> step)
    {
        step.ToTable("LeadEvents");
        step.Property(e => e.Text).IsPersonal();
        step.HasIndex(e => new { e.LeadId, e.At });
        step.HasOne(e => e.Lead).WithMany().HasForeignKey(e => e.LeadId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class LeadForwardTable : IEntityTypeConfiguration<LeadForward>
{
    public void Configure(EntityTypeBuilder<LeadForward> forward)
    {
        forward.ToTable("LeadForwards");
        forward.Property(f => f.Destination).HasMaxLength(64);
        forward.Property(f => f.LeadKey).HasMaxLength(16);
        forward.Property(f => f.MessageId).HasMaxLength(64);
        forward.Property(f => f.ClaimedBy).HasMaxLength(64);
        forward.Property(f => f.LastError).HasMaxLength(128);
        forward.HasIndex(f => new { f.State, f.DueAt });
        forward.HasIndex(f => new { f.LeadKey, f.Destination });
        forward.HasIndex(f => f.MessageId).IsUnique();
        forward.HasOne(f => f.Lead).WithMany().HasForeignKey(f => f.LeadId).OnDelete(DeleteBehavior.SetNull);
    }
}

public static class LeadSets
{
    extension(OutreachDb db)
    {
        public DbSet<Lead> Leads => db.Set<Lead>();
        public DbSet<LeadEvent> LeadEvents => db.Set<LeadEvent>();
        public DbSet<LeadForward> LeadForwards => db.Set<LeadForward>();
    }
}
