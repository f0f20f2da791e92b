using Outreach.Campaigns;

namespace Outreach.Staff;

/// <summary>The picture of a notice that is being written, and what is wrong with the file that was chosen for it.</summary>
internal sealed record DraftPicture(NoticePicture? Picture, string? Problem)
{
    /// <summary>The step that takes the picture out again.</summary>
    public const string Remove = "no-picture";

    /// <summary>Whichever button was pressed, and whatever else is wrong with the form: a picture that was chosen is kept, in place of the one before.</summary>
    public static async Task<DraftPicture> TakeAsync(ComposeForm form, NoticePictures pictures, CancellationToken cancellationToken)
    {
        var (before, problem) = (form.PictureId, (string?)null);
        if (form.Step == Remove)
            form.PictureId = form.PictureDescription = null;
        else if (form.PictureFile is { } file)
        {
            var taken = await pictures.TakeAsync(file, cancellationToken);
            (form.PictureId, problem) = (taken.File?.Id ?? before, taken.Problem);
        }
        if (before is { Length: > 0 } && before != form.PictureId)
            await pictures.ForgetAsync(before, cancellationToken);
        if (form.PictureId is not { Length: > 0 } id)
            return new(null, problem);
        if (await pictures.FindAsync(id, cancellationToken) is { } found)
            return new(found with { Description = form.PictureDescription?.Trim() ?? "" }, problem);
        form.PictureId = null;
        return new(null, NoticePictures.Gone);
    }
}
