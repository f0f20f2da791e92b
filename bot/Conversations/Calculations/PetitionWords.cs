using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>How many owners may ask for an interim meeting. Pure.</summary>
internal static class PetitionWords
{
    private static readonly Citation[] Grounds = [new("物业管理条例", "13", 2), new("指导规则（2009）", "21"), new("民法典", "1259")];

    /// <summary>Null when no total is known.</summary>
    public static Reckoned? Say(Calculation petition)
    {
        if (petition.Heads.All is null && petition.Areas.All is null)
            return null;
        var all = new Share((int)(petition.Heads.All ?? 0), new(petition.Areas.All ?? 0));
        var fewest = PetitionShare.Fewest(all);
        var needed = Amount(petition, petition.Heads.All is null ? null : fewest.Owners, petition.Areas.All is null ? null : fewest.Area.Hundredths);
        var lines = new List<string> { $"算法：全体{Amount(petition, petition.Heads.All, petition.Areas.All)}的五分之一（20%），正好也够。" };
        var verdict = $"提议开临时会议，至少要{needed}。";
        if (petition.SignedHeads is not null || petition.SignedArea is not null)
        {
            var missing = new Share((int)Math.Max(0, petition.Heads.All is null || petition.SignedHeads is null ? 0 : fewest.Owners - petition.SignedHeads.Value),
                new(Math.Max(0, petition.Areas.All is null || petition.SignedArea is null ? 0 : fewest.Area.Hundredths - petition.SignedArea.Value)));
            var open = petition.SignedArea is null || petition.Areas.All is null;
            verdict = missing != default ? $"还不够：差{Amount(petition, missing.Owners == 0 ? null : missing.Owners, missing.Area == Area.Zero ? null : missing.Area.Hundredths)}。"
                : open ? $"{(petition.Unit == "户" ? "户数" : "人数")}够了，面积最好也到20%。" : "够了，人数、面积都到20%。";
            lines.Insert(0, $"签名{Amount(petition, petition.SignedHeads, petition.SignedArea)}，至少要{needed}。");
        }
        lines.Add("国务院的条例只写20%以上的业主，全国性指导文件要求面积、人数都算，建议两样都收够。");
        if (petition.Areas.All is null)
            lines.Add("面积告诉我，我把面积也算出来。");
        if (petition.TotalsOf is { } community)
            lines.Add($"全体的数据来自{community}的小区资料，不对请告诉我。");
        if (petition.Rough.Count > 0)
            lines.Add($"{string.Join('、', petition.Rough.Select(rough => $"“{rough}”"))}是约数，以准数为准。");
        lines.Add("下一步：写明要议什么事，附签名，交业委会，抄送街道。");
        return new(verdict, lines, Grounds, "meeting.interim-share")
        {
            More = ["分母是全体业主，包括开发商没卖的；一人有几套只算1人。", "这20%说的是提议开临时会议。申请成立筹备组要几户联名，全国没有写，河南的具体规定请向街道办事处核实。"],
            Example = "比如全体440人、60000平方米，至少要88人、12000平方米；441人就要89人。",
            Buttons = ["依据是什么", "重新算"],
        };
    }

    /// <summary>How many must apply for a preparatory group: no number is made up where none is known.</summary>
    public static Reckoned ForApplication() => new("申请成立筹备组要几户联名，全国的规定没有写，算不出一个准数。",
    [
        "全国性指导文件只写“业主书面申请”。河南的具体规定请向街道办事处核实，问清最少几户、附什么证明。",
        "“20%”说的是提议开临时会议，不是这件事。多签一些更稳妥，后面投票要三分之二（2/3）以上业主参加。",
    ], [new("民法典", "277", 1), new("指导规则（2009）", "9")], "setup.how-many")
    { Example = "比如900户的小区，后面投票至少要600户参加，一开始签的户数多，后面的路好走。" };

    private static string Amount(Calculation petition, long? heads, long? area) =>
        string.Join('、', new[] { heads is { } h ? $"{h}{petition.Unit}" : "", area is { } a ? new Area(a).ToString() : "" }.Where(part => part.Length > 0));
}
