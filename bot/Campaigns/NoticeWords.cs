using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>What a notice may say of one community by itself.</summary>
/// <param name="Values">By variable, braces included; a variable without data is missing.</param>
public sealed record NoticeWords(string Community, IReadOnlyDictionary<string, string> Values)
{
    public const string CommunityVariable = "{小区}";

    /// <summary>All that can be filled in.</summary>
    public static IReadOnlyList<string> Variables { get; } = [CommunityVariable, "{登记户数}", "{全部户数}", "{登记比例}", "{阶段}"];

    /// <summary>Only the name.</summary>
    public static NoticeWords Of(string community) => new(community, new Dictionary<string, string> { [CommunityVariable] = community });

    /// <summary>Numbers below the floor are not told, so they are missing here too.</summary>
    public static NoticeWords Of(string community, CommunityStage stage, int? households, int counted)
    {
        var values = new Dictionary<string, string> { [CommunityVariable] = community, ["{阶段}"] = StageText.Of(stage) };
        if (households is > 0 and var all)
            values["{全部户数}"] = all.ToString("N0", CultureInfo.InvariantCulture);
        if (counted >= Progress.Floor)
        {
            values["{登记户数}"] = counted.ToString("N0", CultureInfo.InvariantCulture);
            if (households is > 0 and var of)
                values["{登记比例}"] = string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100.0, 100.0 * counted / of):0.#}%");
        }
        return new(community, values);
    }

    public static async Task<IReadOnlyDictionary<long, NoticeWords>> ReadAsync(OutreachDb db, IReadOnlyCollection<long> communityIds, CancellationToken cancellationToken)
    {
        var rows = await db.Communities.Where(c => communityIds.Contains(c.Id)).Select(c => new { c.Id, c.Name, c.Stage, c.Households }).ToListAsync(cancellationToken);
        var counted = await ProgressReader.CountAsync(db, rows.ConvertAll(c => c.Id), cancellationToken);
        return rows.ToDictionary(c => c.Id, c => Of(c.Name, c.Stage, c.Households, counted.GetValueOrDefault(c.Id)));
    }

    /// <summary>The first variable of these texts that has no data here; null: all have.</summary>
    public string? Missing(params string?[] texts) => texts.SelectMany(Notice.VariablesIn).FirstOrDefault(variable => Variables.Contains(variable) && !Values.ContainsKey(variable));

    public string Fill(string text) => Values.Aggregate(text, (filled, pair) => filled.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
}
