using System.Collections.Concurrent;

namespace Outreach.Channels;

/// <summary>In a group everyone reads what an owner says, so the bot only asks to be written to alone: once in a while, for it may hear everything there.</summary>
internal sealed class GroupHints(TimeProvider clock)
{
    public const string Text = "这里人多，您的话大家都看得见。请点我的头像私聊，我再回答。";
    private const int MostGroups = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Channel, string Account, string Group), DateTimeOffset> _told = new();

    /// <summary>Whether the group is to be told now; then it counts as told.</summary>
    public bool IsDue(string channel, string account, string group)
    {
        var now = clock.GetUtcNow();
        if (_told.Count >= MostGroups)
            _told.Clear();
        var until = now + Pause;
        return _told.TryAdd((channel, account, group), until)
            || (_told.TryGetValue((channel, account, group), out var told) && told <= now && _told.TryUpdate((channel, account, group), until, told));
    }
}
