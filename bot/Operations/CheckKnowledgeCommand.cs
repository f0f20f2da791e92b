using System.CommandLine;
using Outreach.Knowledge.Articles;

namespace Outreach.Operations;

/// <summary><c>check-knowledge</c>: every article, source, rewrite and out-of-scope entry. Errors exit 1, warnings are listed and exit 0.</summary>
internal static class CheckKnowledgeCommand
{
    public static Command Create()
    {
        var statutes = new Option<DirectoryInfo?>("--statutes") { Description = "Folder of official texts: more than 30 characters in a row of one are an error." };
        var folder = new Option<DirectoryInfo?>("--folder") { Description = "Folder with articles, sources.yaml and the other files, instead of what came with the program." };
        var changed = new Option<string?>("--changed") { Description = "SOURCE@VERSION, such as 民法典@2027-01-01: list the articles that a new version of a law touches." };
        var command = new Command("check-knowledge", "Check the knowledge base and print a report.") { statutes, changed, folder };
        command.Validators.Add(result =>
        {
            if (result.GetValue(statutes) is { Exists: false } missing)
                result.AddError($"--statutes: there is no folder {missing.FullName}.");
            if (result.GetValue(folder) is { Exists: false } nowhere)
                result.AddError($"--folder: there is no folder {nowhere.FullName}.");
        });
        command.SetAction(parsed => Run(parsed.GetValue(folder)?.FullName ?? AppContext.BaseDirectory, parsed.GetValue(statutes)?.FullName, parsed.GetValue(changed)));
        return command;
    }

    private static int Run(string folder, string? statutes, string? changed)
    {
        var knowledge = KnowledgeBase.Load(folder);
        if (changed is null)
        {
            var report = KnowledgeValidator.Check(knowledge, statutes);
            Console.WriteLine(report);
            return report.ExitCode;
        }
        if (KnowledgeValidator.Changed(knowledge, changed) is not { } touched)
        {
            Console.Error.WriteLine("--changed wants SOURCE@VERSION with the version as a date, such as 民法典@2027-01-01.");
            return 2;
        }
        foreach (var one in touched)
            Console.WriteLine($"{one.Article.Id}: {string.Join('、', one.Citations.Select(citation => citation.Canonical))}{(one.VerifiedSince ? "（新版本之后核对过）" : "（要重新核对）")}");
        return 0;
    }
}
