using Microsoft.AspNetCore.Components;
using Outreach.Communities;
using Outreach.Leads;

namespace Outreach.Staff.Components;

/// <summary>A part of a lead's page that has a form of its own, and says beside it what is wrong.</summary>
public abstract class LeadPart : LoadedComponent
{
    [Parameter, EditorRequired] public LeadView Lead { get; set; } = null!;

    /// <summary>The lead is not the one that is shown any more: read it again.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    [Inject] private protected StaffScope Scope { get; set; } = null!;
    [Inject] private protected LeadWorkflow Workflow { get; set; } = null!;
    [Inject] private protected Toasts Toasts { get; set; } = null!;
    [Inject] private protected NavigationManager Navigation { get; set; } = null!;

    private protected long Id => Lead.Row.Id;

    private protected string Here => $"/staff/leads/{Id}";

    private protected string? Problem { get; set; }

    /// <summary>Back to the page with a word of success, or the problem; a lead that changed meanwhile is shown as it is now.</summary>
    private protected async Task FinishAsync(LeadOutcome outcome, string done)
    {
        if (outcome == LeadOutcome.Done)
        {
            Finish(done);
            return;
        }
        Problem = LeadSteps.Words(outcome);
        if (outcome == LeadOutcome.ChangedMeanwhile)
            await Changed.InvokeAsync();
    }

    private protected void Finish(string done)
    {
        Toasts.Done(done);
        Navigation.NavigateTo(Here);
    }
}
