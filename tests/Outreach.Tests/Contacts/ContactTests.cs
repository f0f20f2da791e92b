using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Contacts;

public sealed class ContactTests
{
    [Theory]
    [InlineData("13900000000", "+8613900000000", PhoneProblem.None)]
    [InlineData("+86 139-0000-0000", "+8613900000000", PhoneProblem.None)]
    [InlineData("008613900000000", "+8613900000000", PhoneProblem.None)]
    [InlineData("幺三九零零零零零零零零", "+8613900000000", PhoneProblem.None)]
    [InlineData("１３９００００００００", "+8613900000000", PhoneProblem.None)]
    [InlineData("0398-2831234", "+863982831234", PhoneProblem.None)]
    [InlineData("010 62345678", "+861062345678", PhoneProblem.None)]
    [InlineData("1390000000", null, PhoneProblem.TooShort)]
    [InlineData("139000000001", null, PhoneProblem.TooLong)]
    [InlineData("2831234", null, PhoneProblem.NoAreaCode)]
    [InlineData("12345", null, PhoneProblem.TooShort)]
    [InlineData("不留", null, PhoneProblem.NotAPhone)]
    [InlineData("\ud83d", null, PhoneProblem.NotAPhone)]
    public void Mainland_numbers_are_read_as_people_write_them(string typed, string? e164, PhoneProblem problem)
    {
        var parsed = Phones.Parse(typed);

        Assert.Equal((e164, problem), (parsed.E164, parsed.Problem));
    }

    [Theory]
    [InlineData("+8613900000000", "139****0000", "13900000000")]
    [InlineData("+863982831234", "0398****234", "03982831234")]
    public void A_phone_is_masked_for_a_chat_and_whole_for_dialling(string e164, string masked, string national) =>
        Assert.Equal((masked, national), (Masks.Phone(e164), Masks.National(e164)));

    [Fact]
    public async Task Consent_texts_are_made_from_the_settings_short_and_versioned_by_what_they_say()
    {
        await using var demo = await LeadScene.CreateAsync();
        await using var real = await TestRooms.CreateAsync(new Dictionary<string, string?>
        {
            ["Operator:Name"] = "测试区住建局",
            ["Operator:Contact"] = "0000-1234567",
            ["Privacy:LeadMonths"] = "12",
            ["Demo:Load"] = "false",
        });
        var receiver = demo.Rooms.Get<CommunityDirectory>().ReceiverOf(demo.Community())!;

        var (c1, c2, other) = (demo.Texts.Collect, demo.Texts.PassOn(receiver), real.Get<ConsentTexts>().Collect);

        Assert.StartsWith("演示单位（", c1.Text, StringComparison.Ordinal);
        Assert.StartsWith("测试区住建局（0000-1234567）", other.Text, StringComparison.Ordinal);
        Assert.Contains("最长12个月", other.Text, StringComparison.Ordinal);
        Assert.Contains("示范街道办事处（演示）和春晖社区（演示）（0000-0000001）", c2.Text, StringComparison.Ordinal);
        Assert.All(new[] { c1, c2, other }, text => Assert.InRange(text.Text.Length, 60, ConsentTexts.MaxCharacters));
        Assert.StartsWith("C1 v1 ", c1.Version, StringComparison.Ordinal);
        Assert.NotEqual(c1.Version, other.Version);
        Assert.True(demo.Texts.MaySignUp(demo.Community()));
        Assert.False(demo.Texts.MaySignUp(null));
        Assert.True(real.Get<ConsentTexts>().MaySignUp(null));
    }

    [Fact]
    public async Task An_operator_too_long_for_the_consent_text_stops_the_start()
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?> { ["Operator:Name"] = new string('长', 60), ["Operator:Contact"] = "1" });

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains(refused.Failures, failure => failure.StartsWith("Operator:Name and Operator:Contact are too long", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_privacy_page_says_who_what_how_long_to_whom_and_the_rights()
    {
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Operator:Name"] = "<测试>局", ["Operator:Contact"] = "0000-1", ["Privacy:TranscriptMonths"] = "3" });
        using var http = app.CreateClient();

        var page = await http.GetStringAsync("/privacy", Current.CancellationToken);

        Assert.Contains("&lt;测试&gt;局（0000-1）", page, StringComparison.Ordinal);
        foreach (var words in new[] { "聊天内容存3个月", "备案后6个月", "单独同意", "撤回转交", "删除我的信息" })
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("演示数据", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_opt_out_outlives_erasure_and_a_new_row_of_the_same_identity()
    {
        await using var scene = await LeadScene.CreateAsync();
        var lead = await scene.SignUpAsync();
        await scene.Rooms.TurnAsync(async db => await scene.Intake.EraseAsync(db, await db.Contacts.SingleAsync(Current.CancellationToken), Current.CancellationToken));
        scene.Rooms.Clock.Advance(TimeSpan.FromDays(8));
        await RetainAsync(scene);

        var again = await scene.Rooms.TurnAsync(db => scene.Rooms.Get<ContactBook>().GetOrAddAsync(db, "webchat", "default", "dl_1", Current.CancellationToken));

        Assert.NotNull(again.OptedOutAt);
        Assert.NotEqual(lead.ContactId, again.Id);
        await using var db = scene.Rooms.Open();
        var old = await db.Contacts.SingleAsync(c => c.Id == lead.ContactId, Current.CancellationToken);
        Assert.StartsWith("erased/", old.UserId, StringComparison.Ordinal);
        Assert.Equal(0, await db.Conversations.CountAsync(Current.CancellationToken));
        var counts = await db.RetentionCounts.ToDictionaryAsync(c => c.Kind, c => c.Rows, Current.CancellationToken);
        Assert.Equal((1, 1), (counts[RetentionKind.ErasedOnRequest], counts[RetentionKind.Identities]));
    }

    [Fact]
    public async Task Choosing_topics_ends_an_opt_out_and_choosing_none_is_one()
    {
        await using var scene = await LeadScene.CreateAsync();
        var optOuts = scene.Rooms.Get<OptOuts>();
        var (person, _) = await scene.PersonAsync();

        async Task<(bool OptedOut, NoticeTopics Topics, int Marks)> After(Func<OutreachDb, Contact, Task> change)
        {
            await scene.Rooms.TurnAsync(async db => await change(db, await db.Contacts.SingleAsync(c => c.Id == person.Id, Current.CancellationToken)));
            await using var db = scene.Rooms.Open();
            var contact = await db.Contacts.SingleAsync(c => c.Id == person.Id, Current.CancellationToken);
            return (await optOuts.IsOptedOutAsync(db, contact, Current.CancellationToken), contact.Topics, await db.OptOutMarks.CountAsync(Current.CancellationToken));
        }

        Assert.Equal((true, NoticeTopics.All, 1), await After((db, c) => optOuts.SetAsync(db, c, Current.CancellationToken)));
        Assert.Equal((true, NoticeTopics.All, 1), await After((db, c) => optOuts.SetAsync(db, c, Current.CancellationToken)));
        Assert.Equal((false, NoticeTopics.MyCommunity, 0), await After((db, c) => optOuts.ChooseAsync(db, c, NoticeTopics.MyCommunity, Current.CancellationToken)));
        Assert.Equal((true, NoticeTopics.MyCommunity, 1), await After((db, c) => optOuts.ChooseAsync(db, c, NoticeTopics.None, Current.CancellationToken)));
        Assert.Equal((false, NoticeTopics.MyCommunity, 0), await After((db, c) => optOuts.ClearAsync(db, c, Current.CancellationToken)));
    }

    [Fact]
    public async Task Retention_erases_what_is_over_counts_it_and_leaves_the_rest()
    {
        await using var scene = await LeadScene.CreateAsync();
        var clock = scene.Rooms.Clock;
        var old = await scene.SignUpAsync();
        await AddMessageAsync(scene, old.ConversationId);
        var withdrawn = await scene.SignUpAsync();
        await scene.WithAsync(withdrawn, (db, l) => scene.Intake.WithdrawAsync(db, l, scene.Texts.Collect, "撤回", "webchat", Current.CancellationToken));

        clock.Advance(TimeSpan.FromDays(8));
        await RetainAsync(scene);
        var afterWeek = await RowsAsync(scene);
        clock.Advance(TimeSpan.FromDays(7 * 31));
        await RetainAsync(scene);
        var afterMonths = await RowsAsync(scene);
        clock.Advance(TimeSpan.FromDays(18 * 31));
        await RetainAsync(scene);
        await RetainAsync(scene);
        var atTheEnd = await RowsAsync(scene);

        Assert.Equal((1, 1, 0, 0), afterWeek);
        Assert.Equal((1, 0, 0, 0), afterMonths);
        Assert.Equal((0, 0, 0, 0), atTheEnd);
        await using var db = scene.Rooms.Open();
        var counts = (await db.RetentionCounts.ToListAsync(Current.CancellationToken)).GroupBy(c => c.Kind).ToDictionary(g => g.Key, g => g.Sum(c => c.Rows));
        Assert.Equal((1, 1, 1, 1, 1), (counts[RetentionKind.Leads], counts[RetentionKind.WithdrawnLeads], counts[RetentionKind.Transcripts], counts[RetentionKind.DedupeKeys], counts[RetentionKind.Drafts]));
    }

    [Fact]
    public async Task Filing_shortens_the_time_of_the_sign_ups_before_it_and_not_of_later_ones()
    {
        await using var scene = await LeadScene.CreateAsync();
        var before = await scene.SignUpAsync();
        scene.Rooms.Clock.Advance(TimeSpan.FromDays(10));
        await using (var db = scene.Rooms.Open())
        {
            var community = await db.Communities.SingleAsync(c => c.Id == before.CommunityId, Current.CancellationToken);
            var saved = await scene.Rooms.Get<CommunityDesk>().SaveAsync(community.Id,
                new(community.Name, [], [], community.Households, community.FloorArea, null, null, CommunityStage.Filed, new DateOnly(2026, 11, 30), null, community.Version), LeadScene.Keeper, null, Current.CancellationToken);
            Assert.Equal(DeskOutcome.Saved, saved);
        }
        var after = await scene.SignUpAsync();

        await RetainAsync(scene);

        await using var rows = scene.Rooms.Open();
        Assert.Equal(new DateTimeOffset(2027, 5, 29, 16, 0, 0, TimeSpan.Zero), (await rows.Leads.SingleAsync(l => l.Id == before.Id, Current.CancellationToken)).EraseAt);
        Assert.Equal(after.EraseAt, (await rows.Leads.SingleAsync(l => l.Id == after.Id, Current.CancellationToken)).EraseAt);
    }

    private static async Task RetainAsync(LeadScene scene)
    {
        foreach (var work in scene.Rooms.Get<IEnumerable<IDueWork>>().Where(w => w.Name == "retention"))
            await work.RunDueAsync(Current.CancellationToken);
    }

    private static Task AddMessageAsync(LeadScene scene, long conversationId) => scene.Rooms.TurnAsync(async db =>
    {
        var conversation = await db.Conversations.SingleAsync(c => c.Id == conversationId, Current.CancellationToken);
        conversation.State = JsonSerializer.Serialize(new { form = "draft" });
        scene.Rooms.Get<ConversationLog>().Append(db, conversation, Speaker.Owner, new() { Type = "message", Text = "在吗" }, null, null, null, "key-1");
    });

    private static async Task<(int Leads, int Messages, int Keys, int Drafts)> RowsAsync(LeadScene scene)
    {
        await using var db = scene.Rooms.Open();
        return (await db.Leads.CountAsync(Current.CancellationToken), await db.Messages.CountAsync(Current.CancellationToken),
            await db.Messages.CountAsync(m => m.InboundKey != null, Current.CancellationToken), await db.Conversations.CountAsync(c => c.State != null, Current.CancellationToken));
    }
}
