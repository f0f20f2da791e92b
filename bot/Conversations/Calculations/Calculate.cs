using Outreach.Communities;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Calculators;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>
/// The calculators inside the dialogue: numbers from one sentence or asked for one after another, a number that cannot be asked back, the result with its ground.
/// A question or an emergency interrupts, 算了 ends it, a correction changes only what it names. It is forgotten after half an hour.
/// </summary>
/// <remarks>A result is an answer (kind <c>answer</c>), a question back without one a <c>clarification</c>: <c>form</c> is for sign-ups.</remarks>
internal sealed class Calculate(ServingKnowledge serving, CommunityDirectory directory, CityClock city)
{
    public const string Button = "帮我算一算";
    public const string Action = "calculate-vote";

    private const string Total = "全体";
    private const string Took = "参加";
    private const string Agreed = "同意";
    private const string Today = "今天";
    private const string GroupFormed = "筹备组成立了";
    private const int LongestAnswer = 24;       // characters; a longer message with a question in it is one

    private static readonly Intent[] ComeFirst =
    [
        Intent.Human, Intent.Complain, Intent.DataShow, Intent.DataErase, Intent.DataCorrect, Intent.DataWithdraw, Intent.PassOnWithdraw, Intent.OptOut, Intent.OptIn, Intent.SignUp,
    ];

    /// <summary>A message to the calculation that is open or was just given, or one that carries the numbers itself.</summary>
    public async Task<bool> TryAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (!turn.Thought.IsText)
            return false;
        var (text, today) = (turn.Text, city.DateOf(turn.Now));
        if (text == Button)
            return await StartAsync(turn, cancellationToken);
        if (CalculationWords.AsksCommitteeSize(text) && turn.State.Form is null or { Paused: true } && turn.Thought.Reply is not Answer)
        {
            await GiveAsync(turn, New(turn, CalculationTask.Committee), CommitteeWords.Rule(), cancellationToken);
            return true;
        }
        var (spoken, days) = (FigureReader.Read(text), SpokenDate.Read(text, today));
        var rich = CalculationWords.IsRich(text, spoken, days);
        if (turn.State.Calculation is { } open)
        {
            if (!open.IsAlive(turn.Now))
            {
                turn.State = turn.State with { Calculation = null };
                if (open.Asked is null || rich || spoken.All.Count == 0 || text.Length > LongestAnswer)
                    return rich && await BeginRichAsync(turn, spoken, days, cancellationToken);
                await turn.ReplyAsync(AnswerKind.Clarification, "隔得久了，刚才的数已经清掉。还要算吗？", cancellationToken, Button);
                return true;
            }
            if (await GoOnAsync(turn, open, spoken, days, rich, cancellationToken))
                return true;
        }
        return rich && await BeginRichAsync(turn, spoken, days, cancellationToken);
    }

    /// <summary>帮我算一算, 算算还差多少票, 排个时间表: asked for in words, with or without numbers.</summary>
    public async Task<bool> StartAsync(Turn turn, CancellationToken cancellationToken)
    {
        var asked = turn.Text == Button || turn.Meaning.Is(Intent.Calculate) || (CalculationWords.AsksToReckon(turn.Text) && turn.Meaning.Of(Intent.Calculate) >= .2f);
        if (!turn.Thought.IsText || !asked)
            return false;
        var (spoken, days) = (FigureReader.Read(turn.Text), SpokenDate.Read(turn.Text, city.DateOf(turn.Now)));
        var topic = turn.State.Topic is { } alive && alive.IsAlive(turn.Now) ? serving.Knowledge.Find(alive.ArticleId) : null;
        var task = turn.Text == Button && topic is not null ? TaskOf(topic)
            : spoken.All.Count == 0 && CalculationWords.AsksForDay(turn.Text) ? CalculationTask.Timeline
            : CalculationWords.TaskOf(turn.Text, spoken, days);
        if (task == CalculationTask.Committee && CommitteeSizeAsked(turn))
            return false;
        // Without a number the rule is the better answer, where there is one: 备案最晚哪天, 百分之二十怎么算.
        var explicitly = turn.Text == Button || CalculationWords.AsksToReckon(turn.Text) || CalculationWords.WantsPlan(turn.Text) || CalculationWords.StartsAgain(turn.Text);
        if (!explicitly && spoken.All.All(figure => figure.Portion is not null) && days.Count == 0 && turn.Thought.Reply is Answer && CommunityOf(turn) is not { Households: > 0 })
            return false;
        await BeginAsync(turn, task, turn.Text == Button ? topic : null, spoken, days, cancellationToken);
        return true;
    }

    /// <summary>The question that waits while something else was answered; null: none, or the result was given already.</summary>
    public static (string Line, IReadOnlyList<string> Buttons)? Waiting(ConversationState state, DateTimeOffset now) =>
        state.Calculation is { Asked: { } asked, ShownAt: null } open && open.IsAlive(now) ? ("接着算：" + QuestionOf(open, asked), ButtonsOf(asked)) : null;

    /// <summary>业委会该几个人 asks for the rule, which an article gives, unless a number is to be checked.</summary>
    private static bool CommitteeSizeAsked(Turn turn) =>
        turn.Thought.Reply is Answer && turn.Text != Button && CalculationWords.CommitteeFigures(New(turn, CalculationTask.Committee), turn.Text).Members is null;

    /// <summary>Whether the message can only be the number that was asked for.</summary>
    public static bool IsAnswered(Turn turn) => turn.Thought.IsText && turn.State.Calculation is { Asked: not null } open && open.IsAlive(turn.Now)
        && (CalculationWords.BareNumber(turn.Text) is not null || CalculationWords.IsOnlyNumbers(turn.Text));

    private async Task<bool> BeginRichAsync(Turn turn, SpokenFigures spoken, IReadOnlyList<NamedDay> days, CancellationToken cancellationToken)
    {
        if (turn.Meaning.Among(ComeFirst) is not (null or Intent.SignUp) || (turn.Thought.AlsoSignsUp && turn.State.Form is null))
            return false;
        var task = CalculationWords.TaskOf(turn.Text, spoken, days);
        // 67户里45户同意，行吗: who took part is missing; an article that answers goes before a question back.
        if (task == CalculationTask.Vote && turn.Thought.HasAnswer && !CalculationWords.AsksToReckon(turn.Text)
            && !spoken.Has(FigureRole.Present, FigureRole.Absent) && spoken.Has(FigureRole.For) && !spoken.Has(FigureRole.Against))
            return false;
        if (IsOfAnotherRule(turn, task, spoken))
            return false;
        await BeginAsync(turn, task, null, spoken, days, cancellationToken);
        return true;
    }

    /// <summary>The knowledge base is sure of an answer on other grounds than those that would be reckoned with, and the numbers alone do not settle it.</summary>
    private static bool IsOfAnotherRule(Turn turn, CalculationTask task, SpokenFigures spoken)
    {
        if (turn.Thought.Reply is not Answer { Parts.Count: 0, Elaboration: Elaboration.None } answer || CalculationWords.AsksToReckon(turn.Text))
            return false;
        string[] grounds = task switch
        {
            CalculationTask.Vote => spoken.Has(FigureRole.Present, FigureRole.Absent) && spoken.Has(FigureRole.For) ? [] : ["民法典278"],
            CalculationTask.Petition when CalculationWords.NamesTheFifth(turn.Text) => [],
            CalculationTask.Petition => ["物业管理条例13", "指导规则（2009）21", "指导规则（2009）44"],
            CalculationTask.Committee => ["指导规则（2009）31", "指导规则（2009）38", "指导规则（2009）46"],
            CalculationTask.Roll => ["区分所有权解释9", "区分所有权解释8"],
            CalculationTask.Timeline => [],
        };
        return grounds.Length > 0 && !answer.Article.Citations.Any(citation => grounds.Contains(citation.Canonical));
    }

    private async Task BeginAsync(Turn turn, CalculationTask task, Article? topic, SpokenFigures spoken, IReadOnlyList<NamedDay> days, CancellationToken cancellationToken)
    {
        var text = turn.Text;
        var lift = CalculationWords.IsLift(text) || topic?.Topic == "lift";
        var matter = topic ?? (turn.Thought.Reply is Answer { Parts.Count: 0, Elaboration: Elaboration.None } answer ? answer.Article : null);
        var begun = New(turn, task) with
        {
            IsLift = lift && task == CalculationTask.Vote,
            Kind = lift ? VoteKind.Major : CalculationWords.KindOf(text) ?? (matter is null ? null : KindOf(matter)),
            ArticleId = topic?.Id,
        };
        switch (task)
        {
            case CalculationTask.Petition when CalculationWords.IsApplication(text):
                await GiveAsync(turn, begun, PetitionWords.ForApplication(), cancellationToken);
                break;
            case CalculationTask.Vote or CalculationTask.Petition:
                begun = WithTotals(turn, begun, spoken);
                await TakeAsync(turn, begun, spoken, cancellationToken);
                break;
            case CalculationTask.Committee:
                await CommitteeAsync(turn, CalculationWords.CommitteeFigures(begun, text), cancellationToken);
                break;
            case CalculationTask.Roll:
                await RollAsync(turn, begun with { Homes = RollWords.Read(text) }, cancellationToken);
                break;
            case CalculationTask.Timeline:
                if (days.Count == 0 && !CalculationWords.WantsPlan(text) && SpokenDate.EventIn(text) is { } what)
                {
                    var asking = begun with { Asked = CalculationQuestion.Day, Days = new(what, city.DateOf(turn.Now)) };
                    await AskAsync(turn, asking, QuestionOf(asking, CalculationQuestion.Day), cancellationToken);
                }
                else
                    await TimelineAsync(turn, begun with { Days = StageOf(turn) }, days, cancellationToken);
                break;
        }
    }

    /// <summary>False: the message is about something else, and the calculation waits.</summary>
    private async Task<bool> GoOnAsync(Turn turn, Calculation open, SpokenFigures spoken, IReadOnlyList<NamedDay> days, bool rich, CancellationToken cancellationToken)
    {
        var text = turn.Text;
        var isTopic = open.ShownAt is { } shown && turn.State.Topic is { } topic && topic.IsAlive(turn.Now) && topic.At == shown;
        if (isTopic && await ElaborateAsync(turn, open, cancellationToken))
            return true;
        if (turn.State.Form is { Paused: false } && !rich)
            return false;       // the form asked last
        if (open.Asked is not null && (CalculationWords.Stops(text) || (text.Length <= 8 && turn.Meaning.Among(Intent.FormCancel) is not null)))
        {
            turn.State = turn.State with { Calculation = null };
            await turn.ReplyAsync(AnswerKind.Smalltalk, "好，不算了。想算再说“帮我算一算”。", cancellationToken);
            return true;
        }
        if (CalculationWords.StartsAgain(text) && (open.Asked is not null || isTopic))
        {
            await BeginAsync(turn, open.Task, open.ArticleId is { } id ? serving.Knowledge.Find(id) : null, new([], null), [], cancellationToken);
            return true;
        }
        // 8个人 answers how many members there are, however much it sounds like asking for a person.
        var isNumber = IsAnswered(turn);
        if (!isNumber && turn.Thought.Choice is null && turn.Meaning.Among(ComeFirst) is not (null or Intent.SignUp or Intent.DataCorrect))
            return false;
        var goesOn = open.Asked is not null || isTopic;
        return open.Task switch
        {
            CalculationTask.Vote or CalculationTask.Petition => await GoOnCountingAsync(turn, open, spoken, goesOn, rich, cancellationToken),
            CalculationTask.Committee => await GoOnWithCommitteeAsync(turn, open, goesOn, rich, cancellationToken),
            CalculationTask.Roll => !rich && goesOn && RollWords.Read(text) is { } homes && await RollAsync(turn, open with { Homes = homes }, cancellationToken),
            CalculationTask.Timeline => !rich && goesOn && await GoOnWithDaysAsync(turn, open, days, cancellationToken),
        };
    }

    private async Task<bool> GoOnCountingAsync(Turn turn, Calculation open, SpokenFigures spoken, bool goesOn, bool rich, CancellationToken cancellationToken)
    {
        var text = turn.Text;
        if (!goesOn && !(CalculationWords.Corrects(text) && spoken.All.Any(figure => figure.Role is not null)))
            return false;
        if (open is { Asked: CalculationQuestion.Which, Pending: { } pending } && text is Total or Took or Agreed)
        {
            var role = text switch { Total => FigureRole.All, Took => FigureRole.Present, _ => FigureRole.For };
            await AdvanceAsync(turn, open with { Asked = null, Pending = null, Heads = open.Heads.With(role, pending) }, cancellationToken);
            return true;
        }
        if (text == VoteWords.NoArea || (open.Asked is CalculationQuestion.Areas or CalculationQuestion.All or CalculationQuestion.Present or CalculationQuestion.For && CalculationWords.DoesNotKnow(text)))
            return await WithoutAsync(turn, open, cancellationToken);
        if (open.Task == CalculationTask.Vote && spoken.All.Count == 0 && text.Length <= LongestAnswer && CalculationWords.KindOf(text) is { } kind
            && (open.Asked == CalculationQuestion.Matter || text is VoteWords.Ordinary or VoteWords.Major || !turn.Thought.HasAnswer || CalculationWords.Corrects(text)))
        {
            await AdvanceAsync(turn, open with { Kind = kind, IsLift = CalculationWords.IsLift(text) }, cancellationToken);
            return true;
        }
        if (spoken.All.Count == 0)
        {
            if (open.ShownAt is null || !CalculationWords.AsksMissing(text) || text.Length > LongestAnswer)
                return false;
            await AdvanceAsync(turn, open, cancellationToken);
            return true;
        }
        // A new sentence with its own total is a new vote; anything else changes the open one.
        if (rich && spoken.Has(FigureRole.All) && open.Asked is null && !CalculationWords.Corrects(text))
            return false;
        if (rich && CalculationWords.TaskOf(text, spoken, []) is var task && task != open.Task)
            return false;
        if (!spoken.All.Any(figure => figure.Role is not null) && FormQuestions.LooksLikeQuestion(text) && turn.Thought.HasAnswer && !CalculationWords.Corrects(text))
            return false;
        // The result was given: what does a bare number correct?
        if ((open.Asked is null || (open.ShownAt is not null && CalculationWords.Corrects(text) && spoken.All is [{ HasUnit: false }]))
            && spoken.All.All(figure => figure.Role is null) && !spoken.All.Any(figure => figure.IsMore))
        {
            if (!CalculationWords.Corrects(text) || spoken.All is not [{ Flaw: FigureFlaw.None or FigureFlaw.Approximate, Measure: Measure.Owners } bare])
                return false;
            await AskAsync(turn, open with { Asked = CalculationQuestion.Which, Pending = bare.Value }, $"{bare.Said}是哪个数？", cancellationToken, Total, Took, Agreed);
            return true;
        }
        await TakeAsync(turn, open, spoken, cancellationToken);
        return true;
    }

    /// <summary>The area is not known, or the number that was asked for is not.</summary>
    private async Task<bool> WithoutAsync(Turn turn, Calculation open, CancellationToken cancellationToken)
    {
        if (turn.Text == VoteWords.NoArea || open.Asked == CalculationQuestion.Areas || (open.AskedMeasure == Measure.Area && open.Heads.All is not null) || turn.Text.Contains("面积", StringComparison.Ordinal))
        {
            await AdvanceAsync(turn, open with { WithoutArea = true, Asked = null }, cancellationToken);
            return true;
        }
        var where = open.Asked == CalculationQuestion.All
            ? "总户数可以问物业、社区，也可以看筹备组核实的名单。有了数再来，说“帮我算一算”就行。"
            : "以筹备组、业委会公告的数为准。有了数再来，说“帮我算一算”就行。";
        turn.State = turn.State with { Calculation = null };
        await turn.ReplyAsync(AnswerKind.Clarification, where, cancellationToken);
        return true;
    }

    private async Task TakeAsync(Turn turn, Calculation open, SpokenFigures spoken, CancellationToken cancellationToken)
    {
        var taken = CountFigures.Take(open with { LastAt = turn.Now, Unit = spoken.Unit ?? open.Unit }, spoken);
        var counted = taken.Calculation with
        {
            Kind = CalculationWords.IsLift(turn.Text) ? VoteKind.Major : CalculationWords.KindOf(turn.Text) ?? taken.Calculation.Kind,
            IsLift = taken.Calculation.IsLift || (open.Task == CalculationTask.Vote && CalculationWords.IsLift(turn.Text)),
        };
        if (taken.Problem is { } problem)
            await AskAsync(turn, counted with { Asked = CalculationQuestion.Correction, AskedRole = problem.Role, AskedMeasure = problem.Measure }, problem.Question, cancellationToken);
        else
            await AdvanceAsync(turn, counted, cancellationToken);
    }

    private async Task AdvanceAsync(Turn turn, Calculation open, CancellationToken cancellationToken)
    {
        open = open with { LastAt = turn.Now, AskedRole = null };
        if (VoteSheet.FindImpossible(open) is { } impossible)
        {
            await AskAsync(turn, open with { Asked = CalculationQuestion.Correction, AskedRole = impossible.Role, AskedMeasure = impossible.Measure }, impossible.Question, cancellationToken);
            return;
        }
        var result = open.Task == CalculationTask.Petition ? PetitionWords.Say(open)
            : IsWorthSaying(turn, open) ? VoteWords.Say(open) : null;
        if (result is not null)
        {
            await GiveAsync(turn, open, result, cancellationToken);
            return;
        }
        var question = open.Heads.All is null && open.Areas.All is null ? CalculationQuestion.All
            : open.Heads.Voted is null && open.Areas.Voted is null ? CalculationQuestion.Present : CalculationQuestion.For;
        await AskAsync(turn, open with { Asked = question, AskedMeasure = Measure.Owners }, QuestionOf(open, question), cancellationToken);
    }

    /// <summary>The thresholds alone are an answer where they were asked for, or where the totals were known beforehand; else the next number is asked for.</summary>
    private static bool IsWorthSaying(Turn turn, Calculation open)
    {
        var hasVoted = (open.Heads.Voted ?? open.Areas.Voted) is not null;
        return hasVoted || ((open.Heads.For ?? open.Areas.For) is null && (open.TotalsOf is not null || CalculationWords.AsksThreshold(turn.Text)) && open.ShownAt is null);
    }

    private async Task<bool> GoOnWithCommitteeAsync(Turn turn, Calculation open, bool goesOn, bool rich, CancellationToken cancellationToken)
    {
        if (!goesOn || (rich && !CalculationWords.IsOfCommittee(turn.Text)))
            return false;
        var heard = CalculationWords.CommitteeFigures(open, turn.Text);
        if (heard == open && CalculationWords.BareNumber(turn.Text) is { } bare && (open.Asked is not null || CalculationWords.Corrects(turn.Text)))
            heard = (open.AskedRole ?? (open.Asked switch { CalculationQuestion.Present => FigureRole.Present, CalculationQuestion.For => FigureRole.For, _ => null })) switch
            {
                FigureRole.Present => open with { MembersPresent = bare },
                FigureRole.For => open with { MembersFor = bare },
                FigureRole.Left => open with { MembersLeft = bare },
                _ => open with { Members = bare },
            };
        if (heard == open)
            return false;
        await CommitteeAsync(turn, heard, cancellationToken);
        return true;
    }

    private async Task CommitteeAsync(Turn turn, Calculation committee, CancellationToken cancellationToken)
    {
        if (CommitteeWords.FindImpossible(committee) is { } impossible)
        {
            var role = committee.MembersLeft > committee.Members ? FigureRole.Left : committee.MembersPresent > committee.Members ? FigureRole.Present
                : committee.MembersFor > (committee.MembersPresent ?? committee.Members) ? FigureRole.For : FigureRole.All;
            await AskAsync(turn, committee with { Asked = CalculationQuestion.Correction, AskedRole = role }, impossible, cancellationToken);
        }
        else if (CommitteeWords.Say(committee) is { } result)
            await GiveAsync(turn, committee, result, cancellationToken);
        else
            await AskAsync(turn, committee with { Asked = CalculationQuestion.Members }, QuestionOf(committee, CalculationQuestion.Members), cancellationToken);
    }

    private async Task<bool> RollAsync(Turn turn, Calculation roll, CancellationToken cancellationToken)
    {
        if (roll.Homes is not { } homes)
            await AskAsync(turn, roll with { Asked = CalculationQuestion.Homes }, QuestionOf(roll, CalculationQuestion.Homes), cancellationToken);
        else if (RollWords.FindImpossible(homes) is { } impossible)
            await AskAsync(turn, roll with { Asked = CalculationQuestion.Homes, Homes = null }, impossible, cancellationToken);
        else
            await GiveAsync(turn, roll, RollWords.Say(homes), cancellationToken);
        return true;
    }

    private async Task<bool> GoOnWithDaysAsync(Turn turn, Calculation open, IReadOnlyList<NamedDay> days, CancellationToken cancellationToken)
    {
        if (days.Count == 0)
        {
            if (turn.Text != GroupFormed && !(open.Asked == CalculationQuestion.Day && SpokenDate.EventIn(turn.Text) is not null && !turn.Thought.HasAnswer))
                return false;
            var what = SpokenDate.EventIn(turn.Text) ?? TimelineEvent.GroupFormed;
            var asked = open with { Asked = CalculationQuestion.Day, Days = new(what, city.DateOf(turn.Now)) };
            await AskAsync(turn, asked, QuestionOf(asked, CalculationQuestion.Day), cancellationToken, Today);
            return true;
        }
        if (days[0].Event is null && open.Asked is null && !CalculationWords.Corrects(turn.Text))
            return false;
        await TimelineAsync(turn, open, days, cancellationToken);
        return true;
    }

    private async Task TimelineAsync(Turn turn, Calculation timeline, IReadOnlyList<NamedDay> days, CancellationToken cancellationToken)
    {
        var today = city.DateOf(turn.Now);
        if (days.FirstOrDefault(day => day.Day is null) is { } impossible)
        {
            await AskAsync(turn, timeline with { Asked = CalculationQuestion.Day }, $"“{impossible.Said}”没有这一天。是哪天？", cancellationToken);
            return;
        }
        if (days.Count > 1 && Contradiction(days) is { } contradiction)
        {
            await AskAsync(turn, timeline with { Asked = CalculationQuestion.Day }, contradiction, cancellationToken);
            return;
        }
        var named = days.FirstOrDefault(day => day.Event is not null) ?? (days.Count > 0 ? days[0] : null);
        var asked = named is { Day: { } day } ? new TimelineAsked(named.Event ?? (timeline.Days is { From: not TimelineEvent.Today and var from } ? from : TimelineEvent.Applied), day) : timeline.Days ?? new(TimelineEvent.Today, today);
        await GiveAsync(turn, timeline with { Days = asked }, TimelineWords.Say(asked, today, serving.Knowledge.Sources), cancellationToken);
    }

    private static string? Contradiction(IReadOnlyList<NamedDay> days)
    {
        DateOnly? Of(TimelineEvent what) => days.FirstOrDefault(day => day.Event == what)?.Day;
        return TimelinePlanner.FindImpossible(new(days[0].Day!.Value, Of(TimelineEvent.Applied), Of(TimelineEvent.GroupFormed), Of(TimelineEvent.Meeting), Of(TimelineEvent.Elected)));
    }

    /// <summary>详细点, 说简单点, 依据是什么, 举个例子 of the result that was just given.</summary>
    private async Task<bool> ElaborateAsync(Turn turn, Calculation shown, CancellationToken cancellationToken)
    {
        var wanted = CalculationWords.WantsExample(turn.Text) ? (Elaboration?)null : turn.Thought.Reply is Answer { Elaboration: not Elaboration.None and var form } ? form : Elaboration.None;
        if (wanted == Elaboration.None || ResultOf(turn, shown) is not { } result)
            return false;
        var text = wanted switch
        {
            Elaboration.Longer => WithGround(result.Longer, result.Grounds),
            Elaboration.Simpler => WithGround(result.Verdict, result.Grounds),
            Elaboration.Grounds => GroundsOf(result),
            _ => result.Example.Length > 0 ? WithGround(result.Example, result.Grounds) : WithGround(result.Text, result.Grounds),
        };
        await ReplyAsync(turn, shown, result, text, wanted == Elaboration.Grounds ? [] : ["依据是什么"], cancellationToken);
        return true;
    }

    private Reckoned? ResultOf(Turn turn, Calculation shown) => shown.Task switch
    {
        CalculationTask.Vote => VoteWords.Say(shown),
        CalculationTask.Petition => PetitionWords.Say(shown) ?? (shown.ShownAt is null ? null : PetitionWords.ForApplication()),
        CalculationTask.Committee => CommitteeWords.Say(shown),
        CalculationTask.Roll => shown.Homes is { } homes ? RollWords.Say(homes) : null,
        CalculationTask.Timeline => shown.Days is { } days ? TimelineWords.Say(days, city.DateOf(turn.Now), serving.Knowledge.Sources) : null,
    };

    private string GroundsOf(Reckoned result)
    {
        var lines = result.Grounds.GroupBy(citation => citation.Source, StringComparer.Ordinal).Select(group => "· " + serving.Knowledge.Sources.Describe(group.Key, group));
        var verified = serving.Knowledge.Find(result.ArticleId) is { } article && article.VerifiedOn != default
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\n核对日期：{article.VerifiedOn.Year}年{article.VerifiedOn.Month}月{article.VerifiedOn.Day}日") : "";
        return "依据：\n" + string.Join('\n', lines) + verified;
    }

    private async Task GiveAsync(Turn turn, Calculation done, Reckoned result, CancellationToken cancellationToken)
    {
        done = done with { Asked = result.Asks, AskedRole = null, AskedMeasure = result.Asks == CalculationQuestion.Areas ? Measure.Area : Measure.Owners, LastAt = turn.Now, Pending = null };
        // The article that the words ask for, where its rule is the one reckoned with.
        if (done.ArticleId is null && turn.Thought.Reply is Answer { Parts.Count: 0, Elaboration: Elaboration.None } answer && answer.Article.Citations.Any(citation => result.Grounds.Any(ground => ground.Canonical == citation.Canonical)))
            done = done with { ArticleId = answer.Article.Id };
        await ReplyAsync(turn, done, result, WithGround(result.Text, result.Grounds), result.Buttons, cancellationToken);
    }

    private async Task ReplyAsync(Turn turn, Calculation done, Reckoned result, string text, IReadOnlyList<string> buttons, CancellationToken cancellationToken)
    {
        var article = serving.Knowledge.Find(done.ArticleId ?? result.ArticleId) ?? serving.Knowledge.Find(result.ArticleId);
        List<Citation> citations = [.. result.Grounds.Concat(article?.Id == done.ArticleId ? article?.Citations ?? [] : []).DistinctBy(citation => citation.Canonical)];
        await turn.ReplyAsync(new()
        {
            Kind = AnswerKind.Answer,
            Text = text,
            ArticleId = article?.Id,
            Citations = [.. citations.Select(citation => AnswerCitation.Of(citation, serving.Knowledge.Sources))],
            Confidence = 1,
            Suggestions = buttons,
            Actions = [Action],
        }, Shown.AsText with { Sources = article is null ? [] : SourceNotes.Of([article with { Citations = citations }], serving.Knowledge.Sources) }, cancellationToken);
        turn.State = turn.State with
        {
            Calculation = done with { ShownAt = turn.Now, LastAt = turn.Now },
            Topic = article is null ? null : new(article.Id, turn.Now, -1),
            Misses = 0,
        };
        turn.IsCalculating = true;
    }

    private static async Task AskAsync(Turn turn, Calculation open, string question, CancellationToken cancellationToken, params string[] buttons)
    {
        await turn.ReplyAsync(AnswerKind.Clarification, question, cancellationToken, buttons.Length > 0 || open.Asked is null ? buttons : [.. ButtonsOf(open.Asked.Value)]);
        turn.State = turn.State with
        {
            Calculation = open with { LastAt = turn.Now, ShownAt = null },
            Form = turn.State.Form is { } form ? form with { Paused = true } : null,
            Misses = 0,
        };
        turn.IsCalculating = true;
    }

    private static string QuestionOf(Calculation open, CalculationQuestion question)
    {
        var area = !open.WithoutArea && (open.Areas.All is not null || open.Heads.All is null) ? "、多少平方米" : "";
        return question switch
        {
            CalculationQuestion.All => $"小区一共多少{open.Unit}、多少平方米？不知道面积就只说{(open.Unit == "户" ? "户数" : "人数")}。",
            CalculationQuestion.Present => $"参加投票的有多少{open.Unit}{area}？同意、反对、弃权都算参加。",
            CalculationQuestion.For => $"同意的有多少{open.Unit}{area}？",
            CalculationQuestion.Matter => "是普通事项，还是重大事项？",
            CalculationQuestion.Areas => "全体、参加、同意的面积各是多少平方米？",
            CalculationQuestion.Correction => "刚才那个数，正确的是多少？",
            CalculationQuestion.Which => "刚才那个数是全体、参加还是同意的？",
            CalculationQuestion.Members => "业委会一共几名委员？",
            CalculationQuestion.Homes => "一共多少套？其中开发商没卖没交付的、一人有几套的，各多少套？",
            CalculationQuestion.Day => open.Days?.From switch
            {
                TimelineEvent.Applied => "书面申请是哪天递的？",
                TimelineEvent.Meeting => "业主大会定在哪天？",
                TimelineEvent.Elected => "业委会是哪天选出来的？",
                TimelineEvent.Notice => "公告、通知哪天办完？",
                TimelineEvent.Termination => "书面通知物业是哪天？",
                TimelineEvent.GroupFormed => "筹备组是哪天成立的？",
                TimelineEvent.Today or null => "从哪天算起？",
            },
        };
    }

    private static IReadOnlyList<string> ButtonsOf(CalculationQuestion question) => question switch
    {
        CalculationQuestion.Matter => [VoteWords.Ordinary, VoteWords.Major],
        CalculationQuestion.Areas => [VoteWords.NoArea],
        CalculationQuestion.Which => [Total, Took, Agreed],
        CalculationQuestion.Day => [Today],
        _ => [],
    };

    private static Calculation New(Turn turn, CalculationTask task) => new() { Task = task, LastAt = turn.Now, Unit = "户" };

    /// <summary>The households and the area of the owner's community stand in for totals that were not said.</summary>
    private Calculation WithTotals(Turn turn, Calculation begun, SpokenFigures spoken)
    {
        if (CommunityOf(turn) is not { Households: > 0 and var households } community || CalculationWords.IsPart(turn.Text))
            return begun;
        var heads = CountFigures.SpokenTotal(spoken, Measure.Owners);
        if (heads is not null && heads != households)
            return begun;       // the owner counts something else
        return begun with
        {
            Heads = begun.Heads with { All = households },
            Areas = begun.Areas with { All = CountFigures.SpokenTotal(spoken, Measure.Area) is null && community.FloorArea > 0 ? community.FloorArea : null },
            TotalsOf = heads is null || community.FloorArea > 0 ? community.Name : null,
        };
    }

    private TimelineAsked? StageOf(Turn turn) => CommunityOf(turn) is { StageSince: { } since } community
        ? community.Stage switch
        {
            CommunityStage.Applied => new(TimelineEvent.Applied, since, community.Name),
            CommunityStage.PreparatoryGroup => new(TimelineEvent.GroupFormed, since, community.Name),
            CommunityStage.Elected => new(TimelineEvent.Elected, since, community.Name),
            CommunityStage.None or CommunityStage.GatheringInterest or CommunityStage.FirstMeeting or CommunityStage.Filed or CommunityStage.TermOver or CommunityStage.ManagementCommittee => null,
        }
        : null;

    private DirectoryCommunity? CommunityOf(Turn turn) =>
        directory.FindInText(turn.Text).FirstOrDefault(mention => mention.Match.Kind == MatchKind.One)?.Match.Community ?? (turn.Contact.CommunityId is { } id ? directory.Find(id) : null);

    private static CalculationTask TaskOf(Article topic) => topic.Id switch
    {
        "meeting.interim-share" or "meeting.interim" or "recall.who-proposes" or "recall.petition" => CalculationTask.Petition,
        "duties.meeting-quorum" or "members.number" or "recall.under-half" or "recall.vacancy" => CalculationTask.Committee,
        "owners.several" or "owners.headcount" or "owners.developer" => CalculationTask.Roll,
        _ => CalculationTask.Vote,
    };

    private static VoteKind? KindOf(Article topic) => topic.Id switch
    {
        "voting.major" or "voting.rebuild" or "repair.raise" or "income.vote" or "parking.green-to-parking" or "parking.ground-fee" => VoteKind.Major,
        "voting.ordinary" or "voting.other" or "repair.use" or "fees.raise" or "voting.elect" or "lift.replace" => VoteKind.Ordinary,
        _ => topic.Topic switch { "hiring" or "recall" => VoteKind.Ordinary, "lift" => VoteKind.Major, _ => null },
    };

    private string WithGround(string text, IReadOnlyList<Citation> grounds) => serving.Knowledge.Sources.GroundLine(grounds) is { Length: > 0 } line ? $"{text}\n{line}" : text;
}
