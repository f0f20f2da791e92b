using System.Net;
using Outreach.Channels.WebChat.Pages;
using Outreach.Communities;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class PagesTests(DefaultApp shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_chat_page_allows_nothing_from_elsewhere_and_names_its_socket()
    {
        using var http = shared.App.CreateClient();

        using var answer = await http.GetAsync("/", Stop);
        var html = await answer.Content.ReadAsStringAsync(Stop);

        var authority = shared.App.Address.Authority;
        Assert.Equal($"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws://{authority} wss://{authority}; "
            + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor", html, StringComparison.OrdinalIgnoreCase);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Contains("<html lang=\"zh-CN\">", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text=large; theme=dark", " data-theme=\"dark\" data-text=\"large\"")]
    [InlineData("text=huge; theme=pink", "")]
    [InlineData("text=\"><script>", "")]
    public async Task Text_size_and_theme_stand_in_the_first_line(string cookies, string written)
    {
        using var http = shared.App.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Cookie", cookies);

        using var answer = await http.SendAsync(request, Stop);

        Assert.Contains($"<html lang=\"zh-CN\"{written}>", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_code_of_a_community_is_a_picture_and_an_unknown_one_has_none()
    {
        using var http = shared.App.CreateClient();

        using var known = await http.GetAsync("/c/chunhuiyuan/qr.png", Stop);
        using var unknown = await http.GetAsync("/c/nowhere/qr.png", Stop);

        Assert.Equal("image/png", known.Content.Headers.ContentType?.MediaType);
        Assert.Equal("PNG"u8.ToArray(), (await known.Content.ReadAsByteArrayAsync(Stop))[1..4]);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_made_up_community_in_the_address_is_ignored()
    {
        using var http = shared.App.CreateClient();

        var html = await http.GetStringAsync("/?c=%22%3E%3Cscript%3E", Stop);

        Assert.DoesNotContain("\"><script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("data-community", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CommunityStage.None, 0, "征集意愿")]
    [InlineData(CommunityStage.GatheringInterest, 0, "征集意愿")]
    [InlineData(CommunityStage.Applied, 2, "成立筹备组")]
    [InlineData(CommunityStage.PreparatoryGroup, 3, "首次业主大会")]
    [InlineData(CommunityStage.FirstMeeting, 4, "选出业委会")]
    [InlineData(CommunityStage.Elected, 5, "备案")]
    [InlineData(CommunityStage.Filed, 6, null)]
    [InlineData(CommunityStage.TermOver, 6, "换届")]
    [InlineData(CommunityStage.ManagementCommittee, 0, "物业管理委员会")]
    public void A_stage_says_what_lies_behind_and_what_is_on(CommunityStage stage, int done, string? now)
    {
        var steps = OwnerSteps.Of(stage, new DateOnly(2026, 10, 22), day => DayText.Of(day, new DateOnly(2026, 11, 24)));

        Assert.Equal(done, steps.Count(step => step.State == OwnerStepState.Done));
        Assert.Equal(now, steps.SingleOrDefault(step => step.State == OwnerStepState.Now)?.Title);
    }

    [Fact]
    public void After_the_application_the_last_day_for_the_group_is_told_as_national_guidance()
    {
        var steps = OwnerSteps.Of(CommunityStage.Applied, new DateOnly(2026, 10, 22), day => DayText.Of(day, new DateOnly(2026, 11, 24)));

        Assert.Equal("10月22日 周四", steps[1].Date);
        Assert.Equal("由街道组织，全国规定最迟12月21日 周一；河南的规定可能更短", steps[2].Note);
    }
}
