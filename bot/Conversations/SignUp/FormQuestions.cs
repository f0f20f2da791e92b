using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>What the sign-up asks next, in which words.</summary>
internal sealed partial class FormQuestions(CommunityDirectory directory, IOptions<SiteOptions> site)
{
    internal sealed record Asked(string Text, params string[] Buttons);

    /// <summary>The first question, as far as something of it is missing; null: community and wish are known.</summary>
    public Asked? ForCommunityAndWish(ref SignUpForm form)
    {
        if (form.SameName.Count > 0)
            return new($"有几个“{form.Community}”，您是哪个街道的？", [.. form.SameName.Select(directory.Find).OfType<DirectoryCommunity>().Select(c => c.Where)]);
        if (form.Suggested is { } suggested && directory.Find(suggested) is { } community)
            return new($"是{community.District}的{community.Name}吗？", "是", "不是");
        if (form.Community is null)
            return form.Wishes == Wishes.None ? new("您是哪个小区的，想怎么参与？", SignUpSays.WishButtons) : new("您是哪个小区的？写小区名字就行。");
        if (form is { Unlisted: true, RoadKnown: false, RoadAsked: false } && site.Value.Operator.IsConfigured)
        {
            form = form with { RoadAsked = true };
            var notFound = $"名单里没找到“{form.Community}”。在哪条路、哪个街道？我先记下，由工作人员核对。";
            return form.Wishes == Wishes.None ? new(notFound + "想怎么参与？", SignUpSays.WishButtons) : new(notFound);
        }
        return form.Wishes == Wishes.None && (form.CommunityId is not null || site.Value.Operator.IsConfigured) ? new("想怎么参与？", SignUpSays.WishButtons) : null;
    }

    /// <summary>Name, room and phone in one line, the phone last; null: nothing is missing.</summary>
    public static string? ForDetails(SignUpForm form)
    {
        var (name, room, phone) = (form.Name is null && !form.NoName, form.Room is null && !form.NoRoom, form.Phone is null && !form.NoPhone);
        return (name, room, phone) switch
        {
            (true, true, true) => "怎么称呼您，几号楼几单元几号？电话可留可不留，一行发来。",
            (true, true, false) => "怎么称呼您，几号楼几单元几号？一行发来。",
            (true, false, true) => "怎么称呼您？电话可留可不留，一行发来。",
            (true, false, false) => "怎么称呼您？姓就行。",
            (false, true, true) => "几号楼几单元几号？电话可留可不留，一行发来。",
            (false, true, false) => "几号楼几单元几号？不想填回“不填”。",
            (false, false, true) => "留个电话？不留就在这里回您，回“不留”。",
            (false, false, false) => null,
        };
    }

    /// <summary>The question for one row of the summary.</summary>
    public static Asked ForChange(string field) => field switch
    {
        "小区" => new("改成哪个小区？写小区名字就行。"),
        "意愿" => new("想怎么参与？", SignUpSays.WishButtons),
        "称呼" => new("怎么称呼您？姓就行，不想填回“不填”。"),
        "房号" => new("改成几号楼几单元几号？像“3号楼2单元501”这样发，不想填回“不填”。"),
        _ => new("新号码是多少？不想留回“不留”。"),
    };

    /// <summary>The open question in few words, for the end of another answer.</summary>
    public static string Short(SignUpForm form) => form.Step switch
    {
        FormStep.CommunityAndWish => form.Community is null ? "接着登记：您是哪个小区的？" : "接着登记：想怎么参与？",
        FormStep.Collect => "接着登记：上面的说明，同意吗？",
        FormStep.Details => "接着登记：" + (form.Name is null && !form.NoName ? "怎么称呼您？" : form.Room is null && !form.NoRoom ? "几号楼几单元几号？" : "电话留不留？"),
        FormStep.PassOn => form.Changing is { } field ? "接着改：" + ForChange(field).Text : "接着登记：同意转交吗？",
    };

    public static string[] ButtonsOf(SignUpForm form) => form.Step switch
    {
        FormStep.CommunityAndWish => form.Wishes == Wishes.None && form.Community is not null ? SignUpSays.WishButtons : [],
        FormStep.Collect => [SignUpSays.Agree, SignUpSays.Decline],
        FormStep.Details => [],
        FormStep.PassOn => form.Changing is { } field ? ForChange(field).Buttons : [SignUpSays.PassOnYes, SignUpSays.PassOnNo],
    };

    /// <summary>What to do better, before the question is asked again.</summary>
    public static string Hint(SignUpForm form) => form.Step switch
    {
        FormStep.CommunityAndWish => form.Community is null ? "没听清小区名。" : "请点一个，回1–4也行。",
        FormStep.Details => form.Room is null ? "像“3号楼2单元501”这样发，也可以回“不填”。" : "没听清。",
        FormStep.Collect or FormStep.PassOn => "",
    };

    public static string Kept(SignUpForm form)
    {
        var parts = new[] { form.Community, WishText.Of(form.Wishes) }.Where(part => !string.IsNullOrEmpty(part)).ToList();
        return parts.Count == 0 ? "" : $"{string.Join('、', parts)}还在。";
    }

    /// <summary>锦绣花园，支持成立，老王，3号楼2单元501，139****0000.</summary>
    public static string Summary(SignUpForm form) =>
        string.Join('，', new[] { form.Community, WishText.Of(form.Wishes), form.Name, form.Room, form.Phone is { } phone ? Masks.Phone(phone) : "电话不留" }.Where(part => !string.IsNullOrEmpty(part)));

    public static string Typed(SignUpForm form) => form.Road is { Length: > 0 } road ? $"{form.Community}（{road}）" : form.Community ?? "";

    public static string RoleNote(SignUpForm form) => form.Role switch
    {
        LeadRole.Owner => "",
        LeadRole.Tenant => "租户登记“只想了解”，不计户数。",
        LeadRole.Family => "家属登记“只想了解”，不计户数。",
    };

    public string LinkOf(DirectoryCommunity community) => $"{site.Value.PublicUrl.TrimEnd('/')}/c/{community.Key}";

    public static bool LooksLikeQuestion(string text) => Asking().IsMatch(text);

    /// <summary>改成5, 是5: a number of which nobody knows whether it is the building or the room.</summary>
    public static string? BareNumber(string text) => Bare().Match(text.Trim()) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"[?？]|吗|呢|怎么|咋|什么|啥|多少|几[个人天户年条次票]|谁|哪|为何|为什么|能不能|可不可以|是不是|有没有|要不要|行不行|中不中|[不没]$|算不算|多久", RegexOptions.CultureInvariant)]
    private static partial Regex Asking();

    [GeneratedRegex(@"^(?:不对|错了)?[，, ]*(?:改成|改为|应该是|是)\s*([0-9]{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();
}
