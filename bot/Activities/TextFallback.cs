using System.Text.Json;

namespace Outreach.Activities;

/// <summary>Renders an activity for a channel that cannot show all of it: cards, pictures and choices become text, and the text keeps to the channel's length.</summary>
public static class TextFallback
{
    /// <summary>
    /// The same message within <paramref name="channel"/>'s means. Where there are no cards the summary takes the place of text and cards, and only the suggested
    /// actions stay as choices (a summary says in words what the cards' own buttons do); without a summary hero cards become title, text and choices.
    /// A picture becomes a line after the text where it is not shown. All choices become numbered lines where there are no buttons (<see cref="Choices.Match"/> reads the answer). The choices are never cut off: the text before them is.
    /// </summary>
    public static Activity Render(Activity activity, ChannelCapabilities channel)
    {
        if (activity.Type != ActivityTypes.Message)
            return activity;
        List<string> paragraphs = string.IsNullOrEmpty(activity.Text) ? [] : [activity.Text];
        List<Attachment> attachments = [.. activity.Attachments ?? []];
        List<CardAction> actions = [];
        var cards = channel.Cards ? [] : attachments.Select(a => (Attachment: a, Card: HeroCard.From(a))).Where(pair => pair.Card is not null).ToList();
        attachments.RemoveAll(a => cards.Exists(pair => ReferenceEquals(pair.Attachment, a)));
        foreach (var (attachment, picture) in attachments.Select(a => (a, Picture.From(a))).ToList())
        {
            if (picture is null || picture.IsShownBy(channel.Pictures))
                continue;
            attachments.Remove(attachment);
            if (channel.Pictures != PictureMeans.None)
                paragraphs.Add(picture.Line);
        }
        if (cards.Count > 0 && activity.Summary is { Length: > 0 } summary)
        {
            paragraphs = [summary];
        }
        else
        {
            foreach (var (_, card) in cards)
            {
                paragraphs.AddRange(new[] { card!.Title, card.Subtitle, card.Text }.Where(line => !string.IsNullOrEmpty(line)).Select(line => line!));
                actions.AddRange(card.Buttons ?? []);
            }
        }
        actions.AddRange(activity.SuggestedActions?.Actions ?? []);

        var choices = channel.Buttons ? "" : Choices.Number(Distinct(actions));
        var text = string.Join('\n', paragraphs);
        var room = channel.MaxTextBytes - (choices.Length == 0 ? 0 : System.Text.Encoding.UTF8.GetByteCount(choices) + 1);
        text = Utf8Text.Cut(text, Math.Max(room, 0));
        return activity with
        {
            Text = choices.Length == 0 ? text : text.Length == 0 ? choices : $"{text}\n{choices}",
            Summary = cards.Count > 0 ? null : activity.Summary,
            Attachments = attachments.Count == 0 ? null : attachments,
            SuggestedActions = !channel.Buttons || actions.Count == 0
                ? null
                : (activity.SuggestedActions ?? new() { Actions = [] }) with { Actions = Distinct(actions) },
        };
    }

    // A card's button and a suggested action of the same words are one choice.
    private static List<CardAction> Distinct(List<CardAction> actions) =>
        [.. actions.DistinctBy(action => (action.Title, action.Value is { ValueKind: JsonValueKind.String } value ? value.GetString() : null))];
}
