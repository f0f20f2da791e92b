using Microsoft.EntityFrameworkCore;
using Outreach.Knowledge.Search;
using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>Writes the lines of one file over what the database holds, inside the caller's transaction.</summary>
internal sealed class DirectoryWriter
{
    private readonly OutreachDb _db;
    private readonly bool _isDemo;
    private readonly DateTimeOffset _now;
    private readonly string? _staffId;
    private readonly ImportTrace _trace;
    private readonly Dictionary<(long? Parent, string Name), Area> _areas;
    private readonly Dictionary<string, Community> _byKey;
    private readonly Dictionary<(long Area, string Name), Community> _byName;
    private readonly HashSet<(long Community, string Name)> _aliases;
    private readonly Dictionary<long, Area> _areasById;

    private DirectoryWriter(OutreachDb db, bool isDemo, DateTimeOffset now, string? staffId, ImportTrace trace, List<Area> areas, List<Community> communities, IEnumerable<(long, string)> aliases)
    {
        (_db, _isDemo, _now, _staffId, _trace) = (db, isDemo, now, staffId, trace);
        _areas = areas.ToDictionary(a => (a.ParentId, a.Name));
        _areasById = areas.ToDictionary(a => a.Id);
        _byKey = communities.ToDictionary(c => c.Key, StringComparer.OrdinalIgnoreCase);
        _byName = communities.ToDictionary(c => (c.AreaId, c.Name));
        _aliases = [.. aliases];
    }

    public static async Task<DirectoryWriter> OpenAsync(OutreachDb db, bool isDemo, DateTimeOffset now, string? staffId, ImportTrace trace, CancellationToken cancellationToken) =>
        new(db, isDemo, now, staffId, trace, await db.Areas.ToListAsync(cancellationToken), await db.Communities.ToListAsync(cancellationToken),
            (await db.CommunityAliases.AsNoTracking().Select(a => new { a.CommunityId, a.Name }).ToListAsync(cancellationToken)).Select(a => (a.CommunityId, a.Name)));

    /// <summary>The same file with the lines refused that lie outside the subtree, or would move a community out of another's.</summary>
    public CommunityFile Within(CommunityFile file, StaffScope scope)
    {
        if (scope.AreaId is not { } root)
            return file;
        var problems = new List<ImportProblem>(file.Problems);
        var good = new List<CommunityLine>();
        foreach (var line in file.Good)
            if (!Chain(line).Any(area => area.Id == root))
                problems.Add(new(line.Line, CommunityCsv.ColumnOf(_areasById[root].Level), line.Areas.FirstOrDefault(a => a.Level == _areasById[root].Level).Name ?? "", $"不在“{_areasById[root].Name}”里。只能导入辖区内的小区；名称要和系统里的一样"));
            else if (line.Key is { } key && _byKey.TryGetValue(key, out var other) && !_areasById[other.AreaId].Path.StartsWith(scope.AreaPath, StringComparison.Ordinal))
                problems.Add(new(line.Line, "编号", key, "这个编号是别处的小区。换一个，或者空着"));
            else
                good.Add(line);
        return file with { Good = good, Problems = [.. problems.OrderBy(p => p.Line)] };
    }

    public async Task<(int Created, int Updated)> WriteAsync(IReadOnlyList<CommunityLine> lines, CancellationToken cancellationToken)
    {
        var written = new List<(Community Community, CommunityLine Line, bool IsNew, bool OfficesChanged)>(lines.Count);
        foreach (var line in lines)
        {
            var (area, officesChanged) = await AreaOfAsync(line, cancellationToken);
            var community = line.Key is { } key && _byKey.TryGetValue(key, out var keyed) ? keyed : _byName.GetValueOrDefault((area.Id, line.Name));
            var isNew = community is null;
            if (community is null)
            {
                community = new Community { AreaId = area.Id, Key = line.Key ?? KeyFor(line), Name = line.Name, IsDemo = _isDemo, Version = Guid.NewGuid() };
                _db.Communities.Add(community);
                _byKey.Add(community.Key, community);
            }
            else
                _byName.Remove((community.AreaId, community.Name));
            var before = isNew ? null : Former(community);
            Fill(community, area, line, isNew);
            _byName[(community.AreaId, community.Name)] = community;
            if (before is not null && _db.Entry(community).State == EntityState.Modified)
            {
                community.Version = Guid.NewGuid();
                _trace.Changed.Add(before with { Version = community.Version });
            }
            written.Add((community, line, isNew, officesChanged));
        }
        await _db.SaveChangesAsync(cancellationToken);               // their ids, for the aliases
        var (created, updated) = (0, 0);
        var changed = _trace.Changed.Select(c => c.Id).ToHashSet();
        var aliases = new List<CommunityAlias>();
        foreach (var (community, line, isNew, officesChanged) in written)
        {
            var named = AddAliases(community, line, aliases);
            created += isNew ? 1 : 0;
            updated += !isNew && (named || officesChanged || changed.Contains(community.Id)) ? 1 : 0;
            if (isNew)
                _trace.Created.Add(new(community.Id, community.Version));
        }
        await _db.SaveChangesAsync(cancellationToken);
        _trace.Aliases.AddRange(aliases.Select(a => a.Id));
        return (created, updated);
    }

    private static FormerCommunity Former(Community c) =>
        new(c.Id, c.Version, c.AreaId, c.Name, c.Households, c.FloorArea, c.DeliveredOn, c.PropertyCompany, c.Stage, c.StageSince, c.TermEndsOn);

    private void Fill(Community community, Area area, CommunityLine line, bool isNew)
    {
        community.AreaId = area.Id;
        community.Name = line.Name;
        community.Households = line.Households ?? community.Households;
        community.FloorArea = line.FloorArea ?? community.FloorArea;
        community.DeliveredOn = line.DeliveredOn ?? community.DeliveredOn;
        community.PropertyCompany = line.Company ?? community.PropertyCompany;
        community.TermEndsOn = line.TermEndsOn ?? community.TermEndsOn;
        var (stage, since) = (line.Stage ?? community.Stage, line.StageSince ?? community.StageSince);
        if (isNew)
            (community.Stage, community.StageSince) = (stage, since);      // it begins there: no change
        else
            StepDesk.Move(_db, community, stage, since, community.TermEndsOn, _staffId, stepId: null, _now);
    }

    private bool AddAliases(Community community, CommunityLine line, List<CommunityAlias> added)
    {
        var before = added.Count;
        foreach (var (name, isFormer) in line.FormerNames.Select(name => (name, true)).Concat(line.Aliases.Select(name => (name, false))))
            if (_aliases.Add((community.Id, name)))
                added.Add(new CommunityAlias { CommunityId = community.Id, Name = name, IsFormer = isFormer });
        _db.CommunityAliases.AddRange(added.Skip(before));
        return added.Count > before;
    }

    /// <summary>The areas of a line that are there already, from above down.</summary>
    private IEnumerable<Area> Chain(CommunityLine line)
    {
        Area? area = null;
        foreach (var (_, name) in line.Areas)
        {
            if (!_areas.TryGetValue((area?.Id, name), out area))
                yield break;
            yield return area;
        }
    }

    private async Task<(Area Area, bool Changed)> AreaOfAsync(CommunityLine line, CancellationToken cancellationToken)
    {
        Area? area = null;
        var changed = false;
        foreach (var (level, name) in line.Areas)
        {
            var parent = area;
            if (!_areas.TryGetValue((parent?.Id, name), out area))
            {
                area = new Area { ParentId = parent?.Id, Level = level, Name = name, Path = "", IsDemo = _isDemo };
                _db.Areas.Add(area);
                await _db.SaveChangesAsync(cancellationToken);          // the path holds the id
                area.Path = $"{parent?.Path ?? "/"}{area.Id}/";
                await _db.SaveChangesAsync(cancellationToken);
                _areas.Add((area.ParentId, name), area);
                _areasById.Add(area.Id, area);
                _trace.CreatedAreas.Add(area.Id);
            }
            if ((level switch { AreaLevel.Subdistrict => line.Street, AreaLevel.Neighbourhood => line.Neighbourhood, AreaLevel.Province or AreaLevel.City or AreaLevel.District => null }) is { } office)
                changed |= FillOffice(area, office);
        }
        return (area!, changed);
    }

    private bool FillOffice(Area area, OfficeLine office)
    {
        var before = OfficeValues.Of(area);
        area.OfficePhone = office.Phone ?? area.OfficePhone;
        area.OfficeAddress = office.Address ?? area.OfficeAddress;
        area.OfficeHours = office.Hours ?? area.OfficeHours;
        area.VerifiedOn = office.VerifiedOn ?? area.VerifiedOn;
        var after = OfficeValues.Of(area);
        if (after == before)
            return false;
        if (!_trace.CreatedAreas.Contains(area.Id))
        {
            var at = _trace.Offices.FindIndex(o => o.AreaId == area.Id);
            if (at >= 0)
                _trace.Offices[at] = _trace.Offices[at] with { After = after };
            else
                _trace.Offices.Add(new(area.Id, before, after));
        }
        return true;
    }

    /// <summary>The name in pinyin, with a number where that is taken: stands in <c>/c/{key}</c> and on posters, so it never changes.</summary>
    private string KeyFor(CommunityLine line)
    {
        var name = CommunityNames.Key(line.Name);
        var letters = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : string.Concat(Pinyin.Syllables(c.ToString()))));
        var stem = letters.Length == 0 ? "xiaoqu" : letters.Length <= 56 ? letters : letters[..56];
        var key = stem;
        for (var n = 2; _byKey.ContainsKey(key); n++)
            key = $"{stem}-{n}";
        return key;
    }
}
