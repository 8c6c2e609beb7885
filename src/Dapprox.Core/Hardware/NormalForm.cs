using System.Numerics;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>
/// The circuit that is priced, whatever cells and gates a file spells it with. It computes the same as the given one: constants and what no
/// output needs are gone, as are buffers and double inverters; a function that occurs twice is computed once; adders and the other cells
/// of a library are found again wherever they save transistors; and what is left are gates.
/// </summary>
/// <remarks>
/// <para>The circuit becomes a graph of ANDs and XORs (<see cref="AndXorGraph"/>). Cuts of at most three leaves show which nodes together
/// are the functions of a cell (Mishchenko, Chatterjee, Brayton, "Improvements to Technology Mapping for LUT-Based FPGAs", IEEE TCAD 26(2),
/// 2007). A cell replaces them if it has fewer transistors than what it makes superfluous; the most saving cells come first. Each
/// remaining AND or XOR becomes the gate with the fewest transistors, in the polarity that its readers need.</para>
/// <para>The result is not the smallest circuit: nothing is restructured, so a different algorithm has a different price.</para>
/// </remarks>
public sealed class NormalForm
{
    readonly CellUses uses;

    /// <summary>Prepares the cells of a library.</summary>
    /// <param name="library">The library: it needs at least an inverter, an AND or NAND, and an XOR or XNOR.</param>
    /// <exception cref="InputException">A gate is missing.</exception>
    public NormalForm(CellLibrary library) => uses = new CellUses(library);

    /// <summary>The normal form of a circuit; it has the same name, sign, inputs and outputs.</summary>
    public Netlist Of(Netlist circuit)
    {
        var graph = new AndXorGraph();
        int[] literals = new int[circuit.NetCount];
        literals[Netlist.One] = AndXorGraph.True;
        foreach (int net in circuit.Inputs.SelectMany(bus => bus.Nets))
            literals[net] = graph.Input();
        var network = new LogicNetwork(circuit);
        foreach (LogicFunction function in network.Functions)
        {
            literals[function.Net] = graph.Function(
                function.Table, [literals[function.A], literals[function.B], literals[function.C]]);
        }

        int[][] outputs = [.. network.Outputs.Select(bus => Array.ConvertAll(bus, net => literals[net]))];
        var cover = new CellCover(graph, uses, [.. outputs.SelectMany(bus => bus)]);
        return InOrder(new Emission(circuit, graph, uses, cover, outputs).Netlist);
    }

    /// <summary>The same cells in the order in which the outputs need them, from the lowest bit on: the order of no file.</summary>
    static Netlist InOrder(Netlist circuit)
    {
        var builder = new NetlistBuilder(circuit.Name);
        int[] nets = new int[circuit.NetCount], driver = new int[circuit.NetCount];
        Array.Fill(nets, -1);
        (nets[Netlist.Zero], nets[Netlist.One]) = (Netlist.Zero, Netlist.One);
        foreach (Bus bus in circuit.Inputs)
        {
            foreach ((int from, int to) in bus.Nets.Zip(builder.Input(bus.Name, bus.Width)))
                nets[from] = to;
        }

        for (int i = 0; i < circuit.Elements.Count; i++)
            driver.AsSpan(circuit.Elements[i].FirstOutput, circuit.Elements[i].Cell.OutputCount).Fill(i);
        var open = new Stack<int>(circuit.Outputs.SelectMany(bus => bus.Nets).Reverse());
        while (open.TryPeek(out int net))
        {
            if (nets[net] >= 0)
            {
                open.Pop();
                continue;
            }

            Element element = circuit.Elements[driver[net]];
            int[] waiting = [.. element.Inputs.Where(input => nets[input] < 0)];
            foreach (int input in waiting.Reverse())
                open.Push(input);
            if (waiting.Length > 0)
                continue;
            builder.Add(element.Cell, [.. element.Inputs.Select(input => nets[input])]).CopyTo(nets, element.FirstOutput);
        }

        foreach (Bus bus in circuit.Outputs)
            builder.Output(bus.Name, [.. bus.Nets.Select(net => nets[net])]);
        return builder.Build().WithSign(circuit.IsSigned);
    }

    /// <summary>
    /// Writes the nodes of a cover as cells, each after those that it reads. Among ways that are equally good it chooses by the circuit
    /// alone, so that the result does not depend on the order of a file.
    /// </summary>
    sealed class Emission
    {
        readonly NetlistBuilder builder;
        readonly CellUses uses;
        readonly AndXorGraph graph;
        readonly CellCover cover;
        readonly Signal?[] signals;

        // Of each net the latest arrival in ps, and a number made of what drives it.
        readonly List<(double Arrival, ulong Hash)> order = [];

        public Emission(Netlist circuit, AndXorGraph graph, CellUses uses, CellCover cover, int[][] outputs)
        {
            (this.graph, this.uses, this.cover) = (graph, uses, cover);
            builder = new NetlistBuilder(circuit.Name);
            signals = new Signal[graph.Count];
            signals[0] = new Signal { Direct = Netlist.Zero, Inverse = Netlist.One };
            order.AddRange([(0, 0), (0, 1)]);
            int input = 0;
            foreach (Bus bus in circuit.Inputs)
            {
                foreach (int net in builder.Input(bus.Name, bus.Width))
                {
                    signals[++input] = new Signal { Direct = net };
                    order.Add((0, Mixed((ulong)input, 0)));
                }
            }

            for (int node = 0; node < graph.Count; node++)
            {
                if (graph.IsGate(node) && cover.IsNeeded(node) && !cover.IsPart(node) && signals[node] is null)
                    Emit(node);
            }

            for (int bus = 0; bus < outputs.Length; bus++)
            {
                builder.Output(circuit.Outputs[bus].Name, [.. outputs[bus].Select(literal =>
                    Net(signals[AndXorGraph.Node(literal)]!, AndXorGraph.IsInverted(literal)))]);
            }

            Netlist = builder.Build().WithSign(circuit.IsSigned);
        }

        public Netlist Netlist { get; }

        void Emit(int node)
        {
            if (cover.Of(node) is CellCover.Place place)
            {
                (bool, bool)[] demands = [.. place.Roots.Select(cover.Demand)];
                Signal[] made = Add(place.Uses, [.. place.Leaves.Select(leaf => signals[leaf]!)], demands);
                for (int root = 0; root < made.Length; root++)
                    signals[place.Roots[root]] = made[root];
                return;
            }

            // What comes first is combined first.
            List<(Signal Signal, bool IsInverted)> open =
                [.. cover.Tree(node).Select(literal => (signals[AndXorGraph.Node(literal)]!, AndXorGraph.IsInverted(literal)))];
            while (open.Count > 1)
            {
                open.Sort((one, other) => Order(one).CompareTo(Order(other)));
                int table = 0;
                for (int index = 0; index < 4; index++)
                {
                    int left = index >> 1 ^ (open[0].IsInverted ? 1 : 0), right = (index & 1) ^ (open[1].IsInverted ? 1 : 0);
                    table |= (graph.IsXor(node) ? left ^ right : left & right) << index;
                }

                Signal made = Add(
                    uses.Of(2, LogicNetwork.Widened(table, inputs: 2)), [open[0].Signal, open[1].Signal],
                    [open.Count == 2 ? cover.Demand(node) : default])[0];
                open.RemoveRange(0, 2);
                open.Add((made, false));
            }

            signals[node] = open[0].Signal;

            (double, ulong, bool) Order((Signal Signal, bool IsInverted) one)
            {
                (double arrival, ulong hash) = order[one.Signal.First];
                return (arrival, hash, one.IsInverted);
            }
        }

        /// <summary>Adds the cheapest of some ways to compute functions of the same leaves.</summary>
        Signal[] Add(IReadOnlyList<CellUse> ways, Signal[] leaves, (bool Direct, bool Inverse)[] demands)
        {
            CellUse best = ways[0];
            foreach (CellUse way in ways)
            {
                int comparison = Cost(way).CompareTo(Cost(best));
                if (comparison < 0 || (comparison == 0 && way.Cell == best.Cell && IsLater(way, best)))
                    best = way;
            }

            int[] pins = [.. best.Pins.Select(leaf => Net(leaves[leaf], IsInverted(best, leaf)))];
            int[] made = builder.Add(best.Cell.Cell, pins);
            ulong hash = best.Cell.Cell.Tables.Aggregate(0UL, (sum, table) => Mixed(sum, table));
            hash = pins.Aggregate(hash, (sum, net) => Mixed(sum, order[net].Hash));
            for (int output = 0; output < made.Length; output++)
            {
                double arrival = 0;
                for (int pin = 0; pin < pins.Length; pin++)
                    arrival = Math.Max(arrival, order[pins[pin]].Arrival + (best.Cell.Delay(output, pin) ?? 0));
                order.Add((arrival, Mixed(hash, (ulong)output + 1)));
            }

            return
            [
                .. best.Functions.Select(function => new Signal
                {
                    Direct = function.Direct < 0 ? Signal.None : made[function.Direct],
                    Inverse = function.Inverse < 0 ? Signal.None : made[function.Inverse],
                }),
            ];

            // The transistors, those of the inverters included.
            int Cost(CellUse way)
            {
                int inverters = 0;
                for (int leaf = 0; leaf < leaves.Length; leaf++)
                    inverters += leaves[leaf].Net(IsInverted(way, leaf)) == Signal.None ? 1 : 0;
                for (int root = 0; root < demands.Length; root++)
                {
                    bool lacks = (demands[root].Direct && way.Functions[root].Direct < 0)
                        || (demands[root].Inverse && way.Functions[root].Inverse < 0);
                    inverters += lacks ? 1 : 0;
                }

                return way.Cell.Transistors + inverters * uses.Inverter.Transistors;
            }

            // Whether the later leaves are at the later pins, which are the faster ones of an adder.
            bool IsLater(CellUse way, CellUse other)
            {
                for (int pin = way.Pins.Length - 1; pin >= 0; pin--)
                {
                    int comparison = Order(way).CompareTo(Order(other));
                    if (comparison != 0)
                        return comparison > 0;

                    (double, ulong) Order(CellUse one)
                    {
                        Signal leaf = leaves[one.Pins[pin]];
                        int net = leaf.Net(IsInverted(one, one.Pins[pin]));
                        return order[net == Signal.None ? leaf.First : net];
                    }
                }

                return false;
            }
        }

        static bool IsInverted(CellUse use, int leaf) => (use.Inverted >> leaf & 1) != 0;

        int Net(Signal signal, bool isInverted)
        {
            int net = signal.Net(isInverted);
            if (net != Signal.None)
                return net;
            (double arrival, ulong hash) = order[signal.First];
            net = builder.Gate(uses.Inverter.Cell, signal.First);
            order.Add((arrival + uses.Inverter.WorstDelay, ~hash));
            if (isInverted)
                signal.Inverse = net;
            else
                signal.Direct = net;
            return net;
        }

        static ulong Mixed(ulong sum, ulong next) => BitOperations.RotateLeft((sum ^ next) * 0x9E3779B97F4A7C15, 29) + next;

        /// <summary>The nets of a node and of its inverse, of which there is at least one.</summary>
        sealed class Signal
        {
            public const int None = -1;

            public int Direct { get; set; } = None;

            public int Inverse { get; set; } = None;

            /// <summary>The net that there was first.</summary>
            public int First => Direct == None ? Inverse : Inverse == None ? Direct : Math.Min(Direct, Inverse);

            public int Net(bool isInverted) => isInverted ? Inverse : Direct;
        }
    }
}
