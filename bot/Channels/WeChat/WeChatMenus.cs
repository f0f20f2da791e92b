using System.Text.Json.Serialization;
using Outreach.Activities;

namespace Outreach.Channels.WeChat;

/// <summary>Gives each account its menu once the server listens, when the vendor has another one: clients show it within a day.</summary>
internal sealed partial class WeChatMenus(WeChatApi api, WeChatAccounts accounts, IHostApplicationLifetime lifetime, ILogger<WeChatMenus> logger) : BackgroundService
{
    private static readonly List<WeChatButton> Usual =
    [
        new() { Name = "问问题", Say = "怎么成立" },
        new() { Name = "我想报名", Say = "我要登记" },
        new() { Name = "小区进展", Say = "小区进展" },
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listening = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        foreach (var account in accounts.All.Where(account => account.Options.SetMenu))
            await SetAsync(account, stoppingToken);
    }

    /// <summary>Leaves a menu alone that is as it should be.</summary>
    public async Task<SendResult> SetAsync(WeChatAccount account, CancellationToken cancellationToken)
    {
        var wanted = new MenuToMake([.. (account.Options.Menu.Count == 0 ? Usual : account.Options.Menu).Select(MenuButton.Of)]);
        var (result, now) = await api.GetAsync(account, "/cgi-bin/menu/get", WeChatJson.Wire.MenuNow, cancellationToken);
        if (result.Class == SendClass.Ok && now?.Menu is { } menu && menu.IsLike(wanted))
            return result;
        if (result.Class != SendClass.Ok)
        {
            NotSet(account.Name, result.Class, result.VendorCode);
            return result;
        }
        result = await api.PostAsync(account, "/cgi-bin/menu/create", wanted, WeChatJson.Wire.MenuToMake, cancellationToken);
        if (result.Class == SendClass.Ok)
            Set(account.Name);
        else
            NotSet(account.Name, result.Class, result.VendorCode);
        return result;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The WeChat account {Account} has its menu")]
    private partial void Set(string account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The WeChat account {Account} did not get its menu: {Answer} {VendorCode}")]
    private partial void NotSet(string account, SendClass answer, string? vendorCode);
}

internal sealed record MenuToMake(IReadOnlyList<MenuButton> Button)
{
    public bool IsLike(MenuToMake other) => Button.Count == other.Button.Count && Button.Zip(other.Button).All(pair => pair.First.IsLike(pair.Second));
}

internal sealed record MenuNow(MenuToMake? Menu);

internal sealed record MenuButton(string? Type, string Name, string? Key, string? Url, [property: JsonPropertyName("sub_button")] IReadOnlyList<MenuButton>? SubButton)
{
    /// <summary>The key of a button that says something is <c>say:</c> and the words.</summary>
    public const string SayPrefix = "say:";

    public static MenuButton Of(WeChatButton button) => button.Buttons.Count > 0
        ? new(null, button.Name.Trim(), null, null, [.. button.Buttons.Select(Of)])
        : button.Url is { } url ? new("view", button.Name.Trim(), null, url, null) : new("click", button.Name.Trim(), SayPrefix + button.Say!.Trim(), null, null);

    public bool IsLike(MenuButton other)
    {
        var (mine, theirs) = (SubButton ?? [], other.SubButton ?? []);
        return Name == other.Name && Type == other.Type && Key == other.Key && Url == other.Url
            && mine.Count == theirs.Count && mine.Zip(theirs).All(pair => pair.First.IsLike(pair.Second));
    }
}
