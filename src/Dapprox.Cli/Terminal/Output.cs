using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Statistics;
using Spectre.Console;

namespace Dapprox.Cli.Terminal;

/// <summary>Writes results to stdout, notes and progress to stderr.</summary>
static class Output
{
    // With fewer images, a decimal digit would exceed the precision of the measurement.
    const int MinForDecimals = 200;

    // The width reported by a terminal of unknown width.
    const int UsualWidth = 80;

    static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The width of stdout in characters: that of the terminal; unbounded for a pipe or a file, which programs read.</summary>
    public static int Width { get; } = WidthOf(Console.IsOutputRedirected);

    /// <summary>Stderr, with a progress bar kept below other lines.</summary>
    public static IAnsiConsole Notes { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    static int NoteWidth { get; } = WidthOf(Console.IsErrorRedirected);

    /// <summary>Prints text on stdout, wrapped between words on a terminal.</summary>
    public static void Print(string text) => WriteLines(Console.Out, TextLayout.Wrap(text, Width));

    /// <summary>Prints names and values on stdout, one per line.</summary>
    /// <param name="fields">The names with their values; those without a value are left out.</param>
    public static void PrintFields(params IEnumerable<(string Name, string Value)> fields) =>
        WriteLines(Console.Out, TextLayout.Fields(fields, Width));

    /// <summary>Prints a table on stdout.</summary>
    /// <param name="titles">The titles of the columns. One that begins with &gt; stands over numbers, to the right; one with ~ over prose,
    /// which is broken between words where the screen is narrow.</param>
    /// <param name="rows">A cell for each column.</param>
    public static void PrintTable(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows) =>
        WriteLines(Console.Out, TextLayout.Table(titles, [.. rows], Width));

    /// <summary>
    /// Prints a line for the reader on stderr, wrapped between words on a terminal, not part of the result. It has no effect if stderr is
    /// closed.
    /// </summary>
    public static void Note(string line) => NoteLines(TextLayout.Wrap(line, NoteWidth));

    /// <summary>Prints a sentence that says how a result is to be read, on stderr.</summary>
    public static void NoteFact(string sentence) => Note($"note: {sentence}");

    /// <summary>Prints lines on stderr as they are, above a progress bar. It has no effect if stderr is closed.</summary>
    public static void NoteLines(IEnumerable<string> lines)
    {
        try
        {
            foreach (string line in lines)
                NoteLine(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody reads stderr; the exit code remains.
        }
    }

    /// <summary>A message as one line: file names and foreign messages can contain line breaks and escape sequences.</summary>
    public static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Aggregate(new StringBuilder(), (line, c) => line.Append(InputFile.IsHarmless(c) ? c : '?')).ToString();

    /// <summary>
    /// Notes on the bare circuits among some multipliers: most readers take an "8-bit multiplier" for an integer multiplier, but
    /// here it multiplies mantissas (one sentence per width), and its operands may be in another order than their names.
    /// </summary>
    /// <param name="multipliers">The multipliers; those with a name of their own need no note.</param>
    public static IEnumerable<string> MantissaNotes(params IEnumerable<Multiplier> multipliers) => multipliers
        .OfType<CircuitMultiplier>()
        .Where(multiplier => !Multipliers.All.Contains(multiplier))
        .SelectMany(multiplier => (string?[])
        [
            Mantissas(multiplier.Format.MantissaBits), multiplier.Circuit.OperandsOutOfOrder,
        ])
        .OfType<string>()
        .Distinct();

    static string Mantissas(int bits) => bits > Binary32.FractionBits
        ? $"a circuit of {bits} bits multiplies the mantissas of binary32 numbers here, and not integers"
        : $"a circuit of {bits} bits multiplies the leading {bits} bits of binary32 mantissas here, the hidden one included, and not "
            + $"{bits}-bit integers";

    /// <summary>Prints the <see cref="MantissaNotes"/> of some multipliers.</summary>
    public static void NoteMantissas(params IEnumerable<Multiplier> multipliers)
    {
        foreach (string note in MantissaNotes(multipliers))
            NoteFact(note);
    }

    /// <summary>Prints the object on stdout, and nothing else.</summary>
    public static void PrintJson(JsonObject result)
    {
        using Stream stdout = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(stdout, Layout))
            result.WriteTo(writer);
        stdout.Write("\n"u8);
    }

    /// <summary>A number for JSON, which has no NaN: null for no value.</summary>
    public static JsonNode? Number(double? number) => number is double value && double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>Adds an estimate to a result: its value under a name, its interval under the name followed by Interval.</summary>
    public static void AddEstimate(JsonObject result, string name, Estimate estimate)
    {
        result[name] = Number(estimate.Value);
        result[name + "Interval"] = new JsonArray(Number(estimate.Low), Number(estimate.High));
    }

    /// <summary>A fraction as a percentage: <c>97.50 %</c>; a dash for null.</summary>
    /// <param name="fraction">From 0 to 1, or null.</param>
    public static string Percent(double? fraction) => fraction is double value ? $"{100 * value:F2} %" : "–";

    /// <summary>A fraction of some images as a percentage, without decimals if the images are few.</summary>
    /// <param name="fraction">From 0 to 1, or null.</param>
    /// <param name="of">The number of images.</param>
    public static string Percent(double? fraction, int of) =>
        fraction is double value
            && of < MinForDecimals ? $"{Math.Round(Math.Round(100 * value, 6), MidpointRounding.AwayFromZero):F0} %" : Percent(fraction);

    /// <summary>A rate with its 95 % interval: <c>83 % (74–89)</c>; a dash for one of no images.</summary>
    public static string Rate(Proportion rate)
    {
        return rate.Of == 0 ? "–" : $"{Percent(rate.Value, rate.Of)} ({Bare(rate.Low)}–{Bare(rate.High)})";

        string Bare(double bound) => Percent(bound, rate.Of)[..^2];
    }

    /// <summary>The 95 % interval of a rate for JSON; null for one of no images.</summary>
    public static JsonNode? Interval(Proportion rate) => rate.Of == 0 ? null : new JsonArray(rate.Low, rate.High);

    static int WidthOf(bool isRedirected) =>
        isRedirected ? TextLayout.Unbounded : Console.WindowWidth is > 0 and int width ? width : UsualWidth;

    static void NoteLine(string line)
    {
        // The library would break a line longer than the width that it assumes for a pipe.
        if (Console.IsErrorRedirected)
            Console.Error.WriteLine(line);
        else
            Notes.WriteLine(line);
    }

    static void WriteLines(TextWriter writer, IEnumerable<string> lines)
    {
        foreach (string line in lines)
            writer.WriteLine(line);
    }
}
