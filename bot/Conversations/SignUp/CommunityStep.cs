using Outreach.Communities;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>First question: which community, and which wish.</summary>
internal sealed class CommunityStep(FormFill fill, FormFlow flow, CommunityDirectory directory)
{
    public async Task<bool> AnswerAsync(Turn turn, SignUpForm form, CancellationToken cancellationToken)
    {
        if (form.Suggested is { } suggested)
        {
            if (SaysYes.IsYes(turn.Text) && directory.Find(suggested) is { } right)
            {
                await flow.AdvanceAsync(turn, form with { Suggested = null, CommunityId = right.Id, Community = right.Name }, "", cancellationToken);
                return true;
            }
            if (SaysYes.IsNo(turn.Text))
            {
                await flow.AdvanceAsync(turn, form with { Suggested = null, Unlisted = form.Community is not null }, "", cancellationToken);
                return true;
            }
        }
        if (form.SameName.Count > 0 && turn.Thought.Choice is { } choice && choice < form.SameName.Count && directory.Find(form.SameName[choice]) is { } chosen)
        {
            await flow.AdvanceAsync(turn, form with { SameName = [], CommunityId = chosen.Id, Community = chosen.Name }, "", cancellationToken);
            return true;
        }
        if (form.RoadAsked && form.CommunityId is null && !turn.Asks())
        {
            var road = turn.Text.Trim();
            await flow.AdvanceAsync(turn, fill.Take(form with { Road = road.Length <= 24 ? road : road[..24], RoadAsked = false, RoadKnown = true }, fill.ReadAndHide(turn, SignUpField.Wish) with { UnknownCommunity = null }), "", cancellationToken);
            return true;
        }
        var expected = form.Community is null || form.Suggested is not null ? SignUpField.Community : SignUpField.Wish;
        var words = fill.Read(turn.Text, expected);
        if (turn.Asks() && words.Communities.Count == 0 && !(words.Wishes != Wishes.None && turn.Thought.Choice is not null) || !words.HasAny)
            return await flow.NotUnderstoodAsync(turn, form, cancellationToken);
        turn.Hide(words);
        await flow.AdvanceAsync(turn, fill.Take(form with { Suggested = null, Vague = 0 }, words), "", cancellationToken);
        return true;
    }
}
