namespace Outreach.Generation;

/// <summary>Says at the start what the operator must know of the language model.</summary>
internal sealed partial class GenerationStart(ModelSwitch model, ILogger<GenerationStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (model.Problem is { } problem)
            StaysOff(problem);
        else if (model.IsOn && model.Location == ModelLocation.Abroad)
            IsAbroad();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private partial void StaysOff(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redacted questions go to a language model outside China (Generation:AllowAbroad). A public body's personal data stays in China (PIPL 36); "
        + "sending it abroad needs an assessment and separate consent (38, 39)")]
    private partial void IsAbroad();
}
