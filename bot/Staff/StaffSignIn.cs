using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The door: checks name and password, counts the tries, records both.</summary>
internal sealed class StaffSignIn(
    UserManager<StaffMember> people, SignInManager<StaffMember> sessions, UnknownNames unknown, AuditLog audit, IOptions<StaffOptions> options)
{
    // Someone to compare with when the name is unknown, so that the answer takes as long.
    private static readonly StaffMember Nobody = new() { DisplayName = "", AreaId = null };
    private static readonly string NobodysHash = new PasswordHasher<StaffMember>().HashPassword(Nobody, Guid.NewGuid().ToString());

    public async Task<SignInAnswer> SignInAsync(string userName, string password, CancellationToken cancellationToken)
    {
        var member = await people.FindByNameAsync(userName);
        if (member is null)
        {
            people.PasswordHasher.VerifyHashedPassword(Nobody, NobodysHash, password);
            await audit.RecordAsync(AuditKind.SignInFailed, null, null, null, cancellationToken);
            return unknown.Fail(userName) is var left and > 0 ? new(SignInOutcome.Wrong, left) : new(SignInOutcome.Locked);
        }
        var result = await sessions.CheckPasswordSignInAsync(member, password, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            await audit.RecordAsync(AuditKind.SignInFailed, member.Id, null, null, cancellationToken);
            return result.IsLockedOut ? new(SignInOutcome.Locked) : new(SignInOutcome.Wrong, options.Value.MaxTries - member.AccessFailedCount);
        }
        if (member.DeactivatedAt is not null)
            return new(SignInOutcome.Deactivated);
        if (member.TwoFactorEnabled)
        {
            await sessions.PasswordSignInAsync(member, password, isPersistent: false, lockoutOnFailure: false);      // remembers for the next page who it is; no session yet
            return new(SignInOutcome.NeedsCode);
        }
        await sessions.SignInAsync(member, isPersistent: false);
        await audit.RecordAsync(AuditKind.SignedIn, member.Id, null, null, cancellationToken);
        return new(SignInOutcome.SignedIn);
    }

    /// <summary>
    /// By an account of the organisation that a colleague has tied to theirs; nobody else gets in, and nobody gets rights by it.
    /// Who has set up our second factor passes it here too, unless the provider says that it asked for one itself; without either the session opens without one,
    /// and notices and exports ask for it as they do everywhere.
    /// </summary>
    public async Task<SignInAnswer> SignInWithOpenIdAsync(OpenIdLogin login, CancellationToken cancellationToken)
    {
        if (await people.FindByLoginAsync(login.Provider, login.Subject) is not { } member)
        {
            await audit.RecordAsync(AuditKind.SignInFailed, null, null, "单位账号，没有绑定", cancellationToken);
            return new(SignInOutcome.NeedsPassword);
        }
        var outcome = member.DeactivatedAt is not null ? SignInOutcome.Deactivated
            : await people.IsLockedOutAsync(member) ? SignInOutcome.Locked
            : member.TwoFactorEnabled && !login.PassedTwo ? SignInOutcome.NeedsCode
            : SignInOutcome.SignedIn;
        if (outcome == SignInOutcome.NeedsCode)
        {
            await sessions.ExternalLoginSignInAsync(login.Provider, login.Subject, isPersistent: false, bypassTwoFactor: false);      // remembers for the next page who it is; no session yet
            return new(outcome);
        }
        if (outcome == SignInOutcome.SignedIn)
            await sessions.SignInWithClaimsAsync(member, isPersistent: false, login.PassedTwo ? [SecondFactor.Passed] : []);
        await audit.RecordAsync(outcome == SignInOutcome.SignedIn ? AuditKind.SignedIn : AuditKind.SignInFailed, member.Id, null, "单位账号", cancellationToken);
        return new(outcome);
    }

    /// <summary>The second step, after <see cref="SignInOutcome.NeedsCode"/>: six digits of the app, or a recovery code. Wrong ones count like wrong passwords.</summary>
    public async Task<SignInAnswer> SignInWithCodeAsync(string code, CancellationToken cancellationToken)
    {
        if (await sessions.GetTwoFactorAuthenticationUserAsync() is not { } member)
            return new(SignInOutcome.NeedsPassword);
        if (member.DeactivatedAt is not null)
            return new(SignInOutcome.Deactivated);
        var plain = string.Concat(code.Where(c => !char.IsWhiteSpace(c)));
        var result = plain.Length == 6
            ? await sessions.TwoFactorAuthenticatorSignInAsync(plain, isPersistent: false, rememberClient: false)
            : await sessions.TwoFactorRecoveryCodeSignInAsync(plain);
        if (!result.Succeeded && plain.Length != 6)
            await people.AccessFailedAsync(member);      // Identity counts wrong codes of the app alone
        var isLocked = result.IsLockedOut || await people.IsLockedOutAsync(member);
        await audit.RecordAsync(result.Succeeded ? AuditKind.SignedIn : AuditKind.SignInFailed, member.Id, null, "两步验证", cancellationToken);
        return new(result.Succeeded ? SignInOutcome.SignedIn : isLocked ? SignInOutcome.Locked : SignInOutcome.Wrong);
    }
}

/// <summary>NeedsCode: the password was right, the second factor is still to come. NeedsPassword: nobody is on the way in.</summary>
internal enum SignInOutcome { SignedIn, Wrong, Locked, Deactivated, NeedsCode, NeedsPassword }

/// <param name="Left">Tries left before the lock, with <see cref="SignInOutcome.Wrong"/>.</param>
internal readonly record struct SignInAnswer(SignInOutcome Outcome, int Left = 0);

/// <summary>Counts tries with names that do not exist exactly as accounts are counted, so that the page never tells which names do.</summary>
internal sealed class UnknownNames(IOptions<StaffOptions> options, TimeProvider clock)
{
    private const int MaxNames = 10_000;
    private readonly ConcurrentDictionary<string, Tries> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One more wrong try with this name.</summary>
    /// <returns>Tries left; 0: locked.</returns>
    public int Fail(string userName)
    {
        var now = clock.GetUtcNow();
        if (_names.Count >= MaxNames)
            foreach (var (name, tries) in _names)
                if (tries.Until <= now || _names.Count >= MaxNames)
                    _names.TryRemove(name, out _);
        var after = _names.AddOrUpdate(userName.Length > 64 ? userName[..64] : userName,
            _ => new Tries(1, now.AddMinutes(options.Value.LockMinutes)),
            (_, before) => before.Until <= now
                ? new Tries(1, now.AddMinutes(options.Value.LockMinutes))
                : before.Count >= options.Value.MaxTries ? before : new Tries(before.Count + 1, now.AddMinutes(options.Value.LockMinutes)));
        return Math.Max(0, options.Value.MaxTries - after.Count);
    }

    private readonly record struct Tries(int Count, DateTimeOffset Until);
}
