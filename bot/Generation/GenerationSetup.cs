using Microsoft.Extensions.Options;
using Outreach.Knowledge.Articles;

namespace Outreach.Generation;

public static class GenerationSetup
{
    public static IServiceCollection AddGeneration(this IServiceCollection services)
    {
        services.AddOptions<GenerationOptions>().Configure<IConfiguration>(Bind).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GenerationOptions>, GenerationOptionsCheck>();
        services.AddSingleton<ModelSwitch>();
        services.AddSingleton<ModelClients>();
        services.AddSingleton<ModelBudget>();
        services.AddSingleton<GenerationMetrics>();
        services.AddSingleton<ModelCalls>();
        services.AddSingleton<Prompts>();
        services.AddSingleton(provider => new Groundedness(provider.GetRequiredService<KnowledgeBase>().Sources));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RephraseAnswer>(provider, provider.GetRequiredService<KnowledgeBase>().Sources));
        services.AddSingleton<CompleteFollowUp>();
        services.AddSingleton<ArticleVectors>();
        services.AddHostedService<GenerationStart>();
        services.AddHostedService<EmbedArticles>();
        return services;
    }

    /// <summary>A number or a time that cannot be read is told like every other malformed setting.</summary>
    private static void Bind(GenerationOptions options, IConfiguration configuration)
    {
        try
        {
            configuration.GetSection("Generation").Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException("", typeof(GenerationOptions), [$"{e.Message} Write a value of that kind, or leave the key out for its default."]);
        }
    }
}
