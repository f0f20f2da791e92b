using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>What is wrong with the next ID tokens.</summary>
public enum OpenIdFault { None, WrongNonce, NoNonce, WrongAudience, WrongIssuer, WrongKey, Expired }

/// <summary>Who is signed in at the provider.</summary>
/// <param name="Methods">The <c>amr</c> claim (RFC 8176), such as <c>pwd</c>, <c>mfa</c>.</param>
public sealed record OpenIdPerson(string Subject, string Name, params IReadOnlyList<string> Methods);

/// <summary>
/// An OpenID Connect provider (Core 1.0 with discovery; code flow with PKCE, RFC 7636): asks nobody anything, signs in <see cref="Person"/>, checks what a client must send,
/// and can hand out wrong tokens. Written from the specifications, not from our client.
/// </summary>
public sealed class OpenIdServer : IAsyncDisposable
{
    public const string ClientId = "outreach-console";
    public const string ClientSecret = "double-secret-0123456789";

    private readonly ConcurrentDictionary<string, Grant> _grants = new(StringComparer.Ordinal);
    private readonly RSA _key = RSA.Create(2048);
    private readonly RSA _stranger = RSA.Create(2048);
    private LoopbackServer? _server;

    private OpenIdServer()
    {
    }

    public string Issuer => _server!.Address.ToString().TrimEnd('/');
    public OpenIdPerson Person { get; set; } = new("nobody", "没有人");
    public OpenIdFault Fault { get; set; }
    /// <summary>What the client did wrong; empty when it keeps to the rules.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();
    /// <summary>Tokens handed out.</summary>
    public int Tokens { get; private set; }

    public static async Task<OpenIdServer> StartAsync()
    {
        var provider = new OpenIdServer();
        provider._server = await LoopbackServer.StartAsync(provider.AnswerAsync);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _key.Dispose();
        _stranger.Dispose();
    }

    private Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/.well-known/openid-configuration" => WriteAsync(http, new
        {
            issuer = Issuer,
            authorization_endpoint = Issuer + "/authorize",
            token_endpoint = Issuer + "/token",
            jwks_uri = Issuer + "/keys",
            response_types_supported = new List<string> { "code" },
            subject_types_supported = new List<string> { "public" },
            id_token_signing_alg_values_supported = new List<string> { "RS256" },
            code_challenge_methods_supported = new List<string> { "S256" },
            token_endpoint_auth_methods_supported = new List<string> { "client_secret_post", "client_secret_basic" },
        }),
        "/keys" => WriteAsync(http, new { keys = new[] { Public(_key) } }),
        "/authorize" => AuthorizeAsync(http),
        "/token" => TokenAsync(http),
        _ => Refuse(http, $"asked for {http.Request.Path}"),
    };

    private Task AuthorizeAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var problem = query["response_type"] != "code" ? "response_type is not code"
            : query["client_id"] != ClientId ? "unknown client"
            : !query["scope"].ToString().Split(' ').Contains("openid") ? "scope without openid"
            : query["state"].ToString().Length < 16 ? "no state"
            : query["nonce"].ToString().Length < 16 ? "no nonce"
            : query["code_challenge_method"] != "S256" || query["code_challenge"].ToString().Length != 43 ? "no PKCE"
            : !Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out _) ? "no redirect_uri"
            : null;
        if (problem is not null)
            return Refuse(http, problem);
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _grants[code] = new(query["redirect_uri"]!, query["nonce"]!, query["code_challenge"]!, Person);
        http.Response.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"]!)}");
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var (client, secret) = Client(http, form);
        Grant? grant = null;
        var problem = !HttpMethods.IsPost(http.Request.Method) ? "token asked for without POST"
            : client != ClientId || secret != ClientSecret ? "wrong client authentication"
            : form["grant_type"] != "authorization_code" ? "wrong grant_type"
            : Take(form["code"].ToString()) is not { } taken ? "unknown or used code"
            : form["redirect_uri"] != (grant = taken).RedirectUri ? "another redirect_uri"
            : Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != grant.Challenge ? "wrong code_verifier"
            : null;
        if (problem is not null)
        {
            await Refuse(http, problem);
            return;
        }
        Tokens++;
        await WriteAsync(http, new { access_token = "at-" + Guid.NewGuid().ToString("N"), token_type = "Bearer", expires_in = 300, id_token = IdToken(grant!) });
    }

    /// <summary>A code counts once.</summary>
    private Grant? Take(string code) => _grants.TryRemove(code, out var grant) ? grant : null;

    private string IdToken(Grant grant)
    {
        var now = TimeProvider.System.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Fault == OpenIdFault.WrongIssuer ? "https://other.example" : Issuer,
            ["aud"] = Fault == OpenIdFault.WrongAudience ? "another-client" : ClientId,
            ["sub"] = grant.Person.Subject,
            ["name"] = grant.Person.Name,
            ["amr"] = grant.Person.Methods,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(Fault == OpenIdFault.Expired ? -30 : 5).ToUnixTimeSeconds(),
        };
        if (Fault != OpenIdFault.NoNonce)
            claims["nonce"] = Fault == OpenIdFault.WrongNonce ? "not-the-nonce-that-was-sent" : grant.Nonce;
        var head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", typ = "JWT", kid = "double" }));
        var signed = $"{head}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var key = Fault == OpenIdFault.WrongKey ? _stranger : _key;
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static (string? Client, string? Secret) Client(HttpContext http, IFormCollection form)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
            return (form["client_id"], form["client_secret"]);
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2);
        return (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1]));
    }

    private static object Public(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = "double", n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) };
    }

    private Task Refuse(HttpContext http, string problem)
    {
        Complaints.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{http.Request.Method} {http.Request.Path}: {problem}"));
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return WriteAsync(http, new { error = "invalid_request", error_description = problem });
    }

    private static Task WriteAsync(HttpContext http, object value) => http.Response.WriteAsJsonAsync(value);

    private sealed record Grant(string RedirectUri, string Nonce, string Challenge, OpenIdPerson Person);
}
