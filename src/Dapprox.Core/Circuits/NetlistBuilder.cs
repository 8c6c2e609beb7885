namespace Dapprox.Circuits;

/// <summary>Puts a <see cref="Netlist"/> together: inputs first, then elements, each after those that it reads, then outputs.</summary>
/// <param name="name">The name of the netlist.</param>
public sealed class NetlistBuilder(string name)
{
    /// <summary>The widest input or output: the product of two 64-bit numbers.</summary>
    public const int MaxBits = 128;

    readonly List<Bus> inputs = [];
    readonly List<Bus> outputs = [];
    readonly List<Element> elements = [];
    readonly List<Instance> instances = [];
    int netCount = Netlist.ConstantCount;

    /// <summary>Adds an input.</summary>
    /// <param name="name">The name of the input; unique.</param>
    /// <param name="width">How many bits; 1 to 128. Numbers are put in at inputs of at most 64.</param>
    /// <returns>The nets, the lowest bit first.</returns>
    /// <exception cref="InvalidOperationException">There are elements already.</exception>
    public int[] Input(string name, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MaxBits);
        if (elements.Count > 0)
            throw new InvalidOperationException("Inputs come before elements.");
        int[] nets = [.. Enumerable.Range(netCount, width)];
        netCount += width;
        inputs.Add(new Bus(name, nets));
        return nets;
    }

    /// <summary>Adds a cell.</summary>
    /// <param name="cell">The kind of cell; it can be added any number of times.</param>
    /// <param name="nets">A net for each of its inputs, in their order.</param>
    /// <returns>The nets of its outputs.</returns>
    /// <exception cref="ArgumentException">The number of nets is wrong, or one does not exist yet.</exception>
    public int[] Add(Cell cell, params int[] nets)
    {
        if (nets.Length != cell.Inputs.Count || nets.Any(net => net < 0 || net >= netCount))
        {
            throw new ArgumentException(
                $"{cell} has {cell.Inputs.Count} inputs, to be driven by nets 0 to {netCount - 1}; given: {string.Join(", ", nets)}.",
                nameof(nets));
        }

        elements.Add(new Element(cell, nets, netCount));
        int[] made = [.. Enumerable.Range(netCount, cell.Outputs.Count)];
        netCount += made.Length;
        return made;
    }

    /// <summary>Adds a gate.</summary>
    /// <param name="gate">A cell with one output.</param>
    /// <param name="nets">A net for each of its inputs.</param>
    /// <returns>The net of its output.</returns>
    public int Gate(Cell gate, params int[] nets) => Add(gate, nets)[0];

    /// <summary>Adds an adder of three bits.</summary>
    /// <param name="adder">A cell with inputs A, B and C and outputs sum and carry.</param>
    /// <param name="a">The net at input A.</param>
    /// <param name="b">The net at input B.</param>
    /// <param name="c">The net at input C.</param>
    /// <returns>The nets of the sum and of the carry.</returns>
    public (int Sum, int Carry) AddBits(Cell adder, int a, int b, int c)
    {
        int[] made = Add(adder, a, b, c);
        return (made[0], made[1]);
    }

    /// <summary>Puts another netlist inside this one.</summary>
    /// <param name="definition">The netlist whose elements are added.</param>
    /// <param name="buses">For each input of the definition its nets, the lowest bit first.</param>
    /// <returns>The nets of each of its outputs.</returns>
    /// <exception cref="ArgumentException">The buses do not fit its inputs.</exception>
    public int[][] Instantiate(Netlist definition, params int[][] buses)
    {
        if (!buses.Select(bus => bus.Length).SequenceEqual(definition.Inputs.Select(bus => bus.Width)))
        {
            throw new ArgumentException(
                $"The inputs of {definition} have {string.Join(", ", definition.Inputs.Select(bus => bus.Width))} bits; "
                + $"given: {string.Join(", ", buses.Select(bus => bus.Length))}.", nameof(buses));
        }

        int[] outer = new int[definition.NetCount];
        outer[Netlist.One] = Netlist.One;
        for (int i = 0; i < buses.Length; i++)
        {
            for (int bit = 0; bit < buses[i].Length; bit++)
                outer[definition.Inputs[i].Nets[bit]] = buses[i][bit];
        }

        int first = elements.Count;
        foreach (Element element in definition.Elements)
        {
            int[] made = Add(element.Cell, [.. element.Inputs.Select(net => outer[net])]);
            for (int i = 0; i < made.Length; i++)
                outer[element.FirstOutput + i] = made[i];
        }

        int[][] results = [.. definition.Outputs.Select(bus => bus.Nets.Select(net => outer[net]).ToArray())];
        instances.Add(new Instance(definition, first, [.. buses.SelectMany(bus => bus)], [.. results.SelectMany(bus => bus)]));
        return results;
    }

    /// <summary>Adds an output.</summary>
    /// <param name="name">The name of the output; unique.</param>
    /// <param name="nets">Its nets, the lowest bit first; at most 128.</param>
    /// <exception cref="ArgumentException">A net does not exist, or there are none or too many.</exception>
    public void Output(string name, IReadOnlyList<int> nets)
    {
        if (nets.Count is 0 or > MaxBits || nets.Any(net => net < 0 || net >= netCount))
        {
            throw new ArgumentException(
                $"The output {name} takes 1 to {MaxBits} nets out of 0 to {netCount - 1}; given: {string.Join(", ", nets)}.", nameof(nets));
        }

        outputs.Add(new Bus(name, [.. nets]));
    }

    /// <summary>The netlist as it stands.</summary>
    public Netlist Build() => new(name, [.. inputs], [.. outputs], [.. elements], [.. instances], netCount);
}
