using System.CommandLine;
using Microsoft.Extensions.Options;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary><c>staff-link</c>: a one-time link, printed on the server for who has lost the way in.</summary>
internal static class StaffLinkCommand
{
    public static Command Create()
    {
        var user = new Option<string?>("--user") { Description = "Account whose password is to be set anew; without it the link makes a new administrator." };
        var command = new Command("staff-link", "Print a one-time sign-in link, also while the server runs.") { user };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(user), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? user, CancellationToken cancellationToken)
    {
        await using var app = OutreachHost.CreateBuilder([]).Build();
        await app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Beside, cancellationToken);
        await using var scope = app.Services.CreateAsyncScope();
        var links = scope.ServiceProvider.GetRequiredService<StaffLinks>();
        var path = user is null ? await links.CreateAdministratorAsync(cancellationToken) : await links.CreateResetAsync(user, cancellationToken);
        if (path is null)
        {
            await Console.Error.WriteLineAsync("There is no active account of that name. The console's people page lists them.");
            return 1;
        }
        var site = app.Services.GetRequiredService<IOptions<SiteOptions>>().Value;
        var root = site.PublicUrl.Length > 0 ? site.PublicUrl : app.Configuration["Urls"]?.Split(';')[0] ?? "http://localhost:5080";
        Console.WriteLine(root.TrimEnd('/') + path);
        return 0;
    }
}
