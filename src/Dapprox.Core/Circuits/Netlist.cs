using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>A number of wires that belong together, the lowest bit first.</summary>
/// <param name="Name">The name of the input or output; unique within a netlist.</param>
/// <param name="Nets">The nets of the bits, the lowest bit first.</param>
public sealed record Bus(string Name, IReadOnlyList<int> Nets)
{
    /// <summary>How many wires there are.</summary>
    public int Width => Nets.Count;
}

/// <summary>A cell in a netlist.</summary>
/// <param name="cell">What the element computes.</param>
/// <param name="inputs">The net at each of its inputs.</param>
/// <param name="firstOutput">The net of its first output.</param>
public readonly struct Element(Cell cell, int[] inputs, int firstOutput)
{
    /// <summary>The cell.</summary>
    public Cell Cell { get; } = cell;

    /// <summary>The net at each of its inputs.</summary>
    public IReadOnlyList<int> Inputs => inputs;

    /// <summary>The net of its first output; that of a second is the next.</summary>
    public int FirstOutput { get; } = firstOutput;

    /// <summary>The values of its inputs, read as a binary number of which the first is the highest bit.</summary>
    internal int Index(bool[] nets)
    {
        int index = 0;
        foreach (int net in inputs)
            index = 2 * index + (nets[net] ? 1 : 0);
        return index;
    }
}

/// <summary>A netlist instantiated in another one: a run of elements.</summary>
/// <param name="Definition">The netlist that was instantiated.</param>
/// <param name="FirstElement">The index of its first element in the outer netlist; the others follow.</param>
/// <param name="Inputs">The outer nets at the inputs of the definition, bus by bus.</param>
/// <param name="Outputs">The outer nets of its outputs, bus by bus.</param>
public sealed record Instance(Netlist Definition, int FirstElement, IReadOnlyList<int> Inputs, IReadOnlyList<int> Outputs);

/// <summary>
/// A combinational circuit of gates and cells. Wires, the nets, are numbered: 0 and 1 are the constants, then come the bits
/// of the inputs, then the outputs of the elements in the order of the elements. An element reads only nets with lower
/// numbers than its own, so there are no loops and the order of the elements is one in which they can be computed.
/// </summary>
/// <remarks>
/// <see cref="Evaluate"/> is the definition of what a netlist computes; <see cref="BitSlicedSimulator"/> is the fast form.
/// Built by <see cref="NetlistBuilder"/>.
/// </remarks>
public sealed class Netlist
{
    // What a message shows of a name.
    const int ShownLetters = 60;

    /// <summary>The net that is always 0.</summary>
    public const int Zero = 0;

    /// <summary>The net that is always 1.</summary>
    public const int One = 1;

    /// <summary>How many nets are constants.</summary>
    public const int ConstantCount = 2;

    readonly Element[] elements;

    internal Netlist(
        string name, IReadOnlyList<Bus> inputs, IReadOnlyList<Bus> outputs,
        Element[] elements, IReadOnlyList<Instance> instances, int netCount)
    {
        (Name, Inputs, Outputs, this.elements, Instances, NetCount) = (name, inputs, outputs, elements, instances, netCount);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The inputs, in order.</summary>
    public IReadOnlyList<Bus> Inputs { get; }

    /// <summary>The outputs, in order.</summary>
    public IReadOnlyList<Bus> Outputs { get; }

    /// <summary>All elements, those of instances included, in an order in which they can be computed.</summary>
    public IReadOnlyList<Element> Elements => elements;

    /// <summary>Which of the elements came together as another netlist, in the order of their first elements.</summary>
    public IReadOnlyList<Instance> Instances { get; }

    /// <summary>How many nets there are, the two constants included.</summary>
    public int NetCount { get; }

    /// <summary>
    /// Whether the numbers at its inputs and outputs are meant in two's complement. It computes the same bits either way.
    /// </summary>
    public bool IsSigned { get; private init; }

    /// <summary>
    /// A sentence on a multiplier whose inputs stand in the other order than their names: operand a is the first input, whatever it is
    /// called. Null where the names say nothing else.
    /// </summary>
    public string? OperandsOutOfOrder => Inputs.Count != 2
        || string.Compare(Inputs[0].Name, Inputs[1].Name, StringComparison.OrdinalIgnoreCase) <= 0 ? null
        : $"operand a is the input {InputFile.OneLine(Inputs[0].Name, ShownLetters)} and operand b the input "
            + $"{InputFile.OneLine(Inputs[1].Name, ShownLetters)}, in the order of the file; 'dapprox circuit import FILE --ports' "
            + "changes it";

    /// <summary>The same circuit under another name.</summary>
    /// <param name="name">The new name.</param>
    public Netlist WithName(string name) => new(name, Inputs, Outputs, elements, Instances, NetCount) { IsSigned = IsSigned };

    /// <summary>The same circuit, with its numbers meant as said.</summary>
    /// <param name="isSigned">Whether they are in two's complement.</param>
    public Netlist WithSign(bool isSigned) => new(Name, Inputs, Outputs, elements, Instances, NetCount) { IsSigned = isSigned };

    /// <summary>What it computes, gate by gate: the definition.</summary>
    /// <param name="inputs">A number for each input; bits beyond its width are ignored.</param>
    /// <returns>A number for each output.</returns>
    /// <exception cref="ArgumentException">There are not as many numbers as inputs.</exception>
    /// <exception cref="InputException">An input has more than 64 bits.</exception>
    public UInt128[] Evaluate(params ReadOnlySpan<ulong> inputs)
    {
        if (inputs.Length != Inputs.Count)
            throw new ArgumentException($"{Name} has {Inputs.Count} inputs, and {inputs.Length} numbers were given.", nameof(inputs));
        ThrowIfInputsAreWide();
        bool[] nets = new bool[NetCount];
        nets[One] = true;
        for (int bus = 0; bus < inputs.Length; bus++)
        {
            for (int bit = 0; bit < Inputs[bus].Width; bit++)
                nets[Inputs[bus].Nets[bit]] = (inputs[bus] >> bit & 1) != 0;
        }

        foreach (Element element in elements)
        {
            int index = element.Index(nets);
            for (int output = 0; output < element.Cell.OutputCount; output++)
                nets[element.FirstOutput + output] = element.Cell.Evaluate(output, index);
        }

        return [.. Outputs.Select(bus => Number(bus, nets))];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Checks that a number fits each input.</summary>
    /// <exception cref="InputException">An input is wider than <see cref="MultiplierCircuits.MaxBits"/>.</exception>
    internal void ThrowIfInputsAreWide()
    {
        if (Inputs.FirstOrDefault(bus => bus.Width > MultiplierCircuits.MaxBits) is Bus wide)
            throw new InputException($"the input {InputFile.OneLine(wide.Name, ShownLetters)} of the circuit "
                + $"{InputFile.OneLine(Name, ShownLetters)} has {wide.Width} bits; numbers are put in at inputs of at most "
                + $"{MultiplierCircuits.MaxBits}");
    }

    static UInt128 Number(Bus bus, bool[] nets)
    {
        UInt128 number = 0;
        for (int bit = 0; bit < bus.Width; bit++)
            number |= (nets[bus.Nets[bit]] ? UInt128.One : 0) << bit;
        return number;
    }
}
