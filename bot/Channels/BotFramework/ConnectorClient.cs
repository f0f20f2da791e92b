using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Polly;
using Polly.Retry;

namespace Outreach.Channels.BotFramework;

/// <summary>
/// The Connector's REST service (v3): sends, replies, updates, chats that the bot opens, and who is in a conversation. The bot's token goes only to hosts on the allow list: an activity's <c>serviceUrl</c> is somebody else's word.
/// </summary>
internal sealed class ConnectorClient(
    IOptions<BotFrameworkOptions> options, OutboundHttp outbound, AccessTokens tokens, ChannelReports reports, IHostEnvironment environment, TimeProvider clock)
{
    private const string TokenAccount = BotFrameworkChannel.ChannelId + "/" + BotFrameworkChannel.ReportAccount;
    // Teams pages by 50 to 500.
    private const int MembersAPage = 50;
    private const int MostPages = 20;

    private readonly ResiliencePipeline<ConnectorAnswer> _retries = new ResiliencePipelineBuilder<ConnectorAnswer> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<ConnectorAnswer>
        {
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result.Result is { Class: SendClass.Transient }),
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(300),
        })
        .Build();

    /// <summary>Answers an activity, or writes without one. The channels that cannot answer one (405) get it as a message of its own.</summary>
    public async Task<ConnectorAnswer> SendAsync(ConversationReference to, Activity activity, CancellationToken cancellationToken)
    {
        var conversation = $"v3/conversations/{Uri.EscapeDataString(to.ConversationId)}/activities";
        if (activity.ReplyToId is { Length: > 0 } answered)
        {
            var answer = await CallAsync(to, HttpMethod.Post, $"{conversation}/{Uri.EscapeDataString(answered)}", activity, cancellationToken);
            if (answer.Refused != HttpStatusCode.MethodNotAllowed)
                return answer;
        }
        return await CallAsync(to, HttpMethod.Post, conversation, activity, cancellationToken);
    }

    /// <summary>Replaces an activity that was sent before.</summary>
    public async Task<SendResult> UpdateAsync(ConversationReference to, string activityId, Activity activity, CancellationToken cancellationToken) =>
        (await CallAsync(to, HttpMethod.Put, $"v3/conversations/{Uri.EscapeDataString(to.ConversationId)}/activities/{Uri.EscapeDataString(activityId)}", activity, cancellationToken)).Result;

    /// <summary>
    /// Opens the chat with one person alone, who need not have written before (Teams: the app must be installed for them, or in a team of theirs). No message is written:
    /// an answer that was lost is asked for again, and who has a chat with the bot already gets that one.
    /// </summary>
    /// <param name="with">Its conversation does not count.</param>
    /// <returns><see cref="SendResult.MessageId"/> is the id of the conversation.</returns>
    public async Task<SendResult> OpenAsync(ConversationReference with, CancellationToken cancellationToken)
    {
        var tenant = with.TenantId is { } id ? new TenantData(new(id)) : null;
        var body = JsonSerializer.SerializeToUtf8Bytes(new NewConversation(false, new(with.BotId!), [new(with.UserId)], with.TenantId, tenant), ConnectorJson.Default.NewConversation);
        var (result, _) = await CallAsync(with, HttpMethod.Post, "v3/conversations", body, cancellationToken);
        if (result.Class == SendClass.AmbiguousSent)
            (result, _) = await CallAsync(with, HttpMethod.Post, "v3/conversations", body, cancellationToken);
        return result switch
        {
            { Class: SendClass.Ok, MessageId: null } => new(SendClass.RecipientGone, VendorCode: "no-conversation"),
            { Class: SendClass.AmbiguousSent } => result with { Class = SendClass.Transient },
            _ => result,
        };
    }

    /// <summary>
    /// Counts the people of a conversation beside the bot, page by page, or all at once where the channel has no pages; stops at the second, who makes it a group.
    /// Of a member only the id and the role are read, and nothing is kept.
    /// </summary>
    public async Task<MembersAnswer> CountOthersAsync(ConversationReference of, CancellationToken cancellationToken)
    {
        var conversation = $"v3/conversations/{Uri.EscapeDataString(of.ConversationId)}";
        var people = new HashSet<string>(StringComparer.Ordinal);
        string? next = null;
        for (var page = 0; page < MostPages; page++)
        {
            MembersPage? read = null;
            var from = next is null ? "" : $"&continuationToken={Uri.EscapeDataString(next)}";
            var answer = await ReadAsync(of, $"{conversation}/pagedmembers?pageSize={MembersAPage}{from}",
                body => (read = JsonSerializer.Deserialize(body, ConnectorJson.Default.MembersPage))?.Members, cancellationToken);
            if (next is null && answer.Refused is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
                answer = await ReadAsync(of, $"{conversation}/members",
                    body => (read = new(JsonSerializer.Deserialize(body, ConnectorJson.Default.IReadOnlyListMember), null)).Members, cancellationToken);
            if (answer.Result.Class != SendClass.Ok)
                return new(answer.Result, 0, answer.Refused);
            people.UnionWith((read?.Members ?? []).Where(member => member is { Id.Length: > 0, Role: not "bot" } && member.Id != of.BotId).Select(member => member!.Id!));
            if (people.Count > 1 || read?.ContinuationToken is not { Length: > 0 } token || token == next)
                break;
            next = token;
        }
        return new(new(SendClass.Ok), people.Count);
    }

    /// <summary>Whether the bot may write there: an allowed host over https, or this machine in Development.</summary>
    public bool MayCall(string? serviceUrl)
    {
        if (!Uri.TryCreate(serviceUrl, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0)
            return false;
        if (uri.IsLoopback)
            return environment.IsDevelopment() && uri.Scheme is "http" or "https";
        return uri.Scheme == Uri.UriSchemeHttps && options.Value.ServiceHosts.Any(host => host.StartsWith("*.", StringComparison.Ordinal)
            ? uri.Host.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase)
            : uri.Host.Equals(host, StringComparison.OrdinalIgnoreCase));
    }

    private Task<ConnectorAnswer> CallAsync(ConversationReference to, HttpMethod method, string path, Activity activity, CancellationToken cancellationToken) =>
        CallAsync(to, method, path, JsonSerializer.SerializeToUtf8Bytes(activity, ActivityJson.Wire.Activity), cancellationToken);

    private Task<ConnectorAnswer> CallAsync(ConversationReference to, HttpMethod method, string path, byte[] body, CancellationToken cancellationToken) =>
        CallAsync(to, method, path, body, ReadId, cancellationToken);

    /// <summary>Reads something, which changes nothing: an answer that was lost or cannot be read may be asked for again.</summary>
    private Task<ConnectorAnswer> ReadAsync(ConversationReference of, string path, Func<string, object?> read, CancellationToken cancellationToken) =>
        CallAsync(of, HttpMethod.Get, path, null, body => new(read(body) is null ? SendClass.Transient : SendClass.Ok), cancellationToken);

    private async Task<ConnectorAnswer> CallAsync(
        ConversationReference to, HttpMethod method, string path, byte[]? body, Func<string, SendResult> read, CancellationToken cancellationToken)
    {
        if (!MayCall(to.ServiceUrl))
            return new(new(SendClass.ConfigError, VendorCode: "service-host"));
        var address = new Uri($"{to.ServiceUrl!.TrimEnd('/')}/{path}");
        return await _retries.ExecuteAsync(async stop =>
        {
            var answer = await CallOnceAsync(method, address, body, read, stop);
            // One refused token is fetched anew, once; refused again it is the configuration.
            if (answer.Result.Class == SendClass.AuthExpired)
                answer = await CallOnceAsync(method, address, body, read, stop);
            return answer.Result.Class == SendClass.AuthExpired ? new(answer.Result with { Class = SendClass.ConfigError }) : answer;
        }, cancellationToken);
    }

    private async Task<ConnectorAnswer> CallOnceAsync(HttpMethod method, Uri address, byte[]? body, Func<string, SendResult> read, CancellationToken cancellationToken)
    {
        AccessToken? token = null;
        if (options.Value.IsConfigured)
        {
            try
            {
                token = await tokens.GetAsync(TokenAccount, FetchTokenAsync, cancellationToken);
            }
            catch (TokenRefusedException e)
            {
                return new(new(e.Class, VendorCode: "token"));
            }
        }
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        HttpStatusCode? refused = null;
        var result = await OutboundAnswer.SendAsync(Http, request, read, clock, cancellationToken, status =>
        {
            refused = status;
            return MeaningOf(status);
        });
        if (result.Class == SendClass.AmbiguousSent && method == HttpMethod.Get)
            result = result with { Class = SendClass.Transient };
        if (result.Class == SendClass.AuthExpired && token is not null)
            tokens.Forget(TokenAccount, token);
        return new(result, refused);
    }

    /// <summary>404 and 403 are final for a conversation: it is gone, or the bot was taken out of it. 412 is Teams' way of saying later.</summary>
    private static SendClass? MeaningOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Forbidden => SendClass.RecipientGone,
        HttpStatusCode.PreconditionFailed => SendClass.Transient,
        _ => null,
    };

    // The id is absent on some channels, and the body may be empty.
    private static SendResult ReadId(string body) =>
        new(SendClass.Ok, MessageId: string.IsNullOrWhiteSpace(body) ? null : JsonSerializer.Deserialize(body, ConnectorJson.Default.ResourceResponse)?.Id);

    private async Task<AccessToken> FetchTokenAsync(CancellationToken cancellationToken)
    {
        var bot = options.Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, bot.TokenAddress)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = bot.AppId!,
                ["client_secret"] = bot.AppPassword!,
                ["scope"] = bot.Scope,
            }),
        };
        TokenResponse? answer = null;
        var result = await OutboundAnswer.SendAsync(Http, request, body =>
        {
            answer = JsonSerializer.Deserialize(body, ConnectorJson.Default.TokenResponse);
            return new(answer?.AccessToken is { Length: > 0 } ? SendClass.Ok : SendClass.ConfigError);
        }, clock, cancellationToken, status => status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized ? SendClass.ConfigError : null);
        if (result.Class != SendClass.Ok)      // nothing of the message was written: an unread answer is no doubt here
            throw new TokenRefusedException(result.Class is SendClass.AmbiguousSent ? SendClass.Transient : result.Class);
        var token = new AccessToken(answer!.AccessToken!, clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(answer.ExpiresIn, 1)));
        reports.Find(BotFrameworkChannel.ChannelId, BotFrameworkChannel.ReportAccount)?.GotToken(token.ExpiresAt);
        return token;
    }

    private HttpClient Http => outbound.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public);
}

/// <param name="Refused">The status with which the service refused the call; null: it did not.</param>
internal readonly record struct ConnectorAnswer(SendResult Result, HttpStatusCode? Refused = null);

/// <param name="Others">The people beside the bot, two at most; counts where the result is <see cref="SendClass.Ok"/>.</param>
/// <param name="Refused">As that of <see cref="ConnectorAnswer"/>.</param>
internal readonly record struct MembersAnswer(SendResult Result, int Others, HttpStatusCode? Refused = null);

internal sealed record ResourceResponse(string? Id);

internal sealed record TokenResponse(
    [property: JsonPropertyName("access_token")] string? AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);

/// <param name="TenantId">Of Teams; null: the app has none.</param>
internal sealed record NewConversation(bool IsGroup, MemberId Bot, IReadOnlyList<MemberId> Members, string? TenantId, TenantData? ChannelData);

internal sealed record MemberId(string Id);

/// <param name="ContinuationToken">Where the next page begins; null or empty: this is the last.</param>
internal sealed record MembersPage(IReadOnlyList<Member?>? Members, string? ContinuationToken);

/// <param name="Role"><c>bot</c>, <c>user</c>, or none.</param>
internal sealed record Member(string? Id, string? Role);

internal sealed record TenantData(TenantIn Tenant);

internal sealed record TenantIn(string Id);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Member?>))]
[JsonSerializable(typeof(MembersPage))]
[JsonSerializable(typeof(NewConversation))]
[JsonSerializable(typeof(ResourceResponse))]
[JsonSerializable(typeof(TokenResponse))]
internal sealed partial class ConnectorJson : JsonSerializerContext;
