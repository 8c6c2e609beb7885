using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Circuits;
using Spectre.Console;

namespace DefensiveApproximation.Cli;

/// <summary>Where results and notes go: results to stdout, notes and progress to stderr.</summary>
static class Output
{
    // A table in a file or a pipe is read by programs: cells there are not broken into lines.
    const int UnboundedWidth = 400;

    static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For tables, on stdout.</summary>
    public static IAnsiConsole Results { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>For progress bars, on stderr; they show only on a terminal.</summary>
    public static IAnsiConsole Notes { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>A line for the reader, not part of the result.</summary>
    public static void Note(string line) => Console.Error.WriteLine(line);

    /// <summary>
    /// What bare circuits among some multipliers are taken for: an "8-bit multiplier" is one of integers to most people, and here it
    /// multiplies mantissas. One sentence for each width.
    /// </summary>
    /// <param name="multipliers">The multipliers; those that have a name of their own need no word.</param>
    public static IEnumerable<string> MantissaNotes(params IEnumerable<FloatMultiplier> multipliers) => multipliers
        .OfType<CircuitMultiplier>()
        .Where(multiplier => !Multipliers.All.Contains(multiplier))
        .Select(multiplier => multiplier.Format.MantissaBits)
        .Distinct()
        .Select(bits => bits > Binary32.FractionBits
            ? $"a circuit of {bits} bits multiplies the mantissas of binary32 numbers here, and not integers"
            : $"a circuit of {bits} bits multiplies the leading {bits} bits of binary32 mantissas here, the hidden one included, and not {bits}-bit integers");

    /// <summary>Says what bare circuits among some multipliers are taken for: <see cref="MantissaNotes"/>.</summary>
    /// <param name="multipliers">The multipliers.</param>
    public static void NoteMantissas(params IEnumerable<FloatMultiplier> multipliers)
    {
        foreach (string note in MantissaNotes(multipliers))
            Note($"note: {note}");
    }

    /// <summary>Prints the object, and nothing else, on stdout.</summary>
    public static void PrintJson(JsonObject result)
    {
        using Stream stdout = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(stdout, Layout))
            result.WriteTo(writer);
        stdout.Write("\n"u8);
    }

    /// <summary>A number for JSON, which has no NaN: null where there is no value.</summary>
    public static JsonNode? Number(double? number) => number is double value && double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>Puts an estimate into a result: its value under a name, its interval under that name with Interval behind it.</summary>
    /// <param name="result">The result.</param>
    /// <param name="name">The name.</param>
    /// <param name="estimate">The estimate.</param>
    public static void AddEstimate(JsonObject result, string name, Estimate estimate)
    {
        result[name] = Number(estimate.Value);
        result[name + "Interval"] = new JsonArray(Number(estimate.Low), Number(estimate.High));
    }

    /// <summary>A table in the style of all tables here.</summary>
    /// <param name="columns">Their titles.</param>
    public static Table Table(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
            table.AddColumn(column, made => made.Padding(new Padding(0)));
        return table;
    }

    /// <summary>A share as a percentage: <c>97.50 %</c>; a dash where there is none.</summary>
    /// <param name="share">From 0 to 1, or null.</param>
    public static string Percent(double? share) => share is double value ? $"{100 * value:F2} %" : "–";

    /// <summary>Shows on a terminal's stderr how far something is, while it runs.</summary>
    /// <param name="title">What is running.</param>
    /// <param name="total">How much there is to do.</param>
    /// <param name="run">Does it; told a function that takes how much of it has been done since the last call.</param>
    public static T WithProgress<T>(string title, double total, Func<Action<double>, T> run)
    {
        if (Console.IsErrorRedirected)
            return run(_ => { });
        return Notes.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total);
                return run(task.Increment);
            });
    }

    static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
            console.Profile.Width = UnboundedWidth;
        return console;
    }
}
