using Outreach.Operations;
using Outreach.Storage;

try
{
    var builder = OutreachHost.CreateBuilder(args);
    builder.AddSilo();
    builder.Services.AddHostedService<SchedulerService>();

    var app = builder.Build();
    await app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Server, CancellationToken.None);
    app.MapOutreach();
    await app.RunAsync();
    return 0;
}
catch (StartException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

public partial class Program;
