using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;

namespace Dapprox.Cli.Tools;

/// <summary>What a circuit costs after it was mapped to a standard-cell library.</summary>
/// <param name="Area">The sum of the cells' areas, in the library's unit, mostly µm².</param>
/// <param name="Delay">The longest path in ps, by ABC's timing analysis with the library's tables, without wires.</param>
/// <param name="LeakagePower">The sum of the cells' leakage, in nW.</param>
/// <param name="Energy">The mean switching energy of a product in fJ: ½CV² of the input pins that a net drives, for every change of the
/// net, without glitches, wires and what switches inside cells.</param>
/// <param name="Cells">The number of cells.</param>
sealed record MappedCost(double Area, double Delay, double LeakagePower, double Energy, int Cells);

/// <summary>Maps circuits to a Liberty library with Yosys and its ABC.</summary>
static partial class TechnologyMapping
{
    const string Module = "mapped";

    const int Seconds = 600;

    // Yosys's own steps for a library, and ABC's timing analysis after them.
    const string Script = "read_verilog circuit.v; hierarchy -top mapped; synth -flatten; tee -o abc.log abc -liberty cells.lib -script "
        + "+strash;ifraig;scorr;dc2;dretime;strash;&get,-n;&nf;&put;topo;stime; opt_clean -purge; write_json circuit.json";

    /// <summary>Maps a circuit and prices the result on random operands.</summary>
    /// <param name="measurement">The circuit.</param>
    /// <param name="library">Its cells are used, whatever they are called.</param>
    /// <param name="distribution">The distribution of the operands.</param>
    /// <param name="samples">The number of products.</param>
    /// <param name="seed">Determines the operands.</param>
    /// <param name="cancellation">Ends Yosys too.</param>
    /// <exception cref="InputException">Yosys is not installed, or failed.</exception>
    public static MappedCost Of(
        CostMeasurement measurement, LibertyLibrary library, IntegerDistribution distribution, long samples, ulong seed,
        CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("dapprox-map-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "circuit.v"), YosysProof.Module(measurement.Circuit, Module));
            File.WriteAllText(Path.Combine(folder, "cells.lib"), library.Text);
            YosysRun run = Yosys.Run(folder, Script, Seconds, cancellation)
                ?? throw new InputException($"yosys is not on the PATH; install it ({Yosys.Installation}), or leave out --liberty");
            string mapped = Path.Combine(folder, "circuit.json");
            if (!run.HasEnded || !File.Exists(mapped))
                throw new InputException($"yosys could not map {measurement.Circuit} to {library.Name}: {run.Reason}");
            Match delay = DelayOfAbc().Match(File.ReadAllText(Path.Combine(folder, "abc.log")));
            using var document = JsonDocument.Parse(File.ReadAllText(mapped));
            var netlist = new MappedNetlist(measurement.Circuit, document.RootElement.GetProperty("modules").GetProperty(Module), library);
            SwitchingActivity activity = measurement.Switch(netlist.Circuit, distribution, samples, seed, cancellation: cancellation);
            if (!delay.Success && netlist.Cells.Count > 0)
                throw new InputException($"ABC gave no delay of {measurement.Circuit}: {library.Name} has no timing of its cells");
            return new MappedCost(
                netlist.Cells.Sum(cell => cell.Area),
                delay.Success ? double.Parse(delay.Groups[1].Value, CultureInfo.InvariantCulture) : 0,
                netlist.Cells.Sum(cell => cell.Leakage), netlist.Energy(activity, library.Voltage), netlist.Cells.Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"Delay = +([0-9.]+) ps")]
    private static partial Regex DelayOfAbc();

    /// <summary>A mapped netlist, with the functions of its cells as gates, and a buffer for each net whose changes count.</summary>
    sealed class MappedNetlist
    {
        readonly Dictionary<int, double> loads = [];
        readonly Dictionary<int, int> nets = [];
        readonly List<(int Bit, int Net)> counted = [];

        /// <summary>Reads what Yosys wrote.</summary>
        /// <param name="circuit">The circuit that was mapped.</param>
        /// <param name="module">Yosys's module.</param>
        /// <param name="library">It has every cell of the module.</param>
        public MappedNetlist(Netlist circuit, JsonElement module, LibertyLibrary library)
        {
            var builder = new NetlistBuilder(circuit.Name);
            JsonElement ports = module.GetProperty("ports");
            for (int i = 0; i < circuit.Inputs.Count; i++)
            {
                int[] made = builder.Input(circuit.Inputs[i].Name, circuit.Inputs[i].Width);
                foreach ((JsonElement bit, int net) in ports.GetProperty($"i{i}").GetProperty("bits").EnumerateArray().Zip(made))
                    nets[bit.GetInt32()] = net;
            }

            foreach (int bit in nets.Keys)
                counted.Add((bit, builder.Gate(Circuits.Cells.Buffer, nets[bit])));
            Add(builder, module.GetProperty("cells"), library);
            for (int i = 0; i < circuit.Outputs.Count; i++)
                builder.Output(circuit.Outputs[i].Name, [.. ports.GetProperty($"o{i}").GetProperty("bits").EnumerateArray().Select(Net)]);
            Circuit = builder.Build();
        }

        /// <summary>The circuit.</summary>
        public Netlist Circuit { get; }

        /// <summary>The cells.</summary>
        public List<LibertyCell> Cells { get; } = [];

        /// <summary>The energy of a product in fJ.</summary>
        public double Energy(SwitchingActivity activity, double voltage)
        {
            Dictionary<int, int> elements = Enumerable.Range(0, Circuit.Elements.Count).ToDictionary(i => Circuit.Elements[i].FirstOutput);
            // Of a buffer's changes, 0 to 1 and 1 to 0.
            double switched = counted.Sum(net =>
                loads.GetValueOrDefault(net.Bit) * (activity.Changes(elements[net.Net])[1] + activity.Changes(elements[net.Net])[2]));
            return switched * voltage * voltage / 2 / activity.Transitions;
        }

        /// <summary>Adds the cells, each after those that drive its inputs.</summary>
        void Add(NetlistBuilder builder, JsonElement cells, LibertyLibrary library)
        {
            List<(LibertyCell Cell, JsonElement Connections)> open =
            [
                .. cells.EnumerateObject().Select(cell => (
                    Known(cell.Value.GetProperty("type").GetString()!), cell.Value.GetProperty("connections"))),
            ];
            while (open.Count > 0)
            {
                int left = open.RemoveAll(entry =>
                {
                    (LibertyCell cell, JsonElement connections) = entry;
                    JsonElement Bit(LibertyPin pin) => connections.GetProperty(pin.Name)[0];
                    if (!cell.Pins.Where(pin => !pin.IsOutput).All(pin => IsKnown(Bit(pin))))
                        return false;
                    Cells.Add(cell);
                    foreach (LibertyPin pin in cell.Pins.Where(pin => !pin.IsOutput && Bit(pin).ValueKind == JsonValueKind.Number))
                        loads[Bit(pin).GetInt32()] = loads.GetValueOrDefault(Bit(pin).GetInt32()) + pin.Capacitance;
                    foreach (LibertyPin pin in cell.Pins.Where(pin => pin.IsOutput && connections.TryGetProperty(pin.Name, out _)))
                    {
                        int net = LibertyFunction.Add(
                            pin.Function!, builder, name => Net(Bit(cell.Pins.First(input => input.Name == name))));
                        nets[Bit(pin).GetInt32()] = net = builder.Gate(Circuits.Cells.Buffer, net);
                        counted.Add((Bit(pin).GetInt32(), net));
                    }

                    return true;
                });
                if (left == 0)
                    throw new InputException("yosys mapped the circuit to a loop of cells; give another library with --liberty");
            }

            LibertyCell Known(string type) => library.Cells.GetValueOrDefault(type)
                ?? throw new InputException($"yosys left a cell {type}, for which {library.Name} has none; give another library");
        }

        bool IsKnown(JsonElement bit) => bit.ValueKind == JsonValueKind.String || nets.ContainsKey(bit.GetInt32());

        // A constant is a string; x, which nothing depends on, may be 0.
        int Net(JsonElement bit) =>
            bit.ValueKind == JsonValueKind.String ? (bit.GetString() == "1" ? Netlist.One : Netlist.Zero) : nets[bit.GetInt32()];
    }
}
