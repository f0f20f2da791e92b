using Microsoft.EntityFrameworkCore;
using Outreach.Knowledge.Search;
using Outreach.Storage;

namespace Outreach.Communities;

public enum DemoChoice
{
    /// <summary>While there are demo communities: import nothing, say so.</summary>
    Ask,
    /// <summary>They and all that was signed up there go, in the transaction of the import.</summary>
    Remove,
}

public enum ImportOutcome { Done, FileRefused, NothingAccepted, DemoInTheWay }

/// <summary>What an import did, or would do. Accepted and refused lines together are all lines, always.</summary>
/// <param name="FileProblem">Why the file as a whole was refused.</param>
/// <param name="Demo">What goes away with the demo, in words; null: there is no demo.</param>
public sealed record ImportReport(
    ImportOutcome Outcome, string? FileProblem, int Lines, int Accepted, int Created, int Updated, IReadOnlyList<ImportProblem> Problems, string? Demo)
{
    public int Refused => Lines - Accepted;

    public int Unchanged => Accepted - Created - Updated;

    /// <summary>收下 312 行，退回 13 行，共 325 行.</summary>
    public string Summary => $"收下 {Accepted} 行，退回 {Refused} 行，共 {Lines} 行";
}

/// <summary>
/// Imports communities and the areas above them. A line is taken whole or not at all; the same file twice changes nothing the second time; an empty cell leaves what is there.
/// </summary>
public sealed class CommunityImport(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, IEnumerable<IDemoContent> demoContent, TimeProvider clock)
{
    /// <summary>Reads a file and says what it holds; changes nothing.</summary>
    public async Task<ImportReport> CheckAsync(Stream csv, CancellationToken cancellationToken)
    {
        var file = await CommunityCsv.ReadAsync(csv, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var demo = await FindDemoAsync(db, cancellationToken);
        return Report(file, file.FileProblem is not null ? ImportOutcome.FileRefused : file.Good.Count == 0 ? ImportOutcome.NothingAccepted : demo is null ? ImportOutcome.Done : ImportOutcome.DemoInTheWay,
            0, 0, demo is null ? null : await DescribeAsync(db, demo, cancellationToken));
    }

    /// <summary>Imports the good lines in one transaction.</summary>
    /// <param name="audit">Adds the caller's audit entry to that transaction; null: none.</param>
    public async Task<ImportReport> ImportAsync(Stream csv, DemoChoice choice, Action<OutreachDb>? audit, CancellationToken cancellationToken)
    {
        var file = await CommunityCsv.ReadAsync(csv, cancellationToken);
        if (file.FileProblem is not null)
            return Report(file, ImportOutcome.FileRefused, 0, 0, null);
        if (file.Good.Count == 0)
            return Report(file, ImportOutcome.NothingAccepted, 0, 0, null);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var report = await db.WriteAsync(async () =>
        {
            if (await FindDemoAsync(db, cancellationToken) is { } demo)
            {
                if (choice == DemoChoice.Ask)
                    return Report(file, ImportOutcome.DemoInTheWay, 0, 0, await DescribeAsync(db, demo, cancellationToken));
                await RemoveAsync(db, demo, cancellationToken);
            }
            var (created, updated) = await new Writer(db, IsDemo: false, clock.GetUtcNow()).WriteAsync(file.Good, cancellationToken);
            if (created + updated > 0)
                await db.TouchDirectoryAsync(cancellationToken);
            audit?.Invoke(db);
            await db.SaveChangesAsync(cancellationToken);
            return Report(file, ImportOutcome.Done, created, updated, null);
        }, cancellationToken);
        await directory.ReloadAsync(cancellationToken);
        return report;
    }

    /// <summary>Puts the demo into a database that holds no community and no area.</summary>
    internal async Task LoadDemoAsync(Stream csv, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Areas.AnyAsync(cancellationToken) || await db.Communities.AnyAsync(cancellationToken))
            return;
        var file = await CommunityCsv.ReadAsync(csv, cancellationToken);
        if (file.FileProblem is not null || file.Problems.Count > 0)
            throw new InvalidDataException($"The demo communities that came with the program cannot be read: {file.FileProblem ?? file.Problems[0].ToString()}");
        await db.WriteAsync(async () =>
        {
            await new Writer(db, IsDemo: true, clock.GetUtcNow()).WriteAsync(file.Good, cancellationToken);
            await db.TouchDirectoryAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        await directory.ReloadAsync(cancellationToken);
    }

    private static ImportReport Report(CommunityFile file, ImportOutcome outcome, int created, int updated, string? demo) =>
        new(outcome, file.FileProblem, file.Lines, file.Good.Count, created, updated, file.Problems, demo);

    private static async Task<DemoRows?> FindDemoAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var communities = await db.Communities.Where(c => c.IsDemo).Select(c => c.Id).ToListAsync(cancellationToken);
        return communities.Count == 0 ? null : new(communities, await db.Areas.Where(a => a.IsDemo).Select(a => a.Id).ToListAsync(cancellationToken));
    }

    private async Task<string> DescribeAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        var parts = new List<string> { $"{demo.CommunityIds.Count} 个演示小区" };
        foreach (var room in demoContent)
            if (await room.DescribeAsync(db, demo, cancellationToken) is { } part)
                parts.Add(part);
        return string.Join('、', parts);
    }

    private async Task RemoveAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        foreach (var room in demoContent)
            await room.RemoveAsync(db, demo, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        db.Communities.RemoveRange(await db.Communities.Where(c => c.IsDemo).ToListAsync(cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        var areas = await db.Areas.Where(a => a.IsDemo).ToListAsync(cancellationToken);
        var kept = areas.Where(a => demo.Kept.Contains(a.Id)).Select(a => a.Path).ToList();
        db.Areas.RemoveRange(areas.Where(a => !kept.Any(path => path.StartsWith(a.Path, StringComparison.Ordinal))));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Writes the lines of one file over what the database holds.</summary>
    private sealed class Writer(OutreachDb db, bool IsDemo, DateTimeOffset now)
    {
        private List<Area> _areas = [];
        private List<Community> _communities = [];
        private List<CommunityAlias> _aliases = [];

        public async Task<(int Created, int Updated)> WriteAsync(IReadOnlyList<CommunityLine> lines, CancellationToken cancellationToken)
        {
            _areas = await db.Areas.ToListAsync(cancellationToken);
            _communities = await db.Communities.ToListAsync(cancellationToken);
            _aliases = await db.CommunityAliases.ToListAsync(cancellationToken);
            var (created, updated) = (0, 0);
            foreach (var line in lines)
            {
                var (area, officesChanged) = await AreaOfAsync(line, cancellationToken);
                var community = _communities.FirstOrDefault(c => line.Key is { } key && string.Equals(c.Key, key, StringComparison.OrdinalIgnoreCase))
                    ?? _communities.FirstOrDefault(c => c.AreaId == area.Id && c.Name == line.Name);
                var isNew = community is null;
                if (community is null)
                {
                    community = new Community { AreaId = area.Id, Key = line.Key ?? KeyFor(line), Name = line.Name, IsDemo = IsDemo, Version = Guid.NewGuid() };
                    db.Communities.Add(community);
                    _communities.Add(community);
                }
                Fill(community, area, line);
                SetStage(community, line, isNew);
                if (isNew)
                    await db.SaveChangesAsync(cancellationToken);
                var changed = db.Entry(community).State == EntityState.Modified | AddAliases(community, line) | officesChanged;
                if (db.Entry(community).State == EntityState.Modified)
                    community.Version = Guid.NewGuid();
                created += isNew ? 1 : 0;
                updated += !isNew && changed ? 1 : 0;
            }
            await db.SaveChangesAsync(cancellationToken);
            return (created, updated);
        }

        private static void Fill(Community community, Area area, CommunityLine line)
        {
            community.AreaId = area.Id;
            community.Name = line.Name;
            community.Households = line.Households ?? community.Households;
            community.FloorArea = line.FloorArea ?? community.FloorArea;
            community.DeliveredOn = line.DeliveredOn ?? community.DeliveredOn;
            community.PropertyCompany = line.Company ?? community.PropertyCompany;
            community.TermEndsOn = line.TermEndsOn ?? community.TermEndsOn;
        }

        /// <summary>A new community begins with its stage; a change of an old one is written down.</summary>
        private void SetStage(Community community, CommunityLine line, bool isNew)
        {
            var (stage, since) = (line.Stage ?? community.Stage, line.StageSince ?? community.StageSince);
            if (isNew)
                (community.Stage, community.StageSince) = (stage, since);
            else
                StepDesk.Move(db, community, stage, since, community.TermEndsOn, staffId: null, stepId: null, now);
        }

        private bool AddAliases(Community community, CommunityLine line)
        {
            var added = false;
            foreach (var name in line.Aliases.Distinct(StringComparer.Ordinal))
                if (!_aliases.Any(a => a.CommunityId == community.Id && a.Name == name))
                {
                    var alias = new CommunityAlias { CommunityId = community.Id, Name = name };
                    db.CommunityAliases.Add(alias);
                    _aliases.Add(alias);
                    added = true;
                }
            return added;
        }

        private async Task<(Area Area, bool Changed)> AreaOfAsync(CommunityLine line, CancellationToken cancellationToken)
        {
            Area? area = null;
            var changed = false;
            foreach (var (level, name) in line.Areas)
            {
                var parent = area;
                area = _areas.FirstOrDefault(a => a.ParentId == parent?.Id && a.Name == name);
                if (area is null)
                {
                    area = new Area { ParentId = parent?.Id, Level = level, Name = name, Path = "", IsDemo = IsDemo };
                    db.Areas.Add(area);
                    await db.SaveChangesAsync(cancellationToken);          // the path holds the id
                    area.Path = $"{parent?.Path ?? "/"}{area.Id}/";
                    await db.SaveChangesAsync(cancellationToken);
                    _areas.Add(area);
                }
                if ((level switch { AreaLevel.Subdistrict => line.Street, AreaLevel.Neighbourhood => line.Neighbourhood, AreaLevel.Province or AreaLevel.City or AreaLevel.District => null }) is { } office)
                {
                    area.OfficePhone = office.Phone ?? area.OfficePhone;
                    area.OfficeAddress = office.Address ?? area.OfficeAddress;
                    area.OfficeHours = office.Hours ?? area.OfficeHours;
                    area.VerifiedOn = office.VerifiedOn ?? area.VerifiedOn;
                    changed |= db.Entry(area).State == EntityState.Modified;
                }
            }
            return (area!, changed);
        }

        /// <summary>The name in pinyin, with a number where that is taken: stands in <c>/c/{key}</c> and on posters, so it never changes.</summary>
        private string KeyFor(CommunityLine line)
        {
            var name = CommunityNames.Key(line.Name);
            var letters = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : string.Concat(Pinyin.Syllables(c.ToString()))));
            var stem = letters.Length == 0 ? "xiaoqu" : letters.Length <= 56 ? letters : letters[..56];
            var key = stem;
            for (var n = 2; _communities.Any(c => string.Equals(c.Key, key, StringComparison.OrdinalIgnoreCase)); n++)
                key = $"{stem}-{n}";
            return key;
        }
    }
}
