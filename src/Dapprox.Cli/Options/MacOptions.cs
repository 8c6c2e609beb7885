using System.CommandLine;
using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>The options that write a multiply-accumulate unit, or an array of units, around a multiplier.</summary>
sealed class MacOptions
{
    /// <summary>An accumulator: its width, or the adder of all its bits.</summary>
    sealed record Accumulator(int Width, Netlist? Adder)
    {
        // The default, as help shows it.
        public override string ToString() => $"int{Width}";
    }

    readonly Option<bool> mac = new("--mac")
    {
        Description = "Verilog of a clocked multiply-accumulate unit around the multiplier, sum <= sum + a*b, instead of the multiplier "
            + "alone; a is the activation, b the weight.",
    };

    readonly Option<int?> systolic = Values.Option<int?>(
        "--systolic", "N",
        $"Verilog of an output-stationary systolic array of N × N such units, {VerilogMacWriter.MinSize} to {VerilogMacWriter.MaxSize}.",
        text => (int)Values.ParseInteger("--systolic", text, VerilogMacWriter.MinSize, VerilogMacWriter.MaxSize));

    readonly Option<Accumulator> accumulator = Values.Option(
        "--accumulator", "ACCUMULATOR",
        $"The format of the sums, intBITS, which wrap, or intBITS:saturate; or an adder of their lowest bits: {AdderCircuit.Forms}, or the "
            + $"file of a circuit, the inputs of which are the sum and the product, in this order. One of more than {LowerAdder.MaxBits} "
            + "bits adds all of them. Or a format and an adder, int24:loa:8.",
        Read);

    readonly Option<Choice<SignHandling>> signs = SharedOptions.Signs();

    public MacOptions() => accumulator.DefaultValueFactory = _ => new Accumulator(MacUnit.DefaultWidth, null);

    static Accumulator Read(string given)
    {
        if (CircuitFiles.IsFile(given) && CircuitFiles.Load(given) is Netlist adder && adder.Inputs[0].Width > LowerAdder.MaxBits)
            return new Accumulator(0, adder);
        // Exact sums may be wider than those of a network.
        if (given.StartsWith("int", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(given[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int bits))
            return new Accumulator(bits, null);
        IntegerAccumulator found = CircuitFiles.FindAccumulator(given);
        return found.IsModular ? new Accumulator(found.Bits, null) : new Accumulator(0, AdderCircuit.Whole(found));
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [mac, systolic, accumulator, signs];

    /// <summary>The unit and the rows of the array, 1 for the unit alone; null if neither is to be written.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="multiplier">The circuit of the multiplier.</param>
    /// <exception cref="InputException">Options contradict each other, or the circuits do not fit.</exception>
    public (MacUnit Unit, int Size)? Read(ParseResult parse, Netlist multiplier)
    {
        if (!parse.GetValue(mac) && parse.GetValue(systolic) is null)
        {
            return ((Option[])[accumulator, signs]).FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is Option idle
                ? throw new InputException($"{idle.Name} is given without --mac or --systolic; give one of them, or neither")
                : null;
        }

        if (parse.GetValue(mac) && parse.GetValue(systolic) is not null)
            throw new InputException("--mac is one unit and --systolic an array of them; give one of them");
        if (multiplier.IsSigned && parse.GetResult(signs) is { Implicit: false })
            throw new InputException($"--signs is for unsigned multipliers, and {multiplier.Name} is signed; leave it out");
        Accumulator chosen = parse.GetValue(accumulator)!;
        SignHandling handling = parse.GetValue(signs).Value;
        MacUnit unit = chosen.Adder is Netlist adder
            ? new MacUnit(multiplier, handling, adder)
            : new MacUnit(multiplier, handling, chosen.Width);
        return (unit, parse.GetValue(systolic) ?? 1);
    }
}
