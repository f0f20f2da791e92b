using System.Text.RegularExpressions;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>
/// 通知发短信, 通知发邮箱: notices to a phone or mailbox instead of this chat. The digits that are sent there and come back here prove the address and are the consent; without them
/// nothing is sent to it. 不要短信 ends it. The channels come late (the host hands them in, and they know this room), so they are asked for when a turn needs them.
/// </summary>
internal sealed partial class NoticesElsewhere(NoticeAddresses addresses, ConsentTexts texts, IServiceProvider services)
{
    private const string Sms = "sms";
    private const string Email = "email";
    private const int LongestRequest = 80;

    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        var text = turn.Text.Trim();
        if (text.Length > LongestRequest)
            return false;
        if (SixDigits().IsMatch(text))
            return await ConfirmAsync(turn, text, cancellationToken);
        var bare = Spaces().Replace(text, "").TrimEnd('。', '！', '!', '吧', '呗', '啊');
        if (Stop().Match(bare) is { Success: true } stop)
            return await StopAsync(turn, ChannelOf(stop), cancellationToken);
        if (Wish().Match(bare) is not { Success: true } wish)
            return false;
        await AskAsync(turn, ChannelOf(wish), wish.Groups["address"].Value, cancellationToken);
        return true;
    }

    /// <summary>Where notices go besides this chat, for who asks what is kept; empty: nowhere.</summary>
    public async Task<string> LineOfAsync(OutreachDb db, Contact owner, CancellationToken cancellationToken)
    {
        var own = await addresses.OfOwnerAsync(db, owner.Id, cancellationToken);
        return own.Count == 0 ? "" : $"通知发到：{string.Join('、', own.Select(address => Masked(address.Channel, address.Address)))}。";
    }

    private async Task AskAsync(Turn turn, string channelId, string typed, CancellationToken cancellationToken)
    {
        turn.Hide(typed, channelId == Sms ? "〔电话〕" : "〔邮箱〕");
        var name = channelId == Sms ? "短信" : "邮件";
        if (Find(channelId) is not { IsOn: true } channel)
        {
            await turn.ReplyAsync(AnswerKind.Optin, $"现在还不能用{name}发通知，会在这里发给您。", cancellationToken);
            return;
        }
        var leads = await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken);
        if (leads.Count == 0)
        {
            await turn.ReplyAsync(AnswerKind.Optin, "通知按小区发，要先登记一下您是哪个小区的。", cancellationToken, Says.SignUp);
            return;
        }
        var given = typed.Length > 0 ? typed : channelId == Sms ? leads.Select(lead => lead.Phone).FirstOrDefault(phone => phone is not null) ?? "" : "";
        if (channel.Normalise(given) is not { } address)
        {
            await turn.ReplyAsync(AnswerKind.Optin, channelId == Sms
                ? given.Length == 0 ? "发到哪个手机？这样说：通知发短信13900000000。" : "短信只能发到11位的手机号。这样说：通知发短信13900000000。"
                : given.Length == 0 ? "发到哪个邮箱？这样说：通知发邮箱 wo@example.com。" : "这个邮箱地址没认出来。这样说：通知发邮箱 wo@example.com。", cancellationToken);
            return;
        }
        var question = texts.Notices(channelId, channel.Mask(address));
        await turn.ReplyAsync(AnswerKind.Optin, await addresses.AskAsync(turn.Db, turn.Contact, channelId, address, cancellationToken) switch
        {
            AskOutcome.Asked => question.Text,
            AskOutcome.Already => $"通知已经在用{name}发到{channel.Mask(address)}了。不想收说“不要{name}”。",
            AskOutcome.TooMany => "验证码发得太多了，过一阵再试。",
        }, cancellationToken);
    }

    private async Task<bool> ConfirmAsync(Turn turn, string code, CancellationToken cancellationToken)
    {
        var (outcome, address) = await addresses.ConfirmAsync(turn.Db, turn.Contact, code, turn.Conversation.Channel, Masked, cancellationToken);
        if (outcome == CodeOutcome.NothingAsked)
            return false;
        var name = address!.Channel == Sms ? "短信" : "邮件";
        await turn.ReplyAsync(AnswerKind.Optin, outcome == CodeOutcome.Confirmed
            ? $"好，小区通知以后用{name}发到{Masked(address.Channel, address.Address)}，不再在这里重复。不想收说“不要{name}”。"
            : $"验证码不对。请照{name}里的6位数字发来。", cancellationToken);
        if (outcome == CodeOutcome.Confirmed)
            turn.Effect = Effect.Done;
        return true;
    }

    private async Task<bool> StopAsync(Turn turn, string channelId, CancellationToken cancellationToken)
    {
        var name = channelId == Sms ? "短信" : "邮件";
        if (await addresses.StopAsync(turn.Db, turn.Contact, channelId, turn.Text, turn.Conversation.Channel, cancellationToken) == 0)
            return false;      // never asked for here: then it is the ordinary 退订
        await turn.ReplyAsync(AnswerKind.Optout, $"好，不再用{name}发通知了，在这里照常发。", cancellationToken);
        turn.Effect = Effect.Done;
        return true;
    }

    private string Masked(string channel, string address) => Find(channel)?.Mask(address) ?? "***";

    private IAddressChannel? Find(string id) => services.GetRequiredService<ChannelSet>().Find(id) as IAddressChannel;

    private static string ChannelOf(Match match) => match.Groups["sms"].Success ? Sms : Email;

    [GeneratedRegex(@"^[0-9]{6}$")]
    private static partial Regex SixDigits();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^(?:请|麻烦)?(?:以后|把)?(?:小区)?(?:的)?(?:通知|消息)(?:也|都|请|帮我|给我|给俺)*(?:用|通过|发到?|改发)(?:我|俺)?(?:的)?(?:(?<sms>短信|手机)|邮箱|邮件)(?:发)?(?:通知|提醒)?(?:给)?(?:我|俺)?[:：，,]?(?<address>[0-9０-９+-]{5,20}|[!-~]+@[!-~]+)?$"
        + "|^(?:请|麻烦)?(?:以后)?(?:也)?(?:用|发)?(?:(?<sms>短信)|邮件)(?:通知|提醒)(?:我|俺)[:：，,]?(?<address>[0-9０-９+-]{5,20}|[!-~]+@[!-~]+)?$")]
    private static partial Regex Wish();

    [GeneratedRegex("^(?:以后)?(?:请)?(?:不要|别|不收|不想收|停|停了|取消|退订|停止|不用)(?:再)?(?:给我|给俺)?(?:发|收|用)?(?:(?<sms>短信)|邮件|邮箱)(?:发)?(?:通知|提醒)?(?:了)?$"
        + "|^(?:(?<sms>短信)|邮件)(?:通知|提醒)?(?:别发了|不要了|退订|停了|不收了|取消)$")]
    private static partial Regex Stop();
}
