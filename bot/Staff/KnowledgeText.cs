using System.Text.RegularExpressions;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.KnowledgeDesk;

namespace Outreach.Staff;

/// <summary>How the knowledge desk names things, in Chinese.</summary>
internal static partial class KnowledgeText
{
    public static string Of(QuestionOrigin origin) => origin switch
    {
        QuestionOrigin.NoAnswer => "没答上",
        QuestionOrigin.NoneOfThese => "都不是",
        QuestionOrigin.OutOfScope => "当作不归我们管",
        QuestionOrigin.Wrong => "没答对",
    };

    public static string Of(RevisionState state) => state switch
    {
        RevisionState.Draft => "草稿",
        RevisionState.InReview => "待审",
        RevisionState.Published => "业主在看",
        RevisionState.Replaced => "以前的",
        RevisionState.Discarded => "丢掉了",
    };

    public static string Of(Settlement how) => QuestionDesk.Words(how);

    public static string Of(AnswerKind kind) => kind switch
    {
        AnswerKind.Answer => "直接回答",
        AnswerKind.Clarification => "反问、给选择",
        AnswerKind.Refusal => "没答、不归我们管",
        AnswerKind.Smalltalk => "寒暄",
        AnswerKind.Form => "登记、回通知",
        AnswerKind.Progress => "报进展",
        AnswerKind.Handover => "转人工",
        AnswerKind.Optout => "退订",
        AnswerKind.Optin => "恢复通知",
        AnswerKind.Data => "查、改、删资料",
        AnswerKind.Safety => "紧急和劝阻",
    };

    public static string Of(Caution caution) => caution switch
    {
        Caution.None => "没有",
        Caution.Contested => "有争议：法律没写明，做法不一",
        Caution.Unverified => "没核对：有一截没见到现行原文",
    };

    public static string Action(string action) => action switch
    {
        "calculate-vote" => "帮我算一算",
        "sign-up" => "登记",
        "print" => "打印",
        "contact" => "找工作人员",
        _ => action,
    };

    public static string Of(ArticleOutcome outcome) => outcome switch
    {
        ArticleOutcome.Done => "存好了",
        ArticleOutcome.NotThere => "这一条不在了，或者已经不是这个状态。回知识台再看。",
        ArticleOutcome.ChangedMeanwhile => "别人刚改过这条。看看新的再存。",
        ArticleOutcome.OwnWork => "要另一个人审核，自己写的不能自己审。",
        ArticleOutcome.MayNot => "发布要由全市一级的同事来做。",
        ArticleOutcome.HasErrors => "还有错误没改，改好再送。",
        ArticleOutcome.NotChecked => "还没算完哪些回答会变，等算完再发布。",
        ArticleOutcome.NothingChanged => "和业主现在看到的一样，没有要送审的。",
    };

    /// <summary>What the bot does with a question, for staff.</summary>
    public static string Of(Reply reply) => reply switch
    {
        Answer => "直接回答",
        Clarification => "拿不准，给几个问题让业主选",
        Refusal { Reason: RefusalReason.OutOfScope } => "当作不归我们管，告诉业主找谁",
        _ => "没有把握，记下来请工作人员补",
    };

    /// <summary>What an outcome of the regression set says: an article's question, a choice, a refusal.</summary>
    public static string Given(string? given, KnowledgeBase knowledge) => given switch
    {
        null => "没有这种问法",
        Outcome.Choice => "给几个问题让业主选",
        Outcome.Refused => "不答",
        _ => knowledge.Find(given)?.Question ?? given,
    };

    /// <summary>A redacted text as a wording: without the placeholders that stand for what was taken out.</summary>
    public static string Wording(string redacted) => Placeholders().Replace(redacted, "").Trim();

    [GeneratedRegex(@"\[[^\[\]]{1,8}\]", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholders();
}
