namespace Outreach.Knowledge.Answers;

/// <summary>What an owner asks, and what is known of the situation.</summary>
/// <param name="Text">As typed.</param>
/// <param name="Region">The areas of the owner's community from the largest down, such as "河南省/三门峡市/湖滨区"; null when unknown.</param>
/// <param name="TopicArticleId">The article that the conversation is about, for 那要多少人同意呢; null when there is none.</param>
/// <param name="On">The day on which the answer must hold; null: articles of every time.</param>
/// <param name="Nearness">How near an article (by its id) is to the text by a measure from outside, such as the cosine of two embeddings, −1 to 1; null: not measured.</param>
public sealed record Question(string Text, string? Region = null, string? TopicArticleId = null, DateOnly? On = null, Func<string, float>? Nearness = null);
