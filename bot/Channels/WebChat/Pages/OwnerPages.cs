using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Storage;
using QRCoder;

namespace Outreach.Channels.WebChat.Pages;

/// <summary>The chat page at <c>/</c>, each community's page at <c>/c/{key}</c> and its poster.</summary>
internal sealed class OwnerPages(
    CommunityDirectory directory, DemoData demo, ProgressReader progress, IEnumerable<IFollowCodes> followCodes, CityClock clock, IOptions<SiteOptions> site, PageAssets assets)
{
    public IResult Chat(HttpContext http, string? c)
    {
        NoStore(http);
        return new RazorComponentResult<ChatPage>(new { Frame = FrameOf(http), Community = c is null ? null : directory.FindByKey(c) });
    }

    public async Task<IResult> CommunityAsync(HttpContext http, string key)
    {
        NoStore(http);
        if (directory.FindByKey(key) is not { } community || await progress.ReadAsync(community.Id, http.RequestAborted) is not { } numbers)
            return new RazorComponentResult<NoSuchCommunityPage>(new { Frame = FrameOf(http) }) { StatusCode = StatusCodes.Status404NotFound };
        return new RazorComponentResult<CommunityPage>(new
        {
            Frame = FrameOf(http),
            Community = community,
            Progress = numbers,
            Place = PlaceOf(community),
            Updated = DayText.Of(clock.Today, clock.Today),
            Steps = OwnerSteps.Of(community.Stage, community.StageSince, day => DayText.Of(day, clock.Today)),
            Code = Inline(CodeOf(http, community, pixels: 4)),
        });
    }

    /// <summary>A sheet to print for the notice board; with <c>code=follow</c> its code is the one that staff had made for following an account.</summary>
    public async Task<IResult> PosterAsync(HttpContext http, string key, string? code)
    {
        NoStore(http);
        if (directory.FindByKey(key) is not { } community)
            return new RazorComponentResult<NoSuchCommunityPage>(new { Frame = FrameOf(http) }) { StatusCode = StatusCodes.Status404NotFound };
        var office = directory.OfficeOf(community);
        var follow = code == "follow" ? await FollowAsync(community, http.RequestAborted) : null;
        return new RazorComponentResult<PosterPage>(new
        {
            Frame = FrameOf(http),
            Community = community,
            Place = PlaceOf(community),
            Office = office.AreaId is null ? "社区工作人员，或打12345" : $"{office.Name}，电话{office.Phone}",
            Address = AddressOf(http, community),
            Printed = DayText.Of(clock.Today, clock.Today),
            Code = Inline(follow is { Says: var says } ? CodeOf(says, pixels: 12) : CodeOf(http, community, pixels: 12)),
            Follow = follow?.Title,
        });
    }

    public IResult Code(HttpContext http, string key) =>
        directory.FindByKey(key) is { } community ? Results.Bytes(CodeOf(http, community, pixels: 16), "image/png") : Results.NotFound();

    private OwnerFrame FrameOf(HttpContext http)
    {
        var cities = directory.Current.Areas.Where(area => area.Level == AreaLevel.City).Select(area => area.Name).ToList();
        var keeper = site.Value.Operator;
        return new(
            http.Request.Cookies["theme"] is "light" or "dark" ? http.Request.Cookies["theme"] : null,
            http.Request.Cookies["text"] is "large" ? "large" : null,
            cities.Count == 1 ? cities[0] : null,
            demo.IsPresent,
            keeper.IsConfigured ? $"{keeper.Name}（{keeper.Contact}）" : "街道办事处或社区",
            assets);
    }

    private string PlaceOf(DirectoryCommunity community) =>
        string.Join(" · ", directory.Current.Up(community.AreaId).Where(area => area.Level >= AreaLevel.Subdistrict).Reverse().Select(area => area.Name));

    private string AddressOf(HttpContext http, DirectoryCommunity community)
    {
        var root = site.Value.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : $"{http.Request.Scheme}://{http.Request.Host.ToUriComponent()}";
        return $"{root}/c/{community.Key}";
    }

    private static string Inline(byte[] png) => "data:image/png;base64," + Convert.ToBase64String(png);

    private async Task<(string Title, string Says)?> FollowAsync(DirectoryCommunity community, CancellationToken cancellationToken)
    {
        foreach (var codes in followCodes)
            if (await codes.FindAsync(community.Key, cancellationToken) is { } says)
                return (codes.Title, says);
        return null;
    }

    private byte[] CodeOf(HttpContext http, DirectoryCommunity community, int pixels) => CodeOf(AddressOf(http, community), pixels);

    private static byte[] CodeOf(string says, int pixels)
    {
        using var code = QRCodeGenerator.GenerateQrCode(says, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(code);
        return picture.GetGraphic(pixels);
    }

    private static void NoStore(HttpContext http) => http.Response.Headers.CacheControl = "no-store";
}
