using System.Globalization;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>
/// The sign-up: community and wish, the first consent, name, room and phone, the second consent; in any order or all from one sentence, at most four questions.
/// Before the first consent what was said stands in the form alone; when everything is known the lead is stored, before the second consent is asked, so that it cannot get lost.
/// </summary>
internal sealed class RegisterInterest(SignUpReader reader, LeadIntake intake, ConsentTexts consents, CommunityDirectory directory, FormQuestions questions)
{
    public const string Continue = "接着弄";
    public const string Stop = "不弄了";
    public const string Agree = "同意";
    public const string Decline = "不同意";
    public const string PassOnYes = "同意转交";
    public const string PassOnNo = "不转交";

    public static string[] WishButtons { get; } = ["支持成立", "加入筹备组", "参选委员", "只想了解"];

    private static readonly TimeSpan DraftLives = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ReminderAfter = TimeSpan.FromHours(24);

    /// <summary>Opens a form when the message wants to sign up, or says why not.</summary>
    public async Task<bool> StartAsync(Turn turn, CancellationToken cancellationToken)
    {
        switch (turn.Meaning.Among(Intent.SignUp, Intent.SignUpRefuse, Intent.SignUpOther, Intent.SignUpTenant, Intent.SignUpAbout))
        {
            case Intent.SignUp when IsBareCommunity(turn.Text):
                return false;
            case Intent.SignUp:
                await BeginAsync(turn, LeadRole.Owner, cancellationToken);
                return true;
            case Intent.SignUpTenant:
                HideAll(turn);
                await turn.ReplyAsync(AnswerKind.Form, "投票、参选是业主的权利；业主书面委托，您可以代投。表态支持要房东本人来，您可以登记“只想了解”。", cancellationToken, "只想了解");
                turn.Await(WaitingFor.SignUpAsTenant);
                return true;
            case Intent.SignUpOther:
                HideAll(turn);
                await turn.ReplyAsync(AnswerKind.Form, OthersText(turn), cancellationToken, "只想了解");
                turn.Await(WaitingFor.SignUpAsFamily);
                return true;
            case Intent.SignUpRefuse:
                await turn.ReplyAsync(AnswerKind.Form, "好，不登记，什么都没记。照样能提问、看进展。", cancellationToken);
                return true;
            case Intent.SignUpAbout:
                await turn.ReplyAsync(AnswerKind.Answer, AboutSignUp.TextFor(turn.Text), cancellationToken, turn.State.Form is null ? [Says.SignUp] : []);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Opens the form without a word: another answer comes first and the form's question after it.</summary>
    public void OpenQuietly(Turn turn)
    {
        if (turn.State.Form is not null)
            return;
        var words = ReadAndHide(turn, SignUpField.None);
        var form = Take(NewForm(turn, words, LeadRole.Owner), words);
        questions.ForCommunityAndWish(ref form);
        Keep(turn, form);
    }

    /// <summary>A community, a wish and perhaps the rest in one sentence are a sign-up, whatever else the words resemble.</summary>
    public async Task<bool> StartFromFieldsAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.State.Form is not null || Asks(turn) || (turn.Meaning.Is(Intent.SignUpOther) && !SpeaksOfSelf(turn.Text))
            || turn.Meaning.Among(Intent.SignUpTenant, Intent.SignUpRefuse, Intent.ProgressCommunity, Intent.ProgressMine, Intent.DataWithdraw, Intent.DataErase) is not null)
            return false;
        var words = reader.Read(turn.Text, SignUpField.None);
        if (words.HasDetails && words is { Communities.Count: 0, UnknownCommunity: null, Wishes: Wishes.None } && IsOnlyDetails(turn.Text, words)
            && !turn.IsWaitingFor(WaitingFor.Correction) && (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Count == 0)
        {
            Hide(turn, words);
            await turn.ReplyAsync(AnswerKind.Form, "现在没有在登记，这些我没记。要登记吗？", cancellationToken, Says.SignUp);
            return true;
        }
        if (words.Communities.Count == 0 || words.Wishes is Wishes.None or Wishes.JustInformed || (!words.HasDetails && turn.Meaning.Top is not (Intent.SignUp or Intent.DataCorrect)))
            return false;
        await BeginAsync(turn, LeadRole.Owner, cancellationToken);
        return true;
    }

    /// <summary>只想了解 after the word for tenants and families.</summary>
    public async Task<bool> StartAsInformedAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.Text != "只想了解" || turn.State.Form is not null)
            return false;
        var role = turn.IsWaitingFor(WaitingFor.SignUpAsTenant) ? LeadRole.Tenant : turn.IsWaitingFor(WaitingFor.SignUpAsFamily) ? LeadRole.Family : LeadRole.Owner;
        await BeginAsync(turn, role, cancellationToken);
        return true;
    }

    /// <summary>A message while a form is open: an answer, a correction, a word of control. False: something else, the form waits.</summary>
    public async Task<bool> AnswerAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (turn.State.Form is not { } form)
            return false;
        if (form.CollectGivenAt is null && turn.Now - form.LastAt > DraftLives)
        {
            turn.State = turn.State with { Form = null, Waiting = null };
            turn.DueAt = null;
            if (SaysYes.Agrees(turn.Text) || turn.Meaning.Among(Intent.FormContinue, Intent.FormSkip) is not null)
            {
                await turn.ReplyAsync(AnswerKind.Form, "隔得久了，刚才说的已经清掉。还要登记吗？", cancellationToken, Says.SignUp);
                return true;
            }
            return false;
        }
        if (await ControlAsync(turn, form, cancellationToken))
            return true;
        return form.Step switch
        {
            FormStep.CommunityAndWish => await CommunityAndWishAsync(turn, form, cancellationToken),
            FormStep.Collect => await CollectAsync(turn, form, cancellationToken),
            FormStep.Details => await DetailsAsync(turn, form, cancellationToken),
            FormStep.PassOn => await PassOnAsync(turn, form, cancellationToken),
        };
    }

    /// <summary>The question that waits, for the end of an answer to something else; null: none.</summary>
    public static string? OpenQuestion(ConversationState state) => state.Form is { } form ? FormQuestions.Short(form) : null;

    /// <summary>The second consent, asked long after the sign-up: for a community that staff have found since, or when the owner came back to it.</summary>
    public async Task<bool> AnswerLatePassOnAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (!turn.IsWaitingFor(WaitingFor.LatePassOn))
            return false;
        var waiting = turn.State.Waiting!;
        var yes = turn.Text == PassOnYes || SaysYes.Agrees(turn.Text);
        var no = turn.Text == PassOnNo || SaysYes.Declines(turn.Text);
        var leadId = long.Parse(waiting.Ids[0], CultureInfo.InvariantCulture);
        if (!yes && !no || (await LeadIntake.OpenLeadsOfAsync(turn.Db, turn.Contact.Id, cancellationToken)).Find(l => l.Id == leadId) is not { CommunityId: { } id } lead
            || directory.Find(id) is not { } community || directory.ReceiverOf(community) is not { } receiver)
            return false;
        await intake.SetPassOnAsync(turn.Db, lead, new(consents.PassOn(receiver), yes ? ConsentAnswer.Given : ConsentAnswer.Refused, turn.Text), turn.Conversation.Channel, cancellationToken);
        turn.Effect = Effect.Done;
        await turn.ReplyAsync(AnswerKind.Form, yes ? $"好，已转给{receiver.Name}，一般2个工作日内联系您。" : NotPassedOn, cancellationToken);
        return true;
    }

    private const string NotPassedOn = "登记好了，没有转交，只计入户数。以后想转交，说“同意转交”。";

    private async Task BeginAsync(Turn turn, LeadRole role, CancellationToken cancellationToken)
    {
        var words = ReadAndHide(turn, SignUpField.None);
        if (words.IsMinor)
        {
            await turn.ReplyAsync(AnswerKind.Form, "不满十四周岁不登记，请家长来登记。", cancellationToken);
            return;
        }
        await AdvanceAsync(turn, Take(NewForm(turn, words, role), words), "", cancellationToken);
    }

    /// <summary>An empty form; the community from whose page or code the owner came need not be said again.</summary>
    private SignUpForm NewForm(Turn turn, SignUpWords words, LeadRole role)
    {
        var form = new SignUpForm
        {
            Step = FormStep.CommunityAndWish,
            StartedAt = turn.Now,
            LastAt = turn.Now,
            Role = role == LeadRole.Owner ? words.Role : role,
            Wishes = role == LeadRole.Owner ? Wishes.None : Wishes.JustInformed,
        };
        return turn.Contact.CommunityId is { } known && directory.Find(known) is { } community && words.Communities.Count == 0 && words.UnknownCommunity is null
            ? form with { CommunityId = known, Community = community.Name }
            : form;
    }

    private static bool IsOnlyDetails(string text, SignUpWords words) => text.Length - words.Personal.Sum(pair => pair.Value.Length) <= 3;

    private bool IsBareCommunity(string text) => directory.FindInText(text) is [var only] && text.Trim().Length - only.Length <= 2;

    private static bool SpeaksOfSelf(string text) => text.Contains("我是", StringComparison.Ordinal) || text.Contains("俺是", StringComparison.Ordinal) || text.Contains("我住", StringComparison.Ordinal) || text.Contains("俺住", StringComparison.Ordinal);

    /// <summary>Words that steer: stop, later, go on, again, back.</summary>
    private async Task<bool> ControlAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (turn.Thought.Choice is not null && turn.Text is not (Continue or Stop))
            return false;
        if (turn.Text is Stop or "不办了")
            return await CancelAsync(turn, form, cancellationToken);
        if (turn.Text is Continue or "接着办")
            return await AskAgainAsync(turn, form with { Paused = false }, "", cancellationToken);
        switch (turn.Meaning.Among(Intent.FormCancel, Intent.SignUpRefuse, Intent.SignUpCancelHow, Intent.FormContinue, Intent.FormLater, Intent.FormRestart, Intent.FormBack, Intent.DataWithdraw))
        {
            case Intent.SignUpRefuse when form.Step == FormStep.PassOn:
                return false;
            case Intent.FormCancel or Intent.SignUpRefuse or Intent.SignUpCancelHow or Intent.DataWithdraw:
                return await CancelAsync(turn, form, cancellationToken);
            case Intent.FormContinue:
                return await AskAgainAsync(turn, form with { Paused = false }, FormQuestions.Kept(form), cancellationToken);
            case Intent.FormLater when turn.Meaning.Normalised.Length <= 8:
                Keep(turn, form with { Paused = true });
                await turn.ReplyAsync(AnswerKind.Form, "好，先放着。想办了回“接着弄”。", cancellationToken, Continue, Stop);
                return true;
            case Intent.FormRestart:
                await AdvanceAsync(turn, new() { Step = FormStep.CommunityAndWish, StartedAt = turn.Now, LastAt = turn.Now }, "好，从头来。", cancellationToken);
                return true;
            case Intent.FormBack:
                await AdvanceAsync(turn, Back(form), "", cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private static SignUpForm Back(SignUpForm form) => form.Step switch
    {
        FormStep.CommunityAndWish or FormStep.Collect => form with { Step = FormStep.CommunityAndWish, Wishes = Wishes.None, CommunityId = null, Community = null },
        FormStep.Details => form with { Step = FormStep.CommunityAndWish, Wishes = Wishes.None },
        FormStep.PassOn => form with { Step = FormStep.Details, DetailsAsked = false, Name = null, Room = null, Phone = null, NoName = false, NoPhone = false, NoRoom = false },
    };

    private async Task<bool> CancelAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        Close(turn);
        if (form.Step == FormStep.PassOn && await SavedAsync(turn, form, cancellationToken) is { } lead)
        {
            await intake.WithdrawAsync(turn.Db, lead, consents.Collect, turn.Text, turn.Conversation.Channel, cancellationToken);
            turn.Effect = Effect.Done;
            await turn.ReplyAsync(AnswerKind.Form, "好，登记停用了，7日内删掉。想办再说“登记”。", cancellationToken);
            return true;
        }
        await turn.ReplyAsync(AnswerKind.Form, "好，什么都没存。想办再说“登记”。", cancellationToken);
        return true;
    }

    private async Task<bool> CommunityAndWishAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (form.Suggested is { } suggested)
        {
            if (SaysYes.IsYes(turn.Text) && directory.Find(suggested) is { } right)
            {
                await AdvanceAsync(turn, form with { Suggested = null, CommunityId = right.Id, Community = right.Name }, "", cancellationToken);
                return true;
            }
            if (SaysYes.IsNo(turn.Text))
            {
                await AdvanceAsync(turn, form with { Suggested = null, Unlisted = form.Community is not null }, "", cancellationToken);
                return true;
            }
        }
        if (form.SameName.Count > 0 && turn.Thought.Choice is { } choice && choice < form.SameName.Count && directory.Find(form.SameName[choice]) is { } chosen)
        {
            await AdvanceAsync(turn, form with { SameName = [], CommunityId = chosen.Id, Community = chosen.Name }, "", cancellationToken);
            return true;
        }
        if (form.RoadAsked && form.CommunityId is null && !Asks(turn))
        {
            var road = turn.Text.Trim();
            await AdvanceAsync(turn, Take(form with { Road = road.Length <= 24 ? road : road[..24], RoadAsked = false, RoadKnown = true }, ReadAndHide(turn, SignUpField.Wish) with { UnknownCommunity = null }), "", cancellationToken);
            return true;
        }
        var expected = form.Community is null || form.Suggested is not null ? SignUpField.Community : SignUpField.Wish;
        var words = reader.Read(turn.Text, expected);
        if (Asks(turn) && words.Communities.Count == 0 && !(words.Wishes != Wishes.None && turn.Thought.Choice is not null) || !words.HasAny)
            return await NotUnderstoodAsync(turn, form, cancellationToken);
        Hide(turn, words);
        await AdvanceAsync(turn, Take(form with { Suggested = null, Vague = 0 }, words), "", cancellationToken);
        return true;
    }

    private async Task<bool> CollectAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (SaysYes.Agrees(turn.Text))
        {
            var given = form with { CollectGivenAt = turn.Now, CollectWording = turn.Activity.Text ?? turn.Text, CollectVersion = consents.Collect.Version, Vague = 0, Paused = false };
            await AdvanceAsync(turn, given, "", cancellationToken);
            return true;
        }
        if (SaysYes.Declines(turn.Text) || turn.Meaning.Is(Intent.FormSkip) && turn.Text.Length <= 8)
        {
            Close(turn);
            await turn.ReplyAsync(AnswerKind.Form, "好，什么都没记。照样能提问、看进展。", cancellationToken);
            return true;
        }
        var words = reader.Read(turn.Text, SignUpField.None);
        if (words.HasAny && !Asks(turn))
        {
            Hide(turn, words);
            await AdvanceAsync(turn, Take(form, words), "", cancellationToken);
            return true;
        }
        if (Asks(turn) || turn.Meaning.Among(Intent.Greeting) is null && turn.Meaning.Normalised.Length > 6)
            return false;
        return await VagueAsync(turn, form, "要说“同意”或“不同意”才算。", async () =>
        {
            Close(turn);
            await turn.ReplyAsync(AnswerKind.Form, "那就先不登记，什么都没记。照样能提问、看进展。", cancellationToken);
        }, cancellationToken);
    }

    private async Task<bool> DetailsAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (form.OpenNumber is { } number && turn.Thought.Choice is { } which)
        {
            var room = which == 0 ? new SpokenRoom(number + "号楼", null, null, null) : new SpokenRoom(null, null, null, number);
            await AdvanceAsync(turn, form with { OpenNumber = null, Room = SpokenRoom.Merge(form.Room, room) }, "", cancellationToken);
            return true;
        }
        var words = reader.Read(turn.Text, form.Name is null ? SignUpField.Name : form.Room is null ? SignUpField.Room : SignUpField.Phone);
        if (Asks(turn) && words is { Phone: null, Room: null, NameIsSaid: false, PhoneProblem: null })
            return false;
        if (words.IsMinor)
        {
            Close(turn);
            await turn.ReplyAsync(AnswerKind.Form, "不满十四周岁不登记，请家长来登记。刚才说的没存。", cancellationToken);
            return true;
        }
        Hide(turn, words);
        var taken = Take(form, words);
        if (turn.Meaning.Among(Intent.FormSkip) is not null || Skips(turn.Text))
            taken = Skip(taken, turn.Text);
        else if (!words.HasAny)
            return await NotUnderstoodAsync(turn, form, cancellationToken);
        if (words.PhoneProblem is { } problem && taken.Phone is null)
        {
            if (form.Vague > 0)
                taken = taken with { NoPhone = true, Vague = 0 };
            else
            {
                Keep(turn, taken with { Vague = 1 });
                await turn.ReplyAsync(AnswerKind.Form, problem + "不想留回“不留”。", cancellationToken);
                return true;
            }
        }
        await AdvanceAsync(turn, taken with { Vague = words.PhoneProblem is null ? 0 : taken.Vague }, words.NameIsSaid || !Corrects(turn) ? "" : "改好了。", cancellationToken);
        return true;
    }

    private async Task<bool> PassOnAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        var community = directory.Find(form.CommunityId!.Value)!;
        var receiver = directory.ReceiverOf(community)!;
        var yes = turn.Text == PassOnYes || SaysYes.Agrees(turn.Text);
        var no = turn.Text == PassOnNo || SaysYes.Declines(turn.Text);
        if (yes || no)
        {
            await SettleAsync(turn, form, new(consents.PassOn(receiver), yes ? ConsentAnswer.Given : ConsentAnswer.Refused, turn.Activity.Text ?? turn.Text),
                yes ? $"登记好了，{receiver.Name}一般2个工作日内联系您。看、改、撤回、删除，随时说。" : NotPassedOn, cancellationToken);
            return true;
        }
        var words = reader.Read(turn.Text, SignUpField.None);
        if (!Asks(turn) && (words.HasDetails || words.Communities.Count > 0 || (words.Wishes != Wishes.None && turn.Meaning.Normalised.Length <= 14)))
        {
            await CorrectAsync(turn, form, words, cancellationToken);
            return true;
        }
        if (BareCorrection(turn.Text) is { } number)
        {
            Keep(turn, form with { Step = FormStep.Details, OpenNumber = number });
            await turn.ReplyAsync(AnswerKind.Form, $"“{number}”是楼号还是房号？", cancellationToken, $"{number}号楼", $"房号{number}");
            return true;
        }
        if (turn.Meaning.Is(Intent.FormCorrect) || turn.Meaning.Is(Intent.DataCorrect))
        {
            await turn.ReplyAsync(AnswerKind.Form, "哪一项不对？直接发对的，比如“是5号楼”。", cancellationToken);
            return true;
        }
        if (SaysYes.IsYes(turn.Text))
        {
            // 对, 嗯 and 好 confirm the fields, never the passing on.
            return await VagueAsync(turn, form, "信息对了。转交要单独说：", async () => await SettleRefusedAsync(turn, form, receiver, cancellationToken), cancellationToken);
        }
        if (Asks(turn) || turn.Meaning.Normalised.Length > 6)
            return false;
        return await VagueAsync(turn, form, "", async () => await SettleRefusedAsync(turn, form, receiver, cancellationToken), cancellationToken);
    }

    private Task SettleRefusedAsync(Turn turn, SignUpForm form, Receiver receiver, CancellationToken cancellationToken) =>
        SettleAsync(turn, form, new(consents.PassOn(receiver), ConsentAnswer.Refused, turn.Activity.Text ?? turn.Text), "那就先不转交。" + NotPassedOn, cancellationToken);

    private async Task CorrectAsync(Turn turn, SignUpForm form, SignUpWords words, CancellationToken cancellationToken)
    {
        Hide(turn, words);
        var receiverBefore = form.CommunityId is { } before ? directory.ReceiverOf(directory.Find(before)!) : null;
        var changed = Take(form, words);
        if (changed.CommunityId != form.CommunityId || changed.Suggested is not null || changed.CommunityId is null)
        {
            if (await SavedAsync(turn, form, cancellationToken) is { } lead && changed.CommunityId is { } to && directory.Find(to) is { } community)
            {
                await intake.MoveAsync(turn.Db, lead, community, cancellationToken);
                var same = receiverBefore == directory.ReceiverOf(community);
                await AdvanceAsync(turn, changed with { Room = null, NoRoom = false, DetailsAsked = false, Step = FormStep.Details }, same ? "小区改好了，房号要重说。" : "小区改好了，房号要重说，转交也要重问。", cancellationToken);
                return;
            }
            await AdvanceAsync(turn, changed with { Step = FormStep.CommunityAndWish }, "", cancellationToken);
            return;
        }
        var what = words.Room is not null ? changed.Room! : words.Phone is not null ? Masks.Phone(words.Phone) : words.Name ?? WishText.Of(changed.Wishes);
        if (words.PhoneProblem is { } problem)
        {
            await turn.ReplyAsync(AnswerKind.Form, problem, cancellationToken);
            return;
        }
        await AdvanceAsync(turn, changed, $"改好了：{what}。其他没动。", cancellationToken);
    }

    /// <summary>Puts what a message gave into the form; what is said later counts.</summary>
    private SignUpForm Take(SignUpForm form, SignUpWords words)
    {
        var named = words.Communities.Where(mention => mention.Match.Kind == MatchKind.One).Select(mention => mention.Match.Community!).DistinctBy(c => c.Id).ToList();
        if (named.Count > 0)
            form = form with { CommunityId = named[0].Id, Community = named[0].Name, Suggested = null, SameName = [], Unlisted = false, Next = [.. named.Skip(1).Select(c => c.Name)] };
        else if (words.Communities is [{ Match: { Kind: MatchKind.SameName } same }, ..])
            form = form with { CommunityId = null, Community = same.Communities[0].Name, SameName = [.. same.Communities.Select(c => c.Id)] };
        else if (words.Communities is [{ Match: { Kind: MatchKind.Candidates } alike }, ..])
            form = form with { CommunityId = null, Community = null, Suggested = alike.Communities[0].Id };
        else if (words.UnknownCommunity is { } unknown && (form.CommunityId is null || words.Wishes == Wishes.None))
        {
            form = directory.Resolve(unknown) switch
            {
                { Community: { } one } => form with { CommunityId = one.Id, Community = one.Name, Suggested = null, Unlisted = false },
                { Kind: MatchKind.Candidates } near => form with { CommunityId = null, Community = unknown, Suggested = near.Communities[0].Id },
                _ => form with { CommunityId = null, Community = unknown, Suggested = null, Unlisted = true },
            };
        }
        if (words.Wishes != Wishes.None)
            form = form with { Wishes = form.Role == LeadRole.Owner && words.Role == LeadRole.Owner ? words.Wishes : Wishes.JustInformed };
        if (words.Role != LeadRole.Owner)
            form = form with { Role = words.Role };
        return form with
        {
            Name = words.Name is { } name && (form.Name is null || words.NameIsSaid) ? name : form.Name,
            Phone = words.Phone ?? form.Phone,
            Room = words.Room is { } room ? SpokenRoom.Merge(form.Room, room) : form.Room,
        };
    }

    private static SignUpForm Skip(SignUpForm form, string text) => SignUpReader.FieldNamed(text) switch
    {
        "电话" => form with { NoPhone = true },
        "房号" => form with { NoRoom = true },
        "称呼" => form with { NoName = true },
        _ => form with { NoName = form.Name is null, NoRoom = form.Room is null, NoPhone = form.Phone is null },
    };

    /// <summary>Asks for the next thing that is missing, or stores the sign-up and asks for the second consent.</summary>
    private async Task AdvanceAsync(Turn turn, SignUpForm form, string before, CancellationToken cancellationToken)
    {
        form = form with { LastAt = turn.Now, Paused = false };
        if (form.Role != LeadRole.Owner && form.Wishes is not (Wishes.None or Wishes.JustInformed))
            form = form with { Wishes = Wishes.JustInformed };
        if (questions.ForCommunityAndWish(ref form) is { } first)
        {
            Keep(turn, form with { Step = FormStep.CommunityAndWish });
            await turn.ReplyAsync(AnswerKind.Form, before + first.Text, cancellationToken, first.Buttons);
            return;
        }
        var community = form.CommunityId is { } id ? directory.Find(id) : null;
        if (!consents.MaySignUp(community))
        {
            Close(turn);
            await turn.ReplyAsync(AnswerKind.Form, $"名单里没找到“{form.Community}”。现在是演示，只能登记演示小区，什么都没记。照样能提问、看进展。", cancellationToken);
            return;
        }
        if (community is not null)
            turn.Contact.CommunityId = community.Id;
        else
            turn.State = turn.State with { CommunityTyped = form.Community };
        if (form.CollectGivenAt is null && await AlreadySignedUpAsync(turn, form, cancellationToken))
            return;
        if (form.CollectGivenAt is null)
        {
            Keep(turn, form with { Step = FormStep.Collect });
            await turn.ReplyAsync(AnswerKind.Form, $"{before}{FormQuestions.RoleNote(form)}{consents.Collect.Text}\n完整说明：{consents.NoticeLink}", cancellationToken, Agree, Decline);
            return;
        }
        if (!form.DetailsAsked && FormQuestions.ForDetails(form) is { } details)
        {
            Keep(turn, form with { Step = FormStep.Details, DetailsAsked = true });
            await turn.ReplyAsync(AnswerKind.Form, before + details, cancellationToken);
            return;
        }
        await ConfirmAsync(turn, form, community, before, cancellationToken);
    }

    /// <summary>Same owner, same community: the wish changes, no second consent is asked for what was agreed to.</summary>
    private async Task<bool> AlreadySignedUpAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (await SavedAsync(turn, form, cancellationToken) is not { } lead)
            return false;
        var changes = new List<string>();
        if (form.Wishes != Wishes.None && form.Wishes != lead.Wishes)
        {
            await intake.SetWishesAsync(turn.Db, lead, form.Wishes, cancellationToken);
            changes.Add($"意愿改成{WishText.Of(form.Wishes)}");
        }
        foreach (var (value, field, title) in ((string?, LeadField, string)[])[(form.Name, LeadField.Name, "称呼"), (form.Room, LeadField.Room, "房号"), (form.Phone, LeadField.Phone, "电话")])
            if (value is not null)
            {
                await intake.CorrectAsync(turn.Db, lead, field, value, cancellationToken);
                changes.Add($"{title}改成{(field == LeadField.Phone ? Masks.Phone(value) : value)}");
            }
        Close(turn);
        turn.Effect = Effect.Done;
        await turn.ReplyAsync(AnswerKind.Form, changes.Count == 0 ? $"您登记过{form.Community}了，不用再登记。要改说“改我的信息”。" : $"您登记过，{string.Join("，", changes)}。", cancellationToken);
        return true;
    }

    private async Task ConfirmAsync(Turn turn, SignUpForm form, DirectoryCommunity? community, string before, CancellationToken cancellationToken)
    {
        var receiver = community is null ? null : directory.ReceiverOf(community);
        await intake.SaveAsync(turn.Db, SignUpOf(turn, form), cancellationToken);
        turn.Effect = Effect.Done;
        var check = $"{before}请核对：{FormQuestions.Summary(form)}。不对直接说。";
        if (receiver is null)
        {
            var next = await CloseOrNextAsync(turn, form, $"{check}\n登记好了，小区由工作人员核对，核对后再问您要不要转交。看、改、撤回、删除，随时说。", cancellationToken);
            if (!next)
                turn.Await(WaitingFor.Correction, [""]);
            return;
        }
        Keep(turn, form with { Step = FormStep.PassOn, Vague = 0 });
        await turn.ReplyAsync(AnswerKind.Form, $"{check}\n{consents.PassOn(receiver).Text}", cancellationToken, PassOnYes, PassOnNo);
    }

    private async Task SettleAsync(Turn turn, SignUpForm form, ConsentAnswered answer, string receipt, CancellationToken cancellationToken)
    {
        var lead = await SavedAsync(turn, form, cancellationToken) ?? (await intake.SaveAsync(turn.Db, SignUpOf(turn, form), cancellationToken)).Lead;
        await intake.SetPassOnAsync(turn.Db, lead, answer, turn.Conversation.Channel, cancellationToken);
        turn.Effect = Effect.Done;
        await CloseOrNextAsync(turn, form, receipt, cancellationToken);
    }

    /// <summary>Ends the form, or goes on with the next flat: name, phone and the first consent need not be said again.</summary>
    private async Task<bool> CloseOrNextAsync(Turn turn, SignUpForm form, string text, CancellationToken cancellationToken)
    {
        if (form.Next is [var name, .. var others] && directory.Resolve(name).Community is { } community)
        {
            await AdvanceAsync(turn, form with
            {
                Step = FormStep.Details,
                CommunityId = community.Id,
                Community = community.Name,
                Next = others,
                Room = null,
                NoRoom = false,
                DetailsAsked = false,
                Vague = 0,
            }, $"{text}\n接着办{community.Name}。", cancellationToken);
            return true;
        }
        Close(turn);
        await turn.ReplyAsync(AnswerKind.Form, text, cancellationToken);
        return false;
    }

    private Outreach.Leads.SignUp SignUpOf(Turn turn, SignUpForm form) => new()
    {
        ContactId = turn.Contact.Id,
        ConversationId = turn.Conversation.Id,
        Channel = turn.Conversation.Channel,
        CommunityId = form.CommunityId,
        CommunityTyped = FormQuestions.Typed(form),
        Wishes = form.Wishes,
        Role = form.Role,
        Name = form.Name,
        Phone = form.Phone,
        Room = form.Room,
        Collect = new(consents.Collect with { Version = form.CollectVersion ?? consents.Collect.Version }, ConsentAnswer.Given, form.CollectWording ?? Agree),
    };

    private Task<Lead?> SavedAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken) =>
        intake.FindOpenAsync(turn.Db, turn.Contact.Id, form.CommunityId, FormQuestions.Typed(form), cancellationToken);

    private async Task<bool> NotUnderstoodAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (Asks(turn) || turn.Thought.HasAnswer || turn.Meaning.Among(Intent.Greeting, Intent.Who, Intent.Help, Intent.Thanks, Intent.ProgressCommunity, Intent.ProgressMine, Intent.Annoyed, Intent.Abuse, Intent.SignUpAbout, Intent.SignUpOther, Intent.SignUpTenant, Intent.Complain) is not null)
            return false;
        if (form.Vague > 0)
        {
            if (form.Step == FormStep.Details)
            {
                await AdvanceAsync(turn, Skip(form with { Vague = 0 }, ""), "没听清的先不填。", cancellationToken);
                return true;
            }
            Keep(turn, form with { Vague = form.Vague + 1 });
            await turn.ReplyAsync(AnswerKind.Form, "还是没听明白。让工作人员来帮您登记？", cancellationToken, Says.Human, Stop);
            return true;
        }
        return await AskAgainAsync(turn, form with { Vague = 1 }, FormQuestions.Hint(form), cancellationToken);
    }

    private async Task<bool> VagueAsync(Turn turn, SignUpForm form, string hint, Func<Task> after, CancellationToken cancellationToken)
    {
        if (form.Vague > 0)
        {
            await after();
            return true;
        }
        return await AskAgainAsync(turn, form with { Vague = 1 }, hint, cancellationToken);
    }

    private async Task<bool> AskAgainAsync(Turn turn, SignUpForm form, string before, CancellationToken cancellationToken)
    {
        var vague = form.Vague;
        switch (form.Step)
        {
            case FormStep.PassOn:
                Keep(turn, form);
                await turn.ReplyAsync(AnswerKind.Form, before + consents.PassOn(directory.ReceiverOf(directory.Find(form.CommunityId!.Value)!)!).Text, cancellationToken, PassOnYes, PassOnNo);
                break;
            case FormStep.Details:
                await AdvanceAsync(turn, form with { DetailsAsked = false }, before, cancellationToken);
                break;
            case FormStep.CommunityAndWish or FormStep.Collect:
                await AdvanceAsync(turn, form, before, cancellationToken);
                break;
        }
        if (turn.State.Form is { } open)
            turn.State = turn.State with { Form = open with { Vague = vague } };
        return true;
    }

    private SignUpWords ReadAndHide(Turn turn, SignUpField expected)
    {
        var words = reader.Read(turn.Text, expected);
        Hide(turn, words);
        return words;
    }

    private void HideAll(Turn turn) => Hide(turn, reader.Read(turn.Text, SignUpField.None));

    private static void Hide(Turn turn, SignUpWords words)
    {
        foreach (var (value, placeholder) in words.Personal)
            turn.Hide(value, placeholder);
    }

    private static void Keep(Turn turn, SignUpForm form)
    {
        turn.State = turn.State with { Form = form with { LastAt = turn.Now } };
        turn.DueAt = turn.Now + (form.CollectGivenAt is null ? DraftLives : ReminderAfter);
    }

    private static void Close(Turn turn)
    {
        turn.State = turn.State with { Form = null };
        turn.DueAt = null;
    }

    private string OthersText(Turn turn)
    {
        var community = (directory.FindInText(turn.Text) is [var mention, ..] ? mention.Match.Community : null) ?? (turn.Contact.CommunityId is { } id ? directory.Find(id) : null);
        var link = community is null ? "小区页面" : questions.LinkOf(community);
        return $"要业主本人同意，别人的信息我没记。请转给他：{link}；没手机，找社区工作人员当面说。您自己可以登记“只想了解”。";
    }

    /// <summary>Whether a message asks rather than answers.</summary>
    private static bool Asks(Turn turn) => turn.Thought.Choice is null && FormQuestions.LooksLikeQuestion(turn.Text)
        && (turn.Meaning.Top == Intent.Question || turn.Meaning.Among(Intent.SignUpAbout, Intent.ProgressCommunity, Intent.ProgressMine, Intent.Who, Intent.Help, Intent.SignUpTenant, Intent.SignUpOther) is not null);

    private static bool Corrects(Turn turn) => turn.Meaning.Among(Intent.FormCorrect, Intent.DataCorrect) is not null || turn.Text.StartsWith("不对", StringComparison.Ordinal) || turn.Text.StartsWith('错');

    private static bool Skips(string text) => text.Contains("不填", StringComparison.Ordinal) || text.Contains("不留", StringComparison.Ordinal) || text.Contains("跳过", StringComparison.Ordinal);

    private static string? BareCorrection(string text) => FormQuestions.BareNumber(text);
}
