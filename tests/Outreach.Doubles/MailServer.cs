using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Mail;
using SmtpServer.Net;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Outreach.Doubles;

/// <summary>How a mail server's line is kept from others.</summary>
public enum MailLine
{
    Open,
    /// <summary>Port 587: plain until STARTTLS; no password before it.</summary>
    StartTls,
    /// <summary>Port 465.</summary>
    Tls,
}

/// <summary>What a mail server does with one message.</summary>
public enum MailFault
{
    None,
    /// <summary>421 4.3.2 at MAIL FROM, and hangs up.</summary>
    Closing,
    /// <summary>450 4.2.1 at RCPT TO.</summary>
    MailboxBusy,
    /// <summary>550 5.1.1 at RCPT TO.</summary>
    NoSuchMailbox,
    /// <summary>451 4.3.0 after the text, not taken.</summary>
    TryLater,
    /// <summary>554 5.7.1 after the text, not taken.</summary>
    RefusedAsSpam,
    /// <summary>Takes the message and says nothing.</summary>
    Hangs,
    /// <summary>Takes the message and hangs up.</summary>
    DropsAfterData,
}

/// <summary>One message that was taken.</summary>
/// <param name="From">Of the envelope.</param>
/// <param name="To">Of the envelope.</param>
/// <param name="User">Who signed in; null: nobody.</param>
/// <param name="Raw">As it was written, dots undone.</param>
public sealed partial record MailTaken(string From, IReadOnlyList<string> To, string? User, MailLine Line, byte[] Raw)
{
    /// <summary>A header's value, unfolded and with encoded words decoded (RFC 2047); null: there is none.</summary>
    public string? Header(string name)
    {
        var head = Encoding.Latin1.GetString(Raw).Split("\r\n\r\n", 2)[0];
        var line = Folded().Replace(head, " ").Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
        return line is null ? null : EncodedWord().Replace(Between().Replace(line[(name.Length + 1)..].Trim(), "$1"), Decode);
    }

    private static string Decode(Match word)
    {
        var text = word.Groups["text"].Value;
        var bytes = word.Groups["way"].Value is "B" or "b"
            ? Convert.FromBase64String(text)
            : Encoding.Latin1.GetBytes(Escaped().Replace(text.Replace('_', ' '), hex => ((char)Convert.ToByte(hex.Groups[1].Value, 16)).ToString()));
        return Encoding.GetEncoding(word.Groups["set"].Value).GetString(bytes);
    }

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Folded();

    [GeneratedRegex(@"(\?=)[ \t]+(?==\?)")]
    private static partial Regex Between();

    [GeneratedRegex(@"=\?(?<set>[\w-]+)\?(?<way>[BbQq])\?(?<text>[^?]*)\?=")]
    private static partial Regex EncodedWord();

    [GeneratedRegex("=([0-9A-Fa-f]{2})")]
    private static partial Regex Escaped();
}

/// <summary>An SMTP server for submission (a real one, from a library): signs people in, keeps envelopes and messages, and refuses, hangs or hangs up when it is told to.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<MailTaken> _ledger = new();
    private readonly ConcurrentQueue<string> _refusals = new();
    private readonly ConcurrentQueue<MailFault> _next = new();
    private readonly ConcurrentDictionary<Guid, MailFault> _faults = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _serving = Task.CompletedTask;

    private MailServer(MailLine line) => Line = line;

    public const string Host = "127.0.0.1";

    public MailLine Line { get; }
    public int Port { get; private set; }
    public string User { get; } = "robot@outreach.example";
    public string Password { get; } = Guid.NewGuid().ToString("N");
    /// <summary>Its own, for <c>localhost</c> and 127.0.0.1; nobody has signed it.</summary>
    public X509Certificate2 Certificate { get; } = MakeCertificate();
    /// <summary>Addresses that nobody has: 550 5.1.1.</summary>
    public ISet<string> Gone { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
    /// <summary>Of every message that has no fault of its own.</summary>
    public MailFault Lasting { get; set; }
    /// <summary>What was taken, in order; also what was taken without an answer.</summary>
    public IReadOnlyList<MailTaken> Ledger => [.. _ledger];
    /// <summary>The refusals, such as <c>550 5.1.1 no such mailbox</c>.</summary>
    public IReadOnlyList<string> Refusals => [.. _refusals];

    /// <summary>Of the next messages, in order.</summary>
    public void Next(params ReadOnlySpan<MailFault> faults)
    {
        foreach (var fault in faults)
            _next.Enqueue(fault);
    }

    public static async Task<MailServer> StartAsync(MailLine line = MailLine.Open)
    {
        var server = new MailServer(line);
        var listening = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listeners = new EndpointListenerFactory();
        listeners.EndpointStarted += (_, started) => listening.TrySetResult(((IPEndPoint)started.LocalEndPoint).Port);
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add((IEndpointListenerFactory)listeners);
        services.Add((IUserAuthenticator)new DelegatingUserAuthenticator((_, user, password) => user == server.User && password == server.Password));
        services.Add((IMailboxFilter)new Doorkeeper(server));
        services.Add((IMessageStore)new Store(server));
        var options = new SmtpServerOptionsBuilder().ServerName("mail.outreach.example").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, 0)).AuthenticationRequired().AllowUnsecureAuthentication(line == MailLine.Open).IsSecure(line == MailLine.Tls);
            if (line != MailLine.Open)
                endpoint.Certificate(server.Certificate);
        }).Build();
        server._serving = new SmtpServer.SmtpServer(options, services).StartAsync(server._stop.Token);
        if (await Task.WhenAny(listening.Task, server._serving) == server._serving)
            await server._serving;
        server.Port = await listening.Task;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _serving;
        }
        catch (OperationCanceledException)
        {
        }
        Certificate.Dispose();
        _stop.Dispose();
    }

    private MailFault FaultOf(ISessionContext session) => _faults.GetValueOrDefault(session.SessionId);

    private SmtpResponseException Refuse(SmtpReplyCode code, string text, bool hangUp = false)
    {
        _refusals.Enqueue($"{(int)code} {text}");
        return new(new(code, text), hangUp);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Doorkeeper(MailServer server) : IMailboxFilter
    {
        public Task<bool> CanAcceptFromAsync(ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken)
        {
            var fault = server._faults[context.SessionId] = server._next.TryDequeue(out var next) ? next : server.Lasting;
            return fault == MailFault.Closing
                ? throw server.Refuse(SmtpReplyCode.ServiceUnavailable, "4.3.2 closing, try later", hangUp: true)
                : Task.FromResult(true);
        }

        public Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) => server.FaultOf(context) switch
        {
            MailFault.MailboxBusy => throw server.Refuse(SmtpReplyCode.Unavailable, "4.2.1 the mailbox is busy"),
            MailFault.NoSuchMailbox => throw server.Refuse(SmtpReplyCode.MailboxUnavailable, "5.1.1 no such mailbox"),
            _ when server.Gone.Contains(to.AsAddress()) => throw server.Refuse(SmtpReplyCode.MailboxUnavailable, "5.1.1 no such mailbox"),
            _ => Task.FromResult(true),
        };
    }

    private sealed class Store(MailServer server) : IMessageStore
    {
        public async Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            var fault = server.FaultOf(context);
            if (fault == MailFault.TryLater)
                return server.Refuse(SmtpReplyCode.Aborted, "4.3.0 try again later").Response;
            if (fault == MailFault.RefusedAsSpam)
                return server.Refuse(SmtpReplyCode.TransactionFailed, "5.7.1 refused by the content filter").Response;
            server._ledger.Enqueue(new(transaction.From.AsAddress(), [.. transaction.To.Select(to => to.AsAddress())],
                context.Authentication.IsAuthenticated ? context.Authentication.User : null,
                !context.Pipe.IsSecure ? MailLine.Open : server.Line, buffer.ToArray()));
            if (fault == MailFault.Hangs)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            if (fault == MailFault.DropsAfterData)
                context.Pipe.Dispose();
            return SmtpResponse.Ok;
        }
    }
}
