using System.Text.Json;
using Outreach.Activities;
using Outreach.Communities;

namespace Outreach.Conversations;

/// <summary>
/// The owners' bot: its table of contents. What comes first is answered first: life, then what must not be done, then rights of the law, then a person,
/// then what the bot itself asked, then questions, then everything else.
/// </summary>
internal sealed class OwnerBot(
    ThinkAboutMessage mind, Safety safety, NoticeChoices noticeChoices, MyInformation myInformation, TalkToPerson person, RegisterInterest signUp,
    NoticeReplies noticeReplies, TellProgress progress, AnswerQuestions questions, Calculate calculate, Elaborate elaborate, QuoteStatutes statutes,
    SmallMatters smallMatters, NoticesElsewhere noticesElsewhere, ChannelTests channelTests, CommunityDirectory directory)
    : ActivityHandler
{
    /// <summary>Finds what a message means; outside any transaction.</summary>
    public Thought Think(Activity activity, ConversationState state, long? communityId, DateTimeOffset now) => mind.Think(activity, state, communityId, now);

    protected override async Task OnMessageActivityAsync(ITurnContext context, CancellationToken cancellationToken)
    {
        var turn = (Turn)context;
        if (turn.Handover is { State: HandoverState.Taken })
        {
            await safety.AnswerEmergencyAsync(turn, cancellationToken);      // a person answers; only life comes before
            return;
        }

        var waitedFor = turn.State.Waiting;
        await AnswerAsync(turn, cancellationToken);
        await AfterAsync(turn, waitedFor, cancellationToken);
    }

    private async Task AnswerAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (await SmallMatters.AnswerNotTextAsync(turn, cancellationToken)
            || await safety.AnswerEmergencyAsync(turn, cancellationToken)
            || await channelTests.TryAsync(turn, cancellationToken)
            || await noticesElsewhere.TryAsync(turn, cancellationToken)
            || await statutes.TryAsync(turn, cancellationToken)
            || (!turn.AnswersWhatWasAsked && !Calculate.IsAnswered(turn) && await Safety.RefuseAsync(turn, cancellationToken))
            || await calculate.TryAsync(turn, cancellationToken)
            || await SmallMatters.AnswerWhatToCancelAsync(turn, noticeChoices, cancellationToken)
            || (!turn.AnswersWhatWasAsked && await noticeChoices.TryAsync(turn, cancellationToken))
            || await signUp.AnswerLatePassOnAsync(turn, cancellationToken)
            || await signUp.StartFromFieldsAsync(turn, cancellationToken)
            || await myInformation.TryAsync(turn, cancellationToken)
            || await person.TryAsync(turn, cancellationToken)
            || await signUp.AnswerAsync(turn, cancellationToken)
            || await SmallMatters.AnswerWasHelpfulAsync(turn, cancellationToken)
            || await questions.TryChoiceAsync(turn, cancellationToken)
            || await elaborate.TryAsync(turn, cancellationToken)
            || await calculate.StartAsync(turn, cancellationToken)
            || await signUp.StartAsInformedAsync(turn, cancellationToken)
            || await noticeReplies.TryAsync(turn, cancellationToken)
            || await progress.TryAsync(turn, cancellationToken)
            || await AnswerThenSignUpAsync(turn, cancellationToken)
            || await signUp.StartAsync(turn, cancellationToken)
            || await SmallTalk.TryAsync(turn, cancellationToken)
            || await smallMatters.AnswerLeftoversAsync(turn, cancellationToken))
            return;
        await questions.AnswerAsync(turn, cancellationToken);
    }

    private async Task<bool> AnswerThenSignUpAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (!turn.Thought.AlsoSignsUp || !turn.Thought.HasAnswer)
            return false;
        await questions.AnswerAsync(turn, cancellationToken);
        signUp.OpenQuietly(turn);
        return true;
    }

    /// <summary>The form's question after an answer to something else, and what the next message may refer to.</summary>
    private static Task AfterAsync(Turn turn, Waiting? waitedFor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (turn.State.Form is { } form && turn.Result is { Kind: AnswerKind.Answer or AnswerKind.Refusal or AnswerKind.Progress or AnswerKind.Smalltalk })
        {
            turn.Append(FormQuestions.Short(form), FormQuestions.ButtonsOf(form));
            turn.State = turn.State with { Waiting = null, Form = form with { Paused = true } };
            turn.Await(WaitingFor.Words);
        }
        else if (!turn.IsCalculating && Calculate.Waiting(turn.State, turn.Now) is { } open && turn.Result is { Kind: AnswerKind.Answer or AnswerKind.Refusal or AnswerKind.Progress or AnswerKind.Smalltalk })
        {
            turn.Append(open.Line, open.Buttons);
            turn.State = turn.State with { Waiting = null };
            turn.Await(WaitingFor.Words);
        }
        else if (!turn.IsAwaiting)
        {
            // An emergency in the middle of a form leaves the form's buttons as they were.
            turn.State = turn.State with
            {
                Waiting = turn.Result is { Suggestions.Count: > 0 } result ? new(WaitingFor.Words, result.Suggestions, [], turn.Now)
                    : turn.Result is { Kind: AnswerKind.Safety } ? waitedFor : null,
            };
        }
        turn.State = turn.State with
        {
            Topic = turn.State.Topic is { } topic ? topic with { Turns = topic.Turns + 1 } : null,
            Last = turn.Thought.Fingerprint.Length == 0 ? turn.State.Last : new(turn.Thought.Fingerprint, turn.Now, null, turn.Effect),
            Misses = turn.Result?.Kind is AnswerKind.Refusal or AnswerKind.Clarification ? turn.State.Misses : 0,
            Unsure = turn.Result?.Kind is AnswerKind.Clarification ? turn.State.Unsure : null,
            Insults = turn.Result?.Kind is AnswerKind.Safety ? turn.State.Insults : 0,
            Greeted = true,
        };
        return Task.CompletedTask;
    }

    protected override async Task OnMembersAddedAsync(ITurnContext context, CancellationToken cancellationToken)
    {
        var turn = (Turn)context;
        if (turn.State.Greeted)
            return;
        await GreetAsync(turn, cancellationToken);
    }

    private async Task GreetAsync(Turn turn, CancellationToken cancellationToken)
    {
        var community = turn.Contact.CommunityId is { } id ? directory.Find(id) : null;
        await turn.ReplyAsync(AnswerKind.Smalltalk,
            $"您好，我是业委会助手，自动回答。{(community is null ? "" : $"您是从{community.Name}进来的。")}您问规定，我按法律条文回答；想成立业委会，我帮您登记。找工作人员说“人工”。",
            cancellationToken, Says.Menu);
        turn.State = turn.State with { Greeted = true, Waiting = new(WaitingFor.Words, Says.Menu, [], turn.Now) };
    }

    protected override async Task OnEventActivityAsync(ITurnContext context, CancellationToken cancellationToken)
    {
        var turn = (Turn)context;
        switch (turn.Activity.Name)
        {
            case "outreach/community" when turn.Activity.Value is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String:
                KnowCommunity(turn, key.GetString()!);
                break;
            case "outreach/feedback" when turn.Activity.Value is { ValueKind: JsonValueKind.Object } value:
                await Feedback.TakeAsync(turn, value, cancellationToken);
                break;
        }
    }

    /// <summary>The owner came from a community's page or code, or said which one on the command line: key, name or alias.</summary>
    private void KnowCommunity(Turn turn, string key)
    {
        if ((directory.FindByKey(key) ?? directory.Resolve(key).Community) is { } community)
            turn.Contact.CommunityId = community.Id;
        else
            turn.State = turn.State with { CommunityTyped = key.Length <= 64 ? key : key[..64] };
    }
}
