using System.Globalization;
using System.Text;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>
/// Measures a cell with a circuit simulator: writes the text that ngspice is given, and reads what it gives back. The inputs
/// go through all their changes, one after the other; each output drives two inverters that do not count.
/// </summary>
public sealed class CellCharacterisation
{
    /// <summary>The supply, in V.</summary>
    public const double Supply = 1.0;

    /// <summary>The temperature, in °C.</summary>
    public const double Temperature = 27;

    /// <summary>How it is measured, in words, for a library.</summary>
    public const string Conditions =
        "1.0 V, 27 C; W 90 nm (NMOS) and 180 nm (PMOS), L 45 nm, stacks not widened; every drain and source 2.5 L long, none shared; "
            + "input edges of 10 ps from ideal sources; every output drives two inverters with a supply of their own, "
        + "whose gates count as load; a change of the inputs every 500 ps; energy is that of the cell's own supply less its leakage";

    /// <summary>The name of the file of the model card, beside the text.</summary>
    public const string CardFile = "card.pm";

    /// <summary>The name of the file that the simulator writes the waveforms to.</summary>
    public const string WaveformFile = "waveform.txt";

    /// <summary>The name of the file that the simulator writes the currents at rest to.</summary>
    public const string RestFile = "rest.txt";

    // Nanometres.
    const int NmosWidth = 90, PmosWidth = 180, Length = 45;

    // How far drain and source reach from the gate: room for a contact.
    const double Diffusion = 2.5 * Length;

    // Picoseconds.
    const int Edge = 10, Period = 500, LongestStep = 4;

    const int LoadInverters = 2;

    // Before a change outputs have settled: they are this near to 0 or the supply, in V.
    const double Settled = 0.05;

    readonly CellTopology topology;
    readonly int[] tour;

    /// <summary>Prepares the measurement of a cell.</summary>
    /// <param name="cell">The cell to simulate.</param>
    public CellCharacterisation(Cell cell)
    {
        Cell = cell;
        topology = CellTopology.Of(cell);
        tour = TransitionTour.Of(1 << cell.Inputs.Count);
    }

    /// <summary>The cell.</summary>
    public Cell Cell { get; }

    /// <summary>How many transistors it has.</summary>
    public int Transistors => topology.Transistors;

    /// <summary>The outputs that are not constant; constant ones have no transistors.</summary>
    int[] Driven => [.. Enumerable.Range(0, Cell.Outputs.Count).Where(output => Cell.Table(output).Distinct().Count() > 1)];

    /// <summary>The text for ngspice.</summary>
    /// <param name="card">The transistors; the simulator finds it in <see cref="CardFile"/>.</param>
    public string Deck(SpiceModelCard card)
    {
        var deck = new StringBuilder();
        deck.Append(CultureInfo.InvariantCulture,
            $"* {Cell.Inputs.Count} inputs, {Transistors} transistors\n.include \"{CardFile}\"\n.options temp={Temperature}\n");
        deck.Append(CultureInfo.InvariantCulture, $"Vdd vdd 0 {Supply}\nVload vload 0 {Supply}\nVstate state 0 DC 0\n");
        for (int input = 0; input < Cell.Inputs.Count; input++)
        {
            // In time the pulses count, and the state is 0; at rest the bit of the state counts, and the pulses are 0.
            int bit = 1 << (Cell.Inputs.Count - 1 - input);
            deck.Append(CultureInfo.InvariantCulture, $"V{input} {CellTopology.Input(input)} b{input} DC 0 {Waveform(input)}\n");
            deck.Append(CultureInfo.InvariantCulture,
                $"B{input} b{input} 0 V = {Supply} * (floor(v(state) / {bit}) - 2 * floor(v(state) / {2 * bit}))\n");
        }

        var transistors = new TransistorWriter(deck, card);
        foreach (CmosStage stage in topology.Stages)
            transistors.Write(stage, "vdd");
        foreach (int output in Driven)
        {
            for (int load = 0; load < LoadInverters; load++)
                transistors.Write(new CmosStage($"l{output}{load}", new SwitchNetwork.Transistor(CellTopology.Output(output))), "vload");
        }

        string outputs = string.Concat(Driven.Select(output => $" v({CellTopology.Output(output)})"));
        deck.Append(CultureInfo.InvariantCulture, $"""
            .control
            set wr_singlescale
            set numdgt=9
            save i(vdd){outputs}
            dc vstate 0 {(1 << Cell.Inputs.Count) - 1} 1
            wrdata {RestFile} i(vdd)
            tran {LongestStep / 2}p {tour.Length * Period}p 0 {LongestStep}p
            wrdata {WaveformFile} i(vdd){outputs}
            quit
            .endc
            .end

            """);
        return deck.Replace("\r\n", "\n").ToString();
    }

    /// <summary>What the simulator measured.</summary>
    /// <param name="waveform">The content of <see cref="WaveformFile"/>.</param>
    /// <param name="rest">The content of <see cref="RestFile"/>.</param>
    /// <exception cref="InputException">Something is missing, or the outputs are not those of the truth table.</exception>
    public CharacterisedCell Read(TextReader waveform, TextReader rest)
    {
        int states = 1 << Cell.Inputs.Count;
        // In nW; the current in A is that into the source's positive end.
        double[] leakage = [.. Rows(rest, 2).Select(row => -1e9 * Supply * row[1])];
        if (leakage.Length != states)
            throw new InputException($"ngspice gave {leakage.Length} of the {states} currents of {Cell} at rest");
        double[][] points = Points(waveform);
        double[] energy = new double[states * states];
        double?[] delays = new double?[Cell.Outputs.Count * Cell.Inputs.Count];
        CheckLevels(points, tour[0], Period);
        for (int change = 0; change + 1 < tour.Length; change++)
        {
            int from = tour[change], to = tour[change + 1];
            double start = (change + 1) * Period, end = start + Period;
            // ps times A is 10⁻¹² J at 1 V: 1000 fJ. ps times nW is 10⁻⁶ fJ.
            energy[from * states + to] = Math.Round(-1e3 * Supply * Integral(points, start, end) - 1e-6 * Period * leakage[to], 5);
            CheckLevels(points, to, end);
            if (int.PopCount(from ^ to) == 1)
                Delays(points, from, to, start, end, delays);
        }

        return new CharacterisedCell
        {
            Cell = Cell,
            Energy = energy,
            Leakage = [.. leakage.Select(power => Math.Round(power, 4))],
            Delays = [.. delays.Select(delay => delay is double time ? Math.Round(time, 2) : (double?)null)],
            Area = Math.Round(CellAreas.Of(Cell, Transistors), 4),
            Transistors = Transistors,
            Source = topology.Source,
        };
    }

    /// <summary>The points in time: time in ps, current of the supply in A, voltages of the driven outputs in V.</summary>
    double[][] Points(TextReader waveform)
    {
        double[][] points = Rows(waveform, 2 + Driven.Length);
        foreach (double[] point in points)
            point[0] *= 1e12;
        // The last time is a sum of steps and can miss the end by a rounding error.
        double end = tour.Length * Period;
        if (points.Length < 2 || points[0][0] > 0 || points[^1][0] < end * (1 - 1e-6))
        {
            throw new InputException(
                $"the simulation of {Cell} ended early: the waveform goes to {(points.Length == 0 ? 0 : points[^1][0]):F0} of {end:F0} ps");
        }

        return points;
    }

    double[][] Rows(TextReader table, int columns)
    {
        var rows = new List<double[]>();
        while (table.ReadLine() is string line)
        {
            double[] row = [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Number)];
            if (row.Length != columns)
                throw new InputException($"ngspice gave {row.Length} of {columns} numbers at a point of the simulation of {Cell}");
            rows.Add(row);
        }

        return [.. rows];
    }

    void Delays(double[][] points, int from, int to, double start, double end, double?[] delays)
    {
        int input = Enumerable.Range(0, Cell.Inputs.Count).Single(i => Bit(from, i) != Bit(to, i));
        int[] driven = Driven;
        for (int column = 0; column < driven.Length; column++)
        {
            int output = driven[column];
            if (Cell.Evaluate(output, from) == Cell.Evaluate(output, to))
                continue;
            double delay = LastCrossing(points, column + 2, start, end) - (start + Edge / 2.0);
            ref double? worst = ref delays[output * Cell.Inputs.Count + input];
            worst = Math.Max(worst ?? delay, delay);
        }
    }

    void CheckLevels(double[][] points, int state, double time)
    {
        double[] point = points[Math.Max(0, Array.FindLastIndex(points, point => point[0] <= time))];
        int[] driven = Driven;
        for (int column = 0; column < driven.Length; column++)
        {
            double expected = Cell.Evaluate(driven[column], state) ? Supply : 0;
            if (!(Math.Abs(point[column + 2] - expected) < Settled))
            {
                throw new InputException(
                    $"with these transistors {Cell}.{Cell.Outputs[driven[column]]} is at {point[column + 2]:F3} V {Period} ps after its "
                    + $"inputs became {state}, and should be at {expected:F1} V; give a model card of a 45 nm technology");
            }
        }
    }

    /// <summary>∫ i dt over a time, in A·ps, by trapezia.</summary>
    static double Integral(double[][] points, double start, double end)
    {
        double sum = 0;
        for (int i = First(points, start); i < points.Length && points[i - 1][0] < end; i++)
        {
            double[] one = points[i - 1], two = points[i];
            double low = Math.Max(start, one[0]), high = Math.Min(end, two[0]);
            if (high > low)
                sum += (high - low) * (At(one, two, 1, low) + At(one, two, 1, high)) / 2;
        }

        return sum;
    }

    /// <summary>When a voltage last went through half the supply.</summary>
    static double LastCrossing(double[][] points, int column, double start, double end)
    {
        double last = double.NaN;
        for (int i = First(points, start); i < points.Length && points[i - 1][0] < end; i++)
        {
            double one = points[i - 1][column] - Supply / 2, two = points[i][column] - Supply / 2;
            if (one < 0 != two < 0)
                last = points[i - 1][0] + (points[i][0] - points[i - 1][0]) * one / (one - two);
        }

        return last;
    }

    /// <summary>The first point after a time; not the first of all.</summary>
    static int First(double[][] points, double time)
    {
        int low = 1, high = points.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (points[middle][0] > time)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    static double At(double[] one, double[] two, int column, double time) =>
        one[column] + (two[column] - one[column]) * (time - one[0]) / (two[0] - one[0]);

    static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new InputException($"ngspice gave '{text.Trim()}' where a number belongs");

    bool Bit(int state, int input) => (state >> (Cell.Inputs.Count - 1 - input) & 1) != 0;

    /// <summary>An input's voltage: it changes at the start of each period.</summary>
    string Waveform(int input)
    {
        var text = new StringBuilder($"PWL(0 {Level(tour[0])}");
        for (int change = 0; change + 1 < tour.Length; change++)
        {
            int start = (change + 1) * Period;
            // SPICE reads lines of a limited length.
            text.Append(CultureInfo.InvariantCulture, $"\n+ {start}p {Level(tour[change])} {start + Edge}p {Level(tour[change + 1])}");
        }

        return text.Append(')').ToString();

        string Level(int state) => Bit(state, input) ? Supply.ToString(CultureInfo.InvariantCulture) : "0";
    }

    /// <summary>A transistor's channel, and its drain and source, whose junctions are a large part of the load.</summary>
    static string Size(int width)
    {
        // In µm² and nm.
        double area = 1e-6 * width * Diffusion, perimeter = 2 * (width + Diffusion);
        return string.Create(
            CultureInfo.InvariantCulture, $"W={width}n L={Length}n AD={area:G6}p AS={area:G6}p PD={perimeter:G6}n PS={perimeter:G6}n");
    }

    /// <summary>Writes stages as transistors.</summary>
    sealed class TransistorWriter(StringBuilder deck, SpiceModelCard card)
    {
        int transistors;
        int nodes;

        public void Write(CmosStage stage, string supply)
        {
            Write(stage.PullDown, stage.Node, "0", isNmos: true);
            Write(stage.PullUp, stage.Node, supply, isNmos: false);

            void Write(SwitchNetwork network, string top, string bottom, bool isNmos)
            {
                switch (network)
                {
                    case SwitchNetwork.Transistor transistor:
                        deck.Append(
                            CultureInfo.InvariantCulture,
                            $"M{transistors++} {top} {transistor.Gate} {bottom} "
                            + $"{(isNmos ? $"0 {card.Nmos}" : $"{supply} {card.Pmos}")} {Size(isNmos ? NmosWidth : PmosWidth)}\n");
                        break;
                    case SwitchNetwork.Series series:
                        string middle = $"s{nodes++}";
                        Write(series.Upper, top, middle, isNmos);
                        Write(series.Lower, middle, bottom, isNmos);
                        break;
                    case SwitchNetwork.Parallel parallel:
                        Write(parallel.Left, top, bottom, isNmos);
                        Write(parallel.Right, top, bottom, isNmos);
                        break;
                }
            }
        }
    }
}
