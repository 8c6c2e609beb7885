using System.Globalization;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;

namespace Dapprox.Cli.Tools;

/// <summary>The result of Yosys.</summary>
enum Proof
{
    /// <summary>The circuits are equal for all inputs.</summary>
    Equal,

    /// <summary>The circuits differ for some input.</summary>
    Different,

    /// <summary>Time ran out.</summary>
    Undecided,
}

/// <summary>Proofs by Yosys (yosyshq.net/yosys): both circuits as Verilog, a miter of them, and its SAT solver.</summary>
static class YosysProof
{
    // The preparation also takes time, so the program gets longer than the solver.
    const int Grace = 60;

    /// <summary>Proves that two Verilog modules with the same ports are equivalent.</summary>
    /// <param name="first">Verilog with a module <c>first</c>.</param>
    /// <param name="second">Verilog with a module <c>second</c>.</param>
    /// <param name="seconds">The time limit in seconds.</param>
    /// <param name="cancellation">Ends Yosys too.</param>
    /// <exception cref="InputException">Yosys is not installed, or failed.</exception>
    public static Proof Prove(string first, string second, int seconds, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("dapprox-yosys-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "first.v"), first);
            File.WriteAllText(Path.Combine(folder, "second.v"), second);
            string script = string.Create(
                CultureInfo.InvariantCulture,
                $"read_verilog first.v second.v; proc; opt; miter -equiv -flatten first second miter; hierarchy -top miter; opt -full; "
                    + $"sat -timeout {seconds} -prove trigger 0 miter");
            YosysRun run = Yosys.Run(folder, script, seconds + Grace, cancellation)
                ?? throw new InputException($"yosys is not on the PATH; install it ({Yosys.Installation}), or leave out --yosys");
            if (run.Log.Contains("proof finished - no model found: SUCCESS", StringComparison.Ordinal))
                return Proof.Equal;
            if (run.Log.Contains("proof finished - model found: FAIL", StringComparison.Ordinal))
                return Proof.Different;
            return !run.HasEnded || run.Log.Contains("TIMEOUT", StringComparison.OrdinalIgnoreCase)
                ? Proof.Undecided
                : throw new InputException($"yosys failed: {run.Reason}; leave out --yosys");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

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
}
