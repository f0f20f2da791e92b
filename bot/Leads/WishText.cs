namespace Outreach.Leads;

/// <summary>How wishes, roles and states are called before people, and on the wire.</summary>
public static class WishText
{
    private static readonly (Wishes Wish, string Text, string Wire)[] All =
    [
        (Wishes.Support, "支持成立", "support"),
        (Wishes.JoinGroup, "加入筹备组", "join-group"),
        (Wishes.Candidate, "参选委员", "candidate"),
        (Wishes.JustInformed, "只想了解", "just-informed"),
    ];

    /// <summary>Such as 支持成立、加入筹备组; "" for none.</summary>
    public static string Of(Wishes wishes) => string.Join('、', All.Where(w => wishes.HasFlag(w.Wish)).Select(w => w.Text));

    /// <summary>Such as <c>support</c>, <c>join-group</c>.</summary>
    public static IReadOnlyList<string> Wire(Wishes wishes) => [.. All.Where(w => wishes.HasFlag(w.Wish)).Select(w => w.Wire)];

    public static string Of(LeadState state) => state switch
    {
        LeadState.New => "新登记",
        LeadState.Contacted => "已联系",
        LeadState.Volunteer => "志愿骨干",
        LeadState.PreparatoryGroup => "筹备组",
        LeadState.Done => "已完成",
        LeadState.Invalid => "无效",
        LeadState.Withdrawn => "已撤回",
    };

    public static string Of(LeadRole role) => role switch
    {
        LeadRole.Owner => "业主",
        LeadRole.Tenant => "租户",
        LeadRole.Family => "家属",
    };
}
