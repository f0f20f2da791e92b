using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Outreach.Doubles;

/// <summary>Which key signs a token.</summary>
public enum TokenSigner
{
    /// <summary>The key that the id names.</summary>
    Own,
    /// <summary>Another key than the one that the id names.</summary>
    Other,
    /// <summary>HMAC with the public key's modulus as the secret.</summary>
    PublicKeyAsSecret,
    /// <summary>No signature.</summary>
    Nobody,
}

/// <summary>A token from the Connector to the bot; the defaults make a good one.</summary>
public sealed record TokenRecipe
{
    /// <summary>Null: the Connector's.</summary>
    public string? Issuer { get; init; }
    /// <summary>Null: the bot's app id.</summary>
    public string? Audience { get; init; }
    public TimeSpan ExpiresIn { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan NotBeforeIn { get; init; } = TimeSpan.FromMinutes(-5);
    /// <summary>The claim's name; null: no such claim.</summary>
    public string? ServiceUrlClaim { get; init; } = "serviceurl";
    /// <summary>Null: the server's own.</summary>
    public string? ServiceUrl { get; init; }
    public string Algorithm { get; init; } = "RS256";
    public TokenSigner Signer { get; init; }
    /// <summary>Null: the id of the present key.</summary>
    public string? KeyId { get; init; }
    /// <summary>More claims, such as <c>appid</c> of another bot.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>();
}

/// <param name="Method">POST or PUT.</param>
/// <param name="ReplyTo">The activity in the path; null: a message of its own.</param>
public sealed record ConnectorEntry(string Id, string Method, string Conversation, string? ReplyTo, string? Authorization, JsonObject Activity)
{
    public string Text => (string?)Activity["text"] ?? "";
}

/// <summary>
/// Azure Bot Service as a bot sees it: the OpenID document and the keys with their endorsements, the token endpoint, the Connector's REST service (v3) with its rules
/// of shape, and the calls to the bot. Signs by itself. Keeps a ledger of what the person would read.
/// </summary>
public sealed class ConnectorServer : IAsyncDisposable
{
    public const string Issuer = "https://api.botframework.com";
    public const int MaxMessageBytes = 100 * 1024;
    private static readonly string[] Endorsed = ["msteams", "webchat", "telegram", "line", "slack", "email", "emulator"];

    private readonly TimeProvider _clock;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(2) };
    private readonly ConcurrentQueue<ConnectorEntry> _ledger = new();
    private readonly ConcurrentQueue<string> _refusals = new();
    private readonly ConcurrentDictionary<string, (string Bot, string User, string Channel)> _conversations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _teamsPeople = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _chats = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _others = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _rosterReads = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private LoopbackServer? _server;
    private RSA _key = RSA.Create(2048);
    private string _keyId = "key-1";
    private int _keys = 1;
    private int _ids;
    private int _keyFetches;
    private int _tokenFetches;

    private ConnectorServer(TimeProvider clock) => _clock = clock;

    public string AppId { get; } = Guid.NewGuid().ToString();
    public string AppPassword { get; } = Guid.NewGuid().ToString("N");
    /// <summary>The organisation of everybody in Teams here.</summary>
    public string Tenant { get; } = Guid.NewGuid().ToString();
    public Uri Address => _server!.Address;
    /// <summary>With a path and a slash at its end, as Teams has it.</summary>
    public string ServiceUrl => new Uri(Address, "/amer/").AbsoluteUri;
    public string OpenIdMetadata => new Uri(Address, "/v1/.well-known/openidconfiguration").AbsoluteUri;
    public string TokenEndpoint => new Uri(Address, "/oauth2/v2.0/token").AbsoluteUri;
    public VendorFaults Faults { get; } = new();
    /// <summary>The documents with the keys answer 503.</summary>
    public bool MetadataIsDown { get; set; }
    /// <summary>Channels that answer 405 to a reply.</summary>
    public ISet<string> WithoutReply { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>Channels that answer 405 to whoever asks for a page of a conversation's members.</summary>
    public ISet<string> WithoutPages { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>Channels that show nobody's members: 405.</summary>
    public ISet<string> WithoutMembers { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>How many members a page has at most, whatever is asked for.</summary>
    public int MostMembersAPage { get; set; } = 500;
    /// <summary>Takes calls without a token, and none with one: the other side of a bot without an app id.</summary>
    public bool IsAnonymous { get; set; }
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);
    public int KeyFetches => _keyFetches;
    public int TokenFetches => _tokenFetches;
    /// <summary>What was refused for its shape or token, and why.</summary>
    public IReadOnlyList<string> Refusals => [.. _refusals];

    public static async Task<ConnectorServer> StartAsync(TimeProvider clock)
    {
        var server = new ConnectorServer(clock);
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    /// <summary>What the bot wrote into one conversation, in order.</summary>
    public IReadOnlyList<ConnectorEntry> Ledger(string conversation) => [.. _ledger.Where(entry => entry.Conversation == conversation && !IsTyping(entry))];

    /// <summary>How often a conversation showed that the bot is writing.</summary>
    public int Typings(string conversation) => _ledger.Count(entry => entry.Conversation == conversation && IsTyping(entry));

    /// <summary>A conversation that the bot knows from before.</summary>
    /// <returns>What the bot is called there.</returns>
    public string Open(string conversation, string user, string channel)
    {
        _conversations[conversation] = (BotId(channel), user, channel);
        return BotId(channel);
    }

    /// <summary>Who is in a conversation beside the bot and the person who spoke last.</summary>
    public void Seat(string conversation, params string[] others) => _others[conversation] = others;

    /// <summary>How often a conversation's members were shown, page for page.</summary>
    public int RosterReads(string conversation) => _rosterReads.Count(read => read == conversation);

    /// <summary>How many messages each conversation holds.</summary>
    public IReadOnlyDictionary<string, int> Counts() => _ledger.Where(entry => !IsTyping(entry)).GroupBy(entry => entry.Conversation).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>The bot is taken out of a conversation: 403 from now on.</summary>
    public void Remove(string conversation) => _conversations[conversation] = default;

    /// <summary>A conversation is gone: 404 from now on.</summary>
    public void Lose(string conversation) => _conversations.TryRemove(conversation, out _);

    /// <summary>The chat in Teams that the bot opened with a person; null: none.</summary>
    public string? ChatWith(string user) => _chats.GetValueOrDefault(user);

    /// <summary>From now on another key signs; the old one is gone from the documents.</summary>
    public void RollOver()
    {
        _key = RSA.Create(2048);
        _keyId = $"key-{++_keys}";
    }

    /// <summary>An activity of a person, addressed to the bot, as the service sends it.</summary>
    public JsonObject Activity(string channel, string conversation, string user, string id, string? text) => new()
    {
        ["type"] = "message",
        ["id"] = id,
        ["timestamp"] = _clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        ["serviceUrl"] = ServiceUrl,
        ["channelId"] = channel,
        ["from"] = new JsonObject { ["id"] = user, ["name"] = "演示业主" },
        ["recipient"] = new JsonObject { ["id"] = BotId(channel), ["name"] = "业委会助手" },
        ["conversation"] = new JsonObject { ["id"] = conversation, ["conversationType"] = "personal" },
        ["locale"] = "zh-CN",
        ["text"] = text,
    };

    /// <summary>
    /// What the service sends when the person taps a button of an Adaptive Card: of an <c>Action.Submit</c> a message with the button's data as its value, of an
    /// <c>Action.Execute</c> an invoke.
    /// </summary>
    /// <exception cref="InvalidOperationException">No card of the message has that button.</exception>
    public JsonObject Tap(ConnectorEntry card, string title, string id)
    {
        var (_, user, channel) = _conversations[card.Conversation];
        var button = (card.Activity["attachments"] as JsonArray ?? []).SelectMany(shown => shown?["content"]?["actions"] as JsonArray ?? []).FirstOrDefault(action => (string?)action?["title"] == title)
            ?? throw new InvalidOperationException($"No card has the button {title}.");
        var activity = Activity(channel, card.Conversation, user, id, null);
        activity.Remove("text");
        activity["replyToId"] = card.Id;
        if ((string?)button["type"] == "Action.Submit")
            activity["value"] = button["data"]?.DeepClone();
        else
            (activity["type"], activity["name"], activity["value"]) = ("invoke", "adaptiveCard/action", new JsonObject { ["action"] = button.DeepClone(), ["trigger"] = "manual" });
        return activity;
    }

    /// <summary>Posts an activity to the bot with a token made by a recipe.</summary>
    public Task<HttpResponseMessage> DeliverAsync(Uri bot, JsonObject activity, TokenRecipe? recipe = null) =>
        DeliverAsync(bot, activity, "Bearer " + Issue(recipe ?? new TokenRecipe { ServiceUrl = (string?)activity["serviceUrl"] }));

    /// <param name="authorization">The whole header; null: none.</param>
    public Task<HttpResponseMessage> DeliverAsync(Uri bot, JsonObject activity, string? authorization)
    {
        if ((string?)activity["conversation"]?["id"] is { } conversation)
        {
            var (user, channel) = ((string?)activity["from"]?["id"] ?? "", (string?)activity["channelId"] ?? "");
            _conversations[conversation] = ((string?)activity["recipient"]?["id"] ?? "", user, channel);
            if (channel == "msteams")
                _teamsPeople[user] = true;
        }
        return DeliverAsync(bot, new StringContent(activity.ToJsonString(), Encoding.UTF8, "application/json"), authorization);
    }

    public async Task<HttpResponseMessage> DeliverAsync(Uri bot, HttpContent body, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bot, "/api/messages")) { Content = body };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await _http.SendAsync(request);
    }

    public string Issue(TokenRecipe recipe)
    {
        var now = _clock.GetUtcNow();
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = recipe.Algorithm, ["kid"] = recipe.KeyId ?? _keyId };
        var claims = new JsonObject
        {
            ["iss"] = recipe.Issuer ?? Issuer,
            ["aud"] = recipe.Audience ?? AppId,
            ["nbf"] = (now + recipe.NotBeforeIn).ToUnixTimeSeconds(),
            ["exp"] = (now + recipe.ExpiresIn).ToUnixTimeSeconds(),
        };
        if (recipe.ServiceUrlClaim is { } name)
            claims[name] = recipe.ServiceUrl ?? ServiceUrl;
        foreach (var (claim, value) in recipe.Claims)
            claims[claim] = value;
        var signed = $"{Url(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Url(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Url(Sign(Encoding.ASCII.GetBytes(signed), recipe))}";
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        _key.Dispose();
    }

    private static bool IsTyping(ConnectorEntry entry) => (string?)entry.Activity["type"] == "typing";

    private string BotId(string channel) => channel == "msteams" ? $"28:{AppId}" : $"bot-{AppId}";

    private byte[] Sign(byte[] text, TokenRecipe recipe)
    {
        switch (recipe.Signer)
        {
            case TokenSigner.Nobody:
                return [];
            case TokenSigner.PublicKeyAsSecret:
                return HMACSHA256.HashData(Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem()), text);
            case TokenSigner.Other:
                using (var other = RSA.Create(2048))
                    return other.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            default:
                return _key.SignData(text, recipe.Algorithm switch { "RS384" => HashAlgorithmName.SHA384, "RS512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 }, RSASignaturePadding.Pkcs1);
        }
    }

    private static string Url(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/v1/.well-known/openidconfiguration" => MetadataAsync(context, () => new JsonObject
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = "https://invalid.botframework.com",
            ["jwks_uri"] = new Uri(Address, "/v1/.well-known/keys").AbsoluteUri,
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
            ["token_endpoint_auth_methods_supported"] = new JsonArray("private_key_jwt"),
        }),
        "/v1/.well-known/keys" => MetadataAsync(context, Keys),
        "/oauth2/v2.0/token" => LendTokenAsync(context),
        _ => ConnectAsync(context),
    };

    private async Task MetadataAsync(HttpContext context, Func<JsonObject> document)
    {
        if (MetadataIsDown)
            context.Response.StatusCode = 503;
        else
            await context.Response.WriteAsJsonAsync(document());
    }

    private JsonObject Keys()
    {
        Interlocked.Increment(ref _keyFetches);
        var numbers = _key.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = _keyId,
                ["x5t"] = _keyId,
                ["n"] = Url(numbers.Modulus),
                ["e"] = Url(numbers.Exponent),
                ["endorsements"] = new JsonArray([.. Endorsed.Select(channel => (JsonNode)channel)]),
            }),
        };
    }

    private async Task LendTokenAsync(HttpContext context)
    {
        Interlocked.Increment(ref _tokenFetches);
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : null;
        var wrong = form is null || form["grant_type"] != "client_credentials" ? "unsupported_grant_type"
            : form["scope"] != Issuer + "/.default" ? "invalid_scope"
            : form["client_id"] != AppId || form["client_secret"] != AppPassword ? "invalid_client" : null;
        if (wrong is not null)
        {
            context.Response.StatusCode = wrong == "invalid_client" ? 401 : 400;
            await context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = wrong, ["error_description"] = "演示" });
            return;
        }
        var token = Guid.NewGuid().ToString("N");
        _tokens[token] = _clock.GetUtcNow() + TokenLife;
        await context.Response.WriteAsJsonAsync(new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = (int)TokenLife.TotalSeconds, ["access_token"] = token });
    }

    private async Task ConnectAsync(HttpContext context)
    {
        // The raw target: an id may hold an encoded slash.
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].Trim('/').Split('/').Select(Uri.UnescapeDataString).ToList();
        var isNew = target is ["amer", "v3", "conversations"];
        var isRoster = target is ["amer", "v3", "conversations", _, "members" or "pagedmembers"];
        if (!isNew && !isRoster && (target is not ["amer", "v3", "conversations", _, "activities", .. var more] || more.Count > 1))
        {
            await ErrorAsync(context, HttpStatusCode.NotFound, "BadSyntax", string.Join('/', target));
            return;
        }
        var fault = Faults.Take();
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        var authorization = context.Request.Headers.Authorization.ToString();
        if (fault == VendorFault.RevokesToken)
            _tokens.TryRemove(authorization.Split(' ')[^1], out _);
        if (!MayCall(authorization))
        {
            await ErrorAsync(context, HttpStatusCode.Unauthorized, "Unauthorized", "token");
            return;
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.Length > MaxMessageBytes)
        {
            await ErrorAsync(context, HttpStatusCode.RequestEntityTooLarge, "MessageSizeTooBig", "size");
            return;
        }
        if (isNew)
        {
            await OpenAsync(context, fault, body.ToArray());
            return;
        }
        var (conversation, answered) = (target[3], target.Count == 6 ? target[5] : null);
        if (!_conversations.TryGetValue(conversation, out var known))
            await ErrorAsync(context, HttpStatusCode.NotFound, "ConversationNotFound", "conversation");
        else if (known == default)
            await ErrorAsync(context, HttpStatusCode.Forbidden, "BotNotInConversationRoster", "removed");
        else if (isRoster)
            await ShowMembersAsync(context, fault, conversation, known, isPaged: target[4] == "pagedmembers");
        else if (context.Request.Method == "POST" && answered is not null && WithoutReply.Contains(known.Channel))
            await ErrorAsync(context, HttpStatusCode.MethodNotAllowed, "BadArgument", "reply");
        else if (context.Request.Method is not ("POST" or "PUT") || (context.Request.Method == "PUT" && answered is null))
            await ErrorAsync(context, HttpStatusCode.MethodNotAllowed, "BadArgument", "method");
        else if (context.Request.ContentType?.Split(';')[0] != "application/json" || Parse(body.ToArray()) is not { } activity)
            await ErrorAsync(context, HttpStatusCode.BadRequest, "BadSyntax", "json");
        else if (ConnectorShapes.Misshapen(activity, conversation, answered, context.Request.Method, known) is { } problem)
            await ErrorAsync(context, HttpStatusCode.BadRequest, "BadArgument", problem);
        else
            await TakeAsync(context, fault, conversation, answered, activity);
    }

    /// <summary>A chat with one person of Teams, who must have the app: that is, was heard of by the bot. Asked again it is the same.</summary>
    private async Task OpenAsync(HttpContext context, VendorFault fault, byte[] body)
    {
        var wanted = Parse(body);
        var user = wanted?["members"] is JsonArray { Count: 1 } members ? (string?)members[0]?["id"] : null;
        var problem = context.Request.Method != "POST" ? "method"
            : wanted is null || (bool?)wanted["isGroup"] != false ? "isGroup is not false"
            : (string?)wanted["bot"]?["id"] != BotId("msteams") ? "bot.id is not the bot"
            : user is null ? "members is not one person"
            : (string?)wanted["tenantId"] != Tenant || (string?)wanted["channelData"]?["tenant"]?["id"] != Tenant ? "tenantId and channelData.tenant.id are not the person's"
            : wanted.ContainsKey("activity") || wanted.ContainsKey("topicName") ? "Teams takes no activity here" : null;
        if (problem is not null)
        {
            await ErrorAsync(context, HttpStatusCode.BadRequest, "BadArgument", problem);
            return;
        }
        if (!_teamsPeople.ContainsKey(user!))
        {
            await ErrorAsync(context, HttpStatusCode.Forbidden, "BotNotInConversationRoster", "the app is not installed for this person");
            return;
        }
        var chat = _chats.GetOrAdd(user!, _ => $"a:{Guid.NewGuid():N}");
        _conversations[chat] = (BotId("msteams"), user!, "msteams");
        if (await VendorFaults.SpoilsAsync(fault, context))
            return;
        context.Response.StatusCode = 201;
        await context.Response.WriteAsJsonAsync(new JsonObject { ["id"] = chat });
    }

    /// <summary>Who is in a conversation, with all that the service knows of them. Teams leaves the bot out, the others list it.</summary>
    private async Task ShowMembersAsync(HttpContext context, VendorFault fault, string conversation, (string Bot, string User, string Channel) known, bool isPaged)
    {
        if (context.Request.Method != "GET" || WithoutMembers.Contains(known.Channel) || (isPaged && WithoutPages.Contains(known.Channel)))
        {
            await ErrorAsync(context, HttpStatusCode.MethodNotAllowed, "BadArgument", "members");
            return;
        }
        string[] people = [.. known.Channel == "msteams" ? [] : (string[])[known.Bot], known.User, .. _others.GetValueOrDefault(conversation) ?? []];
        var query = context.Request.Query;
        if (!int.TryParse((string?)query["continuationToken"] ?? "0", CultureInfo.InvariantCulture, out var from) || from < 0 || from >= people.Length
            || !int.TryParse((string?)query["pageSize"] ?? "50", CultureInfo.InvariantCulture, out var size) || size is < 1 or > 500)
        {
            await ErrorAsync(context, HttpStatusCode.BadRequest, "BadArgument", "page");
            return;
        }
        _rosterReads.Enqueue(conversation);
        if (await VendorFaults.SpoilsAsync(fault, context))
            return;
        var end = isPaged ? Math.Min(from + Math.Min(size, MostMembersAPage), people.Length) : people.Length;
        var members = new JsonArray([.. people[from..end].Select(id => new JsonObject
        {
            ["id"] = id,
            ["name"] = "演示成员",
            ["email"] = "demo@example.com",
            ["role"] = id == known.Bot ? "bot" : "user",
        })]);
        var page = new JsonObject { ["members"] = members };
        if (end < people.Length)
            page["continuationToken"] = end.ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsJsonAsync<JsonNode>(isPaged ? page : members.DeepClone());
    }

    private async Task TakeAsync(HttpContext context, VendorFault fault, string conversation, string? answered, JsonObject activity)
    {
        var id = $"sent-{Interlocked.Increment(ref _ids)}";
        _ledger.Enqueue(new(id, context.Request.Method, conversation, answered, context.Request.Headers.Authorization, activity));
        if (await VendorFaults.SpoilsAsync(fault, context))
            return;
        context.Response.StatusCode = 201;
        await context.Response.WriteAsJsonAsync(new JsonObject { ["id"] = id });
    }

    private bool MayCall(string authorization) => IsAnonymous
        ? authorization.Length == 0
        : authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.TryGetValue(authorization["Bearer ".Length..], out var until) && _clock.GetUtcNow() < until;

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(new UTF8Encoding(false, true).GetString(body)) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    private async Task ErrorAsync(HttpContext context, HttpStatusCode status, string code, string why)
    {
        _refusals.Enqueue($"{(int)status} {code}: {why}");
        context.Response.StatusCode = (int)status;
        await context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = why } });
    }
}
