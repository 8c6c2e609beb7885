using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Statistics;
using Spectre.Console;

namespace Dapprox.Cli.Terminal;

/// <summary>Where results and notes go: results to stdout, notes and progress to stderr.</summary>
static class Output
{
    // Of fewer images, a digit behind the point would say more than was measured.
    const int LeastForDecimals = 200;

    // What a terminal says that does not know its width.
    const int UsualWidth = 80;

    static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The width of stdout in characters: that of the terminal, and no bound in a pipe or a file, which programs read.</summary>
    public static int Width { get; } = WidthOf(Console.IsOutputRedirected);

    /// <summary>Stderr, which moves a progress bar out of the way of other lines.</summary>
    public static IAnsiConsole Notes { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    static int NoteWidth { get; } = WidthOf(Console.IsErrorRedirected);

    /// <summary>Prints text on stdout, on a terminal broken between words.</summary>
    public static void Print(string text) => WriteLines(Console.Out, TextLayout.Wrap(text, Width));

    /// <summary>Prints names and values on stdout, one below the other.</summary>
    /// <param name="fields">The names with their values; those without a value are left out.</param>
    public static void PrintFields(params IEnumerable<(string Name, string Value)> fields) =>
        WriteLines(Console.Out, TextLayout.Fields(fields, Width));

    /// <summary>Prints a table on stdout.</summary>
    /// <param name="titles">The titles of the columns. One that begins with &gt; stands over numbers, to the right; one with ~ over prose,
    /// which is broken between words where the screen is narrow.</param>
    /// <param name="rows">A cell for each column.</param>
    public static void PrintTable(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows) =>
        WriteLines(Console.Out, TextLayout.Table(titles, [.. rows], Width));

    /// <summary>A line for the reader on stderr, not part of the result. Nothing happens where stderr is closed.</summary>
    public static void Note(string line)
    {
        try
        {
            foreach (string part in TextLayout.Wrap(line, NoteWidth))
                NoteLine(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody is there to read it, and the exit code says the rest.
        }
    }

    /// <summary>A message as one line: file names and other people's messages can hold line breaks and escape sequences.</summary>
    public static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Aggregate(new StringBuilder(), (line, c) => line.Append(char.IsControl(c) ? '?' : c)).ToString();

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
            : $"a circuit of {bits} bits multiplies the leading {bits} bits of binary32 mantissas here, the hidden one included, and not "
                + $"{bits}-bit integers");

    /// <summary>Says what bare circuits among some multipliers are taken for: <see cref="MantissaNotes"/>.</summary>
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
    public static void AddEstimate(JsonObject result, string name, Estimate estimate)
    {
        result[name] = Number(estimate.Value);
        result[name + "Interval"] = new JsonArray(Number(estimate.Low), Number(estimate.High));
    }

    /// <summary>A fraction as a percentage: <c>97.50 %</c>; a dash where there is none.</summary>
    /// <param name="share">From 0 to 1, or null.</param>
    public static string Percent(double? share) => share is double value ? $"{100 * value:F2} %" : "–";

    /// <summary>A fraction of some images as a percentage, in whole per cents where the images are few.</summary>
    /// <param name="share">From 0 to 1, or null.</param>
    /// <param name="of">How many images it is a fraction of.</param>
    public static string Percent(double? share, int of) =>
        share is double value
            && of < LeastForDecimals ? $"{Math.Round(Math.Round(100 * value, 6), MidpointRounding.AwayFromZero):F0} %" : Percent(share);

    static int WidthOf(bool isRedirected) =>
        isRedirected ? TextLayout.Unbounded : Console.WindowWidth is > 0 and int width ? width : UsualWidth;

    static void NoteLine(string line)
    {
        // The library would break a line that is longer than what it takes for the width of a pipe.
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
