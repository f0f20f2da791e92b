using System.Text.Json.Serialization;

namespace Outreach.Communities;

/// <summary>Which column of a file holds which of our fields.</summary>
/// <param name="Columns">Index of the column, from 0, by our field (<see cref="CommunityCsv.Required"/>, <see cref="CommunityCsv.Optional"/>).</param>
/// <param name="Fixed">The same value for every line, by field, where no column holds it: the areas above a list that names only communities.</param>
public sealed record ColumnMap(IReadOnlyDictionary<string, int> Columns, IReadOnlyDictionary<string, string> Fixed)
{
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.Ordinal)
    {
        ["省份"] = "省",
        ["城市"] = "市",
        ["地市"] = "市",
        ["区"] = "区县",
        ["县"] = "区县",
        ["县区"] = "区县",
        ["县（市、区）"] = "区县",
        ["县(市、区)"] = "区县",
        ["县市区"] = "区县",
        ["辖区"] = "区县",
        ["街道办"] = "街道",
        ["街道办事处"] = "街道",
        ["乡镇"] = "街道",
        ["街道乡镇"] = "街道",
        ["街道（乡镇）"] = "街道",
        ["街道(乡镇)"] = "街道",
        ["乡镇街道"] = "街道",
        ["居委会"] = "社区",
        ["社区居委会"] = "社区",
        ["社区名称"] = "社区",
        ["小区名"] = "小区",
        ["小区名称"] = "小区",
        ["项目名称"] = "小区",
        ["项目"] = "小区",
        ["楼盘"] = "小区",
        ["物业项目"] = "小区",
        ["代码"] = "编号",
        ["小区编号"] = "编号",
        ["又名"] = "别名",
        ["俗称"] = "别名",
        ["其他名称"] = "别名",
        ["原名"] = "曾用名",
        ["原名称"] = "曾用名",
        ["总户数"] = "户数",
        ["住户数"] = "户数",
        ["套数"] = "户数",
        ["总套数"] = "户数",
        ["面积"] = "建筑面积",
        ["总面积"] = "建筑面积",
        ["总建筑面积"] = "建筑面积",
        ["建筑面积（平方米）"] = "建筑面积",
        ["建筑面积(平方米)"] = "建筑面积",
        ["建筑面积（㎡）"] = "建筑面积",
        ["交付时间"] = "交付日期",
        ["交房时间"] = "交付日期",
        ["竣工日期"] = "交付日期",
        ["物业"] = "物业公司",
        ["物业企业"] = "物业公司",
        ["物业服务企业"] = "物业公司",
        ["物业服务公司"] = "物业公司",
        ["进展"] = "阶段",
        ["任期届满"] = "届满日期",
        ["到期日期"] = "届满日期",
        ["任期到期"] = "届满日期",
    };

    public bool Has(string field) => Columns.ContainsKey(field) || Fixed.ContainsKey(field);

    /// <summary>Fields that every file needs and this map does not have.</summary>
    public IReadOnlyList<string> Missing => [.. CommunityCsv.Required.Where(name => !Has(name))];

    /// <summary>By the headings, our own names first, then what others call them; each column once. A heading that means nothing is left out.</summary>
    public static ColumnMap Guess(IReadOnlyList<string> headings)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < headings.Count; at++)
            if (CommunityCsv.IsField(headings[at]))
                columns.TryAdd(headings[at], at);
        for (var at = 0; at < headings.Count; at++)
            if (Synonyms.TryGetValue(headings[at].Replace(" ", "", StringComparison.Ordinal), out var field))
                columns.TryAdd(field, at);
        return new(columns, new Dictionary<string, string>());
    }

    /// <summary>Only what can be: known fields, columns that exist, each column for one field, texts that are not empty.</summary>
    public ColumnMap Clean(int columns)
    {
        var used = new HashSet<int>();
        var kept = Columns.Where(pair => CommunityCsv.IsField(pair.Key) && pair.Value >= 0 && pair.Value < columns && used.Add(pair.Value)).ToDictionary(StringComparer.Ordinal);
        return new(kept, Fixed.Where(pair => CommunityCsv.IsField(pair.Key) && !kept.ContainsKey(pair.Key) && !string.IsNullOrWhiteSpace(pair.Value))
            .ToDictionary(pair => pair.Key, pair => pair.Value.Trim(), StringComparer.Ordinal));
    }
}

[JsonSerializable(typeof(ColumnMap))]
[JsonSerializable(typeof(ImportTrace))]
internal sealed partial class ImportJson : JsonSerializerContext;
