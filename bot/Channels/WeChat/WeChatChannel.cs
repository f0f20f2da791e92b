using Outreach.Activities;

namespace Outreach.Channels.WeChat;

/// <summary>
/// WeChat official accounts: one channel account each, the OpenID is user and conversation. Writes customer-service messages, inside the window that the follower's
/// last message or tap opened; choices become a menu to tap. No idempotency handle: a message whose answer was lost is not sent again. Notices go by
/// <see cref="WeChatNotices"/>, which remembers its batches.
/// </summary>
internal sealed class WeChatChannel(WeChatApi api, WeChatAccounts accounts, WeChatWindow window, WeChatNotices notices) : IBulkChannel
{
    public const string ChannelId = "wechat";
    public const int MaxTextBytes = 2048;

    public string Id => ChannelId;

    /// <summary>Of a passive reply, which is text alone; a customer-service message shows the same choices as a menu.</summary>
    public ChannelCapabilities Capabilities { get; } = new() { MaxTextBytes = MaxTextBytes, ReplyWindow = TimeSpan.FromHours(48) };

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (accounts.Find(to.Account) is not { } account)
            return new(SendClass.ConfigError, VendorCode: "off");
        if (!await window.IsOpenAsync(account, to, cancellationToken))
            return new(SendClass.WindowClosed, VendorCode: "window");
        return await api.PostAsync(account, "/cgi-bin/message/custom/send", Render(activity, to.UserId, idempotencyKey), WeChatJson.Wire.CustomMessage, cancellationToken);
    }

    public string PictureNoteOf(Picture picture) => picture.NoteFor(Capabilities.Pictures)
        + (accounts.All.Any(account => account.Options.Notices.Open.Any(way => way is WeChatWay.Template or WeChatWay.Subscription)) ? "模板消息和订阅通知只有模板里的字。" : "");

    public int MaxRecipients => notices.MaxRecipients;

    public bool RemembersBatches => true;

    public async Task<IReadOnlyList<SendResult>> SendManyAsync(IReadOnlyList<ConversationReference> to, Activity activity, string batchKey, CancellationToken cancellationToken) =>
        accounts.Find(to[0].Account) is { } account
            ? await notices.SendAsync(account, to, activity, TextOf(activity), batchKey, cancellationToken)
            : [.. to.Select(_ => new SendResult(SendClass.ConfigError, VendorCode: "off"))];

    /// <summary>The text of a message as the follower reads it in a passive reply: choices as numbered lines, the office's name before a person's words.</summary>
    public string TextOf(Activity activity) => Signed(activity, TextFallback.Render(activity, Capabilities with { MaxTextBytes = MaxTextBytes - NameBytes }).Text ?? "");

    private CustomMessage Render(Activity activity, string openId, string idempotencyKey)
    {
        var items = new List<CustomMenuItem>();
        foreach (var action in activity.SuggestedActions?.Actions ?? [])
            items.Add(new($"choice:{items.Count + 1}", action.Title));
        if (Verdicts.Judged(activity, idempotencyKey) is { } sequence)
            items.AddRange([new($"helpful:{sequence}", "有帮助"), new($"wrong:{sequence}", "没答对")]);
        if (items.Count == 0)
            return new(openId, "text", new(TextOf(activity)), null);
        var text = TextFallback.Render(activity with { SuggestedActions = null }, Capabilities with { MaxTextBytes = MaxTextBytes - NameBytes }).Text ?? "";
        return new(openId, "msgmenu", null, new(Signed(activity, text), items, ""));
    }

    private const int NameBytes = 120;      // of 【…社区工作人员】

    private static string Signed(Activity activity, string text) => activity.From is { Id: "staff", Name: { Length: > 0 } office } ? office + text : text;
}
