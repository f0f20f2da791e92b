using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration.Memory;
using Orleans.Configuration;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Channels;
using Outreach.Channels.BotFramework;
using Outreach.Channels.DingTalk;
using Outreach.Channels.Feishu;
using Outreach.Channels.Email;
using Outreach.Channels.Sms;
using Outreach.Channels.WebChat;
using Outreach.Channels.WeChat;
using Outreach.Channels.WeCom;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Generation;
using Outreach.Knowledge.Answers;
using Outreach.KnowledgeDesk;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Storage;
using StackExchange.Redis;

namespace Outreach.Operations;

/// <summary>Builds the host: the web server, or the same rooms without HTTP for a command.</summary>
public static class OutreachHost
{
    /// <summary>Configuration, logging to standard error, and every room.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var folder = InstallationFolder.Find();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = folder.Path });
        builder.Host.UseDefaultServiceProvider(provider =>
        {
            provider.ValidateScopes = true;
            provider.ValidateOnBuild = false;   // commands run the same rooms without a silo, in Development too
        });
        builder.Services.AddSingleton(folder);
        builder.Logging.ClearProviders().AddJsonConsole(console => console.UseUtcTimestamp = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace);   // standard output carries results only
        builder.WebHost.UseStaticWebAssets();
        // Else what was not published is served without compression: three times the bytes. A lowest default, so that who writes CSS may switch it on.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("ReloadStaticAssetsAtRuntime", "false")] });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ChannelSet>();
        builder.Services.AddSingleton<ChannelReports>();
        builder.Services.AddSingleton<OutboundHttp>();

        // one line a room
        builder.Services.AddSite();
        builder.Services.AddStorage();
        builder.Services.AddCommunities();
        builder.Services.AddContacts();
        builder.Services.AddLeads();
        builder.Services.AddSingleton<IDemoContent, Staff.DemoStaff>();
        builder.Services.AddGeneration();
        builder.Services.AddConversations();
        builder.Services.AddKnowledgeDesk();
        builder.Services.AddCampaigns();
        builder.Services.AddCalledBackChannels();
        builder.Services.AddBotFramework();
        builder.Services.AddWeChat();
        builder.Services.AddDingTalk();
        builder.Services.AddFeishu();
        builder.Services.AddEmail();
        builder.Services.AddSms();
        builder.Services.AddWeCom();
        builder.Services.AddWebChat();
        builder.Services.AddTrustedProxies();
        builder.Services.AddStaff(builder.Configuration);
        builder.Services.AddTelemetry(builder.Configuration);
        builder.Services.AddSingleton<Backup>();
        return builder;
    }

    /// <summary>One silo in this process: alone on loopback, or a node of a cluster (<see cref="ClusterSettings"/>).</summary>
    public static void AddSilo(this WebApplicationBuilder builder)
    {
        // Services start in the order of their registration. The silo needs no database, so it starts beside the preparation; everything else waits for that.
        var rooms = builder.Services.Where(service => service.ServiceType == typeof(IHostedService)).ToList();
        foreach (var room in rooms)
            builder.Services.Remove(room);
        var cluster = ClusterSettings.Read(builder.Configuration);
        builder.UseOrleans(silo =>
        {
            if (cluster.Redis is { } redis)
                silo.JoinCluster(cluster, redis);
            else
                silo.UseLocalhostClustering(cluster.SiloPort ?? FreePort(), cluster.GatewayPort ?? 0);
            silo.Configure<SchedulingOptions>(options => options.TurnWarningLengthThreshold = TimeSpan.FromSeconds(2));
            silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 10_000);    // Orleans takes 19 MB for a million addresses at once
        });
        if (cluster.Redis is not null)
        {
            builder.Services.AddSingleton(cluster);
            builder.Services.AddHostedService<ClusterFeed>();
        }
        builder.Services.AddSingleton<Preparation>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Preparation>());
        foreach (var room in rooms)
            builder.Services.Add(room);
    }

    /// <summary>
    /// Loads the knowledge base and the examples of understanding beside the database's start: the two together take longer than either alone on one core.
    /// On a thread of its own: the pool begins with a thread a core, and blocked ones hold the whole start up. A failure shows where they are first asked for.
    /// </summary>
    public static void WarmUp(this IServiceProvider services)
    {
        _ = Task.Factory.StartNew(
            () =>
            {
                _ = services.GetRequiredService<ServingKnowledge>();
                _ = services.GetRequiredService<Understanding>();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What only the web server does: endpoints and pages, one line a room.</summary>
    public static void MapOutreach(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.MapStaff();
        app.MapStaticAssets();
        app.MapHealth();
        app.MapContacts();
        app.MapCampaigns();
        app.MapWebChat();
        app.MapBotFramework();
        app.MapWeChat();
        app.MapDingTalk();
        app.MapFeishu();
        app.MapEmail();
        app.MapSms();
        app.MapWeCom();
        app.UseEndpoints(_ => { });     // as the host does it at last; from here on the list of endpoints can be asked for
    }

    private static void JoinCluster(this ISiloBuilder silo, ClusterSettings cluster, string redis)
    {
        silo.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(redis));
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.Name, "outreach"));
        var (siloPort, gatewayPort) = (cluster.SiloPort ?? FreePort(), cluster.GatewayPort ?? FreePort());
        if (cluster.AdvertisedAddress is { } address)
            silo.ConfigureEndpoints(IPAddress.Parse(address), siloPort, gatewayPort, listenOnAnyHostAddress: false);
        else
            silo.ConfigureEndpoints(siloPort, gatewayPort);
        // A node that died is known as dead within six seconds: its campaigns and conversations then go on elsewhere.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(2);
            options.NumMissedProbesLimit = 3;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        });
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
