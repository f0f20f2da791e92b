using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Digits by which a staff member tries a channel on himself: who writes 「测试 123456」 to the bot there gets the test message. Good once, for ten minutes.</summary>
public sealed class ChannelTest
{
    public long Id { get; init; }
    /// <summary><see cref="Anywhere"/> for a notice.</summary>
    public required string Channel { get; init; }
    public required string Account { get; init; }
    /// <summary>Opens nothing but a test message, so it is kept as it is.</summary>
    public required string Code { get; init; }
    public required string StaffId { get; init; }
    /// <summary>The notice that is tried, as the staff member wrote it (an Activity as JSON); null: the message that says that it is a test.</summary>
    public string? Notice { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>In place of a channel: the digits are good on every one.</summary>
    public const string Anywhere = "*";
}

internal sealed class ChannelTestTable : IEntityTypeConfiguration<ChannelTest>
{
    public void Configure(EntityTypeBuilder<ChannelTest> test)
    {
        test.ToTable("ChannelTests");
        test.Property(t => t.Channel).HasMaxLength(32);
        test.Property(t => t.Account).HasMaxLength(64);
        test.Property(t => t.Notice).HasMaxLength(8000);
        test.Property(t => t.Code).HasMaxLength(6);
        test.HasIndex(t => new { t.Channel, t.Account, t.Code });
    }
}

/// <summary>Hands out those digits and answers them.</summary>
public sealed partial class ChannelTests(IDbContextFactory<OutreachDb> databases, AuditLog audit, TimeProvider clock)
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    /// <summary>New digits for one channel account; what was not used before is forgotten.</summary>
    public Task<string> StartAsync(string channel, string account, string staffId, CancellationToken cancellationToken) =>
        StartAsync(channel, account, null, staffId, $"取了 {channel}/{account} 的测试码", cancellationToken);

    /// <summary>New digits for a notice that a staff member wants to read first, in whatever channel.</summary>
    public Task<string> StartAsync(Activity notice, string staffId, CancellationToken cancellationToken) =>
        StartAsync(ChannelTest.Anywhere, ChannelTest.Anywhere, JsonSerializer.Serialize(notice, ActivityJson.Wire.Activity), staffId, "取了通知的测试码", cancellationToken);

    private async Task<string> StartAsync(string channel, string account, string? notice, string staffId, string detail, CancellationToken cancellationToken)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.WriteAsync(async () =>
        {
            await db.Set<ChannelTest>().Where(t => t.ExpiresAt <= now || t.StaffId == staffId).ExecuteDeleteAsync(cancellationToken);
            db.Add(new ChannelTest { Channel = channel, Account = account, Code = code, StaffId = staffId, Notice = notice, ExpiresAt = now + GoodFor });
            audit.Add(db, AuditKind.TestedChannel, staffId, detail: detail);
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        return code;
    }

    /// <summary>Answers 「测试 123456」 when the digits are of this very channel account; else it is a message like any other.</summary>
    internal async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (Asked().Match(turn.Text.Trim()) is not { Success: true } asked)
            return false;
        var (code, channel, account, now) = (asked.Groups[1].Value, turn.Conversation.Channel, turn.Conversation.Account, turn.Now);
        if (await turn.Db.Set<ChannelTest>().FirstOrDefaultAsync(
            t => ((t.Channel == channel && t.Account == account) || t.Channel == ChannelTest.Anywhere) && t.Code == code && t.UsedAt == null && t.ExpiresAt > now, cancellationToken) is not { } test)
            return false;
        test.UsedAt = now;
        audit.Add(turn.Db, AuditKind.TestedChannel, test.StaffId, detail: $"{channel}/{account} 的测试消息发出");
        var notice = test.Notice is null ? null : JsonSerializer.Deserialize(test.Notice, ActivityJson.Default.Activity);
        await turn.ReplyAsync(AnswerKind.Smalltalk, notice?.Text ?? "这是一条测试消息，收到就说明这个渠道通了。", cancellationToken);
        if (Picture.Of(notice) is { } picture)
            turn.Attach(picture);
        if (MarkedText.Of(notice) is { } marked)
            turn.Mark(marked);
        return true;
    }

    [GeneratedRegex(@"^测试\s*([0-9]{6})$")]
    private static partial Regex Asked();
}
