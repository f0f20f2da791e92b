using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.KnowledgeDesk;
using Outreach.Storage;
using Outreach.Tests.Knowledge;
using static Xunit.TestContext;

namespace Outreach.Tests.KnowledgeDesk;

public sealed class ArticleDeskTests
{
    private static readonly StaffScope Writer = new("s-writer", "写的人", StaffRoles.Street, 1, "/1/", 0);
    private static readonly StaffScope Reviewer = new("s-reviewer", "审的人", StaffRoles.Bureau, null, "/", 0);

    [Fact]
    public async Task A_second_person_publishes_what_was_checked_and_every_node_answers_with_it()
    {
        await using var rooms = await RoomsAsync();
        var desk = rooms.Get<ArticleDesk>();
        var elsewhere = Node(rooms);
        var draft = await SubmitAsync(rooms, Quorum(rooms) with { Body = "第二版的说法。" }, Writer);

        var unchecked_ = await desk.PublishAsync(draft.Id, draft.Version, Reviewer, Current.CancellationToken);
        Assert.True(await rooms.Get<ArticleChecks>().CheckNextAsync(Current.CancellationToken));
        var own = await desk.PublishAsync(draft.Id, draft.Version, Writer with { Roles = StaffRoles.Bureau }, Current.CancellationToken);
        var lower = await desk.PublishAsync(draft.Id, draft.Version, Reviewer with { StaffId = "s-low", AreaDepth = 2 }, Current.CancellationToken);
        var before = Answered(rooms.Get<ServingKnowledge>());
        var done = await desk.PublishAsync(draft.Id, draft.Version, Reviewer, Current.CancellationToken);
        await elsewhere.Published.RefreshAsync(Current.CancellationToken);

        Assert.Equal([ArticleOutcome.NotChecked, ArticleOutcome.OwnWork, ArticleOutcome.MayNot, ArticleOutcome.Done], [unchecked_, own, lower, done]);
        Assert.NotEqual("第二版的说法。", before);
        Assert.Equal("第二版的说法。", Answered(rooms.Get<ServingKnowledge>()));
        Assert.Equal("第二版的说法。", Answered(elsewhere.Serving));
        await using var db = rooms.Open();
        Assert.Contains(await db.AuditEntries.ToListAsync(Current.CancellationToken), e => e is { Kind: AuditKind.PublishedKnowledge, StaffId: "s-reviewer" });
    }

    [Fact]
    public async Task Owners_go_back_to_an_earlier_revision_or_to_the_shipped_article_at_once()
    {
        await using var rooms = await RoomsAsync();
        var (desk, serving) = (rooms.Get<ArticleDesk>(), rooms.Get<ServingKnowledge>());
        var shipped = Quorum(rooms);
        await PublishAsync(rooms, shipped with { Body = "第一版。" });
        await PublishAsync(rooms, shipped with { Body = "第二版。" });
        var first = (await desk.ReadAsync(shipped.Id, Current.CancellationToken)).History.Single(r => r.Number == 1);

        Assert.Equal(ArticleOutcome.MayNot, await desk.RollBackAsync(shipped.Id, first.Id, Writer with { AreaDepth = 1 }, Current.CancellationToken));
        Assert.Equal("第二版。", Answered(serving));
        Assert.Equal(ArticleOutcome.Done, await desk.RollBackAsync(shipped.Id, first.Id, Reviewer, Current.CancellationToken));
        Assert.Equal("第一版。", Answered(serving));
        Assert.Equal(ArticleOutcome.Done, await desk.RollBackAsync(shipped.Id, null, Reviewer, Current.CancellationToken));
        Assert.Equal(shipped.Body, Answered(serving));
        Assert.Equal([3, 2, 1], (await desk.ReadAsync(shipped.Id, Current.CancellationToken)).History.Select(r => r.Number));
    }

    [Fact]
    public async Task A_draft_that_copies_a_statute_is_not_sent_and_is_told_which_passage()
    {
        await using var rooms = await RoomsAsync();
        var desk = rooms.Get<ArticleDesk>();
        const string passage = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒";     // 30
        await rooms.TurnAsync(db =>
        {
            db.StatuteTexts.Add(new() { SourceId = "民法典", Title = "示例法", ContentHash = "x", ImportedAt = rooms.Clock.GetUtcNow(), Articles = [new() { Number = 278, Sub = 0, Headings = "", Text = $"前面，{passage}，日月。后面" }] });
            return Task.CompletedTask;
        });
        await rooms.Get<StatuteLibrary>().ReloadAsync(Current.CancellationToken);

        var allowed = desk.Check(Quorum(rooms) with { Body = $"可以。{passage}。" });
        var copied = desk.Check(Quorum(rooms) with { Body = $"可以。{passage[..12]}、{passage[12..]}日也算。" });
        await desk.SaveAsync(Quorum(rooms) with { Body = $"可以。{passage}日。" }, null, Writer, Current.CancellationToken);
        var draft = (await desk.ReadAsync("voting.quorum", Current.CancellationToken)).Open!;

        Assert.DoesNotContain(allowed, problem => problem.Message.Contains("照抄", StringComparison.Ordinal));
        var problem = Assert.Single(copied, problem => problem.Severity == Severity.Error);
        Assert.Equal("body", problem.Field);
        Assert.Contains("照抄了《示例法》第二百七十八条的31个字：“甲乙丙", problem.Message, StringComparison.Ordinal);
        Assert.Equal(ArticleOutcome.HasErrors, await desk.SubmitAsync(draft.Id, draft.Version, Writer, Current.CancellationToken));
    }

    [Fact]
    public async Task A_draft_with_errors_is_not_sent_and_of_two_drafts_the_second_is_refused()
    {
        await using var rooms = await RoomsAsync();
        var desk = rooms.Get<ArticleDesk>();
        var article = Quorum(rooms) with { Citations = [new("无此法", "1")] };

        Assert.Equal(ArticleOutcome.Done, await desk.SaveAsync(article, null, Writer, Current.CancellationToken));
        Assert.Equal(ArticleOutcome.ChangedMeanwhile, await desk.SaveAsync(article with { Body = "别人的。" }, null, Reviewer, Current.CancellationToken));
        var draft = (await desk.ReadAsync(article.Id, Current.CancellationToken)).Open!;

        Assert.Equal(ArticleOutcome.HasErrors, await desk.SubmitAsync(draft.Id, draft.Version, Writer, Current.CancellationToken));
        Assert.Equal(ArticleOutcome.ChangedMeanwhile, await desk.DiscardAsync(draft.Id, Guid.NewGuid(), Writer, Current.CancellationToken));
        Assert.Equal(ArticleOutcome.Done, await desk.DiscardAsync(draft.Id, draft.Version, Writer, Current.CancellationToken));
        Assert.Null((await desk.ReadAsync(article.Id, Current.CancellationToken)).Open);
    }

    [Fact]
    public async Task The_check_tells_the_reviewer_which_wordings_of_a_new_article_another_one_answers()
    {
        await using var rooms = await RoomsAsync();
        var quorum = Quorum(rooms);
        var thief = quorum with { Id = "x.thief", Topic = "x", Question = quorum.Question.Replace("？", "呢？", StringComparison.Ordinal), Variants = [.. quorum.Variants.Select(v => v + "呢")] };
        var draft = await SubmitAsync(rooms, thief, Writer);

        await rooms.Get<ArticleChecks>().CheckNextAsync(Current.CancellationToken);
        var summary = CheckSummary.Parse((await rooms.Get<ArticleDesk>().FindAsync(draft.Id, Current.CancellationToken))!.CheckResult)!;

        Assert.Equal((42, summary.Shown.Count), (summary.Asked, summary.Changed));
        Assert.Contains(summary.Shown, change => change is { ArticleId: "x.thief", Before: null, After: "voting.quorum" });
        Assert.False(await rooms.Get<ArticleChecks>().CheckNextAsync(Current.CancellationToken));
    }

    [Fact]
    public void An_upgrade_leaves_staffs_text_to_be_merged_and_a_newer_law_sends_it_back()
    {
        var shipped = TestKnowledge.Small;
        var quorum = shipped.Find("voting.quorum")!;
        var mine = quorum with { Body = "我们的说法。" };
        ArticleRevision Over(Article? basis, DateOnly? law) => new()
        {
            ArticleId = mine.Id,
            State = RevisionState.Published,
            Text = ArticleFile.Write(mine),
            BaseHash = Overlay.HashOf(basis),
            Law = law,
            Editors = "|",
            CreatedAt = default,
            ChangedAt = default,
            Version = Guid.NewGuid(),
        };
        var law = Overlay.NewestLaw(shipped.Sources, quorum);

        Assert.Equal(OverlayFate.InForce, Overlay.FateOf(Over(quorum, law), mine, shipped));
        Assert.Equal(OverlayFate.ToMerge, Overlay.FateOf(Over(quorum with { Body = "以前随程序的。" }, law), mine, shipped));
        Assert.Equal(OverlayFate.BackToReview, Overlay.FateOf(Over(quorum with { Body = "以前随程序的。" }, law!.Value.AddYears(-1)), mine, shipped));
        Assert.Equal(OverlayFate.BackToReview, Overlay.FateOf(Over(quorum, law), mine with { Citations = [new("无此法", "1")] }, shipped));
    }

    [Fact]
    public async Task An_article_on_an_older_law_goes_back_to_review_with_an_alert_and_owners_get_the_shipped_one()
    {
        await using var rooms = await RoomsAsync();
        var shipped = Quorum(rooms);
        await PublishAsync(rooms, shipped with { Body = "旧法的说法。" });
        await rooms.TurnAsync(async db =>
        {
            var revision = await db.ArticleRevisions.SingleAsync(r => r.State == RevisionState.Published, Current.CancellationToken);
            (revision.BaseHash, revision.Law) = ("0123", new DateOnly(2000, 1, 1));
        });
        var restarted = Node(rooms);

        await restarted.Published.RefreshAsync(Current.CancellationToken);

        Assert.Equal(shipped.Body, Answered(restarted.Serving));
        await using var after = rooms.Open();
        Assert.Equal(RevisionState.InReview, (await after.ArticleRevisions.SingleAsync(Current.CancellationToken)).State);
        Assert.Equal(AlertKind.KnowledgeProblem, (await after.Alerts.SingleAsync(Current.CancellationToken)).Kind);
    }

    [Fact]
    public async Task Articles_go_out_as_files_and_come_back_as_drafts()
    {
        await using var rooms = await RoomsAsync();
        var transfer = rooms.Get<ArticleTransfer>();
        var changed = Quorum(rooms) with { Body = "发布过的说法。" };
        await PublishAsync(rooms, changed);

        var file = await transfer.ExportAsync(Reviewer, Current.CancellationToken);
        var text = await TextOfAsync(file, "articles/voting/quorum.md");
        file.Position = 0;
        var same = await transfer.ImportAsync("条目.zip", file, Writer, Current.CancellationToken);
        var one = await transfer.ImportAsync("随便.md", new MemoryStream(Encoding.UTF8.GetBytes(text.Replace("发布过的", "改过的", StringComparison.Ordinal))), Writer, Current.CancellationToken);
        var broken = await transfer.ImportAsync("坏.md", new MemoryStream([0xFF, 0xFE, 0x00]), Writer, Current.CancellationToken);
        var path = await transfer.ImportAsync("路径.md", new MemoryStream(Encoding.UTF8.GetBytes(text.Replace("id: voting.quorum", "id: ../../etc", StringComparison.Ordinal))), Writer, Current.CancellationToken);

        Assert.Equal(ArticleFile.Write(changed), text);
        Assert.Contains("一样", Assert.Single(same.Problems), StringComparison.Ordinal);
        Assert.Equal(["voting.quorum"], one.Drafts);
        Assert.Equal((0, 1), (broken.Drafts.Count, broken.Problems.Count));
        Assert.Equal((0, 1), (path.Drafts.Count, path.Problems.Count));
        Assert.Contains("改过的说法", (await rooms.Get<ArticleDesk>().ReadAsync("voting.quorum", Current.CancellationToken)).Open!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_diff_keeps_what_is_the_same_and_names_both_sides_of_what_is_not()
    {
        var lines = LineDiff.Of("一\n二\n三\n", "一\n二改\n三\n四\n");

        Assert.Equal([(LineChange.Same, "一"), (LineChange.Gone, "二"), (LineChange.New, "二改"), (LineChange.Same, "三"), (LineChange.New, "四")], lines.Select(l => (l.Change, l.Text)));
    }

    private static Task<TestRooms> RoomsAsync() => TestRooms.CreateAsync(new Dictionary<string, string?> { ["Knowledge:Path"] = TestKnowledge.Folder });

    private static Article Quorum(TestRooms rooms) => rooms.Get<KnowledgeBase>().Find("voting.quorum")!;

    private static string Answered(ServingKnowledge serving) => Assert.IsType<Answer>(serving.Answerer.Ask(new(serving.Shipped.Find("voting.quorum")!.Question))).Article.Body;

    /// <summary>Another process on the same database.</summary>
    private static (ServingKnowledge Serving, PublishedArticles Published) Node(TestRooms rooms)
    {
        var serving = new ServingKnowledge(rooms.Get<KnowledgeBase>());
        return (serving, new(rooms.Get<IDbContextFactory<OutreachDb>>(), serving, rooms.Get<AuditLog>(), rooms.Clock, NullLogger<PublishedArticles>.Instance));
    }

    private static async Task<ArticleRevision> SubmitAsync(TestRooms rooms, Article article, StaffScope scope)
    {
        var desk = rooms.Get<ArticleDesk>();
        Assert.Equal(ArticleOutcome.Done, await desk.SaveAsync(article, null, scope, Current.CancellationToken));
        var draft = (await desk.ReadAsync(article.Id, Current.CancellationToken)).Open!;
        Assert.Equal(ArticleOutcome.Done, await desk.SubmitAsync(draft.Id, draft.Version, scope, Current.CancellationToken));
        return (await desk.FindAsync(draft.Id, Current.CancellationToken))!;
    }

    private static async Task PublishAsync(TestRooms rooms, Article article)
    {
        var draft = await SubmitAsync(rooms, article, Writer);
        await rooms.Get<ArticleChecks>().CheckNextAsync(Current.CancellationToken);
        Assert.Equal(ArticleOutcome.Done, await rooms.Get<ArticleDesk>().PublishAsync(draft.Id, draft.Version, Reviewer, Current.CancellationToken));
    }

    private static async Task<string> TextOfAsync(MemoryStream file, string name)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        using var reader = new StreamReader(zip.GetEntry(name)!.Open());
        return await reader.ReadToEndAsync(Current.CancellationToken);
    }
}
