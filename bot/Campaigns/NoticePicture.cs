using System.Globalization;
using Outreach.Activities;

namespace Outreach.Campaigns;

/// <summary>The picture of a notice, as the notice knows it; its bytes are a <see cref="PictureFile"/>.</summary>
/// <param name="Id">Unguessable: the picture is served to whoever knows it.</param>
/// <param name="Description">For who does not see it.</param>
public sealed record NoticePicture(string Id, string Description, int Width, int Height)
{
    public const int MaxDescription = 60;

    public static string PathOf(string id) => $"/pictures/{id}.jpg";

    /// <summary>The picture that a path of ours names; null: it names none.</summary>
    public static string? IdOf(string path) => path.StartsWith("/pictures/", StringComparison.Ordinal) && path.EndsWith(".jpg", StringComparison.Ordinal) ? path["/pictures/".Length..^".jpg".Length] : null;

    /// <summary>What is wrong with the description, for the person who wrote it; null: nothing.</summary>
    public string? Problem =>
        string.IsNullOrWhiteSpace(Description) ? "给图片写一句说明：看不到图的业主读它，如“培训海报：11月28日上午9点，社区会议室”。"
        : new StringInfo(Description).LengthInTextElements is > MaxDescription and var length ? $"图片说明最多 {MaxDescription} 个字，现在 {length} 个。"
        : Description.AsSpan().IndexOfAny('\r', '\n') >= 0 ? "图片说明写成一行。"
        : Notice.VariablesIn(Description).FirstOrDefault() is { } variable ? $"图片说明里不能有“{variable}”，请写上具体内容。"
        : null;

    /// <param name="publicUrl">Under which owners reach us; empty: nobody knows one.</param>
    public Picture At(string publicUrl) => new($"{publicUrl.TrimEnd('/')}{PathOf(Id)}", Description, Width, Height);
}
