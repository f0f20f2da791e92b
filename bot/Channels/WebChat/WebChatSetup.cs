using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Channels.WebChat.Pages;
using Outreach.Storage;

namespace Outreach.Channels.WebChat;

public static class WebChatSetup
{
    private const string Policy = "webchat";

    public static IServiceCollection AddWebChat(this IServiceCollection services)
    {
        services.AddOptions<WebChatOptions>().BindConfiguration("Channels:WebChat")
            .Validate(o => o.Secret is null || (o.Secret.Length >= 32 && o.Secret.All(c => c is > ' ' and < (char)127)),
                "Channels:WebChat:Secret must have at least 32 characters without spaces (for example from: openssl rand -hex 32), or be left out.")
            .Validate(o => o.AllowedOrigins.All(IsOrigin),
                "Channels:WebChat:AllowedOrigins must hold origins such as https://www.example.cn: scheme and host, no path, no asterisk.")
            .Validate(o => o.Limits is { MessagesPerConversation: > 0, MessagesPerPerson: > 0, CallsPerAddress: > 0, MessagesPerAddress: > 0, TokensPerAddress: > 0 },
                "Channels:WebChat:Limits:* must be positive (calls or messages a minute).")
            .ValidateOnStart();
        services.AddSingleton<IChannel, WebChatChannel>();
        services.AddSingleton<WebChatTokens>();
        services.AddSingleton<WebChatPersons>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<WebChatPersons>());
        services.AddSingleton<WebChatConversations>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<StreamHub>();
        services.AddSingleton<DirectLineCaller>();
        services.AddSingleton<InboundMessages>();
        services.AddSingleton<TokenEndpoints>();
        services.AddSingleton<ConversationEndpoints>();
        services.AddSingleton<StreamEndpoint>();
        services.AddSingleton<OwnerPages>();
        services.AddSingleton<PageAssets>();
        services.AddRazorComponents();
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<WebChatOptions>>((cors, chat) =>
            cors.AddPolicy(Policy, policy => policy.WithOrigins(chat.Value.AllowedOrigins)
                .WithMethods("GET", "POST")
                .WithHeaders("authorization", "content-type", "x-ms-bot-agent", "x-requested-with")
                .SetPreflightMaxAge(TimeSpan.FromHours(1))));
        return services;
    }

    /// <summary>The owners' pages, and Direct Line 3.0 for them and for the sites that hold the secret.</summary>
    public static void MapWebChat(this WebApplication app)
    {
        app.Services.GetRequiredService<ChannelReports>().Add(new()
        {
            Channel = WebChatChannel.ChannelId,
            Account = WebChatChannel.Account,
            Title = "网页聊天",
            State = ChannelState.On,
        });
        app.UseWhen(http => !http.Request.Path.StartsWithSegments("/staff"), owners => owners.Use(PageHeaders.Set));
        app.UseCors();
        app.UseWebSockets(new() { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        app.MapGet("/", (HttpContext http, string? c, OwnerPages pages) => pages.Chat(http, c));
        app.MapGet("/c/{key}", (HttpContext http, string key, OwnerPages pages) => pages.CommunityAsync(http, key));
        app.MapGet("/c/{key}/poster", (HttpContext http, string key, string? code, OwnerPages pages) => pages.PosterAsync(http, key, code));
        app.MapGet("/c/{key}/qr.png", (HttpContext http, string key, OwnerPages pages) => pages.Code(http, key));
        var line = app.MapGroup("/v3/directline").RequireCors(Policy).AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            http.Response.Headers.CacheControl = "no-store";
            return http.RequestServices.GetRequiredService<RateLimits>().Take(LimitedThing.AddressCalls, DirectLineCaller.AddressOf(http)) is { } wait
                ? DirectLineError.TooFast(http, LimitedThing.AddressCalls, wait)
                : await next(context);
        });
        line.MapPost("/tokens/generate", (HttpContext http, TokenEndpoints tokens) => tokens.GenerateAsync(http));
        line.MapPost("/tokens/refresh", (HttpContext http, TokenEndpoints tokens) => tokens.Refresh(http));
        line.MapPost("/tokens/forget", (HttpContext http, TokenEndpoints tokens) => tokens.ForgetAsync(http));
        line.MapPost("/conversations", (HttpContext http, ConversationEndpoints conversations) => conversations.StartAsync(http));
        line.MapGet("/conversations/{id}", (HttpContext http, string id, string? watermark, ConversationEndpoints conversations) => conversations.Reconnect(http, id, watermark));
        line.MapGet("/conversations/{id}/activities", (HttpContext http, string id, string? watermark, ConversationEndpoints conversations) => conversations.PollAsync(http, id, watermark));
        line.MapPost("/conversations/{id}/activities", (HttpContext http, string id, InboundMessages inbound) => inbound.SendAsync(http, id));
        line.MapPost("/conversations/{id}/upload", (HttpContext http, string id, InboundMessages inbound) => inbound.UploadAsync(http, id));
        line.MapGet("/conversations/{id}/stream", (HttpContext http, string id, string? watermark, string? t, StreamEndpoint stream) => stream.RunAsync(http, id, watermark, t));
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && uri.GetLeftPart(UriPartial.Authority) == text;
}
