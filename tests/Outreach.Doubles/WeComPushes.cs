using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Outreach.Doubles;

/// <param name="Deliveries">How often it was pushed, 3 at most.</param>
/// <param name="Status">Of the last delivery; 0: no answer in time.</param>
/// <param name="Body">Of the last delivery.</param>
public sealed record WeComPushed(int Deliveries, int Status, byte[] Body);

/// <summary>
/// The side of WeCom that calls: encrypts, signs, waits five seconds, delivers three times while it gets no 200. One of these is an application's callback, another one the
/// customer service's; each has a token and a key of its own.
/// </summary>
public sealed class WeComPushes(string corpId, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    public string Token { get; init; } = RandomNumberGenerator.GetHexString(24);
    public string EncodingAesKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))[..43];
    /// <summary>The address that the console was given.</summary>
    public Uri Callback { get; set; } = null!;
    /// <summary>How long a push waits for its answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);
    public WeChatEnvelope Envelope => new(Token, EncodingAesKey, corpId);

    /// <summary>What the console does before it takes an address: the answer must be the decrypted text, nothing before or behind it.</summary>
    /// <returns>Whether the address was taken.</returns>
    public async Task<bool> VerifyAsync()
    {
        var echo = RandomNumberGenerator.GetHexString(19);
        var (status, body) = await GetAsync(Envelope.Seal(echo));
        return status == 200 && body.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(echo));
    }

    /// <summary>The console's check with any echo string.</summary>
    public async Task<(int Status, byte[] Body)> GetAsync(string encrypted, Func<string, string>? tamper = null)
    {
        var address = $"{Sign(encrypted, RandomNumberGenerator.GetHexString(10), clock.GetUtcNow())}&echostr={Uri.EscapeDataString(encrypted)}";
        using var answer = await _http.GetAsync(new Uri(tamper?.Invoke(address) ?? address));
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    /// <summary>A push with its three deliveries.</summary>
    /// <param name="agentId">Null: none is named, as for customer service.</param>
    public async Task<WeComPushed> PushAsync(XElement message, string? agentId)
    {
        var encrypted = Envelope.Seal(message.ToString(SaveOptions.DisableFormatting));
        var (address, body) = (new Uri(Sign(encrypted, RandomNumberGenerator.GetHexString(10), clock.GetUtcNow())), Body(encrypted, agentId));
        for (var delivery = 1; ; delivery++)
        {
            var (status, answer) = await DeliverAsync(address, body);
            if (status == 200 || delivery == 3)
                return new(delivery, status, answer);
        }
    }

    /// <summary>One delivery of any body, with the signature that belongs to <paramref name="encrypted"/>; for what a vendor would not send as well.</summary>
    public Task<(int Status, byte[] Body)> PostAsync(byte[] body, string encrypted, string? nonce = null, DateTimeOffset? at = null, Func<string, string>? tamper = null)
    {
        var address = Sign(encrypted, nonce ?? RandomNumberGenerator.GetHexString(10), at ?? clock.GetUtcNow());
        return DeliverAsync(new(tamper?.Invoke(address) ?? address), body);
    }

    public byte[] Body(string encrypted, string? agentId) => Encoding.UTF8.GetBytes(new XElement("xml",
        Text("ToUserName", corpId), agentId is null ? null : Text("AgentID", agentId), Text("Encrypt", encrypted)).ToString(SaveOptions.DisableFormatting));

    /// <summary>The message in an encrypted passive answer; throws when anything about it is wrong.</summary>
    public XElement Open(byte[] answer)
    {
        var outer = XDocument.Parse(new UTF8Encoding(false, true).GetString(answer), LoadOptions.PreserveWhitespace).Root!;
        var encrypted = Field(outer, "Encrypt");
        if (Field(outer, "MsgSignature") != Envelope.Signature(Field(outer, "TimeStamp"), Field(outer, "Nonce"), encrypted))
            throw new InvalidDataException("The answer's signature is wrong.");
        return XDocument.Parse(Envelope.Open(encrypted), LoadOptions.PreserveWhitespace).Root!;
    }

    public static XElement Text(string name, string value) => new(name, new XCData(value));

    public static string Field(XElement xml, string name) => xml.Element(name)?.Value ?? throw new InvalidDataException($"{name} is missing.");

    public void Dispose() => _http.Dispose();

    private string Sign(string encrypted, string nonce, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{Callback.AbsoluteUri}?msg_signature={Envelope.Signature(timestamp, nonce, encrypted)}&timestamp={timestamp}&nonce={nonce}";
    }

    private async Task<(int Status, byte[] Body)> DeliverAsync(Uri address, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("text/xml");
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            using var answer = await _http.PostAsync(address, content, patience.Token);
            return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(patience.Token));
        }
        catch (OperationCanceledException)
        {
            return (0, []);
        }
    }
}
