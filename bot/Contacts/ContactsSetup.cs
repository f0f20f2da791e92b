using Outreach.Storage;

namespace Outreach.Contacts;

public static class ContactsSetup
{
    public static IServiceCollection AddContacts(this IServiceCollection services)
    {
        services.AddOptions<SiteOptions>()
            .Validate(site => ConsentTexts.CollectText(site).Length <= ConsentTexts.MaxCharacters,
                $"Operator:Name and Operator:Contact are too long together: the consent text made from them must not exceed {ConsentTexts.MaxCharacters} characters. Shorten one.");
        services.AddSingleton<ConsentTexts>();
        services.AddSingleton<OptOuts>();
        services.AddSingleton<ContactBook>();
        services.AddSingleton<Erasure>();
        services.AddSingleton<NoticeAddresses>();
        services.AddSingleton<UnsubscribeLinks>();
        services.AddSingleton<IErasable, NoticeAddressErasure>();
        services.AddSingleton<IRetained, ErasedIdentities>();
        services.AddSingleton<IRetained, UnconfirmedAddresses>();
        services.AddSingleton<IDueWork, SendCodes>();
        services.AddSingleton<IDueWork, Retention>();
        return services;
    }

    public static void MapContacts(this IEndpointRouteBuilder routes) => routes.MapGet(PrivacyPage.Path, PrivacyPage.Show);
}
