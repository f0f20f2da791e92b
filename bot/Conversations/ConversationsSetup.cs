using Microsoft.Extensions.Options;
using Outreach.Contacts;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.Conversations;

public static class ConversationsSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddSingleton<ConversationLog>();
        services.AddSingleton<MessageFeed>();
        services.AddSingleton<IErasable, TranscriptErasure>();
        services.AddSingleton<OutgoingMessages>();
        services.AddSingleton<Handovers>();
        services.AddSingleton<ConversationTurns>();

        services.AddOptions<KnowledgeOptions>().BindConfiguration("Knowledge")
            .Validate<InstallationFolder>((o, folder) => o.Path.Length == 0 || Directory.Exists(folder.Resolve(o.Path)),
                "Knowledge:Path must name a folder with articles, sources.yaml, rewrites.yaml and outofscope.yaml; leave it empty for what came with the program.")
            .ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<KnowledgeOptions>>().Value.Path is { Length: > 0 } path
            ? KnowledgeBase.Load(provider.GetRequiredService<InstallationFolder>().Resolve(path))
            : provider.GetService<ShippedKnowledge>()?.Knowledge ?? KnowledgeBase.Load(AppContext.BaseDirectory));
        services.AddSingleton<ServingKnowledge>();
        services.AddSingleton(provider => new Understanding(
            IntentExamples.Load(Path.Combine(AppContext.BaseDirectory, "Conversations", "intents")), provider.GetRequiredService<KnowledgeBase>()));

        services.AddSingleton<OwnerBot>();
        services.AddSingleton<ThinkAboutMessage>();
        services.AddSingleton<ThinkWithModel>();
        services.AddSingleton<Safety>();
        services.AddSingleton<NoticeChoices>();
        services.AddSingleton<MyInformation>();
        services.AddSingleton<TalkToPerson>();
        services.AddSingleton<SignUpReader>();
        services.AddSingleton<FormQuestions>();
        services.AddSingleton<FormFill>();
        services.AddSingleton<FormCards>();
        services.AddSingleton<FormFlow>();
        services.AddSingleton<FormControl>();
        services.AddSingleton<CommunityStep>();
        services.AddSingleton<CollectStep>();
        services.AddSingleton<DetailsStep>();
        services.AddSingleton<PassOnStep>();
        services.AddSingleton<RegisterInterest>();
        services.AddSingleton<RecentNotice>();
        services.AddSingleton<NoticeReplies>();
        services.AddSingleton<TellProgress>();
        services.AddSingleton<AnswerQuestions>();
        services.AddSingleton<StatuteLibrary>();
        services.AddHostedService<StatuteWatch>();
        services.AddSingleton<StatuteImport>();
        services.AddSingleton<QuoteStatutes>();
        services.AddSingleton<Calculate>();
        services.AddSingleton<Elaborate>();
        services.AddSingleton<SmallMatters>();
        services.AddSingleton<NoticesElsewhere>();
        services.AddSingleton<ChannelTests>();

        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<OutgoingMessages>());
        services.AddSingleton<IDueWork, DueConversations>();
        services.AddSingleton<IRetained, TranscriptRetention>();
        services.AddSingleton<IRetained, DraftRetention>();
        services.AddSingleton<IRetained, DedupeRetention>();
        return services;
    }
}
