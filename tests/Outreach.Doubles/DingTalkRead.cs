using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>How something reached a person or a group.</summary>
public enum DingTalkWay
{
    /// <summary>In the response to a callback.</summary>
    Body,
    /// <summary>Through the session's address.</summary>
    Session,
    /// <summary>The robot's batch of 1:1 messages.</summary>
    Batch,
    /// <summary>The robot's message to a group.</summary>
    Group,
    WorkNotice,
    /// <summary>A group's own webhook robot.</summary>
    Webhook,
}

/// <param name="Kind">The <c>msgtype</c>, or the <c>msgKey</c> of a robot's message.</param>
/// <param name="Content">The part that the kind names, or the robot's <c>msgParam</c>.</param>
/// <param name="At">Whom it mentions.</param>
public sealed record DingTalkRead(DingTalkWay Way, string Kind, JsonObject Content, IReadOnlyList<string> At)
{
    public string Title => (string?)Content["title"] ?? "";
    public string Text => (string?)Content["text"] ?? (string?)Content["content"] ?? (string?)Content["markdown"] ?? "";
}

/// <param name="Status">Of the answer; 0: none in time.</param>
public sealed record DingTalkPushed(int Status, string Body);

/// <param name="Code">The <c>code</c> of the client's frame; 0: none in time.</param>
/// <param name="Data">The <c>data</c> of the client's frame.</param>
public sealed record DingTalkAck(int Code, JsonObject? Data);
