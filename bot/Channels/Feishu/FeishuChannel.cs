using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Channels.Feishu;

/// <summary>
/// Bots of Feishu applications: one channel account each, the open id is user and conversation. Choices and verdicts are buttons of a card. Feishu remembers a message's
/// key for an hour; within it a message whose answer was lost is sent again without harm. Notices go out 200 at a time, and there is no key. A picture stands in a card.
/// </summary>
internal sealed class FeishuChannel(FeishuApi api, FeishuAccounts accounts, FeishuPictures pictures, TimeProvider clock) : IBulkChannel
{
    public const string ChannelId = "feishu";
    private const int NameBytes = 120;      // of 【…社区工作人员】

    public string Id => ChannelId;

    public ChannelCapabilities Capabilities => Of(new());

    public ChannelCapabilities CapabilitiesOf(string account) => Of(accounts.Find(account)?.Options ?? new());

    public int MaxRecipients => 200;

    public bool RemembersBatches => false;

    public string PictureNoteOf(Picture picture) => $"图片直接显示在消息里；应用没有上传图片的权限时，{(picture.HasPublicAddress ? "给出说明和图片地址" : "只有图片说明")}。";

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (accounts.Find(to.Account) is not { } account)
            return new(SendClass.ConfigError, VendorCode: "off");
        var picture = await pictures.OfAsync(account, activity, cancellationToken);
        return picture.NotNow ?? await api.SendAsync(account, to.UserId, Render(activity, CapabilitiesOf(to.Account), picture.Key, idempotencyKey), idempotencyKey, cancellationToken);
    }

    public async Task<IReadOnlyList<SendResult>> SendManyAsync(IReadOnlyList<ConversationReference> to, Activity activity, string batchKey, CancellationToken cancellationToken)
    {
        if (accounts.Find(to[0].Account) is not { } account)
            return [.. to.Select(_ => new SendResult(SendClass.ConfigError, VendorCode: "off"))];
        var picture = await pictures.OfAsync(account, activity, cancellationToken);
        if (picture.NotNow is { } notNow)
            return [.. to.Select(_ => notNow)];
        var content = Render(activity, CapabilitiesOf(to[0].Account), picture.Key, batchKey);
        var ends = await BulkPortions.SendAsync([.. to.Select(one => one.UserId).Distinct(StringComparer.Ordinal)], MaxRecipients, async (people, stop) =>
        {
            var (result, invalid) = await api.SendBatchAsync(account, people, content, stop);
            return [.. people.Select(id => result.Class == SendClass.Ok && invalid.Contains(id) ? new(SendClass.RecipientGone, VendorCode: "invalid_open_ids") : result)];
        }, clock, cancellationToken);
        return [.. to.Select(one => ends[one.UserId])];
    }

    /// <summary>Asks a group's people to write alone, under the message that was written there.</summary>
    public Task HintAsync(FeishuAccount account, string messageId, CancellationToken cancellationToken) =>
        api.ReplyAsync(account, messageId, FeishuContent.OfText(GroupHints.Text), "group", cancellationToken);

    /// <param name="imageKey">Of the activity's picture; null: a line takes its place.</param>
    internal static FeishuContent Render(Activity activity, ChannelCapabilities capabilities, string? imageKey, string idempotencyKey)
    {
        var shown = TextFallback.Render(activity, capabilities with
        {
            MaxTextBytes = capabilities.MaxTextBytes - NameBytes,
            Pictures = imageKey is null ? PictureMeans.Line : capabilities.Pictures,
        });
        var text = activity.From is { Id: "staff", Name: { Length: > 0 } office } ? office + shown.Text : shown.Text ?? "";
        List<FeishuButton> buttons = [.. (shown.SuggestedActions?.Actions ?? []).Select(choice => Button(choice.Title, "default", new(WordsOf(choice), null, null)))];
        if (Verdicts.Judged(activity, idempotencyKey) is { } sequence)
            buttons.AddRange([Button("有帮助", "default", new(null, "helpful", sequence)), Button("没答对", "default", new(null, "wrong", sequence))]);
        if (buttons.Count == 0 && imageKey is null)
            return FeishuContent.OfText(Plain(text));
        List<FeishuElement> elements = [];
        if (text.Length > 0)
            elements.Add(new("div") { Text = new("plain_text", text) });
        if (imageKey is not null)
            elements.Add(new("img") { ImgKey = imageKey, Alt = new("plain_text", Picture.Of(shown)?.Description ?? "图片") });
        if (buttons.Count > 0)
            elements.Add(new("action") { Actions = buttons });
        return FeishuContent.OfCard(new(new(WideScreenMode: true), elements));
    }

    private static FeishuButton Button(string title, string type, FeishuTap tap) => new("button", new("plain_text", title), type, tap);

    private static string WordsOf(CardAction choice) => choice.Value is { ValueKind: JsonValueKind.String } value ? value.GetString()! : choice.Title;

    /// <summary>A text's only marks are those that call people and the like: <c>&lt;at user_id=…&gt;</c>. Nobody is called by what somebody wrote.</summary>
    private static string Plain(string text) => text.Replace("<at", "＜at", StringComparison.OrdinalIgnoreCase);

    private static ChannelCapabilities Of(FeishuAccountOptions options) =>
        new() { Buttons = true, Pictures = PictureMeans.Inline, Proactive = true, MaxTextBytes = options.MaxTextBytes, RemembersKeysFor = TimeSpan.FromHours(1) };
}
