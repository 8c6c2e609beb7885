using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Foundation;
using Dapprox.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit verify</c>: whether two circuits, or a circuit and a definition, compute the same.</summary>
static class CircuitVerifyCommand
{
    const string Exact = "exact";
    const long DefaultSamples = 10_000_000;
    const int DefaultTimeout = 600;

    // Distinct from 1, which is an error.
    const int DifferentExitCode = 2;

    /// <summary>A side of the comparison: a circuit, or the definition of a multiplier of integers.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Inputs">The width of each input.</param>
    /// <param name="Outputs">The width of each output.</param>
    /// <param name="IsSigned">Whether its numbers are in two's complement.</param>
    /// <param name="Evaluate">Takes arrays of numbers, one for each input, and gives one for each output.</param>
    /// <param name="Circuit">The circuit; null for a definition.</param>
    sealed record Side(
        string Name, int[] Inputs, int[] Outputs, bool IsSigned, Func<ulong[][], UInt128[][]> Evaluate, Netlist? Circuit)
    {
        public static Side Of(string given) =>
            IntegerMultipliers.IsMeant(given) ? Of(IntegerMultipliers.Find(given)) : Of(CircuitFiles.Load(given, Output.NoteFact));

        static Side Of(Netlist circuit)
        {
            circuit.ThrowIfInputsAreWide();
            return new(
                circuit.Name, Widths(circuit.Inputs), Widths(circuit.Outputs), circuit.IsSigned,
                inputs => BitSlicedSimulator.Of(circuit).Evaluate(inputs), circuit);
        }

        static Side Of(IntegerMultiplier multiplier)
        {
            return new(
                multiplier.Name, [multiplier.FirstWidth, multiplier.SecondWidth], [multiplier.ProductWidth], multiplier.IsSigned, Evaluate,
                null);

            UInt128[][] Evaluate(ulong[][] inputs)
            {
                var products = new UInt128[inputs[0].Length];
                multiplier.Multiply(inputs[0], inputs[1], products);
                return [products];
            }
        }

        static int[] Widths(IEnumerable<Bus> buses) => [.. buses.Select(bus => bus.Width)];
    }

    /// <summary>The other side: null for the exact product.</summary>
    sealed record Reference(Side? Side);

    public static Command Create()
    {
        Argument<Side> first = Values.Argument(
            "A",
            $"A circuit: {CircuitConversion.Given}; or a multiplier of integers that 'dapprox multipliers' lists, such as drum:8:k=6.",
            Side.Of);
        Argument<Reference> second = Values.Argument(
            "B", $"Another, or '{Exact}' for the product of the two inputs of A.",
            given => new Reference(given == Exact ? null : Side.Of(given)));
        Option<long> samples = Values.Option(
            "--samples", "N", "The number of random inputs compared if there are too many to compare all.",
            text => Values.ParseInteger("--samples", text, 1, long.MaxValue));
        samples.DefaultValueFactory = _ => DefaultSamples;
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> yosys = new("--yosys")
        {
            Description = "Prove equality with Yosys and its ABC, which have to be installed, if not all inputs were compared.",
        };
        Option<int> timeout = Values.Integer("--timeout", "The time limit of the proof, in seconds.", min: 1, otherwise: DefaultTimeout);
        var sign = new SignOptions();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "verify", "Compare two circuits, or a circuit with a definition or the exact product.",
            $"With '{Exact}' the numbers of A are signed if its file, its description or --signed says so. All inputs are "
                + $"compared if they have at most {CircuitComparison.MaxExhaustiveBits} bits together, as two operands of "
                + $"{CircuitComparison.MaxExhaustiveBits / 2}, which is a proof. Otherwise random inputs are compared: half of them "
                + $"uniform, half with few ones or few zeros. The exit code is {DifferentExitCode} if the circuits differ. With --json: "
                + $"equal (true, false, or null without a proof), compared, exhaustive, difference {{inputs, first, second}}, "
                + "each a list of hexadecimal numbers, or null, proof (equal, different or undecided, or null), provedBy, seconds.")
        {
            first, second, samples, seed, yosys, timeout,
        };
        foreach (Option option in (Option[])[.. sign.All, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            Side a = parse.GetValue(first)!;
            Side? b = parse.GetValue(second)!.Side;
            bool isSigned = sign.Read(parse) ?? a.IsSigned;
            CheckPorts(a, b);
            bool proves = parse.GetValue(yosys) && a.Inputs.Sum() > CircuitComparison.MaxExhaustiveBits;
            if (proves && (a.Circuit is null ? a : b is { Circuit: null } ? b : null) is Side definition)
                throw new InputException($"{definition.Name} is a definition, of which Yosys proves nothing; leave out --yosys");
            var watch = Stopwatch.StartNew();
            Func<ulong[][], UInt128[][]> right = b?.Evaluate ?? (inputs => Products(inputs, a.Inputs, a.Outputs[0], isSigned));
            CircuitComparison comparison = ProgressBar
                .While("comparing", CircuitComparison.Total(a.Inputs, parse.GetValue(samples)), progress => CircuitComparison.Run(
                a.Inputs, a.Evaluate, right, parse.GetValue(samples), parse.GetValue(seed), progress, cancellation));
            Proof? proof = null;
            if (proves && comparison.Difference is null)
            {
                proof = YosysProof.Prove(
                    YosysProof.Module(a.Circuit!, "first"), b is null ? Product(a, isSigned) : YosysProof.Module(b.Circuit!, "second"),
                    parse.GetValue(timeout), cancellation);
                if (proof.Inputs is not null)
                {
                    ulong[][] found = [.. proof.Inputs.Select(number => (ulong[])[number])];
                    comparison = comparison with
                    {
                        Difference = new Difference(
                            proof.Inputs, [.. a.Evaluate(found).Select(output => output[0])],
                            [.. right(found).Select(output => output[0])]),
                    };
                }
            }

            if (parse.GetValue(json))
                Output.PrintJson(Json(comparison, proof, watch.Elapsed.TotalSeconds));
            else
                Print(comparison, proof, watch.Elapsed.TotalSeconds);
            return Task.FromResult(comparison.Difference is null ? 0 : DifferentExitCode);
        });
        return command;
    }

    static void CheckPorts(Side a, Side? b)
    {
        if (b is null && (a.Inputs.Length != 2 || a.Outputs.Length != 1))
            throw new InputException(
                $"{a.Name} has {a.Inputs.Length} inputs and {a.Outputs.Length} outputs; the exact product is of two inputs and is one "
                    + "output");
        if (b is not null && !(a.Inputs.SequenceEqual(b.Inputs) && a.Outputs.SequenceEqual(b.Outputs)))
            throw new InputException(
                $"{a.Name} has inputs of {Shown(a.Inputs)} bits and outputs of {Shown(a.Outputs)}, and {b.Name} has {Shown(b.Inputs)} and "
                    + $"{Shown(b.Outputs)}; give circuits with the same widths");

        static string Shown(int[] widths) => string.Join(" and ", widths);
    }

    /// <summary>The exact product, truncated to the output width.</summary>
    static UInt128[][] Products(ulong[][] inputs, int[] widths, int width, bool isSigned)
    {
        return [[.. inputs[0].Zip(inputs[1], (a, b) =>
            Number(a, widths[0]) * Number(b, widths[1]) & UInt128.MaxValue >> (NetlistBuilder.MaxBits - width))]];

        UInt128 Number(ulong bits, int width) => isSigned ? (UInt128)IntegerMultiplier.Signed(bits, width) : bits;
    }

    static string Product(Side a, bool isSigned)
    {
        string sign = isSigned ? "signed " : "";
        return $"module second(input {sign}[{a.Inputs[0] - 1}:0] i0, input {sign}[{a.Inputs[1] - 1}:0] i1, "
            + $"output {sign}[{a.Outputs[0] - 1}:0] o0);\n  assign o0 = i0 * i1;\nendmodule\n";
    }

    static JsonObject Json(CircuitComparison comparison, Proof? proof, double seconds) => new()
    {
        ["equal"] = comparison.Difference is not null ? false : comparison.Exhaustive || proof?.Verdict == Verdict.Equal ? true : null,
        ["compared"] = comparison.Compared,
        ["exhaustive"] = comparison.Exhaustive,
        ["difference"] = comparison.Difference is Difference found
            ? new JsonObject { ["inputs"] = Numbers(found.Inputs), ["first"] = Numbers(found.First), ["second"] = Numbers(found.Second) }
            : null,
        ["proof"] = proof?.Verdict.ToString().ToLowerInvariant(),
        ["provedBy"] = proof?.By,
        ["seconds"] = seconds,
    };

    static JsonArray Numbers<T>(IEnumerable<T> numbers)
        where T : IBinaryInteger<T> => new([.. numbers.Select(number => JsonValue.Create($"0x{number:x}"))]);

    static void Print(CircuitComparison comparison, Proof? proof, double seconds)
    {
        if (comparison.Difference is Difference found)
        {
            Output.Print(
                $"different: for the inputs {Shown(found.Inputs)} the first gives {Shown(found.First)}, the second {Shown(found.Second)}");
            Output.Print(proof is not null
                ? $"found by {proof.By} after {comparison.Compared:N0} random inputs had shown no difference, {seconds:F2} s"
                : $"found after {comparison.Compared:N0} {(comparison.Exhaustive ? "inputs, in order" : "random inputs")}, {seconds:F2} s");
            return;
        }

        Output.Print((comparison.Exhaustive, proof?.Verdict) switch
        {
            (true, _) => $"equal: all {comparison.Compared:N0} inputs compared, {seconds:F2} s",
            (_, Verdict.Equal) => $"equal: proved by {proof!.By}, and {comparison.Compared:N0} random inputs compared, {seconds:F2} s",
            (_, Verdict.Undecided) =>
                $"no difference in {comparison.Compared:N0} random inputs; {proof!.By} did not finish, so this is no proof, {seconds:F2} s",
            _ => $"no difference in {comparison.Compared:N0} random inputs, which is no proof (--yosys tries one), {seconds:F2} s",
        });
    }

    static string Shown<T>(IEnumerable<T> numbers)
        where T : IBinaryInteger<T> =>
        string.Join(", ", numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number} (0x{number:x})")));
}
