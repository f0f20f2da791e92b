using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WeChat;

/// <summary>
/// WeChat official accounts: one channel account each, the OpenID is user and conversation. Writes customer-service messages, inside the window that the follower's
/// last message or tap opened; choices become a menu to tap. No idempotency handle: a message whose answer was lost is not sent again.
/// </summary>
internal sealed class WeChatChannel(WeChatApi api, WeChatAccounts accounts, IDbContextFactory<OutreachDb> databases, TimeProvider clock) : IChannel
{
    public const string ChannelId = "wechat";
    public const int MaxTextBytes = 2048;
    private const string Tap = "tap";
    private const int Looked = 8;      // of the latest messages of the follower, to find the one that opened the window

    public string Id => ChannelId;

    /// <summary>Of a passive reply, which is text alone; a customer-service message shows the same choices as a menu.</summary>
    public ChannelCapabilities Capabilities { get; } = new() { MaxTextBytes = MaxTextBytes, ReplyWindow = TimeSpan.FromHours(48) };

    /// <summary>Marks what a tap on a menu, a scan or a follow caused: it opens the short window only.</summary>
    public static JsonElement TapData { get; } = JsonSerializer.SerializeToElement(new Dictionary<string, bool> { [Tap] = true });

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (accounts.Find(to.Account) is not { } account)
            return new(SendClass.ConfigError, VendorCode: "off");
        if (!await IsWindowOpenAsync(account, to, cancellationToken))
            return new(SendClass.WindowClosed, VendorCode: "window");
        return await api.PostAsync(account, "/cgi-bin/message/custom/send", Render(activity, to.UserId, idempotencyKey), WeChatJson.Wire.CustomMessage, cancellationToken);
    }

    /// <summary>The text of a message as the follower reads it in a passive reply: choices as numbered lines, the office's name before a person's words.</summary>
    public string TextOf(Activity activity) => Signed(activity, TextFallback.Render(activity, Capabilities with { MaxTextBytes = MaxTextBytes - NameBytes }).Text ?? "");

    private CustomMessage Render(Activity activity, string openId, string idempotencyKey)
    {
        var items = new List<CustomMenuItem>();
        foreach (var action in activity.SuggestedActions?.Actions ?? [])
            items.Add(new($"choice:{items.Count + 1}", action.Title));
        if (IsAnswer(activity) && SequenceOf(idempotencyKey) is { } sequence)
            items.AddRange([new($"helpful:{sequence}", "有帮助"), new($"wrong:{sequence}", "没答对")]);
        if (items.Count == 0)
            return new(openId, "text", new(TextOf(activity)), null);
        var text = TextFallback.Render(activity with { SuggestedActions = null }, Capabilities with { MaxTextBytes = MaxTextBytes - NameBytes }).Text ?? "";
        return new(openId, "msgmenu", null, new(Signed(activity, text), items, ""));
    }

    private const int NameBytes = 120;      // of 【…社区工作人员】

    private static string Signed(Activity activity, string text) => activity.From is { Id: "staff", Name: { Length: > 0 } office } ? office + text : text;

    private static bool IsAnswer(Activity activity) =>
        activity.ChannelData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("answer", out var answer) && answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String && kind.GetString() == "answer";

    /// <summary>Keys of answers are <c>message/conversation/sequence</c>.</summary>
    private static string? SequenceOf(string key) => key.Split('/') is ["message", _, var sequence] ? sequence : null;

    /// <summary>Whether the follower's last message (five in 48 hours) or tap (three in a minute) still lets us write; counted from the rows, so that a restart does not forget.</summary>
    private async Task<bool> IsWindowOpenAsync(WeChatAccount account, ConversationReference to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Conversations.AsNoTracking().Where(c => c.Channel == ChannelId && c.Account == to.Account && c.ChannelConversationId == to.ConversationId)
            .Select(c => c.Id).SingleAsync(cancellationToken);
        var said = await db.Messages.AsNoTracking().Where(m => m.ConversationId == conversation && m.From == Speaker.Owner)
            .OrderByDescending(m => m.Sequence).Take(Looked).Select(m => new { m.At, m.Activity }).ToListAsync(cancellationToken);
        var options = account.Options;
        var now = clock.GetUtcNow();
        foreach (var (opens, most, length) in new[]
            {
                (said.FirstOrDefault(m => !IsTap(m.Activity))?.At, options.SendsAfterMessage, options.MessageWindow),
                (said.FirstOrDefault(m => IsTap(m.Activity))?.At, options.SendsAfterTap, options.TapWindow),
            })
        {
            if (opens is not { } since || now >= since + length)
                continue;
            var used = await db.Messages.CountAsync(m => m.ConversationId == conversation && m.From != Speaker.Owner && m.SentAt >= since
                && (m.ClaimedBy == null || m.ClaimedBy != OutgoingMessages.InResponse), cancellationToken);
            if (used < most)
                return true;
        }
        return false;
    }

    private static bool IsTap(string activity) =>
        JsonSerializer.Deserialize(activity, ActivityJson.Default.Activity) is not { Type: ActivityTypes.Message } said
        || (said.ChannelData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(Tap, out _));
}
