using MimeKit;
using Outreach.Storage;

namespace Outreach.Channels.Email;

/// <summary>How the connection to the mail server is protected.</summary>
public enum EmailSecurity
{
    /// <summary>TLS from the first byte, usually port 465.</summary>
    Tls,
    /// <summary>STARTTLS, usually port 587; without it nothing is sent.</summary>
    StartTls,
    /// <summary>None: a server on loopback in Development only.</summary>
    None,
}

/// <summary>Section <c>Channels:Email</c>: the mailbox from which notices and leads go out.</summary>
public sealed class EmailOptions
{
    public string? Host { get; init; }
    public int Port { get; init; } = 465;
    public EmailSecurity Security { get; init; } = EmailSecurity.Tls;
    public string? User { get; init; }
    public string? Password { get; init; }
    /// <summary>The sender's address.</summary>
    public string? From { get; init; }
    /// <summary>The sender's name as readers see it; empty: the operator's.</summary>
    public string? FromName { get; init; }
    /// <summary>How long one step of the conversation with the server may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    internal bool IsEmpty => string.IsNullOrWhiteSpace(Host) && string.IsNullOrWhiteSpace(User) && string.IsNullOrWhiteSpace(Password) && string.IsNullOrWhiteSpace(From);

    /// <summary>What keeps it from being on, naming the key and the fix; null: nothing.</summary>
    internal string? Problem(SiteOptions site) =>
        IsEmpty ? null
        : string.IsNullOrWhiteSpace(Host) ? "Channels:Email:Host is missing: the name of the mail server, such as smtp.example.org."
        : string.IsNullOrWhiteSpace(From) ? "Channels:Email:From is missing: the address that mails come from."
        : string.IsNullOrWhiteSpace(User) && !string.IsNullOrWhiteSpace(Password) ? "Channels:Email:User is missing, but a password is set."
        : !string.IsNullOrWhiteSpace(User) && string.IsNullOrWhiteSpace(Password) ? "Channels:Email:Password is missing: most providers want an authorisation code made for mail clients."
        : site.PublicUrl.Length == 0 ? "PublicUrl is missing: every notice by mail carries an address to unsubscribe at. Set it to the absolute address of this server."
        : null;

    internal IEnumerable<string> Malformed(IHostEnvironment environment)
    {
        if (Port is < 1 or > 65535)
            yield return "Channels:Email:Port must be between 1 and 65535 (465 with Tls, 587 with StartTls).";
        if (!string.IsNullOrWhiteSpace(From) && EmailAddress.Normalise(From) is null)
            yield return "Channels:Email:From must be one plain address such as notice@example.org; the name belongs into Channels:Email:FromName.";
        if (FromName?.Any(char.IsControl) is true)
            yield return "Channels:Email:FromName must not hold control characters.";
        if (Security == EmailSecurity.None && !string.IsNullOrWhiteSpace(Host) && !(environment.IsDevelopment() && IsLoopback(Host)))
            yield return "Channels:Email:Security must be Tls or StartTls (None only for a server on loopback in Development).";
        if (Patience < TimeSpan.FromSeconds(1) || Patience > TimeSpan.FromMinutes(2))
            yield return "Channels:Email:Patience must be between 00:00:01 and 00:02:00 (how long one step with the mail server may take).";
    }

    private static bool IsLoopback(string host) => host == "localhost" || (System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));
}

/// <summary>Addresses as people type them.</summary>
internal static class EmailAddress
{
    private const int MaxLength = 254;

    /// <summary>The bare address with its domain in lower case; null: none, or more than one, or with anything around it.</summary>
    public static string? Normalise(string typed)
    {
        var text = typed.Trim();
        if (text.Length is < 3 or > MaxLength || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or ',' or ';' or '"' or '(' or ')' or '\\'))
            return null;
        var at = text.LastIndexOf('@');
        if (at < 1 || text.IndexOf('@', StringComparison.Ordinal) != at || !MailboxAddress.TryParse(text, out var mailbox) || mailbox.Address != text)
            return null;
        var domain = text[(at + 1)..];
        return domain.Contains('.', StringComparison.Ordinal) && !domain.StartsWith('.') && !domain.EndsWith('.') && text.All(char.IsAscii)
            ? text[..(at + 1)] + domain.ToLowerInvariant()
            : null;
    }

    /// <summary>laowang@example.org → la***@example.org.</summary>
    public static string Mask(string address) => address.Split('@') is [var name, var domain] ? $"{name[..Math.Min(2, name.Length - 1)]}***@{domain}" : "***";
}
