using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;

namespace Dapprox.Cli.Tools;

/// <summary>The resources requested from Slurm.</summary>
/// <param name="Partition">The partition; null for the default one.</param>
/// <param name="Time">The time limit of a task, in sbatch's format; null for the partition's.</param>
/// <param name="Processors">The number of processors per task.</param>
/// <param name="Together">The maximum number of tasks that run at once; null for no limit.</param>
sealed record SlurmRequest(string? Partition, string? Time, int Processors, int? Together);

/// <summary>
/// Submits the units of a run to a Slurm cluster: a job array over a shared folder, and a job that merges after it.
/// </summary>
static class Slurm
{
    // Slurm's default limit of an array.
    public const int MaxTasks = 1000;

    /// <summary>The maximum number of times that a killed task is requeued.</summary>
    public const int MaxRestarts = 3;

    /// <summary>Writes the scripts of the jobs.</summary>
    /// <param name="folder">The folder of the run, which all nodes see.</param>
    /// <param name="files">The names of the units' files, in the order of the tasks.</param>
    /// <param name="arguments">The common arguments of all calls of dapprox reproduce.</param>
    /// <param name="request">The resources requested from Slurm.</param>
    /// <returns>The script of the array, null without tasks, and the script of the merge job.</returns>
    public static (string? Units, string Merge) WriteScripts(
        string folder, IReadOnlyList<string> files, IReadOnlyList<string> arguments, SlurmRequest request)
    {
        string scripts = Path.Combine(folder, "slurm");
        (string? Units, string Merge) paths = (
            files.Count > 0 ? Path.Combine(scripts, "units.sh") : null, Path.Combine(scripts, "merge.sh"));
        string command = string.Join(' ', Self().Concat(arguments).Select(Shell.Quoted));
        string common = (request.Partition is null ? "" : $"#SBATCH --partition={request.Partition}\n")
            + "#SBATCH --open-mode=append\n"
            // What follows a line break in a name would be a command.
            + (folder.Any(char.IsControl) ? "" : $"#SBATCH --chdir={Shell.Quoted(folder)}\n");
        string inside = $"cd -- {Shell.Quoted(folder)} || exit 1";
        if (paths.Units is string units)
        {
            AtomicFile.WriteText(units, $$"""
                #!/bin/bash
                #SBATCH --job-name=dapprox
                #SBATCH --array=0-{{files.Count - 1}}{{(request.Together is int together ? $"%{together}" : "")}}
                #SBATCH --cpus-per-task={{request.Processors}}
                #SBATCH --output=slurm/unit-%a.log
                #SBATCH --requeue
                {{(request.Time is null ? "" : $"#SBATCH --time={request.Time}\n")}}{{common}}
                {{inside}}
                units=({{string.Join(' ', files.Select(file => Path.ChangeExtension(file, null)))}})
                unit=${units[$SLURM_ARRAY_TASK_ID]}
                {{command}} --unit "$unit"
                code=$?
                # Killed, or asked to end: 128 and the signal's number. What ends by itself would end so again.
                if [[ "$code" =~ ^(130|137|143)$ ]] && [ "${SLURM_RESTART_COUNT:-0}" -lt {{MaxRestarts}} ]; then
                  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && exit 0
                fi
                if [ "$code" -ne 0 ] && [ ! -e "failures/$unit.txt" ]; then
                  echo "Slurm task ${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID} ended with exit code $code; see slurm/unit-${SLURM_ARRAY_TASK_ID}.log" > "failures/$unit.txt"
                fi
                exit "$code"

                """);
        }

        AtomicFile.WriteText(paths.Merge, $$"""
            #!/bin/bash
            #SBATCH --job-name=dapprox-merge
            #SBATCH --output=slurm/merge.log
            {{common}}
            {{inside}}
            {{command}} --report

            """);
        return paths;
    }

    /// <summary>Submits a script with sbatch.</summary>
    /// <param name="arguments">The arguments of sbatch.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The number of the job.</returns>
    /// <exception cref="InputException">sbatch is missing or refuses the job.</exception>
    public static async Task<string> SubmitAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(
            "sbatch", ["--parsable", .. arguments])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation),
                error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new InputException(
                    $"sbatch refused the job: {(await error.ConfigureAwait(false)).Trim()}; 'sinfo' shows the partitions");
            // With several clusters the cluster name follows the number.
            return (await output.ConfigureAwait(false)).Trim().Split(';')[0];
        }
        catch (Win32Exception e)
        {
            throw new InputException(
                "there is no sbatch on this machine; run this on a login node of a Slurm cluster, or use 'dapprox reproduce'", e);
        }
    }

    /// <summary>The command that starts this program again.</summary>
    static string[] Self()
    {
        string path = Environment.ProcessPath ?? "dapprox";
        return Path.GetFileNameWithoutExtension(path) == "dotnet" ? [path, Assembly.GetExecutingAssembly().Location] : [path];
    }
}
