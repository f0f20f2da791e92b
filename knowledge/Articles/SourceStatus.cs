namespace Outreach.Knowledge.Articles;

/// <summary>What is known of a source's text; the Chinese words are those of sources.yaml.</summary>
public enum SourceStatus
{
    /// <summary>现行: in force, and its text was compared with the official one.</summary>
    InForce,

    /// <summary>现行未核对: in force, but read only on other sites; cited, and the answer says so.</summary>
    InForceTextUnchecked,

    /// <summary>仅知名称: only the document may be cited, with the advice to ask the street office.</summary>
    NameOnly,

    /// <summary>已失效: never cited.</summary>
    Repealed,
}
