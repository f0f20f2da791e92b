using Outreach.Knowledge.Search;

namespace Outreach.Communities;

/// <summary>The directory at one moment; immutable, so that a reader sees one state.</summary>
public sealed class DirectorySnapshot
{
    private const int MostCandidates = 4;
    private const int ShortestPrefix = 2;

    private readonly Dictionary<long, DirectoryArea> _areas;
    private readonly Dictionary<long, DirectoryCommunity> _byId;
    private readonly Dictionary<string, DirectoryCommunity> _byKey;
    private readonly Dictionary<string, DirectoryCommunity[]> _byName;
    private readonly Name[] _names;

    internal DirectorySnapshot(Guid? version, IReadOnlyList<Area> areas, IReadOnlyList<Community> communities, IReadOnlyList<CommunityAlias> aliases, IReadOnlyList<CommunityStep> steps)
    {
        var recorded = steps.ToLookup(s => s.CommunityId);
        Version = version;
        _areas = areas.ToDictionary(a => a.Id, a => new DirectoryArea(
            a.Id, a.ParentId, a.Level, a.Name, a.Path, a.OfficePhone, a.OfficeAddress, a.OfficeHours, a.VerifiedOn, a.IsDemo));
        _byId = communities.Select(c => View(c, recorded[c.Id])).ToDictionary(c => c.Id);
        _byKey = _byId.Values.ToDictionary(c => c.Key, StringComparer.OrdinalIgnoreCase);
        var names = _byId.Values.Select(c => (Key: CommunityNames.Key(c.Name), Community: c))
            .Concat(aliases.Where(a => _byId.ContainsKey(a.CommunityId)).Select(a => (Key: CommunityNames.Key(a.Name), Community: _byId[a.CommunityId])))
            .Where(name => name.Key.Length > 0)
            .ToLookup(name => name.Key, name => name.Community, StringComparer.Ordinal);
        _byName = names.ToDictionary(group => group.Key, group => group.Distinct().OrderBy(c => c.Id).ToArray(), StringComparer.Ordinal);
        _names = [.. _byName.Select(pair => new Name(pair.Key, pair.Value, Sounds(pair.Key), Pinyin.Initials(pair.Key))).OrderByDescending(name => name.Key.Length)];
    }

    /// <summary>The <see cref="DirectoryVersion"/> at which it was read; null before the first change.</summary>
    internal Guid? Version { get; }

    public IEnumerable<DirectoryArea> Areas => _areas.Values;

    public IEnumerable<DirectoryCommunity> Communities => _byId.Values;

    public DirectoryArea? FindArea(long id) => _areas.GetValueOrDefault(id);

    public DirectoryCommunity? Find(long id) => _byId.GetValueOrDefault(id);

    public DirectoryCommunity? FindByKey(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>
    /// What a typed name means: a name, an alias or the beginning of one name only is <see cref="MatchKind.One"/>; a slip of one or two characters, the same
    /// sound, pinyin or its initials give <see cref="MatchKind.Candidates"/>, which are to be confirmed.
    /// </summary>
    public CommunityMatch Resolve(string typed)
    {
        var key = CommunityNames.Key(typed);
        foreach (var form in Forms(key))
            if (_byName.TryGetValue(form, out var same))
                return Named(same);
        if (key.Length < ShortestPrefix)
            return CommunityMatch.Nothing;
        if (Beginning(key) is { } beginning)
            return beginning;
        return Alike(key);
    }

    /// <summary>
    /// The communities named in a text, in the order of the text: whole names and aliases, and words of the text that are the beginning of one name only.
    /// Only when there is none: one place that sounds like a name of three characters or more, or differs in one of four or more (<see cref="MatchKind.Candidates"/>).
    /// </summary>
    public IReadOnlyList<CommunityMention> FindInText(string text)
    {
        var (key, places) = CommunityNames.KeyWithPlaces(text);
        var taken = new bool[key.Length];
        var mentions = new List<CommunityMention>();
        foreach (var name in _names)                                     // the longest first: 新锦绣花园 is not 锦绣花园
            for (var at = key.IndexOf(name.Key, StringComparison.Ordinal); at >= 0; at = key.IndexOf(name.Key, at + 1, StringComparison.Ordinal))
                if (name.Key.Length >= ShortestPrefix && !taken.AsSpan(at, name.Key.Length).Contains(true))
                {
                    taken.AsSpan(at, name.Key.Length).Fill(true);
                    mentions.Add(Mention(Named(name.Communities), places, at, name.Key.Length));
                }
        foreach (var (start, length) in Words(text))
        {
            var word = CommunityNames.Key(text.Substring(start, length));
            if (word.Length >= ShortestPrefix && !mentions.Any(m => m.Start < start + length && start < m.Start + m.Length) && Beginning(word) is { Kind: MatchKind.One } match)
                mentions.Add(new(match, start, length));
        }
        if (mentions.Count == 0 && Sounding(key, places) is { } sounding)
            mentions.Add(sounding);
        mentions.Sort((a, b) => a.Start.CompareTo(b.Start));
        return mentions;
    }

    /// <summary>Whom to call about a community: the street's office or the nearest one above it with a number, else the 社区's, else the hotline.</summary>
    public Office OfficeOf(DirectoryCommunity? community)
    {
        if (community is null)
            return Office.Hotline;
        var above = Up(community.AreaId).ToList();
        var found = above.FirstOrDefault(a => a.Level != AreaLevel.Neighbourhood && a.Phone is not null) ?? above.FirstOrDefault(a => a.Phone is not null);
        return found is null ? Office.Hotline : new(OfficeName(found), found.Phone!, found.Address, found.Hours, found.VerifiedOn, found.Id);
    }

    /// <summary>Who gets a passed-on sign-up: the street's office and the 社区 below it, both of which see it; null where the tree holds no street.</summary>
    public Receiver? ReceiverOf(DirectoryCommunity community)
    {
        var above = Up(community.AreaId).ToList();
        if (above.FirstOrDefault(a => a.Level == AreaLevel.Subdistrict) is not { } street)
            return null;
        var neighbourhood = above.FirstOrDefault(a => a.Level == AreaLevel.Neighbourhood);
        var name = neighbourhood is null ? OfficeName(street) : $"{OfficeName(street)}和{neighbourhood.Name}";
        return new(name, street.Phone ?? neighbourhood?.Phone ?? "12345转接", street.Id);
    }

    /// <summary>The area and those above it, from below.</summary>
    public IEnumerable<DirectoryArea> Up(long areaId)
    {
        for (var area = FindArea(areaId); area is not null; area = area.ParentId is { } parent ? FindArea(parent) : null)
            yield return area;
    }

    /// <summary>What the office of an area is called: 示范街道 → 示范街道办事处, 某镇 → 某镇政府, others by the name itself.</summary>
    public static string OfficeName(DirectoryArea area)
    {
        var (plain, label) = area.Name.EndsWith(CommunityNames.DemoLabel, StringComparison.Ordinal)
            ? (area.Name[..^CommunityNames.DemoLabel.Length], CommunityNames.DemoLabel)
            : (area.Name, "");
        return (area.Level, plain) switch
        {
            (AreaLevel.Subdistrict, [.., '街', '道']) => plain + "办事处" + label,
            (AreaLevel.Subdistrict, [.., '乡' or '镇']) => plain + "政府" + label,
            (AreaLevel.District, [.., '区' or '县' or '市']) => plain + "物业主管部门" + label,
            (AreaLevel.City, [.., '市']) => plain + "物业主管部门" + label,
            _ => area.Name,
        };
    }

    private static CommunityMatch Named(DirectoryCommunity[] same) =>
        same.Length == 1 ? new(MatchKind.One, same) : new(MatchKind.SameName, [.. same.Take(MostCandidates)]);

    // 锦绣小区 is 锦绣, and the other way round.
    private static IEnumerable<string> Forms(string key)
    {
        yield return key;
        if (key.EndsWith("小区", StringComparison.Ordinal))
            yield return key[..^2];
        else
            yield return key + "小区";
    }

    private CommunityMatch? Beginning(string key)
    {
        var communities = _names.Where(name => name.Key.StartsWith(key, StringComparison.Ordinal)).SelectMany(name => name.Communities).Distinct().OrderBy(c => c.Id).ToArray();
        if (communities.Length == 0)
            return null;
        return communities.Length == 1 || communities.Select(c => CommunityNames.Key(c.Name)).Distinct(StringComparer.Ordinal).Count() == 1
            ? Named(communities)
            : new(MatchKind.Candidates, [.. communities.Take(MostCandidates)]);
    }

    private CommunityMatch Alike(string key)
    {
        var sounds = Sounds(key);
        var letters = key.All(char.IsAsciiLetter) ? Pinyin.Segment(key) is { } syllables ? string.Concat(syllables.Select(s => s + " ")) : null : null;
        var found = _names
            .Select(name => (name.Communities, Distance: Distance(name)))
            .Where(hit => hit.Distance is not null)
            .OrderBy(hit => hit.Distance)
            .SelectMany(hit => hit.Communities)
            .Distinct().Take(MostCandidates).ToArray();
        return found.Length == 0 ? CommunityMatch.Nothing : new(MatchKind.Candidates, found);

        int? Distance(Name name)
        {
            if (letters is not null && name.Sounds == letters)
                return 0;
            if (key.Length >= 3 && (key == name.Initials || (sounds.Length > 0 && sounds == name.Sounds)))
                return 0;
            var allowed = key.Length >= 6 ? 2 : key.Length >= 3 ? 1 : 0;
            if (allowed == 0 || Math.Abs(key.Length - name.Key.Length) > allowed)
                return null;
            var distance = EditDistance(key, name.Key);
            return distance <= allowed ? distance : null;
        }
    }

    private CommunityMention? Sounding(string key, IReadOnlyList<int> places)
    {
        foreach (var name in _names.Where(name => name.Key.Length >= 3))
            for (var at = 0; at + name.Key.Length <= key.Length; at++)
            {
                var window = key.AsSpan(at, name.Key.Length);
                var differing = 0;
                for (var i = 0; i < window.Length; i++)
                    if (window[i] != name.Key[i])
                        differing++;
                if ((differing == 1 && window.Length >= 4) || (differing <= 2 && differing < window.Length - 1 && Sounds(window.ToString()) == name.Sounds))
                    return Mention(new(MatchKind.Candidates, [.. name.Communities.Take(MostCandidates)]), places, at, name.Key.Length);
            }
        return null;
    }

    private static CommunityMention Mention(CommunityMatch match, IReadOnlyList<int> places, int at, int length) =>
        new(match, places[at], places[at + length - 1] - places[at] + 1);

    private static IEnumerable<(int Start, int Length)> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (inside && start < 0)
                start = i;
            if (!inside && start >= 0)
            {
                yield return (start, i - start);
                start = -1;
            }
        }
    }

    private static string Sounds(string key) => string.Concat(Pinyin.Syllables(key).Select(s => s + " "));

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one into the other.</summary>
    private static int EditDistance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[a.Length, b.Length];
    }

    private DirectoryCommunity View(Community c, IEnumerable<CommunityStep> steps)
    {
        var above = Up(c.AreaId).ToList();
        string At(AreaLevel level) => above.FirstOrDefault(a => a.Level == level)?.Name ?? "";
        return new(c.Id, c.Key, c.Name, c.AreaId, FindArea(c.AreaId)?.Path ?? "", At(AreaLevel.District), At(AreaLevel.Subdistrict), At(AreaLevel.Neighbourhood),
            c.Households, c.Stage, c.StageSince, c.TermEndsOn, c.IsDemo, c.FloorArea)
        {
            Plan = StagePlan.Make(StageFacts.From(c.Stage, c.StageSince, c.TermEndsOn, steps)),
        };
    }

    /// <param name="Sounds">Pinyin syllables, each followed by a space.</param>
    private sealed record Name(string Key, DirectoryCommunity[] Communities, string Sounds, string Initials);
}
