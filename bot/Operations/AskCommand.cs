using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.KnowledgeDesk;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary>
/// <c>ask</c>: the whole owners' bot on the command line, without HTTP. On a throw-away database with the demo communities, or on the one that <c>--database</c> names.
/// </summary>
internal static class AskCommand
{
    public static Command Create()
    {
        var question = new Argument<string?>("question") { Description = "What an owner says.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print the whole answer as one JSON object." };
        var batch = new Option<bool>("--batch") { Description = "Read one JSON object a line from standard input, write one a line: id, text, type, community, conversation." };
        var database = new Option<string?>("--database") { Description = "Use this database with the keys of Storage:KeysPath, instead of a throw-away one." };
        var command = new Command("ask", "Ask the bot as an owner would.") { question, json, batch, database };
        command.Validators.Add(result =>
        {
            if (result.GetValue(batch) == (result.GetValue(question) is not null))
                result.AddError("ask needs either a question or --batch.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(question), parsed.GetValue(json) ? Output.Json : Output.Text, parsed.GetValue(database), cancellationToken));
        return command;
    }

    private enum Output { Text, Json }

    private static async Task<int> RunAsync(string? question, Output output, string? database, CancellationToken cancellationToken)
    {
        await using var place = await AskPlace.OpenAsync(database, cancellationToken);
        await using var results = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
        if (question is null)
        {
            await BatchAsync(place, results, cancellationToken);
            return 0;
        }
        var answer = await place.AskAsync(new() { Text = question }, cancellationToken);
        if (answer is null)
        {
            await Console.Error.WriteLineAsync("The bot could not answer; the log above says why.");
            return 1;
        }
        await results.WriteLineAsync(output == Output.Json ? JsonSerializer.Serialize(AskAnswer.Of(null, answer), AskJson.Wire.AskAnswer) : AsText(answer));
        return 0;
    }

    /// <summary>
    /// Answers in the order of the lines, each as soon as it can be: a driver may wait for an answer before it sends the next line.
    /// Lines that stand alone are thought over side by side; lines of dialogues keep their order among each other.
    /// </summary>
    private static async Task BatchAsync(AskPlace place, StreamWriter results, CancellationToken cancellationToken)
    {
        var answers = Channel.CreateBounded<Task<string>>(Environment.ProcessorCount * 2);
        var writing = Task.Run(async () =>
        {
            await foreach (var answer in answers.Reader.ReadAllAsync(cancellationToken))
                await results.WriteLineAsync(await answer);
        }, cancellationToken);
        using var lines = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        var dialogues = Task.CompletedTask;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            Task<string> answer;
            if (Read(line, out var asked) is { } error)
                answer = Task.FromResult(error);
            else if (asked!.Conversation is null)
                answer = Task.Run(() => AnswerAsync(place, asked, Task.CompletedTask, cancellationToken), cancellationToken);
            else
                dialogues = answer = AnswerAsync(place, asked, dialogues, cancellationToken);
            await answers.Writer.WriteAsync(answer, cancellationToken);
        }
        answers.Writer.Complete();
        await writing;
    }

    /// <returns>The error line, or null when <paramref name="asked"/> is one.</returns>
    private static string? Read(string line, out AskLine? asked)
    {
        try
        {
            asked = JsonSerializer.Deserialize(line, AskJson.Wire.AskLine) ?? throw new JsonException("null is no question.");
        }
        catch (JsonException)
        {
            asked = null;
            return Error(null, "This line is not a JSON object with id, text, type, community and conversation.");
        }
        return asked switch
        {
            { Type: null or "text", Text: null } => Error(asked.Id, "text is missing."),
            { Type: null or "text" or "image" or "voice" or "sticker" or "emoji" or "location" } => null,
            _ => Error(asked.Id, "type must be text, image, voice, sticker, emoji or location."),
        };
    }

    private static async Task<string> AnswerAsync(AskPlace place, AskLine asked, Task before, CancellationToken cancellationToken)
    {
        await before;
        return await place.AskAsync(asked, cancellationToken) is { } answer
            ? JsonSerializer.Serialize(AskAnswer.Of(asked.Id, answer), AskJson.Wire.AskAnswer)
            : Error(asked.Id, "The turn failed; the log says why.");
    }

    private static string Error(JsonElement? id, string error) => JsonSerializer.Serialize(new(id, error), AskJson.Wire.AskError);

    private static string AsText(AnswerResult answer) =>
        answer.Suggestions.Count == 0 ? answer.Text : $"{answer.Text}\n{string.Concat(answer.Suggestions.Select(suggestion => $"[{suggestion}]"))}";
}

/// <summary>One question of a batch.</summary>
internal sealed record AskLine
{
    /// <summary>Whatever the driver wants back.</summary>
    public JsonElement? Id { get; init; }
    public string? Text { get; init; }
    /// <summary>Null: text. (The source generator does not keep an initialiser of a missing member.)</summary>
    public string? Type { get; init; }
    /// <summary>Name, alias or key.</summary>
    public string? Community { get; init; }
    /// <summary>Lines of the same conversation are turns of one dialogue; null: the line stands alone.</summary>
    public string? Conversation { get; init; }
}

/// <summary>The answer contract with the question's id; every key always present.</summary>
internal sealed record AskAnswer(
    JsonElement? Id, AnswerKind Kind, string Text, string? ArticleId, IReadOnlyList<string> Citations, double? Confidence, IReadOnlyList<string> Suggestions, IReadOnlyList<string> Actions)
{
    public static AskAnswer Of(JsonElement? id, AnswerResult answer) =>
        new(id, answer.Kind, answer.Text, answer.ArticleId, [.. answer.Citations.Select(citation => citation.Id)], answer.Confidence, answer.Suggestions, answer.Actions);
}

internal sealed record AskError(JsonElement? Id, string Error);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(AnswerKindConverter)])]
[JsonSerializable(typeof(AskLine))]
[JsonSerializable(typeof(AskAnswer))]
[JsonSerializable(typeof(AskError))]
internal sealed partial class AskJson : JsonSerializerContext
{
    /// <summary>Chinese stays Chinese.</summary>
    public static AskJson Wire { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new AnswerKindConverter() },
    });
}

/// <summary>The rooms without HTTP and without a silo over one database; a throw-away one goes with it.</summary>
internal sealed class AskPlace : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo? _folder;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private int _count;

    private AskPlace(WebApplication app, DirectoryInfo? folder) => (_app, _folder) = (app, folder);

    /// <param name="database">Null: a throw-away one in a folder of its own.</param>
    /// <exception cref="StartException">The file is missing or in use, or its keys are not there.</exception>
    public static async Task<AskPlace> OpenAsync(string? database, CancellationToken cancellationToken)
    {
        if (database is not null && !File.Exists(database))
            throw new StartException($"{database} does not exist. Name a database file, or leave --database out for a throw-away one.");
        var folder = database is null ? Directory.CreateTempSubdirectory("outreach-ask-") : null;
        var shipped = ShippedKnowledge.Read();
        var builder = OutreachHost.CreateBuilder([]);
        builder.Services.AddSingleton(shipped);
        builder.Configuration.AddInMemoryCollection(folder is null
            ? new Dictionary<string, string?> { ["Storage:Provider"] = nameof(StorageProvider.Sqlite), ["Storage:Path"] = Path.GetFullPath(database!), ["Storage:ConnectionString"] = null }
            : new Dictionary<string, string?>
            {
                ["Storage:Provider"] = nameof(StorageProvider.Sqlite),
                ["Storage:Path"] = Path.Combine(folder.FullName, "data", "outreach.db"),
                ["Storage:ConnectionString"] = null,
                ["Storage:KeysPath"] = Path.Combine(folder.FullName, "keys"),
                ["Demo:Load"] = "true",
            });
        if (folder is not null)
            builder.Services.AddSingleton(new SqliteSession(Flush.Never));
        var place = new AskPlace(builder.Build(), folder);
        try
        {
            place._app.Services.WarmUp();
            await place._app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Server, cancellationToken);
            if (folder is null)
                await place._app.Services.GetRequiredService<PublishedArticles>().RefreshAsync(cancellationToken);
            else
                await place._app.Services.GetRequiredService<DemoData>().LoadAsync(cancellationToken);
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
        return place;
    }

    /// <summary>A service of these rooms, for tests that look at what a dialogue left.</summary>
    internal T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>One turn. Null when it failed.</summary>
    public async Task<AnswerResult?> AskAsync(AskLine line, CancellationToken cancellationToken)
    {
        var conversation = line.Conversation is { } name ? $"{_session}/{name}" : string.Create(CultureInfo.InvariantCulture, $"{_session}#{Interlocked.Increment(ref _count)}");
        var reference = JsonSerializer.Serialize(new()
        {
            ChannelId = "console",
            Account = "ask",
            ConversationId = conversation,
            UserId = conversation,
        }, ActivityJson.Wire.ConversationReference);
        var turns = _app.Services.GetRequiredService<ConversationTurns>();
        if (line.Community is { Length: > 0 } community)
            await turns.RunAsync(new(reference, Wire(Event(community)), InboundKey: null), cancellationToken);
        return (await turns.RunAsync(new(reference, Wire(Message(line)), InboundKey: null), cancellationToken)).Result;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_folder is null)
            return;
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private static string Wire(Activity activity) => JsonSerializer.Serialize(activity with { From = new() { Id = "owner", Role = "user" } }, ActivityJson.Wire.Activity);

    private static Activity Event(string community) => new()
    {
        Type = ActivityTypes.Event,
        Name = "outreach/community",
        Value = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["key"] = community }, AskEventJson.Default.DictionaryStringString),
    };

    private static Activity Message(AskLine line) => new()
    {
        Type = ActivityTypes.Message,
        Text = line.Type is null or "text" or "emoji" ? line.Text : null,
        Attachments = line.Type switch
        {
            "image" => [new() { ContentType = "image/jpeg" }],
            "voice" => [new() { ContentType = "audio/amr" }],
            "sticker" => [new() { ContentType = MediaTypes.Sticker }],
            "location" => [new() { ContentType = MediaTypes.Location }],
            _ => null,
        },
    };
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class AskEventJson : JsonSerializerContext;
