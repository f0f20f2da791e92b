using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Conversations;

public sealed class HandoverDeskTests
{
    [Fact]
    public async Task Two_of_the_staff_never_answer_one_owner_unknowingly_and_what_the_owner_said_of_it_is_kept()
    {
        await using var scene = await LeadScene.CreateAsync();
        var person = await scene.PersonAsync();
        var desk = scene.Rooms.Get<Handovers>();
        var (first, second, far) = (scene.Street(), scene.Street() with { StaffId = "s-second" }, scene.Street("anjuli") with { StaffId = "s-far" });
        var handover = await scene.Rooms.TurnAsync(db => desk.RequestAsync(db, person.ConversationId, scene.Community().Id, Urgency.Usual, Current.CancellationToken));
        Task<StaffReplyOutcome> Reply(StaffScope scope) => desk.ReplyAsync(person.ConversationId, "您好", Guid.NewGuid(), scope, Current.CancellationToken);

        Assert.Equal(TakeOutcome.Taken, await desk.TakeAsync(handover.Id, TakeOver.OnlyIfFree, first, Current.CancellationToken));
        Assert.Equal(StaffReplyOutcome.HeldByColleague, await Reply(second));
        Assert.Equal(TransferOutcome.NotYours, await desk.TransferAsync(handover.Id, second, second, Current.CancellationToken));
        Assert.Equal(TransferOutcome.NotForThatStaff, await desk.TransferAsync(handover.Id, far, first, Current.CancellationToken));
        Assert.Equal(TransferOutcome.Transferred, await desk.TransferAsync(handover.Id, second, first, Current.CancellationToken));
        Assert.Equal(StaffReplyOutcome.HeldByColleague, await Reply(first));
        await scene.Rooms.TurnAsync(async db =>
        {
            var open = await db.Handovers.SingleAsync(Current.CancellationToken);
            Assert.Equal(("s-second", HandoverState.Taken), (open.StaffId, open.State));
            (open.State, open.ClosedAt) = (HandoverState.Closed, scene.Rooms.Clock.GetUtcNow());
        });
        await scene.Rooms.TurnAsync(db => Handovers.RememberHelpAsync(db, person.ConversationId, HelpGiven.Yes, Current.CancellationToken));

        await using var after = scene.Rooms.Open();
        Assert.Equal(HelpGiven.Yes, (await after.Handovers.SingleAsync(Current.CancellationToken)).Helped);
        Assert.Equal(0, await after.Messages.CountAsync(Current.CancellationToken));
    }
}
