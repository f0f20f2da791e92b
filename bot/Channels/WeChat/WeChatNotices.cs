using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Channels.WeChat;

/// <summary>
/// One notice to many followers: each by the first way that reaches them (a customer-service message inside the window, a subscription notice, a template message),
/// the rest together by a mass send. Every handout is a row before the call: a batch that is handed over again after a crash gets the recorded answers, and what was
/// never answered goes out again only where the vendor knows it by its id.
/// </summary>
internal sealed class WeChatNotices(
    WeChatApi api, WeChatAccounts accounts, WeChatWindow window, WeChatMassSend mass, IDbContextFactory<OutreachDb> databases, CityClock city, TimeProvider clock)
{
    private const int Portion = 64;
    private const int AtOnce = 8;
    private const int Commit = 500;
    // Of the 20 s that a batch may take: until when one more is begun, how long those that are on their way are waited for, and the mass send after them.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan SinglePatience = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(18);
    // The vendor remembers a client_msg_id for about ten minutes and a clientmsgid for a day; ours end a little before.
    private static readonly TimeSpan TemplateMemory = TimeSpan.FromMinutes(9);
    private static readonly TimeSpan MassMemory = TimeSpan.FromHours(23);

    private static readonly SendResult NotHeard = new(SendClass.AmbiguousSent, VendorCode: "no-answer");
    private static readonly SendResult NoWay = new(SendClass.WindowClosed, VendorCode: "window");
    private static readonly SendResult Later = new(SendClass.RateLimited, VendorCode: "batch", RetryAfter: TimeSpan.FromSeconds(1));

    /// <summary>Where a mass send takes them all in one call: as many as it takes; else what goes out within some seconds.</summary>
    public int MaxRecipients => accounts.All.Any(account => account.Options.Notices.Mass != WeChatMassKind.Off) ? 10_000 : 500;

    /// <param name="text">The notice as a text message.</param>
    public async Task<IReadOnlyList<SendResult>> SendAsync(
        WeChatAccount account, IReadOnlyList<ConversationReference> to, Activity activity, string text, string batchKey, CancellationToken cancellationToken)
    {
        using var singles = new CancellationTokenSource(SinglePatience, clock);
        using var all = new CancellationTokenSource(Patience, clock);
        var batch = new Batch(account, activity, text, batchKey, city.Today, singles.Token, all.Token);
        var keys = to.Select(one => batch.KeyOf(one.UserId)).ToList();
        var before = await ReadAsync(keys, cancellationToken);
        var results = new ConcurrentDictionary<string, SendResult>(StringComparer.Ordinal);
        var fresh = new List<ConversationReference>();
        var again = new List<(ConversationReference To, WeChatHandout Row)>();
        var massAgain = new List<(ConversationReference To, WeChatHandout Row)>();
        foreach (var (one, key) in to.Zip(keys))
        {
            if (!before.TryGetValue(key, out var row))
                fresh.Add(one);
            else if (row.Class is { } known)
                results[one.UserId] = new(known, row.MessageId, row.VendorCode);
            else if (row.Way == WeChatWay.Template && clock.GetUtcNow() - row.At < TemplateMemory)
                again.Add((one, row));
            else if (row.Way == WeChatWay.Mass && clock.GetUtcNow() - row.At < MassMemory)
                massAgain.Add((one, row));
            else
                results[one.UserId] = NotHeard;
        }

        var started = clock.GetTimestamp();
        foreach (var some in again.Chunk(Portion))
            await Parallel.ForEachAsync(some, Side, async (one, _) => results[one.To.UserId] = await HeardAsync(async () => await ByTemplateAsync(batch, one.To)) ?? NotHeard);
        var forMass = await OneByOneAsync(batch, fresh, results, started, cancellationToken);
        await EndAsync(batch, again.ConvertAll(one => one.To), results);

        if (massAgain.Count > 0)
            await MassAsync(batch, massAgain.ConvertAll(one => one.To), results, isAgain: true);
        else if (forMass.Count > 0)
            await MassAsync(batch, forMass, results, isAgain: false);
        return [.. to.Select(one => results.GetValueOrDefault(one.UserId, Later))];
    }

    private static ParallelOptions Side => new() { MaxDegreeOfParallelism = AtOnce };

    /// <summary>Those who can be reached one by one, within the budget. Returns those whom only a mass send reaches.</summary>
    private async Task<List<ConversationReference>> OneByOneAsync(
        Batch batch, List<ConversationReference> fresh, ConcurrentDictionary<string, SendResult> results, long started, CancellationToken cancellationToken)
    {
        var ways = batch.Account.Options.Notices.Open;
        if (fresh.Count == 0)
            return [];
        var maybeOpen = ways.Contains(WeChatWay.CustomerService) ? await window.MaybeOpenAsync(batch.Account, cancellationToken) : new HashSet<string>();
        var single = ways.Where(way => way is WeChatWay.Subscription or WeChatWay.Template).ToList();
        List<ConversationReference> forMass = [.. single.Count > 0 ? [] : fresh.Where(one => !maybeOpen.Contains(one.ConversationId))];
        var forOne = single.Count > 0 ? fresh : [.. fresh.Where(one => maybeOpen.Contains(one.ConversationId))];
        var toMass = new ConcurrentQueue<ConversationReference>();
        foreach (var some in forOne.Chunk(Portion))
        {
            if (clock.GetElapsedTime(started) >= Budget)
                break;      // the others have no result yet: they come again
            await BeginAsync(batch, some, WeChatWay.CustomerService);
            await Parallel.ForEachAsync(some, Side, async (one, _) =>
            {
                if (clock.GetElapsedTime(started) >= Budget)
                    return;
                var result = await HeardAsync(() => ByWaysAsync(batch, ways, one, maybeOpen));
                if (result is null)
                    toMass.Enqueue(one);
                else
                    results[one.UserId] = result;
            });
            await EndAsync(batch, some, results);
        }
        forMass.AddRange(toMass);
        if (ways.Contains(WeChatWay.Mass))
            return forMass;
        foreach (var one in forMass)
            results[one.UserId] = NoWay;
        return [];
    }

    /// <summary>What the vendor says within the patience; after that nothing was heard.</summary>
    private static async Task<SendResult?> HeardAsync(Func<Task<SendResult?>> call)
    {
        try
        {
            return await call();
        }
        catch (OperationCanceledException)
        {
            return NotHeard;
        }
    }

    /// <summary>Null: only a mass send is left.</summary>
    private async Task<SendResult?> ByWaysAsync(Batch batch, IReadOnlyList<WeChatWay> ways, ConversationReference to, IReadOnlySet<string> maybeOpen)
    {
        foreach (var way in ways)
        {
            if (way == WeChatWay.Mass || (way == WeChatWay.CustomerService
                && !(maybeOpen.Contains(to.ConversationId) && await window.IsOpenAsync(batch.Account, to, CancellationToken.None))))
                continue;
            if (way == WeChatWay.Template)
                await BeginAsync(batch, [to], way);      // the row must say so: a template message may be repeated under its id
            var result = way switch
            {
                WeChatWay.CustomerService => await api.PostAsync(batch.Account, "/cgi-bin/message/custom/send",
                    new CustomMessage(to.UserId, "text", new(batch.Text), null), WeChatJson.Wire.CustomMessage, batch.Singles),
                WeChatWay.Subscription => await BySubscriptionAsync(batch, to),
                WeChatWay.Template or WeChatWay.Mass => await ByTemplateAsync(batch, to),
            };
            if (result.Class != SendClass.WindowClosed)
                return result;
        }
        return null;
    }

    private Task<SendResult> ByTemplateAsync(Batch batch, ConversationReference to)
    {
        var template = batch.Account.Options.Notices.Template;
        return api.PostAsync(batch.Account, "/cgi-bin/message/template/send",
            new TemplateMessage(to.UserId, template.Id!, batch.Link, batch.KeyOf(to.UserId), batch.Fill(template)), WeChatJson.Wire.TemplateMessage, batch.Singles);
    }

    private Task<SendResult> BySubscriptionAsync(Batch batch, ConversationReference to)
    {
        var template = batch.Account.Options.Notices.Subscription;
        return api.PostAsync(batch.Account, "/cgi-bin/message/subscribe/bizsend",
            new SubscriptionNotice(to.UserId, template.Id!, batch.Link, batch.Fill(template)), WeChatJson.Wire.SubscriptionNotice, batch.Singles);
    }

    /// <param name="isAgain">The call was made before and nothing was heard of it: anything but a yes says nothing about that one.</param>
    private async Task MassAsync(Batch batch, IReadOnlyList<ConversationReference> to, ConcurrentDictionary<string, SendResult> results, bool isAgain)
    {
        if (!isAgain)
            foreach (var some in to.Chunk(Commit))
                await BeginAsync(batch, some, WeChatWay.Mass);
        var result = await HeardAsync(async () => await mass.SendAsync(batch.Account, [.. to.Select(one => one.UserId)], batch.Text, batch.Key, batch.All)) ?? NotHeard;
        if (isAgain && result.Class != SendClass.Ok)
            result = NotHeard;
        foreach (var one in to)
            results[one.UserId] = result;
        foreach (var some in to.Chunk(Commit))
            await EndAsync(batch, some, results);
    }

    // The rows ------------------------------------------------------------------------------------------------------------------------------------

    private async Task<Dictionary<string, WeChatHandout>> ReadAsync(List<string> keys, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<WeChatHandout>().AsNoTracking().Where(h => keys.Contains(h.Key)).ToDictionaryAsync(h => h.Key, StringComparer.Ordinal, cancellationToken);
    }

    private async Task BeginAsync(Batch batch, IReadOnlyCollection<ConversationReference> to, WeChatWay way)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        var keys = to.Select(one => batch.KeyOf(one.UserId)).ToList();
        await db.WriteAsync(async () =>
        {
            var known = await db.Set<WeChatHandout>().Where(h => keys.Contains(h.Key)).ToListAsync();
            foreach (var row in known)
                (row.Way, row.At) = (way, now);
            db.AddRange(keys.Except(known.Select(row => row.Key)).Select(key => new WeChatHandout { Key = key, Way = way, At = now }));
            await db.SaveChangesAsync();
        }, CancellationToken.None);
    }

    /// <summary>What is over is kept; what the vendor did not take leaves no trace, so that another batch may hold it.</summary>
    private async Task EndAsync(Batch batch, IReadOnlyCollection<ConversationReference> to, ConcurrentDictionary<string, SendResult> results)
    {
        var ended = to.Where(one => !results.TryGetValue(one.UserId, out var result) || result.Class != SendClass.AmbiguousSent)
            .ToDictionary(one => batch.KeyOf(one.UserId), one => results.GetValueOrDefault(one.UserId), StringComparer.Ordinal);
        if (ended.Count == 0)
            return;
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var keys = ended.Keys.ToList();
        await db.WriteAsync(async () =>
        {
            foreach (var row in await db.Set<WeChatHandout>().Where(h => keys.Contains(h.Key)).ToListAsync())
                if (ended[row.Key] is { Class: SendClass.Ok or SendClass.RecipientGone } result)
                    (row.Class, row.MessageId, row.VendorCode) = (result.Class, result.MessageId, result.VendorCode);
                else
                    db.Remove(row);
            await db.SaveChangesAsync();
        }, CancellationToken.None);
    }

    /// <summary>One notice under its key.</summary>
    private sealed class Batch(WeChatAccount account, Activity activity, string text, string key, DateOnly today, CancellationToken singles, CancellationToken all)
    {
        private readonly WeChatNoticeText _notice = WeChatNoticeText.Of(activity, today);

        public WeChatAccount Account => account;
        public string Text => text;
        public string Key => key;
        public CancellationToken Singles => singles;
        public CancellationToken All => all;
        public string? Link => _notice.Link;

        public IReadOnlyDictionary<string, TemplateValue> Fill(WeChatTemplateOptions template) => _notice.Fill(template);

        public string KeyOf(string openId) => ChannelInbox.KeyOf(WeChatChannel.ChannelId, account.Name, key, openId);
    }
}
