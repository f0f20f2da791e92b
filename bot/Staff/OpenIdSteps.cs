using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Ties an account of the console to one of the organisation's own, and takes that back.</summary>
internal sealed class OpenIdTies(UserManager<StaffMember> people, SecondFactor factor, AuditLog audit)
{
    public async Task<bool> IsTiedAsync(StaffScope scope) => (await people.GetLoginsAsync(await factor.MemberAsync(scope))).Any(IsOpenId);

    /// <summary>False: that account of the organisation already belongs to a colleague, or this one is tied to another.</summary>
    public async Task<bool> TieAsync(OpenIdLogin login, string displayName, StaffScope scope, CancellationToken cancellationToken)
    {
        var member = await factor.MemberAsync(scope);
        if ((await people.GetLoginsAsync(member)).Any(IsOpenId) || !(await people.AddLoginAsync(member, new(login.Provider, login.Subject, displayName))).Succeeded)
            return false;
        await audit.RecordAsync(AuditKind.ChangedStaff, scope.StaffId, null, $"绑定{displayName}", cancellationToken);
        await factor.StayAsync(member);
        return true;
    }

    public async Task UntieAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        var member = await factor.MemberAsync(scope);
        foreach (var login in (await people.GetLoginsAsync(member)).Where(IsOpenId))
        {
            await people.RemoveLoginAsync(member, login.LoginProvider, login.ProviderKey);
            await audit.RecordAsync(AuditKind.ChangedStaff, scope.StaffId, null, $"解除绑定{login.ProviderDisplayName}", cancellationToken);
        }
        await factor.StayAsync(member);
    }

    private static bool IsOpenId(UserLoginInfo login) => login.LoginProvider.StartsWith("oidc:", StringComparison.Ordinal);
}

internal static class OpenIdSteps
{
    public static async Task<RedirectHttpResult> UntieAsync(OpenIdTies ties, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        await ties.UntieAsync(scope, cancellationToken);
        toasts.Done("绑定解除了，别处的登录也退出了");
        return TypedResults.LocalRedirect("/staff/more");
    }
}
