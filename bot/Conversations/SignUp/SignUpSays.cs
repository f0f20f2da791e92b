namespace Outreach.Conversations;

/// <summary>The words of the sign-up's buttons: saying one is the same as pressing it.</summary>
internal static class SignUpSays
{
    public const string Continue = "接着弄";
    public const string Stop = "不弄了";
    public const string Agree = "同意";
    public const string Decline = "不同意";
    public const string PassOnYes = "同意转交";
    public const string PassOnNo = "不转交";
    public const string NotPassedOn = "登记好了，没有转交，只计入户数。以后想转交，说“同意转交”。";

    public static string[] WishButtons { get; } = ["支持成立", "加入筹备组", "参选委员", "只想了解"];
}
