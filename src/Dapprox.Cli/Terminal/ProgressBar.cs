using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dapprox.Cli.Terminal;

/// <summary>
/// Shows the current activity, its progress and the time left on a terminal's stderr, and nothing elsewhere. Work inside other work is a
/// part of it, and is not shown by itself: a terminal has one display at a time.
/// </summary>
static class ProgressBar
{
    const int BarWidth = 20;

    // 1 while there is a display.
    static int isShown;

    /// <summary>Runs work that reports increments of progress.</summary>
    /// <param name="title">The title of the activity.</param>
    /// <param name="total">The total amount of work.</param>
    /// <param name="run">Does the work.</param>
    public static T While<T>(string title, double total, Func<Action<double>, T> run)
    {
        double done = 0;
        // Several threads may report at once.
        var together = new Lock();
        return While<T>(title, report => run(more =>
        {
            lock (together)
            {
                done += more;
                report(done / total, title);
            }
        }));
    }

    /// <summary>The same without a result.</summary>
    /// <param name="title">The title of the activity.</param>
    /// <param name="total">The total amount of work.</param>
    /// <param name="run">Does the work.</param>
    public static void While(string title, double total, Action<Action<double>> run) => While<object?>(title, total, report =>
    {
        run(report);
        return null;
    });

    /// <summary>Runs work that reports the fraction done and its current activity.</summary>
    /// <param name="title">The title until the first report.</param>
    /// <param name="run">Does the work.</param>
    public static T While<T>(string title, Func<Action<double, string>, T> run)
    {
        if (Console.IsErrorRedirected || Interlocked.Exchange(ref isShown, 1) == 1)
            return run((_, _) => { });
        try
        {
            return Display().Start(display =>
            {
                ProgressTask task = display.AddTask(title, maxValue: 1);
                return run((done, what) => Show(task, done, what));
            });
        }
        finally
        {
            isShown = 0;
        }
    }

    /// <summary>The same for asynchronous work.</summary>
    /// <param name="title">The title until the first report.</param>
    /// <param name="run">Does the work.</param>
    public static async Task<T> WhileAsync<T>(string title, Func<Action<double, string>, Task<T>> run)
    {
        if (Console.IsErrorRedirected || Interlocked.Exchange(ref isShown, 1) == 1)
            return await run((_, _) => { });
        try
        {
            return await Display().StartAsync(display =>
            {
                ProgressTask task = display.AddTask(title, maxValue: 1);
                return run((done, what) => Show(task, done, what));
            });
        }
        finally
        {
            isShown = 0;
        }
    }

    static Progress Display() => Output.Notes.Progress()
        .AutoClear(true)
        .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new TimeLeftColumn(), new WhatColumn());

    static void Show(ProgressTask task, double done, string what)
    {
        task.Description = what;
        task.Value = done;
    }

    /// <summary>The time left at the mean speed so far.</summary>
    sealed class TimeLeftColumn : ProgressColumn
    {
        // Earlier the start-up time would dominate.
        const double MinDone = 0.02;

        readonly long start = Stopwatch.GetTimestamp();

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            double done = task.Value;
            TimeSpan left = done < MinDone ? TimeSpan.Zero : Stopwatch.GetElapsedTime(start) * ((1 - done) / done);
            return new Text(
                done < MinDone ? "" : left.TotalHours < 1 ? $"{left:m\\:ss} left" : $"{Math.Floor(left.TotalHours)}:{left:mm\\:ss} left");
        }
    }

    /// <summary>The current activity; a long title is wrapped between words, not cut.</summary>
    sealed class WhatColumn : ProgressColumn
    {
        protected override bool NoWrap => false;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(task.Description);
    }
}
