using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Runs;

/// <summary>A unit that a run is to compute.</summary>
/// <param name="File">The name of its file, without a folder.</param>
/// <param name="Title">What is computed, for a reader.</param>
public sealed record PlannedUnit(string File, string Title);

/// <summary>What a run is to compute.</summary>
/// <param name="Seed">Determines every random number.</param>
/// <param name="Units">The units, each after those that it needs.</param>
/// <param name="Audit">What is audited, in words; null for a run that is not an audit.</param>
sealed record RunPlan(
    ulong Seed, IReadOnlyList<PlannedUnit> Units,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Audit = null);

/// <summary>The state of a unit.</summary>
public enum UnitState
{
    /// <summary>Its result is in the folder.</summary>
    Done,

    /// <summary>A process is computing it.</summary>
    Running,

    /// <summary>It failed when it was last computed.</summary>
    Failed,

    /// <summary>No process has begun it, or the one that did was stopped.</summary>
    Pending,
}

/// <summary>
/// The folder of a run: <c>units/</c> has one Parquet file for each unit that is done, <c>checkpoints/</c> the states from which
/// interrupted units continue.
/// </summary>
/// <param name="path">The path of the folder, which need not exist yet.</param>
public sealed class RunFolder(string path)
{
    static readonly TimeSpan PlanPatience = TimeSpan.FromMilliseconds(10);

    // What .NET reports for a file that another process has opened exclusively: EWOULDBLOCK on Linux and on macOS, and the sharing
    // violation of Windows.
    static readonly int[] Taken = [11, 35, unchecked((int)0x80070020)];

    const string PlanName = "plan.json", UnitsName = "units", LocksName = "locks", FailuresName = "failures",
        CheckpointsName = "checkpoints";

    /// <summary>The path of the folder.</summary>
    public string Path { get; } = path;

    /// <summary>The path of the folder with the results of units.</summary>
    public string Units => System.IO.Path.Combine(Path, UnitsName);

    /// <summary>Creates the folder where it does not exist, and checks that it can be written.</summary>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public void Probe()
    {
        AtomicFile.Probe(System.IO.Path.Combine(Units, "probe"));
        AtomicFile.Probe(System.IO.Path.Combine(Path, LocksName, "probe"));
        AtomicFile.Probe(System.IO.Path.Combine(Path, FailuresName, "probe"));
        AtomicFile.Probe(System.IO.Path.Combine(Path, CheckpointsName, "probe"));
    }

    /// <summary>All units that were planned in this folder, in the order in which they were planned.</summary>
    /// <exception cref="InputException">The folder has no plan, or the plan cannot be read.</exception>
    public IReadOnlyList<PlannedUnit> Planned() => ReadPlan().Units;

    RunPlan ReadPlan()
    {
        string file = System.IO.Path.Combine(Path, PlanName);
        try
        {
            return InputFile.Read(file, stream => JsonSerializer.Deserialize<RunPlan>(stream) is { Units: not null } plan
                && plan.Units.All(unit => unit is { File: not null, Title: not null })
                ? plan
                : throw new JsonException("it lacks units, or the files or titles of some"));
        }
        catch (Exception e) when (e is InputException or JsonException)
        {
            throw new InputException(
                $"'{Path}' is not the folder of a run: {file} cannot be read ({InputFile.OneLine(e.Message.TrimEnd('.'))}); "
                + "give the folder that 'dapprox reproduce --out' or 'dapprox audit --out' wrote", e);
        }
    }

    /// <summary>Adds units to those that were planned before. Processes that share the folder take turns.</summary>
    /// <param name="seed">The seed of the run. A folder has one seed, so that no query mixes two.</param>
    /// <param name="units">The units, each after those that it needs.</param>
    /// <param name="audit">
    /// What is audited, in words; null for a run that is not an audit. The folder of an audit holds nothing else, so that no query mixes
    /// two.
    /// </param>
    /// <exception cref="InputException">The folder cannot be written, has another seed, or holds another audit or run.</exception>
    public void Plan(ulong seed, IReadOnlyList<PlannedUnit> units, string? audit = null)
    {
        IDisposable? claim;
        while ((claim = TryLock(PlanName)) is null)
            Thread.Sleep(PlanPatience);
        using IDisposable planning = claim;
        RunPlan before = File.Exists(System.IO.Path.Combine(Path, PlanName)) ? ReadPlan() : new RunPlan(seed, []);
        if (before.Seed != seed)
        {
            throw new InputException(
                $"'{Path}' has a run with seed {before.Seed}, and this one has seed {seed}; "
                + $"give it another folder, or --seed {before.Seed}");
        }

        if (before.Units.Count > 0 && (before.Audit is not null || audit is not null))
        {
            string? other = before.Audit != audit ? before.Audit is null ? "another run" : $"the audit of {before.Audit}"
                : before.Units.Select(unit => unit.File).ToHashSet().SetEquals(units.Select(unit => unit.File)) ? null
                : $"the audit of {before.Audit} with other weights, images or settings";
            if (other is not null)
                throw new InputException($"'{Path}' holds {other}, and results of two are not mixed; give another folder with --out");
        }

        PlannedUnit[] all = [.. before.Units.Concat(units).DistinctBy(unit => unit.File)];
        if (all.Length > before.Units.Count)
        {
            string json = JsonSerializer.Serialize(new RunPlan(seed, all, audit), PlanOptions);
            AtomicFile.WriteText(System.IO.Path.Combine(Path, PlanName), json + "\n");
        }
    }

    /// <summary>Whether the file of a unit exists.</summary>
    /// <param name="file">The name of the unit's file.</param>
    public bool Has(string file) => File.Exists(UnitPath(file));

    /// <summary>Reads the file of a unit.</summary>
    /// <typeparam name="TRow">The record of a row.</typeparam>
    /// <param name="file">The name of the unit's file.</param>
    /// <param name="mapper">Maps its rows to records.</param>
    /// <exception cref="InputException">The file is missing, cannot be read, or has other columns.</exception>
    internal IReadOnlyList<TRow> Read<TRow>(string file, RowMapper<TRow> mapper)
        where TRow : notnull => mapper.FromRows(ParquetFile.Read(UnitPath(file)), UnitPath(file));

    /// <summary>Writes the file of a unit, in one step, and deletes its failure and checkpoint.</summary>
    /// <param name="file">The name of the unit's file.</param>
    /// <param name="rows">The result of the unit.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Write(string file, Rows rows)
    {
        ParquetFile.Write(UnitPath(file), rows);
        Forget(file);
    }

    /// <summary>Deletes the failure and the checkpoint of a unit.</summary>
    /// <param name="file">The name of the unit's file.</param>
    public void Forget(string file)
    {
        File.Delete(FailurePath(file));
        File.Delete(Checkpoint(file));
    }

    /// <summary>The path of the state from which an interrupted unit continues. It is deleted when the unit is done.</summary>
    /// <param name="file">The name of the unit's file.</param>
    public string Checkpoint(string file) =>
        System.IO.Path.Combine(Path, CheckpointsName, System.IO.Path.ChangeExtension(file, "safetensors"));

    /// <summary>
    /// Claims a unit for this process until the claim is disposed of or the process ends, however it ends; null where another process has
    /// claimed it.
    /// </summary>
    /// <param name="file">The name of the unit's file.</param>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public IDisposable? TryLock(string file)
    {
        string path = LockPath(file);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        // The system lets no second process open a file that is opened exclusively.
        catch (IOException e) when (Taken.Contains(e.HResult))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"cannot write '{path}': {e.Message.TrimEnd('.')}; choose a folder with room and the right to write", e);
        }
    }

    /// <summary>Whether a process has claimed a unit.</summary>
    /// <param name="file">The name of the unit's file.</param>
    public bool IsLocked(string file)
    {
        try
        {
            // Opened for reading, so that it works in the folder of another user.
            using FileStream free = new(LockPath(file), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Taken.Contains(e.HResult);
        }
    }

    /// <summary>The state of a unit.</summary>
    /// <param name="file">The name of the unit's file.</param>
    public UnitState State(string file) =>
        Has(file) ? UnitState.Done : IsLocked(file) ? UnitState.Running : Failure(file) is not null ? UnitState.Failed : UnitState.Pending;

    /// <summary>Records why a unit failed.</summary>
    /// <param name="file">The name of the unit's file.</param>
    /// <param name="why">The reason, in one line.</param>
    public void Fail(string file, string why) => AtomicFile.WriteText(FailurePath(file), why + "\n");

    /// <summary>Why a unit failed; null where it did not fail, or has not run.</summary>
    /// <param name="file">The name of the unit's file.</param>
    public string? Failure(string file)
    {
        try
        {
            return File.ReadAllText(FailurePath(file)).Trim();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    static readonly JsonSerializerOptions PlanOptions = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    string UnitPath(string file) => System.IO.Path.Combine(Units, file);

    string LockPath(string file) => System.IO.Path.Combine(Path, LocksName, System.IO.Path.ChangeExtension(file, "lock"));

    string FailurePath(string file) => System.IO.Path.Combine(Path, FailuresName, System.IO.Path.ChangeExtension(file, "txt"));
}
