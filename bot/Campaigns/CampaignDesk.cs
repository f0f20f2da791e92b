using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>What the composer filled in.</summary>
public sealed record CampaignDraft
{
    public required string Title { get; init; }
    public required string Body { get; init; }
    public string? Link { get; init; }
    public NoticePicture? Picture { get; init; }
    public required AudienceChoice Audience { get; init; }
    public ReplyChoices Replies { get; init; }
    public Repeat Repeat { get; init; }
    /// <summary>Null: at once.</summary>
    public DateTimeOffset? StartAt { get; init; }
    /// <summary>Made with the form; the same token twice is the same campaign.</summary>
    public required Guid FormToken { get; init; }
    /// <summary>The total that the composer saw and confirmed.</summary>
    public required int ConfirmedTotal { get; init; }
}

public enum CreateOutcome
{
    Created, AlreadyCreated, NotAllowed, Invalid, EmptyAudience, AudienceChanged,
    /// <summary>It has begun, or somebody changed it in the meantime.</summary>
    TooLate,
}

/// <param name="Problems">Field and sentence, for <see cref="CreateOutcome.Invalid"/>.</param>
/// <param name="ActualTotal">The exact audience now.</param>
public sealed record CreateResult(CreateOutcome Outcome, Campaign? Campaign = null, IReadOnlyList<(string Field, string Problem)>? Problems = null, int ActualTotal = 0);

/// <param name="Day">Days after the sign-up.</param>
public sealed record SequenceStep(int Day, string Title, string Body);

public enum StepOutcome { Done, NotFound, NotAllowed, WrongState, OwnCampaign }

/// <summary>Deliveries by state, counted from the rows: their sum is the snapshot.</summary>
public sealed record CampaignNumbers(int Queued, int Sending, int Sent, int Failed, int Skipped, int Unknown)
{
    public int Total => Queued + Sending + Sent + Failed + Skipped + Unknown;
    public int Ended => Sent + Failed + Skipped + Unknown;
}

/// <param name="HeldUntil">The end of the quiet hours in which it rests now; null: it does not.</param>
public sealed record CampaignView(Campaign Campaign, CampaignNumbers Numbers, IReadOnlyDictionary<SkipReason, int> Skipped, string AreaName, DateTimeOffset? HeldUntil);

/// <summary>What staff do with notices. Every call is limited to the caller's subtree.</summary>
internal sealed class CampaignDesk(
    IDbContextFactory<OutreachDb> databases, Audience audiences, CampaignChannels channels, QuotaKeeper quotas, IOptionsMonitor<CampaignOptions> options, SendingHours hours, TimeProvider clock)
{

    // A form knows minutes only, and is read before it is sent.
    private static readonly TimeSpan FormTime = TimeSpan.FromMinutes(5);
    private const StaffRoles Composers = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Community | StaffRoles.Publicity;

    public static bool MayCompose(StaffScope scope) => scope.Has(Composers);

    /// <summary>The exact audience; null when the area is not the caller's.</summary>
    public async Task<AudiencePreview?> PreviewAsync(StaffScope scope, AudienceChoice choice, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await IsWithinAsync(db, scope, choice.AreaId, cancellationToken) ? await PreviewAsync(db, choice, cancellationToken) : null;
    }

    /// <summary>What a text would say of the first of these communities that has all its numbers, else of the first; null: none is in the directory.</summary>
    public async Task<NoticeWords?> ExampleAsync(IReadOnlyCollection<long> communityIds, string text, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var words = await NoticeWords.ReadAsync(db, communityIds, cancellationToken);
        return communityIds.Select(id => words.GetValueOrDefault(id)).OfType<NoticeWords>().OrderBy(own => own.Missing(text) is null ? 0 : 1).FirstOrDefault();
    }

    /// <summary>Whether a second person must let this audience be written to.</summary>
    public bool NeedsApproval(AudiencePreview preview) => channels.NeedsApproval(preview);

    /// <summary>What is wrong with a draft, field and sentence, for the person who wrote it; empty when it may be made.</summary>
    public IReadOnlyList<(string Field, string Problem)> Check(CampaignDraft draft)
    {
        var problems = Notice.Check(draft.Title, draft.Body, draft.Link).ToList();
        if (draft.Picture?.Problem is { } undescribed)
            problems.Add((nameof(NoticePicture.Description), undescribed));
        if (draft.Audience.CommunityIds is { Count: 0 })
            problems.Add((nameof(AudienceChoice.CommunityIds), "请至少选一个小区。"));
        if (draft.StartAt < clock.GetUtcNow() - FormTime)
            problems.Add((nameof(CampaignDraft.StartAt), "开始时间已经过去了，请改晚一些。"));
        else if (StartOf(draft) is var start && hours.IsQuiet(start))
            problems.Add((nameof(CampaignDraft.StartAt), $"{hours.Rule}，最早 {hours.When(hours.NextAllowed(start))} 发。"));
        return problems;
    }

    /// <summary>What only the audience shows: communities that are gone, numbers that a notice names and that a community has not.</summary>
    public async Task<IReadOnlyList<(string Field, string Problem)>> CheckAudienceAsync(CampaignDraft draft, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await CheckAudienceAsync(db, draft, cancellationToken);
    }

    /// <summary>
    /// Makes the campaign: sent at <see cref="CampaignDraft.StartAt"/>, or waiting for a second person above <see cref="CampaignOptions.ApprovalAbove"/>.
    /// The same form token twice (a double click) gives the campaign of the first.
    /// </summary>
    public async Task<CreateResult> CreateAsync(StaffScope scope, CampaignDraft draft, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await RefuseAsync(db, scope, draft, cancellationToken) is { } refused)
            return refused;
        return await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.FormToken == draft.FormToken, cancellationToken) is { } before)
                return new CreateResult(CreateOutcome.AlreadyCreated, before);
            var preview = await PreviewAsync(db, draft.Audience, cancellationToken);
            if (preview.Total == 0)
                return new(CreateOutcome.EmptyAudience);
            if (preview.Total != draft.ConfirmedTotal)
                return new(CreateOutcome.AudienceChanged, ActualTotal: preview.Total);
            var campaign = new Campaign
            {
                Title = "",
                Body = "",
                Topic = draft.Audience.Topic,
                AreaId = draft.Audience.AreaId,
                ComposerId = scope.StaffId,
                ComposerName = scope.DisplayName,
                CreatedAt = clock.GetUtcNow(),
                FormToken = draft.FormToken,
            };
            Fill(campaign, draft, preview);
            db.Campaigns.Add(campaign);
            await db.SaveChangesAsync(cancellationToken);
            return new(CreateOutcome.Created, campaign, ActualTotal: preview.Total);
        }, cancellationToken);
    }

    /// <summary>Writes a notice anew that has not begun. Who changes it is its composer from then on, and what was approved is not any more.</summary>
    /// <param name="version">As the form was made with: somebody else's change in between is not overwritten.</param>
    public async Task<CreateResult> EditAsync(StaffScope scope, long id, Guid version, CampaignDraft draft, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await RefuseAsync(db, scope, draft, cancellationToken) is { } refused)
            return refused;
        return await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.VisibleTo(db, scope).SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } campaign)
                return new CreateResult(CreateOutcome.NotAllowed);
            if (!MayEdit(campaign) || campaign.Version != version)
                return new(CreateOutcome.TooLate, campaign);
            var preview = await PreviewAsync(db, draft.Audience, cancellationToken);
            if (preview.Total == 0)
                return new(CreateOutcome.EmptyAudience);
            if (preview.Total != draft.ConfirmedTotal)
                return new(CreateOutcome.AudienceChanged, ActualTotal: preview.Total);
            (campaign.ComposerId, campaign.ComposerName, campaign.ApproverId, campaign.ApproverName, campaign.PauseReason) = (scope.StaffId, scope.DisplayName, null, null, null);
            Fill(campaign, draft, preview);
            await db.SaveChangesAsync(cancellationToken);
            await db.ResolveAsync(AlertKind.CampaignPaused, CampaignAlerts.Subject(id), clock.GetUtcNow(), cancellationToken);
            return new(CreateOutcome.Created, campaign, ActualTotal: preview.Total);
        }, cancellationToken);
    }

    /// <summary>Notices that follow every later sign-up of an area. Nobody knows today how many people they go to, so another person always lets them.</summary>
    /// <returns>Id of the first; null: not the caller's area.</returns>
    public async Task<long?> CreateSequenceAsync(StaffScope scope, long areaId, IReadOnlyList<SequenceStep> steps, Guid formToken, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!MayCompose(scope) || !await IsWithinAsync(db, scope, areaId, cancellationToken))
            return null;
        return await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.Where(c => c.FormToken == formToken).Select(c => (long?)c.Id).SingleOrDefaultAsync(cancellationToken) is { } before)
                return before;
            var now = clock.GetUtcNow();
            var campaigns = steps.Select((step, n) => new Campaign
            {
                Title = step.Title.Trim(),
                Body = step.Body.Trim(),
                Topic = NoticeTopics.MyCommunity,
                AreaId = areaId,
                State = CampaignState.AwaitingApproval,
                ComposerId = scope.StaffId,
                ComposerName = scope.DisplayName,
                CreatedAt = now,
                StartAt = now,
                DripDay = step.Day,
                DripId = formToken,
                FormToken = n == 0 ? formToken : Guid.NewGuid(),
                Version = Guid.NewGuid(),
            }).ToList();
            db.Campaigns.AddRange(campaigns);
            await db.SaveChangesAsync(cancellationToken);
            return campaigns[0].Id;
        }, cancellationToken);
    }

    /// <summary>Before the first row of its snapshot; what sends again has the words of its first campaign.</summary>
    public static bool MayEdit(Campaign campaign) => campaign is { SnapshotAt: null, SnapshotCursor: 0, FollowsId: null, DripDay: null }
        && campaign.State is CampaignState.Draft or CampaignState.AwaitingApproval or CampaignState.Scheduled or CampaignState.Paused;

    /// <summary>A second person lets it go out; never the composer.</summary>
    public Task<StepOutcome> ApproveAsync(StaffScope scope, long id, CancellationToken cancellationToken) =>
        StepAsync(scope, id, campaign => campaign.ComposerId == scope.StaffId ? StepOutcome.OwnCampaign
            : Move(campaign, [CampaignState.AwaitingApproval], CampaignState.Scheduled, c =>
            {
                c.ApproverId = scope.StaffId;
                c.ApproverName = scope.DisplayName;
                c.StartAt = NextStart(c);
            }), cancellationToken);

    /// <summary>Nothing more is claimed after this; the batch in flight ends.</summary>
    public Task<StepOutcome> PauseAsync(StaffScope scope, long id, CancellationToken cancellationToken) =>
        StepAsync(scope, id, campaign => Move(campaign, [CampaignState.Scheduled, CampaignState.Sending], CampaignState.Paused, c => c.PauseReason = "工作人员暂停"), cancellationToken);

    /// <summary>A person's word that it may go on: what has not begun keeps its time, or goes out now when that has passed.</summary>
    public Task<StepOutcome> ResumeAsync(StaffScope scope, long id, CancellationToken cancellationToken) =>
        StepAsync(scope, id, campaign => Move(campaign, [CampaignState.Paused], campaign.SnapshotAt is null ? CampaignState.Scheduled : CampaignState.Sending, c =>
        {
            c.PauseReason = null;
            if (c.SnapshotAt is null)
                c.StartAt = NextStart(c);
        }), cancellationToken);

    /// <summary>For good: what is queued is skipped, what was sent stays sent.</summary>
    public async Task<StepOutcome> CancelAsync(StaffScope scope, long id, CancellationToken cancellationToken)
    {
        var outcome = await StepAsync(scope, id, campaign => Move(campaign,
            [CampaignState.Draft, CampaignState.AwaitingApproval, CampaignState.Scheduled, CampaignState.Sending, CampaignState.Paused],
            CampaignState.Cancelled, c => c.DoneAt = clock.GetUtcNow()), cancellationToken);
        if (outcome == StepOutcome.Done)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.SkipCancelledAsync(id, clock.GetUtcNow(), CancellationToken.None);
        }
        return outcome;
    }

    public async Task<CampaignView?> FindAsync(StaffScope scope, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return (await ViewsAsync(db, db.Campaigns.AsNoTracking().VisibleTo(db, scope).Where(c => c.Id == id), cancellationToken)).SingleOrDefault();
    }

    /// <summary>Those being sent first, then waiting, planned, past; newest first within.</summary>
    public async Task<IReadOnlyList<CampaignView>> ListAsync(StaffScope scope, int skip, int take, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var page = db.Campaigns.AsNoTracking().VisibleTo(db, scope)
            .OrderBy(c => c.State == CampaignState.Sending || c.State == CampaignState.Paused ? 0 : c.State == CampaignState.AwaitingApproval ? 1 : c.State == CampaignState.Scheduled ? 2 : 3)
            .ThenByDescending(c => c.Id).Skip(skip).Take(take);
        return await ViewsAsync(db, page, cancellationToken);
    }

    private async Task<CreateResult?> RefuseAsync(OutreachDb db, StaffScope scope, CampaignDraft draft, CancellationToken cancellationToken)
    {
        if (!MayCompose(scope) || !await IsWithinAsync(db, scope, draft.Audience.AreaId, cancellationToken))
            return new(CreateOutcome.NotAllowed);
        List<(string, string)> problems = [.. Check(draft), .. await CheckAudienceAsync(db, draft, cancellationToken)];
        if (draft.Picture is { Id: var picture } && !await db.PictureFiles.AnyAsync(f => f.Id == picture, cancellationToken))
            problems.Add((nameof(CampaignDraft.Picture), NoticePictures.Gone));
        return problems.Count > 0 ? new(CreateOutcome.Invalid, Problems: problems) : null;
    }

    private async Task<IReadOnlyList<(string Field, string Problem)>> CheckAudienceAsync(OutreachDb db, CampaignDraft draft, CancellationToken cancellationToken)
    {
        const int Named = 3;
        var problems = new List<(string, string)>();
        if (await Audience.GoneAsync(db, draft.Audience, cancellationToken) is { Count: > 0 } gone)
            problems.Add((nameof(AudienceChoice.CommunityIds), $"选的小区里有 {gone.Count} 个已从名册删掉，请重新选。"));
        if (!Notice.VariablesIn(draft.Title).Concat(Notice.VariablesIn(draft.Body)).Any(variable => variable != NoticeWords.CommunityVariable && NoticeWords.Variables.Contains(variable))
            || await audiences.ResolveAsync(db, draft.Audience, cancellationToken) is not { } audience)
            return problems;
        var communities = await db.MeantLeads(audience).Select(l => l.CommunityId!.Value).Distinct().ToListAsync(cancellationToken);
        var missing = (await NoticeWords.ReadAsync(db, communities, cancellationToken)).Values
            .Select(words => (words.Community, Variable: words.Missing(draft.Title, draft.Body))).Where(pair => pair.Variable is not null)
            .GroupBy(pair => pair.Variable!, pair => pair.Community);
        problems.AddRange(missing.Select(group => (nameof(CampaignDraft.Body),
            $"{group.Key} 有 {group.Count()} 个小区没有数据：{string.Join('、', group.Take(Named))}{(group.Count() > Named ? "等" : "")}。登记不到{Leads.Progress.Floor}户的不报数。换种写法，或者不选这些小区。")));
        return problems;
    }

    private void Fill(Campaign campaign, CampaignDraft draft, AudiencePreview preview)
    {
        campaign.Title = draft.Title.Trim();
        campaign.Body = draft.Body.Trim();
        campaign.Link = string.IsNullOrWhiteSpace(draft.Link) ? null : draft.Link.Trim();
        campaign.Picture = draft.Picture is { } picture ? picture with { Description = picture.Description.Trim() } : null;
        campaign.Topic = draft.Audience.Topic;
        campaign.Step = draft.Audience.Step;
        campaign.Replies = draft.Replies;
        campaign.Repeat = draft.Repeat;
        campaign.AreaId = draft.Audience.AreaId;
        campaign.Audience = draft.Audience.Filter.ToJson();
        campaign.State = channels.NeedsApproval(preview) ? CampaignState.AwaitingApproval : CampaignState.Scheduled;
        campaign.StartAt = StartOf(draft);
        campaign.Version = Guid.NewGuid();
    }

    private async Task<AudiencePreview> PreviewAsync(OutreachDb db, AudienceChoice choice, CancellationToken cancellationToken) =>
        await audiences.ResolveAsync(db, choice, cancellationToken) is { } audience
            ? await db.PreviewAsync(audience, new(options.CurrentValue.PerOwnerPerWeek, clock.GetUtcNow()), await quotas.LeftAsync(db, cancellationToken), cancellationToken)
            : new([]);

    private DateTimeOffset StartOf(CampaignDraft draft) => Later(draft.StartAt, clock.GetUtcNow());

    private DateTimeOffset NextStart(Campaign campaign) => hours.NextAllowed(Later(campaign.StartAt, clock.GetUtcNow()));

    private static DateTimeOffset Later(DateTimeOffset? planned, DateTimeOffset now) => planned > now ? planned.Value : now;

    private DateTimeOffset? HeldUntil(Campaign campaign)
    {
        var now = clock.GetUtcNow();
        var isDue = campaign.State == CampaignState.Sending || (campaign.State == CampaignState.Scheduled && campaign.StartAt <= now);
        return isDue && hours.IsQuiet(now) ? hours.NextAllowed(now) : null;
    }

    private async Task<List<CampaignView>> ViewsAsync(OutreachDb db, IQueryable<Campaign> campaigns, CancellationToken cancellationToken)
    {
        var rows = await campaigns.ToListAsync(cancellationToken);
        var ids = rows.ConvertAll(c => c.Id);
        // The reasons only of those that have one: the states alone are counted in the index.
        var counts = (await db.Deliveries.Where(d => ids.Contains(d.CampaignId))
            .GroupBy(d => new { d.CampaignId, d.State })
            .Select(group => new { group.Key.CampaignId, group.Key.State, Count = group.Count() })
            .ToListAsync(cancellationToken)).ToLookup(c => c.CampaignId);
        var skipped = (await db.Deliveries.Where(d => ids.Contains(d.CampaignId) && d.State == DeliveryState.Skipped)
            .GroupBy(d => new { d.CampaignId, d.SkipReason })
            .Select(group => new { group.Key.CampaignId, group.Key.SkipReason, Count = group.Count() })
            .ToListAsync(cancellationToken)).ToLookup(c => c.CampaignId);
        var areaIds = rows.ConvertAll(c => c.AreaId);
        var areas = await db.Areas.Where(a => areaIds.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.Name, cancellationToken);
        return rows.ConvertAll(campaign =>
        {
            var own = counts[campaign.Id].ToList();
            int Of(DeliveryState state) => own.Where(c => c.State == state).Sum(c => c.Count);
            return new CampaignView(campaign,
                new(Of(DeliveryState.Queued), Of(DeliveryState.Sending), Of(DeliveryState.Sent), Of(DeliveryState.Failed), Of(DeliveryState.Skipped), Of(DeliveryState.Unknown)),
                skipped[campaign.Id].ToDictionary(c => c.SkipReason, c => c.Count),
                areas.GetValueOrDefault(campaign.AreaId, ""),
                HeldUntil(campaign));
        });
    }

    private async Task<StepOutcome> StepAsync(StaffScope scope, long id, Func<Campaign, StepOutcome> step, CancellationToken cancellationToken)
    {
        if (!MayCompose(scope))
            return StepOutcome.NotAllowed;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.VisibleTo(db, scope).SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } campaign)
                return StepOutcome.NotFound;
            var outcome = step(campaign);
            if (outcome != StepOutcome.Done)
                return outcome;
            campaign.Version = Guid.NewGuid();
            await db.SaveChangesAsync(cancellationToken);
            await db.ResolveAsync(AlertKind.CampaignPaused, CampaignAlerts.Subject(id), clock.GetUtcNow(), cancellationToken);     // a person has looked at it
            return outcome;
        }, cancellationToken);
    }

    private static StepOutcome Move(Campaign campaign, CampaignState[] from, CampaignState to, Action<Campaign> change)
    {
        if (!from.Contains(campaign.State))
            return StepOutcome.WrongState;
        campaign.State = to;
        change(campaign);
        return StepOutcome.Done;
    }

    private static Task<bool> IsWithinAsync(OutreachDb db, StaffScope scope, long areaId, CancellationToken cancellationToken) =>
        db.Areas.AnyAsync(a => a.Id == areaId && a.Path.StartsWith(scope.AreaPath), cancellationToken);
}

internal static class CampaignQueries
{
    /// <summary>The one staff filter: campaigns of the caller's subtree.</summary>
    public static IQueryable<Campaign> VisibleTo(this IQueryable<Campaign> campaigns, OutreachDb db, StaffScope scope) =>
        campaigns.Where(c => db.Set<Area>().Any(a => a.Id == c.AreaId && a.Path.StartsWith(scope.AreaPath)));

    public static Task SkipCancelledAsync(this OutreachDb db, long campaignId, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.WriteAsync(() => db.Deliveries
            .Where(d => d.CampaignId == campaignId && d.State == DeliveryState.Queued && db.Set<Campaign>().Any(c => c.Id == campaignId && c.State == CampaignState.Cancelled))
            .ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, d => d.MayHaveArrived ? DeliveryState.Unknown : DeliveryState.Skipped)
                .SetProperty(d => d.SkipReason, SkipReason.Cancelled)
                .SetProperty(d => d.EndedAt, now), cancellationToken), cancellationToken);
}
