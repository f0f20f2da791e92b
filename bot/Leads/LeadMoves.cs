namespace Outreach.Leads;

/// <summary>Which state may follow which. Pure, and the only place where it is judged.</summary>
public static class LeadMoves
{
    /// <summary>Where staff may move a lead; the owner's own withdrawal is not among them and cannot be undone by staff.</summary>
    public static IReadOnlyList<LeadState> From(LeadState state) => state switch
    {
        LeadState.New => [LeadState.Contacted, LeadState.Volunteer, LeadState.PreparatoryGroup, LeadState.Done, LeadState.Invalid],
        LeadState.Contacted => [LeadState.Volunteer, LeadState.PreparatoryGroup, LeadState.Done, LeadState.Invalid, LeadState.New],
        LeadState.Volunteer => [LeadState.PreparatoryGroup, LeadState.Contacted, LeadState.Done, LeadState.Invalid],
        LeadState.PreparatoryGroup => [LeadState.Volunteer, LeadState.Contacted, LeadState.Done, LeadState.Invalid],
        LeadState.Done or LeadState.Invalid => [LeadState.Contacted],     // reopen
        LeadState.Withdrawn => [],
    };

    public static bool IsClosed(LeadState state) => state is LeadState.Done or LeadState.Invalid or LeadState.Withdrawn;
}
