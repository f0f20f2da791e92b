using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Channels.WeChat;

/// <summary>A permanent code of an account: its scene is <c>c:</c> and the community's key.</summary>
public sealed class WeChatCode
{
    public long Id { get; init; }
    /// <summary>The app id: codes belong to the account, whatever it is called here.</summary>
    public required string AppId { get; init; }
    public required string Scene { get; init; }
    /// <summary>What the code says, such as <c>http://weixin.qq.com/q/…</c>.</summary>
    public required string Address { get; init; }
    public required DateTimeOffset MadeAt { get; init; }
}

internal sealed class WeChatCodeTable : IEntityTypeConfiguration<WeChatCode>
{
    public void Configure(EntityTypeBuilder<WeChatCode> code)
    {
        code.ToTable("WeChatCodes");
        code.Property(c => c.AppId).HasMaxLength(64);
        code.Property(c => c.Scene).HasMaxLength(64);
        code.Property(c => c.Address).HasMaxLength(256);
        code.HasIndex(c => new { c.AppId, c.Scene }).IsUnique();
    }
}

/// <summary>
/// The parametric codes of the communities: permanent ones, made when staff first look at a community's page and kept, for an account has 100,000 of them.
/// Where there are several accounts it is the one called <c>default</c>, else the first by name.
/// </summary>
internal sealed class WeChatCodes(WeChatApi api, WeChatAccounts accounts, IDbContextFactory<OutreachDb> databases, TimeProvider clock) : IFollowCodes
{
    private const int MaxScene = 64;

    public bool IsOn => Account is not null;

    public string Title => "微信公众号";

    public async Task<string?> FindAsync(string communityKey, CancellationToken cancellationToken)
    {
        if (Account is not { Options.AppId: { } appId })
            return null;
        var scene = SceneOf(communityKey);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<WeChatCode>().Where(c => c.AppId == appId && c.Scene == scene).Select(c => c.Address).SingleOrDefaultAsync(cancellationToken);
    }

    public async Task<string?> MakeAsync(string communityKey, CancellationToken cancellationToken)
    {
        var scene = SceneOf(communityKey);
        if (Account is not { } account || scene.Length > MaxScene)
            return null;
        if (await FindAsync(communityKey, cancellationToken) is { } known)
            return known;
        var (_, made) = await api.AskAsync(account, "/cgi-bin/qrcode/create", new CodeToMake("QR_LIMIT_STR_SCENE", new(new(scene))),
            WeChatJson.Wire.CodeToMake, WeChatJson.Wire.CodeMade, cancellationToken);
        if (made?.Url is not { Length: > 0 } address)
            return null;
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        return await db.WriteAsync(async () =>
        {
            var appId = account.Options.AppId!;
            if (await db.Set<WeChatCode>().Where(c => c.AppId == appId && c.Scene == scene).Select(c => c.Address).SingleOrDefaultAsync() is { } meanwhile)
                return meanwhile;
            db.Add(new WeChatCode { AppId = appId, Scene = scene, Address = address, MadeAt = clock.GetUtcNow() });
            await db.SaveChangesAsync();
            return address;
        }, CancellationToken.None);
    }

    private WeChatAccount? Account => accounts.Find(WeChatOptions.DefaultAccount) ?? accounts.All.OrderBy(account => account.Name, StringComparer.Ordinal).FirstOrDefault();

    private static string SceneOf(string communityKey) => $"c:{communityKey}";
}

internal sealed record CodeToMake(
    [property: JsonPropertyName("action_name")] string ActionName, [property: JsonPropertyName("action_info")] CodeInfo ActionInfo);

internal sealed record CodeInfo(CodeScene Scene);

internal sealed record CodeScene([property: JsonPropertyName("scene_str")] string SceneStr);

internal sealed record CodeMade(string? Ticket, string? Url);
