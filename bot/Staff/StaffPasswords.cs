using Microsoft.AspNetCore.Identity;

namespace Outreach.Staff;

/// <summary>What a password must be, said in words that tell what to do.</summary>
internal sealed class StaffPasswords : IPasswordValidator<StaffMember>
{
    public const int MinLength = 10;
    public const int MaxLength = 128;
    public const string Rules = "至少10位，要有字母和数字，不能含用户名。可以用几个词连起来，好记又难猜。";

    public Task<IdentityResult> ValidateAsync(UserManager<StaffMember> manager, StaffMember user, string? password) =>
        Task.FromResult(Problem(user.UserName, password) is { } problem
            ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = problem })
            : IdentityResult.Success);

    /// <summary>What is wrong and what to do; null when the password will do.</summary>
    public static string? Problem(string? userName, string? password) => password switch
    {
        null or "" => "写上密码",
        { Length: < MinLength } => $"密码只有{password.Length}位，至少要{MinLength}位",
        { Length: > MaxLength } => $"密码太长，最多{MaxLength}位",
        _ when !password.Any(char.IsLetter) => "密码里加上字母",
        _ when !password.Any(char.IsDigit) => "密码里加上数字",
        _ when password.Distinct().Count() < 5 => "密码重复的字太多，换几个不同的",
        _ when !string.IsNullOrEmpty(userName) && password.Contains(userName, StringComparison.OrdinalIgnoreCase) => "密码里不能有用户名，换一个",
        _ => null,
    };
}
