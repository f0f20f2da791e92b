using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>
/// Test messages to a phone or mailbox that a member of staff types: a line that says that it is a test, or a notice as its owners will get it. The address is kept
/// nowhere; that there was a test is audited, so many an hour are allowed to one person, and each counts against the channel's quota as any notice does.
/// </summary>
internal sealed class AddressTests(IDbContextFactory<OutreachDb> databases, ChannelReports reports, QuotaKeeper quotas, AuditLog audit, TimeProvider clock)
{
    public const int AnHour = 10;

    /// <param name="notice">Null: the message that says that it is a test.</param>
    /// <returns>Why nothing went out, for who typed the address; null: it did.</returns>
    public async Task<string?> SendAsync(IAddressChannel channel, string? typed, Activity? notice, StaffScope scope, CancellationToken cancellationToken)
    {
        if (!channel.IsOn)
            return WhyOff(channel);
        if (channel.Normalise(typed ?? "") is not { } address)
            return channel.Id == "sms" ? "测试短信要发到 11 位的手机号，请改一下。" : "邮箱地址没认出来，请改一下。";
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await TakeTurnAsync(db, channel, notice, scope, cancellationToken))
            return $"一小时内最多试 {AnHour} 次，过一会儿再试。";
        if (await quotas.TakeAsync(db, $"{channel.Id}/{IAddressChannel.Account}", channel.Id, 1) == 0)
            return $"{channel.Title}现在的余量用完了，或者平台让等，过一会儿再试。";
        var key = $"test-{Guid.NewGuid():N}";
        var result = notice is null ? await channel.SendTestAsync(address, key, cancellationToken) : await channel.SendNoticeTestAsync(address, notice, key, cancellationToken);
        return result.Class == SendClass.Ok ? null : $"没发成：{ChannelText.Of(result.Class)}{(result.VendorCode is { } code ? $"（{code}）" : "")}。";
    }

    /// <summary>Counted and written in one transaction: two at the same moment are two.</summary>
    private Task<bool> TakeTurnAsync(OutreachDb db, IAddressChannel channel, Activity? notice, StaffScope scope, CancellationToken cancellationToken) => db.WriteAsync(async () =>
    {
        var since = clock.GetUtcNow().AddHours(-1);
        if (await db.AuditEntries.CountAsync(e => e.Kind == AuditKind.TestedChannel && e.StaffId == scope.StaffId && e.At > since, cancellationToken) >= AnHour)
            return false;
        audit.Add(db, AuditKind.TestedChannel, scope.StaffId, detail: $"{channel.Title}：{(notice is null ? "发了一条测试" : "试发了一条通知")}");
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }, cancellationToken);

    private string WhyOff(IAddressChannel channel)
    {
        var own = reports.All.Where(report => report.Channel == channel.Id).ToList();
        if (own.Find(report => report.State == ChannelState.Misconfigured) is { Problem: { } problem })
            return ChannelText.Problem(problem) is ({ } key, var said) ? $"{channel.Title}没配好：{key} {said}。请告诉管理员。" : $"{channel.Title}没配好，请管理员在“渠道”里看缺什么。";
        return own.Exists(report => report.State == ChannelState.On)
            ? $"{channel.Title}还没有通知用的模板（Templates:Notice），请告诉管理员。"
            : $"{channel.Title}没开，请管理员在“渠道”里看怎么开。";
    }
}
