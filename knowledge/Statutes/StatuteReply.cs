using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>What a message that asks for the words of a statute comes to.</summary>
public abstract record StatuteReply;

/// <summary>The article is at hand.</summary>
public sealed record StatuteQuoted(StatutePlace Place, StatuteText Text, StatuteArticle Article) : StatuteReply;

/// <summary>The article is at hand, but what is wanted is what it means.</summary>
public sealed record StatuteMeaning(StatuteQuoted Quoted) : StatuteReply;

/// <summary>Several statutes have an article of this number.</summary>
/// <param name="Places">At most three, the likeliest first.</param>
public sealed record StatuteWhich(IReadOnlyList<StatutePlace> Places) : StatuteReply;

/// <summary>A statute was named, but no article.</summary>
public sealed record StatuteWhichArticle(Source Source) : StatuteReply;

/// <summary>The statute ends before this number.</summary>
/// <param name="Last">The number of its last article.</param>
public sealed record StatuteEndsBefore(Source Source, ArticleNumber Number, int Last) : StatuteReply;

/// <summary>The article exists or may exist, but its text was not loaded.</summary>
public sealed record StatuteNotLoaded(Source Source, StatutePlace Place) : StatuteReply;
