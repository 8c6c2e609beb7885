using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dapprox.Cli.Terminal;

/// <summary>
/// Shows on a terminal's stderr what is being done, how far it is, and how long it will still take. Elsewhere it shows nothing.
/// </summary>
static class ProgressBar
{
    const int BarWidth = 20;

    /// <summary>Does something that says how much of it has been done since it last said so.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="total">How much there is to do.</param>
    /// <param name="run">Does it.</param>
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
    /// <param name="title">What is done.</param>
    /// <param name="total">How much there is to do.</param>
    /// <param name="run">Does it.</param>
    public static void While(string title, double total, Action<Action<double>> run) => While<object?>(title, total, report =>
    {
        run(report);
        return null;
    });

    /// <summary>Does something that says what fraction of it is done, and with what it is busy.</summary>
    /// <param name="title">What is shown until it says something.</param>
    /// <param name="run">Does it.</param>
    public static T While<T>(string title, Func<Action<double, string>, T> run)
    {
        if (Console.IsErrorRedirected)
            return run((_, _) => { });
        return Display().Start(display =>
        {
            ProgressTask task = display.AddTask(title, maxValue: 1);
            return run((done, what) => Show(task, done, what));
        });
    }

    /// <summary>The same for what waits for others.</summary>
    /// <param name="title">What is shown until it says something.</param>
    /// <param name="run">Does it.</param>
    public static Task<T> WhileAsync<T>(string title, Func<Action<double, string>, Task<T>> run)
    {
        if (Console.IsErrorRedirected)
            return run((_, _) => { });
        return Display().StartAsync(display =>
        {
            ProgressTask task = display.AddTask(title, maxValue: 1);
            return run((done, what) => Show(task, done, what));
        });
    }

    static Progress Display() => Output.Notes.Progress()
        .AutoClear(true)
        .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new TimeLeftColumn(), new WhatColumn());

    static void Show(ProgressTask task, double done, string what)
    {
        task.Description = what;
        task.Value = done;
    }

    /// <summary>The time left, should the rest go on as fast as everything until now.</summary>
    sealed class TimeLeftColumn : ProgressColumn
    {
        // Before that, what is measured is how long it takes to begin.
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

    /// <summary>What is being done; a long title is broken between words, not cut.</summary>
    sealed class WhatColumn : ProgressColumn
    {
        protected override bool NoWrap => false;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(task.Description);
    }
}
