using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>A Slurm of one machine, for the tests below; skips them where it cannot be had.</summary>
public sealed class LocalSlurm : IDisposable
{
    static readonly string[] Programs = ["slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "munged", "mungekey", "runuser"];

    readonly TemporaryFolder folder = new();
    readonly List<Process> daemons = [];

    public LocalSlurm()
    {
        string[] missing = [.. Programs.Where(program => !Folders().Any(path => File.Exists(Path.Combine(path, program))))];
        if (missing.Length > 0)
            Reason = $"Slurm is not installed: {string.Join(", ", missing)} missing.";
        else if (Environment.UserName != "root")
            Reason = "A Slurm of one's own needs root.";
        else if (Process.GetProcessesByName("slurmctld").Length > 0)
            Reason = "A slurmctld runs already.";
        else
            Start();
    }

    /// <summary>Why there is none; null where there is.</summary>
    public string? Reason { get; private set; }

    public string Configuration => folder.File("slurm.conf");

    static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/sbin", "/usr/bin"]);

    void Start()
    {
        foreach (string name in new[] { "state", "spool", "log" })
            Directory.CreateDirectory(folder.File(name));
        string host = Dns.GetHostName().Split('.')[0];
        File.WriteAllText(Configuration, $"""
            ClusterName=dapprox
            SlurmctldHost={host}(127.0.0.1)
            AuthType=auth/munge
            SlurmUser=root
            SlurmdUser=root
            StateSaveLocation={folder.File("state")}
            SlurmdSpoolDir={folder.File("spool")}
            SlurmctldPidFile={folder.File("slurmctld.pid")}
            SlurmdPidFile={folder.File("slurmd.pid")}
            SlurmctldLogFile={folder.File("log/slurmctld.log")}
            SlurmdLogFile={folder.File("log/slurmd.log")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            MpiDefault=none
            JobAcctGatherType=jobacct_gather/none
            ReturnToService=2
            SchedulerParameters=requeue_delay=1
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
            PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP

            """);
        Run("mkdir", "-p", "/run/munge", "/var/log/munge", "/etc/munge");
        Run("chown", "munge:munge", "/run/munge", "/var/log/munge");
        if (!File.Exists("/etc/munge/munge.key"))
            Run("mungekey", "-c", "-k", "/etc/munge/munge.key");
        Run("chown", "munge:munge", "/etc/munge/munge.key");
        if (Process.GetProcessesByName("munged").Length == 0)
            Daemon("runuser", "-u", "munge", "--", "munged", "--foreground");
        Thread.Sleep(1000);
        Daemon("slurmctld", "-D");
        Daemon("slurmd", "-D");
        var watch = Stopwatch.StartNew();
        while (!Run("sinfo", "-h", "-o", "%T").Contains("idle", StringComparison.Ordinal))
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(40))
            {
                Reason = "Slurm does not start here: no node became idle within 40 seconds.";
                return;
            }

            Thread.Sleep(500);
        }
    }

    void Daemon(string program, params string[] arguments)
    {
        Process process = Launch(program, arguments);
        // What nobody reads would stop it when the pipe is full.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        daemons.Add(process);
    }

    public Process Launch(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = Configuration;
        start.Environment["PATH"] = string.Join(Path.PathSeparator, Folders());
        return Process.Start(start)!;
    }

    public string Run(string program, params string[] arguments)
    {
        using Process process = Launch(program, arguments);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    public void Dispose()
    {
        if (daemons.Count > 0)
            Run("scancel", "--user=root");
        foreach (Process daemon in daemons.AsEnumerable().Reverse())
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }

        folder.Dispose();
    }
}

public sealed class SlurmTests(LocalSlurm slurm) : IClassFixture<LocalSlurm>, IDisposable
{
    // Slurm holds a task that was put back for two minutes.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Submit_ByADryRun_WritesScriptsThatBashAccepts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts are for Linux.");

        DapproxRun run = await DapproxRun.RunAsync(
            "submit", "--only", "figure-4,table-7", "--partition", "cpu", "--time", "1:00:00", "--dry-run", "--json", "--out", folder.Path);

        Assert.Equal(0, run.ExitCode);
        string[] scripts = [.. run.Json.GetProperty("scripts").EnumerateArray().Select(script => script.GetString()!)];
        foreach (string script in scripts)
        {
            using Process bash = Process.Start(new ProcessStartInfo("bash", ["-n", script]))!;
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, bash.ExitCode);
        }

        string units = await File.ReadAllTextAsync(scripts[0], TestContext.Current.CancellationToken);
        Assert.Contains($"#SBATCH --array=0-{run.Json.GetProperty("tasks").GetInt32() - 1}\n", units, StringComparison.Ordinal);
        Assert.Contains("#SBATCH --partition=cpu\n", units, StringComparison.Ordinal);
    }

    /// <summary>A name with a line break is a name in the script, too: what follows is no command.</summary>
    [Fact]
    public async Task Submit_IntoAFolderOfAnyName_RunsNothingElse()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts are for Linux.");
        string named = folder.File("a'b\ntouch PWNED\n#");

        DapproxRun run = await DapproxRun.RunAsync("submit", "--only", "figure-4", "--dry-run", "--json", "--out", named);

        foreach (JsonElement script in run.Json.GetProperty("scripts").EnumerateArray())
        {
            var start = new ProcessStartInfo("bash", [script.GetString()!])
            {
                WorkingDirectory = folder.Path,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                Environment = { ["SLURM_ARRAY_TASK_ID"] = "0" },
            };
            using Process bash = Process.Start(start)!;
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, bash.ExitCode);
        }

        Assert.True(File.Exists(Path.Combine(named, "report.md")));
        Assert.Empty(Directory.GetFiles(folder.Path, "PWNED", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("--partition is 'a b'", "--partition", "a b")]
    [InlineData("--time is '1;rm'", "--time", "1;rm")]
    [InlineData("--time is 'soon'", "--time", "soon")]
    [InlineData("there is no sbatch", "--only", "figure-4")]
    public async Task Submit_OfWhatCannotBe_IsOneLine(string message, params string[] arguments)
    {
        Assert.SkipWhen(message.Contains("sbatch", StringComparison.Ordinal) && File.Exists("/usr/bin/sbatch"), "There is an sbatch here.");

        DapproxRun run = await DapproxRun.RunAsync(["submit", "--out", folder.Path, .. arguments]);

        run.AssertRefused(message);
    }

    [FactOf(Tier.Ci)]
    public async Task Submit_GivesTheBytesOfALocalRun_RequeuesWhatIsKilled_AndReportsWhatFails()
    {
        Assert.SkipWhen(slurm.Reason is not null, slurm.Reason ?? "");
        const string Only = "figure-4,figure-12,figure-16,figure-13";
        string cluster = folder.File("cluster"), local = folder.File("local");
        DapproxRun here = await DapproxRun.RunAsync("reproduce", "--only", Only, "--out", local, "--json");

        JsonElement sent = await Submit(Only, cluster);
        int tasks = sent.GetProperty("tasks").GetInt32();
        Assert.Equal(Directory.GetFiles(Path.Combine(local, "units")).Length, tasks);
        // The first that is seen running is killed from outside, as if by a node's owner.
        Assert.True(await Until(() => KillOne(cluster)), "no task was seen running");
        Assert.True(await Until(() => File.Exists(Path.Combine(cluster, "report.html"))), slurm.Run("squeue"));

        DapproxRun status = await DapproxRun.RunAsync("results", "status", "--run", cluster, "--json");
        Assert.Equal(
            (tasks, 0, 0),
            (
                status.Json.GetProperty("done").GetInt32(), status.Json.GetProperty("failed").GetInt32(),
                status.Json.GetProperty("pending").GetInt32()));
        foreach (string unit in Directory.GetFiles(Path.Combine(local, "units")))
            Assert.Equal(File.ReadAllBytes(unit), File.ReadAllBytes(Path.Combine(cluster, "units", Path.GetFileName(unit))));
        using JsonDocument merged = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cluster, "results.json")));
        Assert.Equal(
            JsonSerializer.Serialize(here.Json.GetProperty("results")),
            JsonSerializer.Serialize(merged.RootElement.GetProperty("results")));

        // A unit whose place is taken by a folder cannot be written.
        string broken = folder.File("broken"), victim = Path.GetFileName(Directory.GetFiles(Path.Combine(local, "units"), "response-*")[0]);
        Directory.CreateDirectory(Path.Combine(broken, "units", victim));
        await Submit("figure-4,figure-16", broken);
        Assert.True(await Until(() => File.Exists(Path.Combine(broken, "report.html"))), slurm.Run("squeue"));
        status = await DapproxRun.RunAsync("results", "status", "--run", broken, "--json");
        JsonElement failed = Assert.Single(
            status.Json.GetProperty("units").EnumerateArray(), unit => unit.GetProperty("state").GetString() == "failed");
        Assert.Equal(victim, failed.GetProperty("file").GetString());
        Assert.Contains("it is a folder", failed.GetProperty("why").GetString(), StringComparison.Ordinal);
    }

    async Task<JsonElement> Submit(string only, string run)
    {
        using Process process = slurm.Launch(
            Path.Combine(AppContext.BaseDirectory, "dapprox"), "submit", "--only", only, "--cpus", "1", "--out", run, "--json");
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Kills a dapprox that a task has started; its command line names the run's folder and a unit.</summary>
    static bool KillOne(string run)
    {
        foreach (Process process in Process.GetProcessesByName("dapprox"))
        {
            using (process)
            {
                string line = CommandLine(process.Id);
                if (line.Contains(run, StringComparison.Ordinal) && line.Contains("--unit", StringComparison.Ordinal))
                {
                    process.Kill();
                    return true;
                }
            }
        }

        return false;
    }

    static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    static async Task<bool> Until(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience)
        {
            if (condition())
                return true;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return false;
    }
}
