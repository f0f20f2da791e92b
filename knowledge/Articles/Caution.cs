namespace Outreach.Knowledge.Articles;

/// <summary>How certain the law behind an article is. Contested: the law is silent and practice differs; Unverified: the text in force was not read.</summary>
public enum Caution
{
    None,
    Contested,
    Unverified,
}
