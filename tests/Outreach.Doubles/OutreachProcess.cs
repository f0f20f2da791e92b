using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Outreach.Doubles;

/// <summary>The built program as a child process on a port of its own: for what only a killed process shows.</summary>
public sealed class OutreachProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly StringBuilder _output = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OutreachProcess(Process process) => _process = process;

    /// <param name="folder">Holds <c>data</c> and <c>keys</c>.</param>
    public static OutreachProcess Start(string folder, params (string Key, string Value)[] settings) => Run(folder, ["--urls", "http://127.0.0.1:0"], settings);

    /// <summary>A command of the program, such as <c>backup FILE</c>.</summary>
    public static OutreachProcess Run(string folder, IReadOnlyList<string> arguments, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, StandardOutputEncoding = Encoding.UTF8, StandardInputEncoding = new UTF8Encoding(false) };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Outreach.Bot.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["Storage__Path"] = Path.Combine(folder, "data", "outreach.db");
        start.Environment["Storage__KeysPath"] = Path.Combine(folder, "keys");
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = new Process { StartInfo = start };
        var wrapped = new OutreachProcess(process);
        process.OutputDataReceived += (_, line) => wrapped.Heard(line.Data);
        process.ErrorDataReceived += (_, line) => { lock (wrapped._errors) wrapped._errors.AppendLine(line.Data); };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return wrapped;
    }

    public Uri Address => _listening.Task.Result;

    public string Errors { get { lock (_errors) return _errors.ToString(); } }
    public string Output { get { lock (_output) return _output.ToString(); } }
    public Process Process => _process;

    /// <summary>Writes one line to the program's standard input; it gets it at once.</summary>
    public async Task WriteLineAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
    }

    /// <summary>The next line of standard output, when it comes.</summary>
    /// <exception cref="ChannelClosedException">The program ended without one.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        return await _lines.Reader.ReadAsync(patience.Token);
    }

    public async Task ListeningAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        var exited = _process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(_listening.Task, exited) == exited)
            throw new InvalidOperationException($"The program ended before it listened: {Errors}");
        await _listening.Task;
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        await _process.WaitForExitAsync(patience.Token);
        _process.WaitForExit();   // the streams are read to their end
        return _process.ExitCode;
    }

    public async Task ExitedOrAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>SIGKILL: nothing of the program runs after it.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            _lines.Writer.TryComplete();
            return;
        }
        lock (_output)
            _output.AppendLine(line);
        _lines.Writer.TryWrite(line);
        if (line.StartsWith("Chat: ", StringComparison.Ordinal))
            _listening.TrySetResult(new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
    }
}
