using System.Diagnostics;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>The sources that this program was built from.</summary>
internal sealed class Repository
{
    private Repository(string root) => Root = root;

    public string Root { get; }

    public string PerformancePage => Path.Combine(Root, "docs", "performance.md");

    /// <summary>The program that the wrapper at the root builds.</summary>
    public string BuiltProgram => Path.Combine(Root, "artifacts", "program", "current", "perflog");

    /// <summary>The commit's short name; says so when files differ from it.</summary>
    public string Commit
    {
        get
        {
            string? name = Git("rev-parse", "--short=12", "HEAD");
            if (name is null) return "unknown";
            // The page that these figures are written to may differ: it says nothing of what was measured.
            string? changes = Git("status", "--porcelain", "--", ".", ":!docs/performance.md", ":!docs/plots");
            return string.IsNullOrEmpty(changes) ? name : name + " with local changes";
        }
    }

    /// <summary>The nearest folder above this program that holds the solution.</summary>
    public static Repository Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PerfLog.sln"))) return new Repository(folder.FullName);
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds PerfLog.sln.");
    }

    private string? Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;   // no git on this machine
        }
    }
}
