using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Runs;

/// <summary>A unit that a run is to compute.</summary>
/// <param name="File">The name of its file.</param>
/// <param name="Title">What it is, for a reader.</param>
public sealed record PlannedUnit(string File, string Title);

/// <summary>What a run is to compute.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Units">Its units.</param>
/// <param name="Audit">What is audited; null for a run that is no audit.</param>
sealed record RunPlan(ulong Seed, IReadOnlyList<PlannedUnit> Units, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Audit = null);

/// <summary>How far a unit is.</summary>
public enum UnitState
{
    /// <summary>Its result is there.</summary>
    Done,

    /// <summary>A process has it.</summary>
    Running,

    /// <summary>It failed when it was last tried.</summary>
    Failed,

    /// <summary>Nobody has begun it, or who did was stopped.</summary>
    Pending,
}

/// <summary>The folder of a run: <c>units/</c> has one Parquet file for each unit that is done, <c>checkpoints/</c> what interrupted ones go on from.</summary>
/// <param name="path">The folder.</param>
public sealed class RunFolder(string path)
{
    static readonly TimeSpan PlanPatience = TimeSpan.FromMilliseconds(10);

    // EWOULDBLOCK of Linux and of macOS, and Windows' sharing violation: what .NET gives for a file that is open for one alone.
    static readonly int[] Taken = [11, 35, unchecked((int)0x80070020)];

    const string PlanName = "plan.json", UnitsName = "units", LocksName = "locks", FailuresName = "failures", CheckpointsName = "checkpoints";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Where the results of units are.</summary>
    public string Units => System.IO.Path.Combine(Path, UnitsName);

    /// <summary>Finds out whether the folder can be written; makes it.</summary>
    /// <exception cref="InputException">It cannot.</exception>
    public void Probe()
    {
        AtomicFile.Probe(System.IO.Path.Combine(Units, "probe"));
        AtomicFile.Probe(System.IO.Path.Combine(Path, LocksName, "probe"));
        AtomicFile.Probe(System.IO.Path.Combine(Path, FailuresName, "probe"));
        AtomicFile.Probe(System.IO.Path.Combine(Path, CheckpointsName, "probe"));
    }

    /// <summary>All units that runs on this folder were to compute, in the order in which they were planned.</summary>
    /// <exception cref="InputException">The folder has no plan, or it cannot be read.</exception>
    public IReadOnlyList<PlannedUnit> Planned() => ReadPlan().Units;

    RunPlan ReadPlan()
    {
        string place = System.IO.Path.Combine(Path, PlanName);
        try
        {
            return JsonSerializer.Deserialize<RunPlan>(File.ReadAllText(place)) is { Units: not null } plan ? plan : throw new JsonException("it has no units");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new InputException($"'{Path}' is not the folder of a run: {place} cannot be read ({e.Message.TrimEnd('.')}); give the folder that 'dapprox reproduce --out' or 'dapprox audit --out' wrote", e);
        }
    }

    /// <summary>Adds units to those that were planned before; of several processes one after the other.</summary>
    /// <param name="seed">The seed of the run: a folder has one, so that no question asked of it mixes two.</param>
    /// <param name="units">The units.</param>
    /// <param name="audit">What is audited, for an audit: its folder holds nothing else, so that no question asked of it mixes two; null for other runs.</param>
    /// <exception cref="InputException">The folder cannot be written, has another seed, or holds a run that this one does not go with.</exception>
    public void Plan(ulong seed, IReadOnlyList<PlannedUnit> units, string? audit = null)
    {
        IDisposable? mine;
        while ((mine = TryLock(PlanName)) is null)
            Thread.Sleep(PlanPatience);
        using IDisposable planning = mine;
        RunPlan before = File.Exists(System.IO.Path.Combine(Path, PlanName)) ? ReadPlan() : new RunPlan(seed, []);
        if (before.Seed != seed)
            throw new InputException($"'{Path}' has a run with seed {before.Seed}, and this one has seed {seed}; give it another folder, or --seed {before.Seed}");
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
            AtomicFile.WriteText(System.IO.Path.Combine(Path, PlanName), JsonSerializer.Serialize(new RunPlan(seed, all, audit), PlanOptions) + "\n");
    }

    /// <summary>Whether a unit's file is there.</summary>
    /// <param name="file">Its name.</param>
    public bool Has(string file) => File.Exists(Place(file));

    /// <summary>Reads a unit's file.</summary>
    /// <param name="file">Its name.</param>
    /// <exception cref="InputException">It is not there, or cannot be read.</exception>
    public Rows Read(string file) => ParquetFile.Read(Place(file));

    /// <summary>Writes a unit's file, in one step, and forgets that it failed or was interrupted before.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="rows">What it found.</param>
    /// <exception cref="InputException">It cannot be written.</exception>
    public void Write(string file, Rows rows)
    {
        ParquetFile.Write(Place(file), rows);
        Forget(file);
    }

    /// <summary>Deletes what is kept of a unit that is not done: why it failed, and from what it goes on.</summary>
    /// <param name="file">The name of its file.</param>
    public void Forget(string file)
    {
        File.Delete(FailurePlace(file));
        File.Delete(Checkpoint(file));
    }

    /// <summary>Where a unit keeps from what it goes on when it was interrupted; deleted when the unit is done.</summary>
    /// <param name="file">The name of its file.</param>
    public string Checkpoint(string file) => System.IO.Path.Combine(Path, CheckpointsName, System.IO.Path.ChangeExtension(file, "safetensors"));

    /// <summary>Takes a unit for this process, until it is disposed of or the process ends, however it ends; null where another has it.</summary>
    /// <param name="file">The name of its file.</param>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public IDisposable? TryLock(string file)
    {
        string place = LockPlace(file);
        try
        {
            return new FileStream(place, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        // The system keeps whoever comes second out of a file that is open for one alone.
        catch (IOException e) when (Taken.Contains(e.HResult))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot write '{place}': {e.Message.TrimEnd('.')}; choose a folder with room and the right to write", e);
        }
    }

    /// <summary>Whether a process has a unit just now.</summary>
    /// <param name="file">The name of its file.</param>
    public bool IsLocked(string file)
    {
        try
        {
            // Only read, so that the run of somebody else can be looked at.
            using FileStream free = new(LockPlace(file), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Taken.Contains(e.HResult);
        }
    }

    /// <summary>How far a unit is.</summary>
    /// <param name="file">The name of its file.</param>
    public UnitState State(string file) =>
        Has(file) ? UnitState.Done : IsLocked(file) ? UnitState.Running : Failure(file) is not null ? UnitState.Failed : UnitState.Pending;

    /// <summary>Notes why a unit failed.</summary>
    /// <param name="file">The name of its file.</param>
    /// <param name="why">One line.</param>
    public void Fail(string file, string why) => AtomicFile.WriteText(FailurePlace(file), why + "\n");

    /// <summary>Why a unit failed; null where it did not, or has not run.</summary>
    /// <param name="file">The name of its file.</param>
    public string? Failure(string file)
    {
        try
        {
            return File.ReadAllText(FailurePlace(file)).Trim();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    static readonly JsonSerializerOptions PlanOptions = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    string Place(string file) => System.IO.Path.Combine(Units, file);

    string LockPlace(string file) => System.IO.Path.Combine(Path, LocksName, System.IO.Path.ChangeExtension(file, "lock"));

    string FailurePlace(string file) => System.IO.Path.Combine(Path, FailuresName, System.IO.Path.ChangeExtension(file, "txt"));
}
