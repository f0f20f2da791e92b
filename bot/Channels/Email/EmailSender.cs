using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using Outreach.Activities;

namespace Outreach.Channels.Email;

/// <summary>
/// Hands messages to the mail server, one after the other over one connection that stays open while there is something to send. A message whose text may have been
/// written and that got no answer is not sent again: mail knows no idempotency key.
/// </summary>
internal sealed partial class EmailSender(IOptions<EmailOptions> options, ChannelReports reports, TimeProvider clock, ILogger<EmailSender> logger) : IDisposable
{
    // Servers hang up after some minutes; a fresh connection costs less than finding out.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1, 1);
    private SmtpClient? _client;
    private DateTimeOffset _usedAt;

    /// <summary>Never throws for what the server answers.</summary>
    public async Task<SendResult> SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var reused = _client is { IsConnected: true } && clock.GetUtcNow() - _usedAt < Idle;
            var (result, written) = await SendOnceAsync(message, cancellationToken);
            // A connection that was closed meanwhile: nothing of this message has been said.
            if (reused && !written && result.Class == SendClass.Transient && _client is null)
                (result, _) = await SendOnceAsync(message, cancellationToken);
            reports.Find(EmailChannel.ChannelId, IAddressChannel.Account)?.Answered(result, clock.GetUtcNow());
            return result;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _one.Dispose();
    }

    private async Task<(SendResult Result, bool Written)> SendOnceAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var progress = new Progress();
        using var patience = new CancellationTokenSource(options.Value.Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var client = await OpenAsync(either.Token);
            await client.SendAsync(message, either.Token, progress);
            _usedAt = clock.GetUtcNow();
            return (new(SendClass.Ok, message.MessageId), true);
        }
        catch (SmtpCommandException e)
        {
            _usedAt = clock.GetUtcNow();
            var result = Classify(e);
            Refused(result.Class, result.VendorCode);
            return (result, true);      // an answer is an answer, also after the text
        }
        catch (AuthenticationException)
        {
            return (await FailedAsync(SendClass.ConfigError, "535"), false);
        }
        catch (SslHandshakeException)
        {
            return (await FailedAsync(SendClass.ConfigError, "tls"), false);
        }
        catch (NotSupportedException)
        {
            return (await FailedAsync(SendClass.ConfigError, "not-offered"), false);      // STARTTLS or AUTH that the server does not know
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException or TimeoutException or ServiceNotConnectedException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return (await FailedAsync(progress.Written ? SendClass.AmbiguousSent : SendClass.Transient, e is OperationCanceledException or TimeoutException ? "time-out" : "no-answer"), progress.Written);
        }
    }

    private async Task<SmtpClient> OpenAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsConnected: true } open && clock.GetUtcNow() - _usedAt < Idle)
            return open;
        await CloseAsync();
        _client = new SmtpClient { Timeout = (int)options.Value.Patience.TotalMilliseconds };
        await _client.ConnectAsync(options.Value.Host!, options.Value.Port, options.Value.Security switch
        {
            EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            EmailSecurity.StartTls => SecureSocketOptions.StartTls,
            EmailSecurity.None => SecureSocketOptions.None,
        }, cancellationToken);
        if (!string.IsNullOrWhiteSpace(options.Value.User))
            await _client.AuthenticateAsync(options.Value.User, options.Value.Password!, cancellationToken);
        return _client;
    }

    private async Task<SendResult> FailedAsync(SendClass meaning, string code)
    {
        Refused(meaning, code);
        await CloseAsync();
        return new(meaning, VendorCode: code);
    }

    private async Task CloseAsync()
    {
        if (_client is not { } client)
            return;
        _client = null;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
            await client.DisconnectAsync(quit: client.IsConnected, patience.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or CommandException or OperationCanceledException or TimeoutException)
        {
            ClosedBadly(e);      // it is going away in any case
        }
        client.Dispose();
    }

    /// <summary>4xx is the server's own trouble and passes, 5xx stays: with the recipient, the sender or the text.</summary>
    internal static SendResult Classify(SmtpCommandException refusal)
    {
        var code = ((int)refusal.StatusCode).ToString(CultureInfo.InvariantCulture);
        if ((int)refusal.StatusCode < 500)
            return new(SendClass.Transient, VendorCode: code);
        return new(refusal.ErrorCode switch
        {
            // 5.7.x is the server's policy (no relaying, not signed in): nothing that the recipient's mailbox could help.
            SmtpErrorCode.RecipientNotAccepted when refusal.Message.TrimStart().StartsWith("5.7.", StringComparison.Ordinal) => SendClass.ConfigError,
            SmtpErrorCode.RecipientNotAccepted => SendClass.RecipientGone,
            SmtpErrorCode.SenderNotAccepted => SendClass.ConfigError,
            SmtpErrorCode.MessageNotAccepted => SendClass.ContentRejected,
            _ => SendClass.ConfigError,
        }, VendorCode: code);
    }

    /// <summary>Whether any of the message's text may have left.</summary>
    private sealed class Progress : ITransferProgress
    {
        public bool Written { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Written = true;

        public void Report(long bytesTransferred) => Written = true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The mail server did not take a message: {Class} {Code}")]
    private partial void Refused(SendClass @class, string? code);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The connection to the mail server ended without a good-bye")]
    private partial void ClosedBadly(Exception exception);
}
