using System.Globalization;
using Outreach.Leads;

namespace Outreach.Staff;

/// <summary>The query of a leads page from the parameters of its address; what cannot be read is left out.</summary>
internal static class LeadFilter
{
    public static LeadQuery Read(string? tab, string? search, string? community, string? state, string? wish, string? sort, string? page = null) => new()
    {
        Tab = Enum.TryParse<LeadTab>(tab, ignoreCase: true, out var readTab) ? readTab : LeadTab.Open,
        State = Enum.TryParse<LeadState>(state, out var readState) ? readState : null,
        Wishes = Enum.TryParse<Wishes>(wish, out var readWish) ? readWish : Wishes.None,
        CommunityId = long.TryParse(community, CultureInfo.InvariantCulture, out var id) ? id : null,
        Search = search,
        Sort = Enum.TryParse<LeadSort>(sort, ignoreCase: true, out var readSort) ? readSort : LeadSort.NextContact,
        Page = int.TryParse(page, CultureInfo.InvariantCulture, out var readPage) ? readPage : 1,
    };
}
