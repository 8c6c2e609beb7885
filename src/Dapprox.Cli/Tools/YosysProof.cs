using System.Globalization;
using System.Text.RegularExpressions;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;

namespace Dapprox.Cli.Tools;

/// <summary>What became of a proof.</summary>
enum Verdict
{
    /// <summary>The circuits are equal for all inputs.</summary>
    Equal,

    /// <summary>The circuits differ for some input.</summary>
    Different,

    /// <summary>Time ran out.</summary>
    Undecided,
}

/// <summary>A proof, or what there is instead.</summary>
/// <param name="Verdict">What became of it.</param>
/// <param name="By">The program that decided.</param>
/// <param name="Inputs">If the circuits differ, a number for each input for which they do.</param>
sealed record Proof(Verdict Verdict, string By, IReadOnlyList<ulong>? Inputs = null);

/// <summary>
/// Proofs by open tools: the combinational equivalence check of the ABC that comes with Yosys (yosyshq.net/yosys), and after it Yosys's SAT
/// solver on a miter of both circuits, which also gives an input for which they differ.
/// </summary>
static partial class YosysProof
{
    // The preparation also takes time, so the program gets longer than the solver.
    const int Grace = 60;

    /// <summary>Proves that two Verilog modules with the same ports are equivalent.</summary>
    /// <param name="first">Verilog with a module <c>first</c>.</param>
    /// <param name="second">Verilog with a module <c>second</c>.</param>
    /// <param name="seconds">The time limit in seconds, a half of it for each tool.</param>
    /// <param name="cancellation">Ends the tools too.</param>
    /// <exception cref="InputException">Yosys is not installed, or failed.</exception>
    public static Proof Prove(string first, string second, int seconds, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("dapprox-yosys-").FullName;
        int half = (seconds + 1) / 2;
        try
        {
            File.WriteAllText(Path.Combine(folder, "first.v"), first);
            File.WriteAllText(Path.Combine(folder, "second.v"), second);
            Run("read_verilog first.v; proc; techmap; opt; write_blif -noalias first.blif; design -reset; "
                + "read_verilog second.v; proc; techmap; opt; write_blif -noalias second.blif");
            YosysRun? check = Yosys.RunAbc(folder, "cec first.blif second.blif", half, cancellation);
            if (check?.Log.Contains("Networks are equivalent", StringComparison.Ordinal) == true)
                return new Proof(Verdict.Equal, "ABC");
            YosysRun run = Run(string.Create(
                CultureInfo.InvariantCulture,
                $"read_verilog first.v second.v; proc; opt; miter -equiv -flatten first second miter; hierarchy -top miter; opt -full; "
                    + $"sat -timeout {half} -show-inputs -prove trigger 0 miter"));
            if (run.Log.Contains("proof finished - no model found: SUCCESS", StringComparison.Ordinal))
                return new Proof(Verdict.Equal, "Yosys");
            if (run.Log.Contains("proof finished - model found: FAIL", StringComparison.Ordinal))
                return new Proof(Verdict.Different, "Yosys", Inputs(run.Log));
            return !run.HasEnded || run.Log.Contains("TIMEOUT", StringComparison.OrdinalIgnoreCase)
                ? new Proof(Verdict.Undecided, "Yosys and ABC")
                : throw new InputException($"yosys failed: {run.Reason}; leave out --yosys");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        YosysRun Run(string script) => Yosys.Run(folder, script, half + Grace, cancellation)
            ?? throw new InputException($"yosys is not on the PATH; install it ({Yosys.Installation}), or leave out --yosys");
    }

    /// <summary>The model that Yosys prints, one line an input.</summary>
    static ulong[] Inputs(string log) =>
    [
        .. Model().Matches(log).OrderBy(line => int.Parse(line.Groups["input"].Value, CultureInfo.InvariantCulture))
            .Select(line => Convert.ToUInt64(line.Groups["bits"].Value.Replace('x', '0'), fromBase: 2)),
    ];

    /// <summary>A circuit as the module of a proof, with the ports i0, i1 and so on, and o0 and so on.</summary>
    /// <param name="netlist">The circuit.</param>
    /// <param name="module">The name of the module.</param>
    public static string Module(Netlist netlist, string module)
    {
        var builder = new NetlistBuilder(module);
        int[][] inputs = [.. netlist.Inputs.Select((bus, i) => builder.Input($"i{i}", bus.Width))];
        int[][] outputs = builder.Instantiate(netlist, inputs);
        for (int i = 0; i < outputs.Length; i++)
            builder.Output($"o{i}", outputs[i]);
        using var writer = new StringWriter();
        VerilogWriter.WriteFlat(builder.Build(), writer);
        return writer.ToString();
    }

    [GeneratedRegex(@"^\s*\\in_i(?<input>[0-9]+) .* (?<bits>[01x]+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Model();
}
