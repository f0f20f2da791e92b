using System.Globalization;
using System.Text;
using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Channels.DingTalk;

/// <summary>
/// Robots of DingTalk applications: one channel account each, a chat with the robot is a conversation. Answers through the address that came with the person's message
/// while it lasts, later through the robot's messages to people. Choices are links that say their words when tapped, numbered for who rather writes.
/// </summary>
internal sealed class DingTalkChannel(DingTalkApi api, DingTalkAccounts accounts, TimeProvider clock) : IChannel
{
    public const string ChannelId = "dingtalk";
    public const int MaxBatch = 20;
    private const int NameBytes = 120;                                      // of 【…社区工作人员】
    private const int TitleBytes = 60;
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);      // an address that ends while we call is no use

    public string Id => ChannelId;

    public ChannelCapabilities Capabilities => Of(new());

    public ChannelCapabilities CapabilitiesOf(string account) => Of(accounts.Find(account)?.Options ?? new());

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (accounts.Find(to.Account) is not { } account)
            return new(SendClass.ConfigError, VendorCode: "off");
        var text = Render(activity, CapabilitiesOf(to.Account));
        if (SessionOf(to) is { } webhook && api.IsOwn(account, webhook))
        {
            var answered = await api.PostSessionAsync(account, webhook, text, cancellationToken);
            // Over, or too much said there: nothing was sent, and there is another way.
            if (answered.Class is not (SendClass.ConfigError or SendClass.AuthExpired or SendClass.RecipientGone or SendClass.RateLimited) || !IsStaffId(to.UserId))
                return answered.Class == SendClass.ConfigError ? answered with { Class = SendClass.WindowClosed } : answered;
        }
        return IsStaffId(to.UserId) ? await SendAloneAsync(account, to.UserId, text, cancellationToken) : new(SendClass.WindowClosed, VendorCode: "session");
    }

    /// <summary>Asks a group's people to write alone; through the message's own address or not at all.</summary>
    public async Task HintAsync(DingTalkAccount account, ConversationReference group, CancellationToken cancellationToken)
    {
        if (SessionOf(group) is { } webhook && api.IsOwn(account, webhook))
            await api.PostSessionAsync(account, webhook, new(null, GroupHints.Text), cancellationToken);
    }

    /// <summary>The address as it is kept: its end stands behind <c>#</c>, which no request carries.</summary>
    public static string KeepSession(Uri webhook, long untilMilliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{webhook.GetLeftPart(UriPartial.Query)}#{untilMilliseconds}");

    /// <summary>People whom the organisation knows have a staff id; of others only a name for this robot is told.</summary>
    internal static bool IsStaffId(string userId) => !userId.StartsWith("$:", StringComparison.Ordinal);

    internal static DingTalkText Render(Activity activity, ChannelCapabilities capabilities)
    {
        var shown = TextFallback.Render(activity, capabilities with { MaxTextBytes = capabilities.MaxTextBytes - NameBytes });
        var text = activity.From is { Id: "staff", Name: { Length: > 0 } office } ? office + shown.Text : shown.Text ?? "";
        if (shown.SuggestedActions is not { Actions: { Count: > 0 } choices })
            return new(null, text);
        var markdown = new StringBuilder(Markdown(text));
        foreach (var (index, choice) in choices.Index())
            markdown.Append(CultureInfo.InvariantCulture, $"\n\n{index + 1}\\. [{Plain(choice.Title)}](dtmd://dingtalkclient/sendMessage?content={Uri.EscapeDataString(WordsOf(choice))})");
        return new(Utf8Text.Cut(Plain(text.Split('\n', 2)[0]), TitleBytes), markdown.ToString());
    }

    private static string WordsOf(CardAction choice) => choice.Value is { ValueKind: JsonValueKind.String } value ? value.GetString()! : choice.Title;

    /// <summary>Plain text in Markdown: what would be a mark is shown by its wide sister, and a line stays a line.</summary>
    private static string Markdown(string text) => string.Join("  \n", text.Split('\n').Select(Plain));

    private static string Plain(string line)
    {
        var plain = new StringBuilder(line.Length);
        foreach (var letter in line)
            plain.Append(letter switch { '*' => '＊', '_' => '＿', '`' => '｀', '[' => '［', ']' => '］', '<' => '＜', '>' => '＞', '#' => '＃', '~' => '～', '|' => '｜', '\\' => '＼', _ => letter });
        return plain.ToString();
    }

    private async Task<SendResult> SendAloneAsync(DingTalkAccount account, string staffId, DingTalkText text, CancellationToken cancellationToken)
    {
        var (result, answer) = await api.PostBatchAsync(account, [staffId], text, cancellationToken);
        return result.Class == SendClass.Ok && answer is not null ? EndOf(staffId, result, answer) : result;
    }

    /// <summary>What a batch that was taken means to one of its people.</summary>
    internal static SendResult EndOf(string staffId, SendResult batch, BatchAnswer answer) =>
        answer.InvalidStaffIdList?.Contains(staffId) == true ? new(SendClass.RecipientGone, VendorCode: "invalidStaffIdList")
        : answer.FilteredStaffIdList?.Contains(staffId) == true ? new(SendClass.RecipientGone, VendorCode: "filteredStaffIdList")
        : answer.FlowControlledStaffIdList?.Contains(staffId) == true ? new(SendClass.RateLimited, VendorCode: "flowControlledStaffIdList")
        : batch;

    private Uri? SessionOf(ConversationReference to) =>
        Uri.TryCreate(to.ServiceUrl, UriKind.Absolute, out var kept)
        && long.TryParse(kept.Fragment.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && clock.GetUtcNow() + Margin < DateTimeOffset.FromUnixTimeMilliseconds(until)
            ? new(kept.GetLeftPart(UriPartial.Query))
            : null;

    private static ChannelCapabilities Of(DingTalkAccountOptions options) => new() { Buttons = true, Proactive = true, MaxTextBytes = options.MaxTextBytes };
}
