using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Channels.WeCom;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Storage;

namespace Outreach.Tests.Channels.WeCom;

/// <summary>What owners in WeChat read who write to a corp's customer service.</summary>
[Collection(WeComCorps.Name)]
public sealed class KfDialogueTests(WeComCorp shared) : IDisposable
{
    private readonly string _owner = $"wm{Guid.NewGuid():N}"[..32];

    private WeComServer WeCom => shared.WeCom;
    private WeComCustomers Customers => WeCom.Customers;
    private string Conversation => $"{Customers.OpenKfId}:{_owner}";

    public void Dispose() => Customers.PageSize = 1000;

    [Fact]
    public async Task Opens_the_conversation_asks_and_signs_up_to_the_receipt()
    {
        await Customers.EnterAsync(_owner, sceneParameter: "c%3Achunhuiyuan");
        await UntilReadAsync(1);
        foreach (var said in (string[])["换物业要多少人同意", "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000124", "同意", "同意转交"])
        {
            await Customers.SayAsync(_owner, said);
            await UntilReadAsync(Customers.Ledger(_owner).Count + 1);
        }
        await UntilReadAsync(5);

        var read = Customers.Ledger(_owner);
        Assert.StartsWith("您好，我是业委会助手，自动回答。您是从春晖苑", read[0].Text, StringComparison.Ordinal);
        Assert.True(read[0].IsWelcome);
        Assert.Contains("依据：《", read[1].Text, StringComparison.Ordinal);
        Assert.Equal(["有帮助", "没答对"], read[1].Menu.Select(line => line.Content).TakeLast(2));
        Assert.Equal(["同意", "不同意"], read[2].Menu.Select(line => line.Content));
        Assert.StartsWith("登记好了", read[4].Text, StringComparison.Ordinal);
        Assert.Equal(5, read.Count);
    }

    [Fact]
    public async Task A_tap_says_its_words_and_a_verdict_is_kept_with_its_answer()
    {
        await Customers.EnterAsync(_owner);
        await UntilReadAsync(1);
        await TapAsync(Customers.Ledger(_owner)[0].Menu.Single(line => line.Content == "我要登记"));
        await UntilReadAsync(2);
        Assert.Contains("小区", Customers.Ledger(_owner)[1].Text, StringComparison.Ordinal);
        await Customers.SayAsync(_owner, "换物业要多少人同意");
        await WeComCorp.UntilAsync(() => Customers.Ledger(_owner)[^1].Menu.Any(line => line.Content == "没答对"), "an answer with verdicts");
        var answered = (await shared.MessagesAsync(Conversation)).Last(m => m.From == Speaker.Bot).Id;

        await TapAsync(Customers.Ledger(_owner)[^1].Menu.Single(line => line.Content == "没答对"));

        await using var db = shared.Open();
        await WeComCorp.UntilAsync(() => db.AnswerFeedbacks.AnyAsync(f => f.MessageId == answered, WeComCorp.Stop), "the verdict");
    }

    [Fact]
    public async Task A_message_announced_three_times_at_once_is_one_turn()
    {
        Customers.Say(_owner, "谢谢");

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Customers.CallAsync()));
        await UntilReadAsync(1);
        await UntilFetchedAsync();
        await shared.UntilSentAsync(Conversation);

        Assert.Single(Customers.Ledger(_owner));
        Assert.Equal(2, (await shared.MessagesAsync(Conversation)).Count);
    }

    [Fact]
    public async Task Many_messages_are_fetched_page_by_page_and_each_is_answered_once_in_order()
    {
        Customers.PageSize = 2;
        var owners = Enumerable.Range(0, 7).Select(n => $"{_owner}-{n}").ToList();
        foreach (var owner in owners)
            Customers.Say(owner, "谢谢");

        await Customers.CallAsync();

        await WeComCorp.UntilAsync(() => owners.TrueForAll(owner => Customers.Ledger(owner).Count == 1), "seven answers");
        await UntilFetchedAsync();
        Assert.All(owners, owner => Assert.Single(Customers.Ledger(owner)));
    }

    [Fact]
    public async Task A_page_that_could_not_be_read_is_read_when_the_vendor_is_back()
    {
        Customers.SyncFaults.Lasting = VendorFault.Broken;
        var before = Customers.Syncs;
        await Customers.SayAsync(_owner, "谢谢");
        await WeComCorp.UntilAsync(async () => (await CursorAsync()).RetryAt is not null, "the row waits");
        Customers.SyncFaults.Lasting = VendorFault.None;
        Assert.Empty(Customers.Ledger(_owner));

        shared.Clock.Advance(TimeSpan.FromMinutes(11));      // the token is over too
        await SyncDueAsync();

        await UntilReadAsync(1);
        await UntilFetchedAsync();
        Assert.True(Customers.Syncs > before);
    }

    [Fact]
    public async Task An_answer_whose_confirmation_was_lost_is_delivered_once()
    {
        WeCom.Faults.Next(VendorFault.LosesAnswer);

        await Customers.SayAsync(_owner, "谢谢");
        await UntilReadAsync(1);
        await shared.UntilSentAsync(Conversation);

        Assert.Single(Customers.Ledger(_owner));
    }

    [Fact]
    public async Task A_greeting_whose_confirmation_was_lost_is_delivered_once()
    {
        WeCom.Faults.Next(VendorFault.LosesAnswer);

        await Customers.EnterAsync(_owner);
        await UntilReadAsync(1);
        await shared.UntilSentAsync(Conversation);

        Assert.True(Assert.Single(Customers.Ledger(_owner)).IsWelcome);
    }

    [Fact]
    public async Task Five_messages_after_the_owners_own_and_the_sixth_waits_for_the_next()
    {
        await Customers.SayAsync(_owner, "谢谢");
        await UntilReadAsync(1);
        await shared.UntilSentAsync(Conversation);
        var refused = WeCom.Refusals.Count;

        for (var n = 1; n <= 6; n++)
            await shared.ReplyAsStaffAsync(Conversation, $"第{n}句");
        await UntilReadAsync(5);
        await shared.UntilWaitingAsync(Conversation);

        Assert.Equal(refused, WeCom.Refusals.Count);      // counted on our side: the vendor need not say no
        Assert.Equal(["第1句", "第2句", "第3句", "第4句"], Staff());
        shared.Clock.Advance(TimeSpan.FromMinutes(2));
        await Customers.SayAsync(_owner, "收到");
        await WeComCorp.UntilAsync(() => Staff().Count == 6, "the rest");
        Assert.Equal(["第1句", "第2句", "第3句", "第4句", "第5句", "第6句"], Staff());
    }

    [Fact]
    public async Task After_48_hours_the_window_is_closed_and_words_wait_for_the_owner()
    {
        await Customers.SayAsync(_owner, "谢谢");
        await UntilReadAsync(1);
        await shared.UntilSentAsync(Conversation);
        shared.Clock.Advance(TimeSpan.FromHours(48));
        var channel = shared.App.Services.GetRequiredService<KfChannel>();

        var notice = await channel.SendAsync(KfChannel.ReferenceOf("default", Customers.OpenKfId, _owner), new() { Type = "message", Text = "停水通知" }, "delivery/1", WeComCorp.Stop);
        await shared.ReplyAsStaffAsync(Conversation, "您好");
        await shared.UntilWaitingAsync(Conversation);
        await Customers.SayAsync(_owner, "在吗");
        await WeComCorp.UntilAsync(() => Staff().Count == 1, "what waited");

        Assert.Equal(Outreach.Activities.SendClass.WindowClosed, notice.Class);
        Assert.DoesNotContain(Customers.Ledger(_owner), read => read.Text.Contains("停水", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_vendor_took_and_did_not_deliver_is_known()
    {
        Customers.Reject(_owner);
        await Customers.SayAsync(_owner, "谢谢");
        await UntilFetchedAsync();
        await shared.UntilSentAsync(Conversation);

        await Customers.CallAsync();

        await WeComCorp.UntilAsync(async () =>
        {
            await using var db = shared.Open();
            return await db.Contacts.AnyAsync(c => c.UserId == _owner && c.UnreachableSince != null, WeComCorp.Stop);
        }, "the owner is unreachable");
        Assert.Empty(Customers.Ledger(_owner));
    }

    [Fact]
    public async Task Who_asks_for_a_person_is_moved_to_the_pool_where_the_account_wants_it_and_the_bot_keeps_silent()
    {
        var (customers, conversation) = (shared.Pool.Customers, $"{shared.Pool.Customers.OpenKfId}:{_owner}");
        await customers.SayAsync(_owner, "转人工");
        await WeComCorp.UntilAsync(() => customers.SessionOf(_owner) == WeComSession.Waiting, "the pool");
        var read = customers.Ledger(_owner).Count;
        Assert.InRange(read, 1, 2);

        await customers.AnswerAsPersonAsync(_owner, "zhangsan", "我来看");
        await customers.SayAsync(_owner, "换物业要多少人同意");
        await WeComCorp.UntilAsync(async () => (await shared.MessagesAsync(conversation)).Count(m => m.From == Speaker.Owner) == 2, "the second message");
        await shared.UntilSentAsync(conversation);

        Assert.Equal(read, customers.Ledger(_owner).Count);
        Assert.Equal(WeComSession.Waiting, customers.SessionOf(_owner));
    }

    [Theory]
    [InlineData("image")]
    [InlineData("voice")]
    [InlineData("location")]
    [InlineData("something_new")]
    public async Task What_is_no_text_is_answered_politely(string type)
    {
        await Customers.SendAsync(_owner, type, new() { ["media_id"] = "m" });
        await UntilReadAsync(1);
        await UntilFetchedAsync();

        Assert.Single(Customers.Ledger(_owner));
    }

    [Fact]
    public async Task After_a_restart_it_reads_on_where_it_was_and_what_came_meanwhile()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero));
        var folder = Directory.CreateTempSubdirectory("outreach-kf-");
        await using var corp = await WeComServer.StartAsync(clock);
        try
        {
            var settings = WeComCorp.SettingsOf(corp).ToDictionary(setting => $"Channels:WeCom:{setting.Key}", setting => setting.Value);
            await using (var first = await OutreachApp.StartAsync(settings, clock, folder.FullName))
            {
                corp.CustomerPushes.Callback = new(first.Address, "/channels/wecom-kf");
                await corp.Customers.SayAsync("wm-a", "谢谢");
                await WeComCorp.UntilAsync(() => corp.Customers.Ledger("wm-a").Count == 1, "the first answer");
                await WeComCorp.UntilAsync(async () => await WantedAsync(first) == 0, "everything is fetched");
            }
            corp.Customers.Say("wm-b", "谢谢");      // nobody there to be told
            clock.Advance(TimeSpan.FromMinutes(2));

            await using var second = await OutreachApp.StartAsync(settings, clock, folder.FullName);
            corp.CustomerPushes.Callback = new(second.Address, "/channels/wecom-kf");
            await WeComCorp.UntilAsync(() => corp.Customers.Ledger("wm-b").Count == 1, "what came meanwhile");
            await corp.Customers.SayAsync("wm-c", "谢谢");
            await WeComCorp.UntilAsync(() => corp.Customers.Ledger("wm-c").Count == 1, "the third answer");

            Assert.Single(corp.Customers.Ledger("wm-a"));
            await using var db = second.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();
            Assert.Equal(3, await db.Messages.CountAsync(m => m.From == Speaker.Owner, WeComCorp.Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> WantedAsync(OutreachApp app)
    {
        await using var db = app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();
        return await db.KfCursors.CountAsync(c => c.Wanted != null, WeComCorp.Stop);
    }

    private async Task<KfCursor> CursorAsync()
    {
        await using var db = shared.Open();
        return await db.KfCursors.AsNoTracking().SingleAsync(c => c.Account == "default" && c.OpenKfId == Customers.OpenKfId, WeComCorp.Stop);
    }

    private Task UntilFetchedAsync() => WeComCorp.UntilAsync(async () => (await CursorAsync()).Wanted is null, "everything is fetched");

    private Task SyncDueAsync() => shared.App.Services.GetServices<IDueWork>().Single(work => work.Name == "wecom-kf-messages").RunDueAsync(WeComCorp.Stop);

    private Task<WeComPushed> TapAsync((string Id, string Content) line) => Customers.SayAsync(_owner, line.Content, line.Id);

    private Task UntilReadAsync(int count) => WeComCorp.UntilAsync(
        () => Customers.Ledger(_owner).Count >= count, $"{count} messages; refused with {string.Join(' ', WeCom.Refusals)}");

    /// <summary>What staff wrote, without the office's name, in the order in which the owner read it.</summary>
    private List<string> Staff() =>
        [.. Customers.Ledger(_owner).Where(read => read.Text.Contains("工作人员】", StringComparison.Ordinal)).Select(read => read.Text[(read.Text.IndexOf('】', StringComparison.Ordinal) + 1)..])];
}
