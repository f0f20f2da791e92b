using System.Globalization;
using System.Text;
using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Channels.DingTalk;

/// <summary>
/// Robots of DingTalk applications: one channel account each, a chat with the robot is a conversation. Answers through the address that came with the person's message
/// while it lasts, later through the robot's messages to people. Choices are links that say their words when tapped, numbered for who rather writes. Notices go out as
/// 工作通知 where the application's number is known, else through the robot.
/// </summary>
internal sealed class DingTalkChannel(DingTalkApi api, DingTalkAccounts accounts, TimeProvider clock) : IBulkChannel
{
    public const string ChannelId = "dingtalk";
    private const int RobotBatch = 20;
    private const int WorkNoticeBatch = 100;
    private const int NameBytes = 120;                                      // of 【…社区工作人员】
    private const int TitleBytes = 60;
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);      // an address that ends while we call is no use

    public string Id => ChannelId;

    public ChannelCapabilities Capabilities => Of(new());

    public ChannelCapabilities CapabilitiesOf(string account) => Of(accounts.Find(account)?.Options ?? new());

    public int MaxRecipients => WorkNoticeBatch;

    public bool RemembersBatches => false;

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

    public async Task<IReadOnlyList<SendResult>> SendManyAsync(IReadOnlyList<ConversationReference> to, Activity activity, string batchKey, CancellationToken cancellationToken)
    {
        if (accounts.Find(to[0].Account) is not { } account)
            return [.. to.Select(_ => new SendResult(SendClass.ConfigError, VendorCode: "off"))];
        var text = Render(activity, CapabilitiesOf(to[0].Account));
        var people = to.Select(one => one.UserId).Where(IsStaffId).Distinct(StringComparer.Ordinal).ToList();
        var ends = account.Options.AgentId is null
            ? await BulkPortions.SendAsync(people, RobotBatch, (portion, stop) => SendPortionAsync(account, portion, text, stop), clock, cancellationToken)
            : await BulkPortions.SendAsync(people, WorkNoticeBatch, (portion, stop) => SendWorkNoticeAsync(account, portion, text, stop), clock, cancellationToken);
        return [.. to.Select(one => ends.GetValueOrDefault(one.UserId) ?? new(SendClass.WindowClosed, VendorCode: "no-staff-id"))];
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
        var marked = MarkedText.Of(activity);
        var shown = TextFallback.Render(marked is null ? activity : activity with { Text = marked }, capabilities with { MaxTextBytes = capabilities.MaxTextBytes - NameBytes });
        var text = activity.From is { Id: "staff", Name: { Length: > 0 } office } ? office + shown.Text : shown.Text ?? "";
        var picture = Picture.Of(shown);
        var choices = shown.SuggestedActions?.Actions ?? [];
        if (choices.Count == 0 && picture is null && marked is null)
            return new(null, text);
        var markdown = new StringBuilder(marked is null ? Markdown(text) : Lines(text, line => string.Concat(MarkedText.Read(line).Select(Marked))));
        if (picture is not null)
            markdown.Append(CultureInfo.InvariantCulture, $"\n\n![{Plain(picture.Description)}]({picture.Address})");
        foreach (var (index, choice) in choices.Index())
            markdown.Append(CultureInfo.InvariantCulture, $"\n\n{index + 1}\\. [{Plain(choice.Title)}](dtmd://dingtalkclient/sendMessage?content={Uri.EscapeDataString(WordsOf(choice))})");
        return new(Utf8Text.Cut(Plain(text.Split('\n', 2)[0]), TitleBytes), markdown.ToString());
    }

    private static string WordsOf(CardAction choice) => choice.Value is { ValueKind: JsonValueKind.String } value ? value.GetString()! : choice.Title;

    /// <summary>Plain text in Markdown: what would be a mark is shown by its wide sister, but in an address, which stays one to tap; and a line stays a line.</summary>
    private static string Markdown(string text) => Lines(text, Linked);

    private static string Lines(string text, Func<string, string> write) => string.Join("  \n", text.Split('\n').Select(write));

    private static string Linked(string words) => Uri.TryCreate(words, UriKind.Absolute, out var link) && link.Scheme is "https" or "http" ? Link(words, link) : Plain(words);

    private static string Marked(MarkedRun run)
    {
        var words = run.Link is { } link ? Link(run.Text, new(link)) : Linked(run.Text);
        return run.Weight == Weight.Bold ? $"**{words}**" : words;
    }

    private static string Link(string words, Uri link) =>
        $"[{Plain(words)}]({link.AbsoluteUri.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)})";

    private static string Plain(string line)
    {
        var plain = new StringBuilder(line.Length);
        foreach (var letter in line)
            plain.Append(letter switch { '*' => '＊', '_' => '＿', '`' => '｀', '[' => '［', ']' => '］', '<' => '＜', '>' => '＞', '#' => '＃', '~' => '～', '|' => '｜', '\\' => '＼', _ => letter });
        return plain.ToString();
    }

    private async Task<IReadOnlyList<SendResult>> SendPortionAsync(DingTalkAccount account, IReadOnlyList<string> staffIds, DingTalkText text, CancellationToken cancellationToken)
    {
        var (result, answer) = await api.PostBatchAsync(account, staffIds, text, cancellationToken);
        return [.. staffIds.Select(id => result.Class == SendClass.Ok && answer is not null ? EndOf(id, result, answer) : result)];
    }

    /// <summary>
    /// The call only takes the task; what came of it is asked at once, and who is not named counts as reached. Who got nothing because of too much today, or the same
    /// once more, is not to be sent it again: that is unknown, but for a call that we made twice ourselves.
    /// </summary>
    private async Task<IReadOnlyList<SendResult>> SendWorkNoticeAsync(DingTalkAccount account, IReadOnlyList<string> staffIds, DingTalkText text, CancellationToken cancellationToken)
    {
        var (result, wasRepeated) = await api.PostWorkNoticeAsync(account, staffIds, text, cancellationToken);
        if (result is not { Class: SendClass.Ok, MessageId: { } task })
            return [.. staffIds.Select(_ => result)];
        var told = await api.ReadWorkNoticeAsync(account, task, cancellationToken);
        return [.. staffIds.Select(id =>
            told?.Invalid?.Contains(id) == true ? new(SendClass.RecipientGone, VendorCode: "invalid_user_id_list")
            : told?.Failed?.Contains(id) == true ? new(SendClass.Transient, VendorCode: "failed_user_id_list")
            : told?.Forbidden?.Contains(id) == true && !wasRepeated ? new SendResult(SendClass.AmbiguousSent, VendorCode: "forbidden_user_id_list")
            : result)];
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

    private static ChannelCapabilities Of(DingTalkAccountOptions options) => new() { Buttons = true, Pictures = PictureMeans.ByAddress, MarkedText = true, Proactive = true, MaxTextBytes = options.MaxTextBytes };
}
