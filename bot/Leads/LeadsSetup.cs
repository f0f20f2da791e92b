using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

public static class LeadsSetup
{
    public static IServiceCollection AddLeads(this IServiceCollection services)
    {
        services.AddOptions<LeadOptions>().BindConfiguration("Leads").ValidateOnStart();
        services.AddSingleton<IValidateOptions<LeadOptions>, LeadOptionsCheck>();
        services.AddSingleton<LeadDestinations>();
        services.AddSingleton<ForwardOutbox>();
        services.AddSingleton<ServiceTime>();
        services.AddSingleton<LeadIntake>();
        services.AddSingleton<LeadWorkflow>();
        services.AddSingleton<LeadList>();
        services.AddSingleton<LeadExport>();
        services.AddSingleton<LeadBulk>();
        services.AddSingleton<LeadMerging>();
        services.AddSingleton<LeadRoutes>();
        services.AddSingleton<WeeklySummary>();
        services.AddSingleton<IDueWork, LeadCare>();
        services.AddSingleton<ProgressReader>();
        services.AddSingleton<ILeadDestination, WebhookDestination>();
        services.AddSingleton<ForwardAlerts>();
        services.AddSingleton<ForwardLeads>();
        services.AddSingleton<ForwardReports>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<ForwardLeads>());
        services.AddSingleton<LeadErasure>();
        services.AddSingleton<IErasable>(provider => provider.GetRequiredService<LeadErasure>());
        services.AddSingleton<IRetained, LeadRetention>();
        services.AddSingleton<IRetained, WithdrawnLeadRetention>();
        services.AddSingleton<IDemoContent, DemoLeads>();
        return services;
    }
}
