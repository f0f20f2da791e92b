namespace Outreach.Conversations;

/// <summary>What comes before everything else: an emergency gets the number to call, a wrong wish a calm no and the right way.</summary>
internal sealed class Safety(Handovers handovers)
{
    private static readonly Intent[] Emergencies = [Intent.Fire, Intent.Gas, Intent.Lift, Intent.Injury, Intent.Violence, Intent.SelfHarm];
    private static readonly Intent[] Refused = [Intent.OthersData, Intent.Forgery, Intent.VoteBuying, Intent.Smear, Intent.Injection];

    /// <summary>The emergency that a message tells of, by the whole or by one clause of it; null: none.</summary>
    public static Intent? EmergencyIn(Meaning meaning)
    {
        if (meaning.Normalised is not ("110" or "119" or "120") && !meaning.Normalised.Any(char.IsLetter))
            return null;        // other figures alone tell of nothing
        if (meaning.Together(.45f, Emergencies) is { } whole)
            return whole;
        // A clause in a message that as a whole asks about rules must be very clear: 去年楼上着火了，维修资金能用吗.
        return meaning.AnywhereAmong(meaning.Of(Intent.Question) >= .6f ? .8f : .5f, Emergencies);
    }

    /// <summary>What must not be done, as the whole message or one clear clause of it wants it; null: nothing of that.</summary>
    public static Intent? RefusedIn(Meaning meaning) =>
        meaning.Together(.4f, Refused) ?? (meaning.Of(Intent.Question) < .6f ? meaning.AnywhereAmong(.75f, Refused) : null);

    public async Task<bool> AnswerEmergencyAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (EmergencyIn(turn.Meaning) is not { } emergency)
            return false;
        if (emergency == Intent.SelfHarm)
            turn.Handover = await handovers.RequestAsync(turn.Db, turn.Conversation.Id, turn.Contact.CommunityId, Urgency.Urgent, cancellationToken);
        await turn.ReplyAsync(AnswerKind.Safety, TextOf(emergency), cancellationToken);
        return true;
    }

    public static async Task<bool> RefuseAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (RefusedIn(turn.Meaning) is not { } refused)
            return false;
        await turn.ReplyAsync(AnswerKind.Safety, TextOf(refused), cancellationToken);
        return true;
    }

    /// <summary>At most 60 characters for an emergency, 80 for a refusal. The number is in the first sentence.</summary>
    internal static string TextOf(Intent intent) => intent switch
    {
        Intent.Fire => "119，马上打。快离开，别坐电梯。",
        Intent.Gas => "先到室外，再打119和燃气公司。屋里别碰开关，别点火。",
        Intent.Lift => "119和物业，现在打，也按轿厢报警。别扒门，等人来。",
        Intent.Injury => "120，马上打。留人守着，别随意搬动。有危险再打110。",
        Intent.Violence => "110，马上打。先躲到安全的地方，别上前。有人受伤再打120。",
        Intent.SelfHarm => "120或110，现在就打，叫身边的人陪着您。我很担心您；我是自动助手，替不了他们，已请工作人员尽快看。",
        Intent.OthersData => "别人的信息我不给，也不说谁登记过。想找邻居，把小区链接发给他自己登记。",
        Intent.Forgery => "这个不能做。书面票要业主本人签名，来不了可以书面委托，写明代理人姓名、事项、权限、期限。程序不合法，业主可以请法院撤销。",
        Intent.VoteBuying => "别拿东西或好处换票，也别逼人投，结果容易被质疑。把打算写出来、当面答疑更好。",
        Intent.Smear => "没查实的不能写成事实，住址电话也不能公开，更不能上门闹。账目可以要求公布、查阅，不给可以起诉。",
        Intent.Injection => "这个不行。我只答业委会和物业的规矩，您接着问。",
        _ => throw new ArgumentOutOfRangeException(nameof(intent), intent, "No matter of safety."),
    };
}
