using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>
/// One-time links: the first administrator, a colleague, a new password. The token is 256 random bits, shown once and stored as a hash.
/// It travels in the query, which traces leave out, and never in a log.
/// </summary>
public sealed class StaffLinks(OutreachDb db, UserManager<StaffMember> people, IOptions<StaffOptions> options, TimeProvider clock)
{
    public const string Address = "/staff/link";

    /// <summary>What one can do with it, as far as it is still good.</summary>
    public sealed record OpenLink(long Id, StaffLinkPurpose Purpose, StaffRoles Roles, string? AreaName, string? UserName, string? DisplayName);

    /// <summary>The link for the first administrator, as long as there is no account at all; earlier ones of its kind end. Null: there are accounts.</summary>
    /// <returns>Path and query, such as <c>/staff/link?t=…</c>.</returns>
    public Task<string?> CreateFirstAdministratorAsync(CancellationToken cancellationToken) => db.WriteAsync(async () =>
        await db.Staff.AnyAsync(cancellationToken) ? null : await CreateAdministratorAsync(cancellationToken), cancellationToken);

    /// <summary>A link that makes one more administrator of the whole tree: for the operator at the server, where nobody can sign in any more.</summary>
    public async Task<string> CreateAdministratorAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await db.WriteAsync(async () =>
        {
            await db.StaffLinks.Where(l => l.Purpose == StaffLinkPurpose.FirstAdministrator && l.UsedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, now), cancellationToken);
            return await AddAsync(StaffLinkPurpose.FirstAdministrator, staffId: null, StaffRoles.Administrator | StaffRoles.Bureau, areaId: null, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>A link for a colleague's new account with these roles in this area.</summary>
    /// <param name="areaId">Null: the whole tree.</param>
    public Task<string> CreateInviteAsync(StaffRoles roles, long? areaId, CancellationToken cancellationToken) =>
        AddAsync(StaffLinkPurpose.Invite, staffId: null, roles, areaId, cancellationToken);

    /// <summary>A link that sets a new password; earlier ones for this account end. Null when there is no such active account.</summary>
    public async Task<string?> CreateResetAsync(string userName, CancellationToken cancellationToken)
    {
        var member = await people.FindByNameAsync(userName);
        if (member is null or { DeactivatedAt: not null })
            return null;
        var now = clock.GetUtcNow();
        return await db.WriteAsync(async () =>
        {
            await db.StaffLinks.Where(l => l.StaffId == member.Id && l.UsedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, now), cancellationToken);
            return await AddAsync(StaffLinkPurpose.Reset, member.Id, StaffRoles.None, areaId: null, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>What the token opens; null when it is unknown, used or expired.</summary>
    public async Task<OpenLink?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        var hash = HashOf(token);
        var now = clock.GetUtcNow();
        return await db.StaffLinks.Where(l => l.TokenHash == hash && l.UsedAt == null && l.ExpiresAt > now)
            .Select(l => new OpenLink(l.Id, l.Purpose, l.Roles,
                db.Set<Area>().Where(a => a.Id == l.AreaId).Select(a => a.Name).FirstOrDefault(),
                db.Set<StaffMember>().Where(s => s.Id == l.StaffId).Select(s => s.UserName).FirstOrDefault(),
                db.Set<StaffMember>().Where(s => s.Id == l.StaffId).Select(s => s.DisplayName).FirstOrDefault()))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Uses the link up and makes or changes the account, both or neither. Two who use one link at once: one of them gets it.</summary>
    public Task<Redemption> RedeemAsync(string token, string displayName, string userName, string password, CancellationToken cancellationToken)
    {
        var hash = HashOf(token);
        var now = clock.GetUtcNow();
        return db.WriteAsync(async () =>
        {
            var taken = await db.StaffLinks.Where(l => l.TokenHash == hash && l.UsedAt == null && l.ExpiresAt > now)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, now), cancellationToken);
            if (taken == 0)
                return new Redemption(null, [], IsGone: true);
            var link = await db.StaffLinks.AsNoTracking().SingleAsync(l => l.TokenHash == hash, cancellationToken);
            var (member, result) = link.Purpose == StaffLinkPurpose.Reset
                ? await ResetAsync(link, password, now, cancellationToken)
                : await CreateAsync(link, displayName, userName, password);
            if (result.Succeeded)
                return new Redemption(member, [], IsGone: false);
            await db.StaffLinks.Where(l => l.Id == link.Id).ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, (DateTimeOffset?)null), cancellationToken);
            return new Redemption(null, [.. result.Errors], IsGone: false);
        }, cancellationToken);
    }

    /// <param name="Member">The account, when it worked.</param>
    /// <param name="Problems">What to change, in Chinese; the link stays good.</param>
    /// <param name="IsGone">The link is unknown, used or expired.</param>
    public sealed record Redemption(StaffMember? Member, IReadOnlyList<IdentityError> Problems, bool IsGone);

    private async Task<(StaffMember, IdentityResult)> CreateAsync(StaffLink link, string displayName, string userName, string password)
    {
        var member = new StaffMember { UserName = userName, DisplayName = displayName, Roles = link.Roles, AreaId = link.AreaId };
        return (member, await people.CreateAsync(member, password));
    }

    private async Task<(StaffMember, IdentityResult)> ResetAsync(StaffLink link, string password, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var member = await people.FindByIdAsync(link.StaffId!);
        if (member is null or { DeactivatedAt: not null })
            return (null!, IdentityResult.Failed(new IdentityError { Code = "Account", Description = "这个账号已停用，请找管理员" }));
        foreach (var validator in people.PasswordValidators)
            if (await validator.ValidateAsync(people, member, password) is { Succeeded: false } refused)
                return (member, refused);
        await people.RemovePasswordAsync(member);
        var result = await people.AddPasswordAsync(member, password);     // a new security stamp: other sessions end
        if (result.Succeeded)
        {
            await people.SetTwoFactorEnabledAsync(member, false);      // whoever lost the phone comes in by such a link; the second factor is set anew
            await people.SetLockoutEndDateAsync(member, null);
            await people.ResetAccessFailedCountAsync(member);
            await db.Set<IdentityUserLogin<string>>().Where(l => l.UserId == member.Id).ExecuteDeleteAsync(cancellationToken);      // who had the password may have tied an account to it
            await db.StaffSessions.Where(s => s.StaffId == member.Id && s.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), cancellationToken);
        }
        return (member, result);
    }

    private async Task<string> AddAsync(StaffLinkPurpose purpose, string? staffId, StaffRoles roles, long? areaId, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        db.StaffLinks.Add(new StaffLink
        {
            TokenHash = HashOf(token),
            Purpose = purpose,
            StaffId = staffId,
            Roles = roles,
            AreaId = areaId,
            CreatedAt = now,
            ExpiresAt = now.AddHours(options.Value.LinkHours),
        });
        await db.SaveChangesAsync(cancellationToken);
        return $"{Address}?t={token}";
    }

    /// <summary>A plain hash is enough: the token has 256 bits, nothing to guess.</summary>
    private static string HashOf(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
