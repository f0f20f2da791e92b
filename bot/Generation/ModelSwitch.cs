using Microsoft.Extensions.Options;

namespace Outreach.Generation;

internal enum ModelProvider { OpenAI, Azure }

/// <summary>Where an endpoint keeps and works on data.</summary>
internal enum ModelLocation { China, Abroad }

internal enum SwitchState
{
    /// <summary>Not configured.</summary>
    Off,
    On,
    /// <summary>Half-filled.</summary>
    Incomplete,
    LocationUnknown,
    AbroadNotAllowed,
}

/// <summary>Whether the language model is used, and if not, why. Decided once, from the configuration.</summary>
internal sealed class ModelSwitch
{
    public ModelSwitch(IOptions<GenerationOptions> options, IHostEnvironment environment)
    {
        var o = options.Value;
        Location = Enum.TryParse<ModelLocation>(o.Location, ignoreCase: true, out var location) ? location : null;
        Missing = Enum.TryParse<ModelProvider>(o.Provider, ignoreCase: true, out _) ? null : "Provider";
        Missing ??= o.Endpoint.Length == 0 ? "Endpoint" : o.Key.Length == 0 ? "Key" : o.ChatModel.Length + o.EmbeddingModel.Length == 0 ? "ChatModel" : null;
        State = !o.IsMentioned ? SwitchState.Off
            : Missing is not null ? SwitchState.Incomplete
            : Location is null && !environment.IsDevelopment() ? SwitchState.LocationUnknown
            : Location == ModelLocation.Abroad && !o.AllowAbroad ? SwitchState.AbroadNotAllowed
            : SwitchState.On;
        CanChat = State == SwitchState.On && o.ChatModel.Length > 0;
        CanEmbed = State == SwitchState.On && o.EmbeddingModel.Length > 0;
    }

    public SwitchState State { get; }
    public ModelLocation? Location { get; }
    public bool IsOn => State == SwitchState.On;
    public bool CanChat { get; }
    public bool CanEmbed { get; }
    private string? Missing { get; }

    /// <summary>One line for the operator: the key, the problem, the fix; null: nothing is wrong.</summary>
    public string? Problem => State switch
    {
        SwitchState.Off or SwitchState.On => null,
        SwitchState.Incomplete => $"Generation:{Missing} is empty, but other keys of Generation are set: the language model stays off. Fill it, or leave Generation empty.",
        SwitchState.LocationUnknown => "Generation:Location is not set: the language model stays off. Write China or Abroad: where the endpoint keeps and works on data.",
        SwitchState.AbroadNotAllowed => "Generation:Location is Abroad: the language model stays off. A public body's personal data stays in China (PIPL 36); sending it abroad needs an assessment "
            + "and separate consent (38, 39). Choose an endpoint in China, or set Generation:AllowAbroad to true once that is done.",
    };

    /// <summary>The same for staff, in Chinese.</summary>
    public string ForStaff => State switch
    {
        SwitchState.Off => "没有用。答案都是条目原文。",
        SwitchState.On when Location == ModelLocation.Abroad => "在用，服务器在境外。国家机关的个人信息应存在境内，出境要评估和单独同意；问题先抹掉号码、称呼、房号再送出。",
        SwitchState.On => "在用。问题先抹掉号码、称呼、房号再送出；说法对不上条目的，发条目原文。",
        SwitchState.Incomplete => $"没填全，停着：缺 Generation:{Missing}。",
        SwitchState.LocationUnknown => "停着：没写服务器在哪。填 Generation:Location（China 或 Abroad）。",
        SwitchState.AbroadNotAllowed => "停着：服务器在境外，没有放行。国家机关的个人信息应存在境内，出境要评估和单独同意。",
    };

    /// <summary>Whether the status page shows it in red.</summary>
    public bool NeedsAttention => Problem is not null || (IsOn && Location == ModelLocation.Abroad);
}
