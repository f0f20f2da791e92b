using Outreach.Contacts;

namespace Outreach.Conversations;

public static class ConversationsSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddSingleton<ConversationLog>();
        services.AddSingleton<MessageFeed>();
        services.AddSingleton<IErasable, TranscriptErasure>();
        return services;
    }
}
