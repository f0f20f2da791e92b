using System.Text;
using Outreach.Activities;

namespace Outreach.Tests.Activities;

public sealed class TextFallbackTests
{
    private static readonly Activity Consent = new()
    {
        Type = ActivityTypes.Message,
        Text = "另问一件：",
        Attachments = [new HeroCard { Title = "可以转给示范街道吗？", Text = "不转交，登记也有效。", Buttons = [Choice("同意转交"), Choice("不转交")] }.ToAttachment()],
        SuggestedActions = new() { Actions = [Choice("同意转交"), Choice("不转交"), Choice("问一下")] },
    };

    [Fact]
    public void Without_cards_and_buttons_all_of_it_is_text_with_each_choice_once()
    {
        var plain = TextFallback.Render(Consent, new ChannelCapabilities());

        Assert.Equal("另问一件：\n可以转给示范街道吗？\n不转交，登记也有效。\n1. 同意转交\n2. 不转交\n3. 问一下", plain.Text);
        Assert.Null(plain.Attachments);
        Assert.Null(plain.SuggestedActions);
    }

    [Fact]
    public void With_buttons_but_no_cards_the_cards_choices_are_buttons()
    {
        var plain = TextFallback.Render(Consent, new ChannelCapabilities { Buttons = true });

        Assert.Equal("另问一件：\n可以转给示范街道吗？\n不转交，登记也有效。", plain.Text);
        Assert.Equal(["同意转交", "不转交", "问一下"], plain.SuggestedActions!.Actions.Select(action => action.Title));
    }

    [Fact]
    public void With_both_nothing_changes()
    {
        var same = TextFallback.Render(Consent, new ChannelCapabilities { Buttons = true, Cards = true });

        Assert.Equal(Consent.Text, same.Text);
        Assert.Equal(Consent.Attachments, same.Attachments);
        Assert.Equal(Consent.SuggestedActions!.Actions, same.SuggestedActions!.Actions);
    }

    [Fact]
    public void A_long_text_is_cut_before_the_choices()
    {
        var plain = TextFallback.Render(Consent with { Text = new string('长', 1000) }, new ChannelCapabilities { MaxTextBytes = 600 });

        Assert.True(Encoding.UTF8.GetByteCount(plain.Text!) <= 600);
        Assert.EndsWith("…\n1. 同意转交\n2. 不转交\n3. 问一下", plain.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_message_is_left_alone()
    {
        var typing = new Activity { Type = ActivityTypes.Typing };

        Assert.Same(typing, TextFallback.Render(typing, new ChannelCapabilities()));
    }

    private static CardAction Choice(string title) => new() { Type = "imBack", Title = title };
}
