using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Tests.Channels;

/// <summary>A program beside servers that behave like its channels' vendors, for tests that share it; they move the clock, forward.</summary>
public abstract class ChannelProgram : IAsyncLifetime
{
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero));
    public OutreachApp App { get; private set; } = null!;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => App = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await EndAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the vendors' servers, then the program.</summary>
    protected abstract Task<OutreachApp> StartAsync();

    /// <summary>Ends the vendors' servers.</summary>
    protected abstract Task EndAsync();

    public OutreachDb Open() => App.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();

    public async Task<Conversation?> FindAsync(string channelConversation)
    {
        await using var db = Open();
        return await db.Conversations.AsNoTracking().SingleOrDefaultAsync(c => c.ChannelConversationId == channelConversation, Stop);
    }

    /// <summary>The stored messages of a conversation, in order.</summary>
    public async Task<IReadOnlyList<Message>> MessagesAsync(string channelConversation)
    {
        await using var db = Open();
        return await db.Messages.AsNoTracking().Where(m => db.Set<Conversation>().Any(c => c.Id == m.ConversationId && c.ChannelConversationId == channelConversation))
            .OrderBy(m => m.Sequence).ToListAsync(Stop);
    }

    /// <summary>A staff member of the whole tree writes to the owner.</summary>
    public async Task ReplyAsStaffAsync(string channelConversation, string text)
    {
        var conversation = await FindAsync(channelConversation);
        var outcome = await App.Services.GetRequiredService<Handovers>().ReplyAsync(
            conversation!.Id, text, Guid.NewGuid(), new("s-test", "演示同事", StaffRoles.Bureau, null, "/", 0), Stop);
        Assert.Equal(StaffReplyOutcome.Sent, outcome);
    }

    /// <summary>What the scheduler does every few seconds.</summary>
    public Task RunDueAsync() => App.Services.GetRequiredService<OutgoingMessages>().RunDueAsync(Stop);

    /// <summary>Waits for what a call started and did not wait for.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"Waited in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, $"Waited in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        }
    }

    /// <summary>No stored message of a conversation waits or is being sent.</summary>
    public Task UntilSentAsync(string channelConversation) => UntilAsync(
        async () => (await MessagesAsync(channelConversation)).All(m => m.From == Speaker.Owner || m.SentAt is not null), "everything is sent");

    /// <summary>A conversation's message waits, and nobody is sending it.</summary>
    public Task UntilWaitingAsync(string channelConversation) => UntilAsync(
        async () => (await MessagesAsync(channelConversation)).Any(m => m.SentAt is null && m is { From: not Speaker.Owner, RetryAt: not null, ClaimedBy: null or "unsure" }), "a message waits");

    /// <summary>Holds back every write of the program until disposed: turns take as long as that.</summary>
    public async Task<IAsyncDisposable> HoldWritesAsync()
    {
        var (held, release) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var holding = Task.Run(async () =>
        {
            await using var db = Open();
            await db.WriteAsync(async () =>
            {
                held.SetResult();
                await release.Task;
            }, CancellationToken.None);
        }, Stop);
        await held.Task;
        return new Hold(release, holding);
    }

    private sealed class Hold(TaskCompletionSource release, Task holding) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            release.TrySetResult();
            await holding;
        }
    }
}
