using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The second factor: the six digits of an authenticator app (TOTP, RFC 6238), or one of the recovery codes that were shown once.</summary>
internal sealed class SecondFactor(
    UserManager<StaffMember> people, SignInManager<StaffMember> sessions, AuditLog audit, IHttpContextAccessor http, IHostEnvironment environment, IOptions<StaffOptions> options)
{
    private const int RecoveryCodes = 8;
    private const string Issuer = "业委会工作台";

    // What Identity writes into a session that passed two factors (RFC 8176).
    internal static readonly Claim Passed = new("amr", "mfa");

    /// <summary>Whether notices and exports need it: <see cref="StaffOptions.RequireSecondFactor"/>, by default everywhere but in Development.</summary>
    public bool IsRequired => options.Value.RequireSecondFactor ?? !environment.IsDevelopment();

    /// <summary>Whether this session may send notices: it was opened with the second factor, or none is required.</summary>
    public bool MaySend => !IsRequired || http.HttpContext!.User.HasClaim(Passed.Type, Passed.Value);

    public async Task<StaffMember> MemberAsync(StaffScope scope) =>
        await people.FindByIdAsync(scope.StaffId) ?? throw new InvalidOperationException("The session's account is gone.");

    /// <summary>A new secret; not asked for until <see cref="EnableAsync"/> has seen it work. The session stays.</summary>
    public async Task BeginAsync(StaffMember member)
    {
        await people.ResetAuthenticatorKeyAsync(member);
        await SignInAsync(member, passed: false);
    }

    /// <summary>The secret in Base32, in groups of four, and as the address that apps read from a QR code; null before <see cref="BeginAsync"/>.</summary>
    public async Task<(string Key, string Address)?> SecretAsync(StaffMember member)
    {
        if (await people.GetAuthenticatorKeyAsync(member) is not { } key)
            return null;
        var issuer = Uri.EscapeDataString(Issuer);
        return (string.Join(' ', key.Chunk(4).Select(four => new string(four))), $"otpauth://totp/{issuer}:{member.UserName}?secret={key}&issuer={issuer}&digits=6");
    }

    /// <summary>Asked for from now on. The recovery codes are shown once; null: the code was wrong.</summary>
    public async Task<IReadOnlyList<string>?> EnableAsync(StaffMember member, string code, CancellationToken cancellationToken)
    {
        if (!await VerifyAsync(member, code))
            return null;
        await people.SetTwoFactorEnabledAsync(member, true);
        var codes = await people.GenerateNewTwoFactorRecoveryCodesAsync(member, RecoveryCodes) ?? [];
        await audit.RecordAsync(AuditKind.ChangedStaff, member.Id, null, "开启两步验证", cancellationToken);
        await SignInAsync(member, passed: true);
        return [.. codes];
    }

    public async Task DisableAsync(StaffMember member, CancellationToken cancellationToken)
    {
        await people.SetTwoFactorEnabledAsync(member, false);
        await people.ResetAuthenticatorKeyAsync(member);
        await audit.RecordAsync(AuditKind.ChangedStaff, member.Id, null, "关闭两步验证", cancellationToken);
        await SignInAsync(member, passed: false);
    }

    /// <summary>Asks once more at a step that cannot be taken back. Wrong codes count like wrong passwords.</summary>
    public async Task<FactorAnswer> CheckAsync(StaffScope scope, string? code, CancellationToken cancellationToken)
    {
        var member = await MemberAsync(scope);
        if (!member.TwoFactorEnabled)
            return IsRequired ? FactorAnswer.NotSetUp : FactorAnswer.Right;
        if (await people.IsLockedOutAsync(member))
            return FactorAnswer.Locked;
        if (code is not null && (await VerifyAsync(member, code) || (await people.RedeemTwoFactorRecoveryCodeAsync(member, code.Trim())).Succeeded))
        {
            await people.ResetAccessFailedCountAsync(member);
            return FactorAnswer.Right;
        }
        if (!string.IsNullOrWhiteSpace(code))
            await people.AccessFailedAsync(member);
        await audit.RecordAsync(AuditKind.SignInFailed, member.Id, null, "两步验证码不对", cancellationToken);
        return await people.IsLockedOutAsync(member) ? FactorAnswer.Locked : FactorAnswer.Wrong;
    }

    /// <summary>Keeps this session after a step that ended all of them.</summary>
    public Task StayAsync(StaffMember member) => SignInAsync(member, http.HttpContext!.User.HasClaim(Passed.Type, Passed.Value));

    /// <summary>What to say, in Chinese; null when it is right.</summary>
    public string? Words(FactorAnswer answer) => answer switch
    {
        FactorAnswer.Right => null,
        FactorAnswer.Wrong => "验证码不对。看手机上验证器现在显示的6位数字，再填一次。",
        FactorAnswer.Locked => string.Create(CultureInfo.InvariantCulture, $"试错太多次，过 {options.Value.LockMinutes} 分钟再试。"),
        FactorAnswer.NotSetUp => "这一步要两步验证，您还没有设。到“更多”里设好再来。",
    };

    private Task<bool> VerifyAsync(StaffMember member, string code) =>
        people.VerifyTwoFactorTokenAsync(member, people.Options.Tokens.AuthenticatorTokenProvider, string.Concat(code.Where(c => !char.IsWhiteSpace(c))));

    private Task SignInAsync(StaffMember member, bool passed) => sessions.SignInWithClaimsAsync(member, isPersistent: false, passed ? [Passed] : []);
}

internal enum FactorAnswer { Right, Wrong, Locked, NotSetUp }
