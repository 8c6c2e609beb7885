using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;

namespace Dapprox.Search;

/// <summary>An AND or an XOR of two literals. A literal is twice the number of a wire, plus one if it is inverted.</summary>
readonly record struct Gate(int Left, int Right, bool IsXor);

/// <summary>
/// A circuit that an evolution changes: the genome of Cartesian genetic programming with one row (Miller, "Cartesian Genetic
/// Programming", 2011). Wire 0 is the constant 0, then come the inputs, then the gates, each of which reads wires before its own. What no
/// output needs may be there too; it drifts, and may be needed again.
/// </summary>
sealed class GateList(int inputs, int capacity, int outputs)
{
    readonly Gate[] gates = new Gate[capacity];
    readonly int[] literals = new int[outputs];

    /// <summary>The number of inputs.</summary>
    public int Inputs => inputs;

    /// <summary>How many gates there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many gates there may be.</summary>
    public int Capacity => gates.Length;

    /// <summary>How many wires there are.</summary>
    public int Wires => 1 + inputs + Count;

    /// <summary>The wire of the first gate.</summary>
    public int FirstGate => 1 + inputs;

    /// <summary>The gates.</summary>
    public Span<Gate> Gates => gates.AsSpan(0, Count);

    /// <summary>The literals of the outputs, the lowest bit first.</summary>
    public Span<int> Outputs => literals;

    /// <summary>Takes over another list with the same inputs and outputs.</summary>
    public void CopyFrom(GateList other)
    {
        Count = other.Count;
        other.Gates.CopyTo(gates);
        other.literals.CopyTo(literals, 0);
    }

    /// <summary>A copy without room for more gates.</summary>
    public GateList Copy()
    {
        var copy = new GateList(inputs, Count, literals.Length);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Removes all gates.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a gate.</summary>
    /// <returns>The literal of its output.</returns>
    public int Add(Gate gate)
    {
        gates[Count++] = gate;
        return 2 * (Wires - 1);
    }

    /// <summary>Whether two lists are the same, gate by gate.</summary>
    public bool IsSameAs(GateList other) =>
        MemoryExtensions.SequenceEqual<Gate>(Gates, other.Gates) && literals.AsSpan().SequenceEqual(other.literals);

    /// <summary>The gates of a circuit in its normal form of ANDs and XORs.</summary>
    public static GateList Of(Netlist circuit)
    {
        var graph = new AndXorGraph();
        int[] known = new int[circuit.NetCount];
        known[Netlist.One] = AndXorGraph.True;
        int inputs = 0;
        foreach (int net in circuit.Inputs.SelectMany(bus => bus.Nets))
        {
            known[net] = graph.Input();
            inputs++;
        }

        var network = new LogicNetwork(circuit);
        foreach (LogicFunction function in network.Functions)
            known[function.Net] = graph.Function(function.Table, [known[function.A], known[function.B], known[function.C]]);
        int[] outputs = [.. network.Outputs[0].Select(net => known[net])];
        var list = new GateList(inputs, graph.Count, outputs.Length);
        for (int node = 1 + inputs; node < graph.Count; node++)
        {
            (int left, int right) = graph.Operands(node);
            list.Add(new Gate(left, right, graph.IsXor(node)));
        }

        outputs.CopyTo(list.literals, 0);
        return list;
    }

    /// <summary>The circuit, with the names, widths and sign of another one; what no output needs is left out.</summary>
    /// <param name="like">A circuit with as many bits at its inputs and outputs.</param>
    /// <param name="name">The name of the circuit.</param>
    public Netlist ToNetlist(Netlist like, string name)
    {
        var builder = new NetlistBuilder(name);
        var nets = new Dictionary<int, int> { [0] = Netlist.Zero, [1] = Netlist.One };
        int wire = 1;
        foreach (Bus bus in like.Inputs)
        {
            foreach (int net in builder.Input(bus.Name, bus.Width))
                nets[2 * wire++] = net;
        }

        bool[] needed = Needed();
        for (int i = 0; i < Count; i++)
        {
            if (!needed[i])
                continue;
            Gate gate = gates[i];
            int inverted = gate.Left & 1, other = gate.Right & 1, left = Direct(gate.Left), right = Direct(gate.Right);
            nets[2 * (FirstGate + i)] = gate.IsXor
                ? builder.Gate((inverted ^ other) == 0 ? Cells.Xor : Cells.Xnor, left, right)
                : (inverted, other) switch
                {
                    (0, 0) => builder.Gate(Cells.And, left, right),
                    (0, 1) => builder.Gate(Cells.AndNot, left, right),
                    (1, 0) => builder.Gate(Cells.AndNot, right, left),
                    _ => builder.Gate(Cells.Nor, left, right),
                };
        }

        builder.Output(like.Outputs[0].Name, [.. literals.Select(literal =>
        {
            if (!nets.TryGetValue(literal, out int net))
                nets[literal] = net = builder.Gate(Cells.Not, Direct(literal));
            return net;
        })]);
        return builder.Build().WithSign(like.IsSigned);

        int Direct(int literal) => nets[literal & ~1];
    }

    /// <summary>The gates as numbers, for a file.</summary>
    public int[] ToNumbers()
    {
        var numbers = new List<int>(3 * Count + literals.Length);
        foreach (Gate gate in Gates)
            numbers.AddRange([gate.IsXor ? 1 : 0, gate.Left, gate.Right]);
        numbers.AddRange(literals);
        return [.. numbers];
    }

    /// <summary>Reads <see cref="ToNumbers"/>; null where they are no circuit with so many inputs and outputs.</summary>
    public static GateList? FromNumbers(IReadOnlyList<int> numbers, int inputs, int outputs)
    {
        int count = (numbers.Count - outputs) / 3;
        if (numbers.Count < outputs || 3 * count + outputs != numbers.Count)
            return null;
        var list = new GateList(inputs, count, outputs);
        for (int i = 0; i < count; i++)
        {
            (int kind, int left, int right) = (numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]);
            if (kind is not (0 or 1) || !IsLegal(left) || !IsLegal(right))
                return null;
            list.Add(new Gate(left, right, kind == 1));
        }

        for (int i = 0; i < outputs; i++)
        {
            if (!IsLegal(numbers[3 * count + i]))
                return null;
            list.literals[i] = numbers[3 * count + i];
        }

        return list;

        bool IsLegal(int literal) => literal >= 0 && literal < 2 * list.Wires;
    }

    /// <summary>Which gates an output needs.</summary>
    public bool[] Needed()
    {
        bool[] needed = new bool[Count];
        Mark(needed);
        return needed;
    }

    /// <summary>Sets for each gate whether an output needs it.</summary>
    public void Mark(Span<bool> needed)
    {
        needed.Clear();
        foreach (int literal in literals)
            Need(literal, needed);
        for (int i = Count - 1; i >= 0; i--)
        {
            if (needed[i])
            {
                Need(gates[i].Left, needed);
                Need(gates[i].Right, needed);
            }
        }
    }

    /// <summary>Removes the gates that no output needs; the order of the others stays.</summary>
    /// <param name="needed">Room for a bit a gate.</param>
    /// <param name="moved">Room for a number a wire.</param>
    public void RemoveUnneeded(Span<bool> needed, Span<int> moved)
    {
        needed = needed[..Count];
        Mark(needed);
        if (!needed.Contains(false))
            return;
        for (int wire = 0; wire < FirstGate; wire++)
            moved[wire] = wire;
        int kept = 0;
        for (int i = 0; i < needed.Length; i++)
        {
            if (!needed[i])
                continue;
            Gate gate = gates[i];
            moved[FirstGate + i] = FirstGate + kept;
            gates[kept++] = gate with
            {
                Left = 2 * moved[gate.Left >> 1] | gate.Left & 1,
                Right = 2 * moved[gate.Right >> 1] | gate.Right & 1,
            };
        }

        Count = kept;
        foreach (ref int literal in literals.AsSpan())
            literal = 2 * moved[literal >> 1] | literal & 1;
    }

    void Need(int literal, Span<bool> needed)
    {
        int gate = (literal >> 1) - FirstGate;
        if (gate >= 0)
            needed[gate] = true;
    }

    /// <summary>
    /// The same gates in a random order in which they can be computed, with random gates that nothing needs between them, up to the
    /// capacity of the result.
    /// </summary>
    /// <param name="random">Draws the order and the gates.</param>
    /// <param name="result">Takes them; its capacity is at least the number of gates.</param>
    public void Shuffle(ref CounterRandom random, GateList result)
    {
        result.Clear();
        int spare = result.Capacity - Count;
        int[] moved = new int[Wires], missing = new int[Count];
        var readers = new List<int>[Wires];
        for (int wire = 0; wire < FirstGate; wire++)
            moved[wire] = wire;
        var ready = new List<int>();
        for (int i = 0; i < Count; i++)
        {
            foreach (int wire in (ReadOnlySpan<int>)[gates[i].Left >> 1, gates[i].Right >> 1])
            {
                if (wire >= FirstGate)
                {
                    (readers[wire] ??= []).Add(i);
                    missing[i]++;
                }
            }

            if (missing[i] == 0)
                ready.Add(i);
        }

        int left = Count;
        while (left + spare > 0)
        {
            if (random.NextInt32(left + spare) < spare)
            {
                int wires = result.Wires;
                result.Add(new Gate(random.NextInt32(2 * wires), random.NextInt32(2 * wires), random.NextInt32(2) == 1));
                spare--;
                continue;
            }

            int pick = random.NextInt32(ready.Count), gate = ready[pick];
            ready[pick] = ready[^1];
            ready.RemoveAt(ready.Count - 1);
            moved[FirstGate + gate] = result.Wires;
            result.Add(gates[gate] with { Left = Moved(gates[gate].Left), Right = Moved(gates[gate].Right) });
            left--;
            foreach (int reader in readers[FirstGate + gate] ?? [])
            {
                if (--missing[reader] == 0)
                    ready.Add(reader);
            }
        }

        for (int i = 0; i < literals.Length; i++)
            result.literals[i] = Moved(literals[i]);

        int Moved(int literal) => 2 * moved[literal >> 1] | literal & 1;
    }
}
