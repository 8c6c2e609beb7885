using System.Diagnostics;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Unit">The unit that is being computed.</param>
/// <param name="UnitDone">What share of it is done.</param>
/// <param name="Done">What share of the whole is done, by the estimated times of its units.</param>
/// <param name="Place">The unit's place among those that were still to compute, from 1.</param>
/// <param name="Of">How many those are.</param>
public readonly record struct RunProgress(WorkUnit Unit, double UnitDone, double Done, int Place, int Of);

/// <summary>Computes the units of a run that are not done yet.</summary>
public static class Runner
{
    static readonly TimeSpan OthersPatience = TimeSpan.FromSeconds(0.5);

    /// <summary>All units there are to be computed: those given and those they need, each after those that it needs, each once.</summary>
    /// <param name="units">The units.</param>
    /// <param name="context">Knows which are the same.</param>
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

    /// <summary>What is still to be computed: units whose results are not there, and what those need; what only finished units needed may be missing.</summary>
    /// <param name="units">The units.</param>
    /// <param name="context">Knows which are done.</param>
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
    /// Computes what is not done yet, and waits for what another process on the same folder has begun. A unit that is done is never
    /// computed again; one that was interrupted begins anew, or goes on from its checkpoint where it keeps one. Processes that share the folder share the work.
    /// </summary>
    /// <param name="units">The units; those they need are computed before them.</param>
    /// <param name="context">Networks, images, and where results are kept.</param>
    /// <param name="progress">Told how far it is, if given.</param>
    /// <param name="cancellation">Ends the run; units that are done stay.</param>
    /// <returns>How long the units took that this process computed.</returns>
    /// <exception cref="InputException">A unit cannot be computed, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static IReadOnlyList<(string Unit, double Seconds)> Run(IReadOnlyCollection<WorkUnit> units, RunContext context, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        var times = new List<(string Unit, double Seconds)>();
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<WorkUnit> ordered = InOrder(units, context);
        context.Folder.Probe();
        context.Folder.Plan(context.Seed, [.. ordered.Select(unit => new PlannedUnit(context.FileOf(unit), unit.Title))], context.Audit);
        List<WorkUnit> left = [.. Left(units, context)];
        // Of one that was killed between its result and its end.
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
                using IDisposable? mine = context.Folder.TryLock(file);
                if (mine is null)
                    continue;
                // Another process may have done it since it was looked for.
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
            double share = 0;
            int place = count - left.Count + 1;
            Report();
            long start = Stopwatch.GetTimestamp();
            try
            {
                context.Folder.Write(file, unit.Run(context, more =>
                {
                    share = Math.Min(1, share + more);
                    Report();
                }, cancellation));
                times.Add((unit.Title, Stopwatch.GetElapsedTime(start).TotalSeconds));
            }
            catch (InputException e)
            {
                context.Folder.Fail(file, $"{unit.Title}: {e.Message}");
                throw;
            }

            void Report() => progress?.Invoke(new RunProgress(unit, share, all > 0 ? (done + share * unit.Seconds) / all : 1, place, count));
        }
    }
}
