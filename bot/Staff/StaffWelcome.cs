namespace Outreach.Staff;

/// <summary>What the terminal shows after a start: the way in for the first administrator.</summary>
public static class StaffWelcome
{
    /// <summary>Path and query of the one-time link, or null when there are accounts already. For the terminal only, never for a log.</summary>
    public static async Task<string?> FirstLinkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<StaffLinks>().CreateFirstAdministratorAsync(cancellationToken);
    }

    /// <summary>The body of <c>staff-link [--user NAME]</c>.</summary>
    /// <param name="userName">Whose password is lost; null: one more administrator.</param>
    /// <returns>Path and query; null when there is no such active account.</returns>
    public static async Task<string?> NewLinkAsync(IServiceProvider services, string? userName, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var links = scope.ServiceProvider.GetRequiredService<StaffLinks>();
        return userName is null ? await links.CreateAdministratorAsync(cancellationToken) : await links.CreateResetAsync(userName, cancellationToken);
    }
}
