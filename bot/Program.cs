using Microsoft.Extensions.Options;
using Outreach.Conversations;
using Outreach.Operations;
using Outreach.Storage;

if (Commands.AreMeant(args))
    return await Commands.RunAsync(args);
if (Commands.Unknown(args) is { } unknown)
{
    Console.Error.WriteLine($"'{unknown}' is neither a command nor a setting such as --urls or --Key:Name value. Try --help.");
    return 2;
}

try
{
    var shipped = ShippedKnowledge.Read();
    var builder = OutreachHost.CreateBuilder(args);
    builder.Services.AddSingleton(shipped);
    builder.AddSilo();
    builder.Services.AddHostedService<SchedulerService>();
    builder.Services.AddHostedService<StartLines>();
    builder.Services.AddHostedService<RestingMemory>();

    var app = builder.Build();
    var prepared = app.Services.GetRequiredService<Preparation>().Begin();
    app.MapOutreach();
    var running = app.RunAsync();
    await await Task.WhenAny(prepared, running);    // either may fail first
    await running;
    return 0;
}
catch (StartException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OptionsValidationException e)
{
    foreach (var problem in e.Failures)
        Console.Error.WriteLine(problem);
    return 1;
}

public partial class Program;
