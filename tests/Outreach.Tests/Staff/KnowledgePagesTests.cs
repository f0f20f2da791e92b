using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.KnowledgeDesk;
using Outreach.Tests.Knowledge;

namespace Outreach.Tests.Staff;

/// <summary>The knowledge desk as people use it, without scripts.</summary>
public sealed class KnowledgePagesTests
{
    [Fact]
    public async Task An_owners_question_becomes_a_variant_that_a_second_person_lets_out()
    {
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Demo:Load"] = "false", ["Knowledge:Path"] = TestKnowledge.Folder });
        await using (var db = await StaffSeeds.OpenAsync(app))
        {
            db.UnansweredQuestions.Add(new() { Question = "俺们开大会来几家才作数嘞", Reason = UnansweredQuestion.NoAnswer, At = app.Services.GetRequiredService<TimeProvider>().GetUtcNow() });
            await db.SaveChangesAsync(StaffSeeds.Stop);
        }
        using var writer = await ConsoleClient.SignInAsync(app, "writer1", StaffRoles.Publicity);
        using var reviewer = await ConsoleClient.SignInAsync(app, "bureau1", StaffRoles.Bureau);
        const string page = "/staff/knowledge/articles/voting.quorum";

        var desk = await writer.ReadAsync("/staff/knowledge");
        await writer.PostAsync("/staff/knowledge", "staff/knowledge/attach", ("article", "voting.quorum"));
        var empty = await writer.ReadAsync("/staff/knowledge");
        var refused = await ConsoleClient.TextAsync(await writer.PostAsync(page, "article", [.. Fields(app, "无此法/1"), ("Input.Step", "submit")]));
        var sent = await writer.PostAsync(page, "article", [.. Fields(app, "民法典/278"), ("Input.Step", "submit")]);
        Assert.True(sent.Headers.Location is not null, await ConsoleClient.TextAsync(sent));
        var review = sent.Headers.Location!.ToString();
        var own = await writer.ReadAsync(review);
        await app.Services.GetRequiredService<ArticleChecks>().CheckNextAsync(StaffSeeds.Stop);
        var asked = await reviewer.ReadAsync(review);
        var published = await reviewer.PostAsync(review, "publish");

        Assert.Contains("1 个问题没答好", desk, StringComparison.Ordinal);
        Assert.Contains("俺们开大会来几家才作数嘞", desk, StringComparison.Ordinal);
        Assert.Contains("没有等着处理的问题", empty, StringComparison.Ordinal);
        Assert.Contains("有 1 处要改", refused, StringComparison.Ordinal);
        Assert.Contains("sources.yaml 里没有来源“无此法”", refused, StringComparison.Ordinal);
        Assert.Contains("自己写的不能自己审", own, StringComparison.Ordinal);
        Assert.Contains("俺们开大会来几家才作数嘞", asked, StringComparison.Ordinal);
        Assert.Contains("种问法都问过了", asked, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, published.StatusCode);
        Assert.Contains("俺们开大会来几家才作数嘞", app.Services.GetRequiredService<ServingKnowledge>().Knowledge.Find("voting.quorum")!.Variants);
        Assert.Contains("第1版", await reviewer.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("voting.quorum", await writer.ReadAsync("/staff/knowledge/why?q=" + Uri.EscapeDataString("俺们开大会来几家才作数嘞")), StringComparison.Ordinal);
    }

    /// <summary>What the form would hold: the draft as it is stored.</summary>
    private static (string, string)[] Fields(OutreachApp app, string citations)
    {
        var draft = app.Services.GetRequiredService<ArticleDesk>().ReadAsync("voting.quorum", StaffSeeds.Stop).GetAwaiter().GetResult();
        var form = Outreach.Staff.ArticleForm.Of(draft.Open is { } open ? Overlay.Read(open)! : draft.Serving!, draft.Open?.Version);
        return
        [
            ("Input.Question", form.Question!), ("Input.Body", form.Body!), ("Input.Citations", citations), ("Input.Variants", form.Variants!), ("Input.Regions", form.Regions!),
            ("Input.Since", form.Since ?? ""), ("Input.VerifiedOn", form.VerifiedOn ?? ""), ("Input.VerifiedBy", form.VerifiedBy ?? ""), ("Input.Caution", form.Caution.ToString()), ("Input.Related", form.Related ?? ""),
        ];
    }
}
