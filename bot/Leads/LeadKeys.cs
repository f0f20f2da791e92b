using System.Security.Cryptography;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>The keys by which leads, households and owners are found without reading anything personal.</summary>
internal static class LeadKeys
{
    // No 0, O, 1, I: staff read it out on the telephone.
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    public static string NewKey() => "L-" + RandomNumberGenerator.GetString(Alphabet, 10);

    public static string NewMessageId() => "msg_" + Guid.NewGuid().ToString("N");

    /// <summary>One open lead per owner and community; a community outside the directory is told by a hash of what was typed.</summary>
    public static string OpenKey(PersonalData personal, long contactId, long? communityId, string communityTyped) =>
        communityId is { } id ? $"{contactId}/{id}" : $"{contactId}/{personal.Hash("community", CommunityNames.Key(communityTyped))}";

    /// <summary>For search by the exact name; null where none was given.</summary>
    public static string? NameHash(PersonalData personal, string? name) => name?.Trim() is { Length: > 0 } exact ? personal.Hash("name", exact) : null;

    public static string? PhoneHash(PersonalData personal, string? phone) => phone is null ? null : personal.Hash("phone", phone);

    /// <summary>Null when the room holds no number: then it cannot be told from another.</summary>
    public static string? RoomHash(PersonalData personal, long? communityId, string? room) =>
        communityId is { } id && room is not null && RoomNumber.Key(room) is { Length: > 0 } key ? personal.Hash("room", $"{id}/{key}") : null;
}
