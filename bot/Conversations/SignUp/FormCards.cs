using Outreach.Activities;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>The sign-up's summary and its two consents as cards. A button 改房号 belongs to the row 房号 of its card.</summary>
internal sealed class FormCards(ConsentTexts consents)
{
    private const string Change = "改";
    private const string NothingThere = "没填";

    /// <summary>The rows of the summary, in the order in which they are asked for.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["小区", "意愿", "称呼", "房号", "电话"];

    /// <summary>改房号, 我要改一下电话: the row that is to be changed, without the new value; null: something else.</summary>
    public static string? FieldToChange(string text)
    {
        var plain = text.Trim().TrimEnd('。', '！', '!', '.', '吧');
        foreach (var opening in (ReadOnlySpan<string>)["我要", "我想", "我", "俺要", "俺想", "要", "想"])
            if (plain.StartsWith(opening, StringComparison.Ordinal))
            {
                plain = plain[opening.Length..];
                break;
            }
        if (!plain.StartsWith(Change, StringComparison.Ordinal))
            return null;
        var named = plain[1..].Replace("一下", "", StringComparison.Ordinal).TrimStart('下', '个');
        return named switch
        {
            "名字" or "姓名" => "称呼",
            "楼号" or "门牌" or "门牌号" or "房间号" or "楼栋" => "房号",
            "号码" or "手机" or "手机号" or "电话号码" => "电话",
            _ => Fields.Contains(named) ? named : null,
        };
    }

    public HeroCard Collect() => Card(consents.CollectCard, $"\n完整说明：{consents.NoticeLink}", SignUpSays.Agree, SignUpSays.Decline);

    public static HeroCard Check(SignUpForm form) => new()
    {
        Title = "请看一看，对不对？",
        Text = string.Join('\n', Fields.Select(field => $"{field}：{Value(form, field) ?? NothingThere}")),
        Buttons = [.. Fields.Select(field => Turn.Button(Change + field))],
    };

    public static HeroCard PassOn(SignUpForm form, Receiver receiver) =>
        PassOn(receiver, string.Join('、', Fields.Where(field => Value(form, field) is not null && !(field == "电话" && form.Phone is null))));

    /// <param name="what">What would be passed on.</param>
    public static HeroCard PassOn(Receiver receiver, string what) => Card(ConsentTexts.PassOnCard(receiver, what), "", SignUpSays.PassOnYes, SignUpSays.PassOnNo);

    /// <summary>The second consent for a sign-up that is stored.</summary>
    public static HeroCard PassOn(Lead lead, Receiver receiver) => PassOn(receiver, string.Join('、',
        new[] { "小区", "意愿", lead.Name is null ? null : "称呼", lead.Room is null ? null : "房号", lead.Phone is null ? null : "电话" }.OfType<string>()));

    private static HeroCard Card(ConsentCard consent, string after, string yes, string no) => new()
    {
        Title = consent.Title,
        Text = consent.Text + after,
        Buttons = [Turn.Button(yes), Turn.Button(no)],
    };

    private static string? Value(SignUpForm form, string field) => field switch
    {
        "小区" => FormQuestions.Typed(form),
        "意愿" => WishText.Of(form.Wishes),
        "称呼" => form.Name,
        "房号" => form.Room,
        _ => form.Phone is { } phone ? Masks.Phone(phone) : "不留",
    };
}
