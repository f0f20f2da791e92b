using Outreach.Communities;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>Reads fields out of messages and puts them into the form.</summary>
internal sealed class FormFill(SignUpReader reader, CommunityDirectory directory)
{
    public SignUpWords Read(string text, SignUpField expected) => reader.Read(text, expected);

    /// <summary>The fields of a message, kept out of the transcript.</summary>
    public SignUpWords ReadAndHide(Turn turn, SignUpField expected)
    {
        var words = reader.Read(turn.Text, expected);
        turn.Hide(words);
        return words;
    }

    public void HideAll(Turn turn) => turn.Hide(reader.Read(turn.Text, SignUpField.None));

    /// <summary>Puts what a message gave into the form; what is said later counts.</summary>
    public SignUpForm Take(SignUpForm form, SignUpWords words)
    {
        var named = words.Communities.Where(mention => mention.Match.Kind == MatchKind.One).Select(mention => mention.Match.Community!).DistinctBy(c => c.Id).ToList();
        if (named.Count > 0)
            form = form with { CommunityId = named[0].Id, Community = named[0].Name, Suggested = null, SameName = [], Unlisted = false, Next = [.. named.Skip(1).Select(c => c.Name)] };
        else if (words.Communities is [{ Match: { Kind: MatchKind.SameName } same }, ..])
            form = form with { CommunityId = null, Community = same.Communities[0].Name, SameName = [.. same.Communities.Select(c => c.Id)] };
        else if (words.Communities is [{ Match: { Kind: MatchKind.Candidates } alike }, ..])
            form = form with { CommunityId = null, Community = null, Suggested = alike.Communities[0].Id };
        else if (words.UnknownCommunity is { } unknown && (form.CommunityId is null || words.Wishes == Wishes.None))
        {
            form = directory.Resolve(unknown) switch
            {
                { Community: { } one } => form with { CommunityId = one.Id, Community = one.Name, Suggested = null, Unlisted = false },
                { Kind: MatchKind.Candidates } near => form with { CommunityId = null, Community = unknown, Suggested = near.Communities[0].Id },
                _ => form with { CommunityId = null, Community = unknown, Suggested = null, Unlisted = true },
            };
        }
        if (words.Wishes != Wishes.None)
            form = form with { Wishes = form.Role == LeadRole.Owner && words.Role == LeadRole.Owner ? words.Wishes : Wishes.JustInformed };
        if (words.Role != LeadRole.Owner)
            form = form with { Role = words.Role };
        return form with
        {
            Name = words.Name is { } name && (form.Name is null || words.NameIsSaid) ? name : form.Name,
            Phone = words.Phone ?? form.Phone,
            Room = words.Room is { } room ? SpokenRoom.Merge(form.Room, room) : form.Room,
        };
    }

    /// <summary>不填, 不留: the field that is named, or all that are missing, are not asked for again.</summary>
    public static SignUpForm Skip(SignUpForm form, string text) => SignUpReader.FieldNamed(text) switch
    {
        "电话" => form with { NoPhone = true },
        "房号" => form with { NoRoom = true },
        "称呼" => form with { NoName = true },
        _ => form with { NoName = form.Name is null, NoRoom = form.Room is null, NoPhone = form.Phone is null },
    };
}
