using System.Net.Mail;
using System.Net;
using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>The mail server against the framework's own SMTP client.</summary>
public sealed class MailServerTests
{
    [Fact]
    public async Task Keeps_the_envelope_and_the_message_of_who_signed_in()
    {
        await using var server = await MailServer.StartAsync();

        await SendAsync(server, "oOwner@owner.example");

        var mail = Assert.Single(server.Ledger);
        Assert.Equal(("robot@outreach.example", "oOwner@owner.example", server.User), (mail.From, Assert.Single(mail.To), mail.User));
        Assert.Equal("业主大会通知，请看一看这一行特别长的主题是不是还完整", mail.Header("Subject"));
    }

    [Theory]
    [InlineData(MailFault.NoSuchMailbox, "550 5.1.1 no such mailbox")]
    [InlineData(MailFault.MailboxBusy, "450 4.2.1 the mailbox is busy")]
    [InlineData(MailFault.TryLater, "451 4.3.0 try again later")]
    [InlineData(MailFault.RefusedAsSpam, "554 5.7.1 refused by the content filter")]
    [InlineData(MailFault.Closing, "421 4.3.2 closing, try later")]
    public async Task Refuses_one_message_as_it_is_told_to_and_takes_the_next(MailFault fault, string refusal)
    {
        await using var server = await MailServer.StartAsync();
        server.Next(fault);

        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(server, "oOwner@owner.example"));
        await SendAsync(server, "oOwner@owner.example");

        Assert.Equal(refusal, Assert.Single(server.Refusals));
        Assert.Single(server.Ledger);
    }

    [Fact]
    public async Task Hangs_up_after_it_took_a_message()
    {
        await using var server = await MailServer.StartAsync();
        server.Next(MailFault.DropsAfterData);

        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(server, "oOwner@owner.example"));

        Assert.Single(server.Ledger);
    }

    [Fact]
    public async Task Lets_nobody_in_with_a_wrong_password()
    {
        await using var server = await MailServer.StartAsync();

        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(server, "oOwner@owner.example", "wrong"));

        Assert.Empty(server.Ledger);
    }

    private static async Task SendAsync(MailServer server, string to, string? password = null)
    {
        using var client = new SmtpClient(MailServer.Host, server.Port) { Credentials = new NetworkCredential(server.User, password ?? server.Password) };
        using var message = new MailMessage("robot@outreach.example", to, "业主大会通知，请看一看这一行特别长的主题是不是还完整", "正文");
        await client.SendMailAsync(message, TestContext.Current.CancellationToken);
    }
}
