using System.Diagnostics;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Runs;

/// <summary>The progress of a run.</summary>
/// <param name="Unit">The unit that is being computed.</param>
/// <param name="UnitDone">The fraction of the unit that is done.</param>
/// <param name="Done">The fraction of the run that is done, by the estimated times of its units.</param>
/// <param name="Number">The number of the unit among those that were pending at the start, from 1.</param>
/// <param name="Of">The number of units that were pending at the start.</param>
public readonly record struct RunProgress(WorkUnit Unit, double UnitDone, double Done, int Number, int Of);

/// <summary>Computes the pending units of a run.</summary>
public static class Runner
{
    static readonly TimeSpan OthersPatience = TimeSpan.FromSeconds(0.5);

    /// <summary>Units and those that they need, each after those that it needs, and each once.</summary>
    /// <param name="units">The units that are wanted, in any order.</param>
    /// <param name="context">The run, by whose images and weights units are compared.</param>
    public static IReadOnlyList<WorkUnit> InOrder(IEnumerable<WorkUnit> units, RunContext context)
    {
        var ordered = new List<WorkUnit>();
        var seen = new HashSet<string>();
        foreach (WorkUnit unit in units)
            Add(unit);
        return ordered;

        void Add(WorkUnit unit)
        {
            if (!seen.Add(context.FileOf(unit)))
                return;
            foreach (WorkUnit need in unit.Needs)
                Add(need);
            ordered.Add(unit);
        }
    }

    /// <summary>
    /// The units whose results are missing and those that they need. A unit that only finished units need is not among them, even if its
    /// own result is missing.
    /// </summary>
    /// <param name="units">The units that are wanted, in any order.</param>
    /// <param name="context">The run, with the folder of the results.</param>
    public static IReadOnlyList<WorkUnit> Left(IReadOnlyCollection<WorkUnit> units, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(context);
        var wanted = new HashSet<string>();
        foreach (WorkUnit unit in units)
            Want(unit);
        return [.. InOrder(units, context).Where(unit => wanted.Contains(context.FileOf(unit)))];

        void Want(WorkUnit unit)
        {
            if (context.IsDone(unit) || !wanted.Add(context.FileOf(unit)))
                return;
            foreach (WorkUnit need in unit.Needs)
                Want(need);
        }
    }

    /// <summary>
    /// Computes the pending units, and waits for those that another process computes in the same folder. A unit that is done is never
    /// computed again. One that was interrupted continues from its checkpoint, or from the beginning where it keeps none. Processes that
    /// share the folder share the work.
    /// </summary>
    /// <param name="units">The units; those that they need are computed before them.</param>
    /// <param name="context">Networks, images and the folder of the results.</param>
    /// <param name="progress">Receives the progress of the run; null for none.</param>
    /// <param name="cancellation">Stops the run; the results of units that are done remain.</param>
    /// <returns>The titles of the units that this process computed, and their times in seconds.</returns>
    /// <exception cref="InputException">A unit cannot be computed, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static IReadOnlyList<(string Unit, double Seconds)> Run(
        IReadOnlyCollection<WorkUnit> units, RunContext context, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        var times = new List<(string Unit, double Seconds)>();
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<WorkUnit> ordered = InOrder(units, context);
        context.Folder.Probe();
        context.Folder.Plan(context.Seed, [.. ordered.Select(unit => new PlannedUnit(context.FileOf(unit), unit.Title))], context.Audit);
        List<WorkUnit> left = [.. Left(units, context)];
        // Left by a process that was killed after it had written the result.
        foreach (WorkUnit unit in ordered.Where(context.IsDone))
            context.Folder.Forget(context.FileOf(unit));
        int count = left.Count;
        double all = left.Sum(unit => unit.Seconds), done = 0;
        while (left.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            bool advanced = false;
            foreach (WorkUnit unit in left.Where(unit => unit.Needs.All(context.IsDone)).ToArray())
            {
                string file = context.FileOf(unit);
                using IDisposable? claim = context.Folder.TryLock(file);
                if (claim is null)
                    continue;
                // Another process may have finished it since the pending units were listed.
                if (!context.Folder.Has(file))
                    Compute(unit, file);
                left.Remove(unit);
                done += unit.Seconds;
                advanced = true;
            }

            if (!advanced)
                cancellation.WaitHandle.WaitOne(OthersPatience);
        }

        return times;

        void Compute(WorkUnit unit, string file)
        {
            cancellation.ThrowIfCancellationRequested();
            double unitDone = 0;
            int number = count - left.Count + 1;
            Report();
            long start = Stopwatch.GetTimestamp();
            try
            {
                context.Folder.Write(file, unit.Run(context, more =>
                {
                    unitDone = Math.Min(1, unitDone + more);
                    Report();
                }, cancellation));
                times.Add((unit.Title, Stopwatch.GetElapsedTime(start).TotalSeconds));
            }
            catch (InputException e)
            {
                context.Folder.Fail(file, $"{unit.Title}: {e.Message}");
                throw;
            }

            void Report() =>
                progress?.Invoke(new RunProgress(unit, unitDone, all > 0 ? (done + unitDone * unit.Seconds) / all : 1, number, count));
        }
    }
}
