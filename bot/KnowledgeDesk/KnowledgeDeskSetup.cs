using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

public static class KnowledgeDeskSetup
{
    public static IServiceCollection AddKnowledgeDesk(this IServiceCollection services)
    {
        services.AddSingleton<PublishedArticles>();
        services.AddSingleton<ArticleChecks>();
        services.AddSingleton<ArticleDesk>();
        services.AddSingleton<ArticleTransfer>();
        services.AddSingleton<QuestionDesk>();
        services.AddSingleton<ScopeDesk>();
        services.AddSingleton<AnswerStatistics>();
        services.AddSingleton<IDueWork, CountAnswers>();
        services.AddHostedService<KnowledgeWatch>();
        services.AddHostedService<CheckRevisions>();
        return services;
    }
}
