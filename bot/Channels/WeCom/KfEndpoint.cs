namespace Outreach.Channels.WeCom;

/// <summary>
/// <c>/channels/wecom-kf[/account]</c>: says only that a customer-service account has news, with a token to fetch them. That is written down and answered at once.
/// </summary>
internal sealed class KfEndpoint(WeComAccounts accounts, WeComCallback callback, KfSync sync)
{
    public IResult Verify(HttpContext http, string account) => callback.Verify(http, accounts.FindKf(account));

    public async Task<IResult> ReceiveAsync(HttpContext http, string accountName)
    {
        var account = accounts.FindKf(accountName);
        var (news, refusal) = await callback.ReadAsync(http, account, NewsOf);
        if (news is null)
            return refusal!;
        if (news.Token.Length > 0)
            await sync.NoteAsync(account!.Name, news.OpenKfId, news.Token);
        return Results.Ok();
    }

    private sealed record News(string OpenKfId, string Token);

    /// <summary>Other events of customer service (an account's permission) have no token: nothing is fetched.</summary>
    private static (News, string)? NewsOf(IReadOnlyDictionary<string, string> fields)
    {
        if (fields.GetValueOrDefault("Event") is not { Length: > 0 } name || fields.GetValueOrDefault("CreateTime") is not { Length: > 0 } created)
            return null;
        var (id, token) = (fields.GetValueOrDefault("OpenKfId") ?? "", fields.GetValueOrDefault("Token") ?? "");
        if (name != "kf_msg_or_event")
            return (new(id, ""), ChannelInbox.KeyOf(created, name, id));
        return id.Length is > 0 and <= 64 && token.Length is > 0 and <= 256 ? (new(id, token), ChannelInbox.KeyOf(created, name, id, token)) : null;
    }
}
