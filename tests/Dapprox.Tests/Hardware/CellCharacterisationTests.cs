using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class CellCharacterisationTests
{
    [Fact]
    public void Topology_OfEveryCell_ComputesItsTruthTable()
    {
        foreach (Cell cell in Cells.All)
            AssertComputes(cell);
    }

    [Fact]
    public void Topology_OfOtherTruthTables_ComputesThem()
    {
        var random = new CounterRandom(5);
        for (int i = 0; i < 20; i++)
            AssertComputes(new Cell("other", ["A", "B", "C"], ("X", Table(ref random)), ("Y", Table(ref random))));

        static string Table(ref CounterRandom random) => Convert.ToString(random.NextInt32(256) + 256, 2)[1..];
    }

    [Theory]
    [InlineData("fa", 28)]
    [InlineData("ama1", 20)]
    [InlineData("ama2", 14)]
    [InlineData("ama3", 10)]
    [InlineData("ama4", 12)]
    [InlineData("ama5", 8)]
    [InlineData("loa", 6)]
    public void Topology_HasAsManyTransistorsAsPublishedWithOutputInverters(string cell, int transistors) =>
        Assert.Equal(transistors, CellTopology.Of(Cells.FindAdder(cell)).Transistors);

    [Fact]
    public void TopologySearch_OfTheFullAdder_NeedsNoMoreThanTheMirrorAdder() =>
        Assert.True(TopologySearch.Smallest(Cells.FullAdder).Transistors <= 28);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Tour_TakesEveryChangeOnce(int states)
    {
        int[] tour = TransitionTour.Of(states);

        Assert.Equal((0, 0, states * (states - 1) + 1), (tour[0], tour[^1], tour.Length));
        (int, int)[] changes = [.. tour.Zip(tour.Skip(1))];
        Assert.Equal(changes.Length, changes.Distinct().Count());
        Assert.DoesNotContain(changes, change => change.Item1 == change.Item2);
    }

    [Fact]
    public void Read_IdealWaveformOfAnInverter_GivesItsChargeAndDelay()
    {
        // The input changes in 10 ps from 500 ps on; the output falls 20 ps later, and 30 ps later rises, taking 2 mA for 1 ps.
        (double Time, double Current, double Output)[] points =
        [
            (0, 0, 1), (524, 0, 1), (526, 0, 0), (1034, 0, 0), (1034.5, -2e-3, 0.25), (1035.5, -2e-3, 0.75), (1036, 0, 1), (1500, 0, 1),
        ];
        string waveform = string.Join('\n', points.Select(point => $"{point.Time * 1e-12:R} {point.Current:R} {point.Output:R}"));

        CharacterisedCell cell = new CellCharacterisation(Cells.Not).Read(
            new StringReader(waveform), new StringReader("0 -1e-9\n1 -2e-9\n"));

        Assert.Equal([1, 2], cell.Leakage);
        // 2 mA for 1 ps and two ramps of half a picosecond, at 1 V: 3 fJ; less 500 ps of leakage.
        Assert.Equal([0, -0.001, 2.9995, 0], cell.Energy, (expected, actual) => Math.Abs(expected - actual) < 1e-4);
        Assert.Equal(30, cell.WorstDelay, 2);
        Assert.Equal(2, cell.Transistors);
    }

    [Theory]
    [InlineData("0 0 1\n1.5e-9 0 1", "0 0\n1 0", "not.Y is at 1.000 V")]
    [InlineData("0 0 1\n1e-9 0 1", "0 0\n1 0", "ended early: the waveform goes to 1000 of 1500 ps")]
    [InlineData("0 0 1\n1.5e-9 0", "0 0\n1 0", "2 of 3 numbers")]
    [InlineData("0 0 1\n1.5e-9 nan 0", "0 0\n1 0", "'nan' where a number belongs")]
    [InlineData("0 0 1\n1.5e-9 0 1", "0 0", "1 of the 2 currents")]
    public void Read_FailedSimulation_IsRefused(string waveform, string rest, string message)
    {
        InputException error = Assert.Throws<InputException>(() =>
            new CellCharacterisation(Cells.Not).Read(new StringReader(waveform), new StringReader(rest)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelCard_NamesItsModels()
    {
        SpiceModelCard card = SpiceModelCard.Parse("* comment\n.model N_1 nmos level = 54\n+ vth0 = 0.4\n\n.MODEL P_1 PMOS\n", "card");

        Assert.Equal(("N_1", "P_1"), (card.Nmos, card.Pmos));
        Assert.Contains(" N_1 W=90n", new CellCharacterisation(Cells.Not).Deck(card), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".model n nmos\n.control\nshell true\n.endc", "line 2")]
    [InlineData(".model n nmos\n.include \"x\"", "line 2")]
    [InlineData(".model n nmos\n.model m nmos", "line 2: the model m is nmos; a model card has one nmos and one pmos")]
    [InlineData(".model n;x nmos", "line 1")]
    [InlineData(".model n nmos", "has no pmos model")]
    [InlineData("", "has no nmos model")]
    public void ModelCard_WithAnythingElse_IsRefused(string text, string message)
    {
        InputException error = Assert.Throws<InputException>(() => SpiceModelCard.Parse(text, "card"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>In every state each stage conducts one way and only one, and the outputs are those of the truth table.</summary>
    static void AssertComputes(Cell cell)
    {
        CellTopology topology = CellTopology.Of(cell);
        for (int state = 0; state < 1 << cell.Inputs.Count; state++)
        {
            var nodes = new Dictionary<string, bool>();
            for (int input = 0; input < cell.Inputs.Count; input++)
                nodes.Add(CellTopology.Input(input), (state >> (cell.Inputs.Count - 1 - input) & 1) != 0);
            foreach (CmosStage stage in topology.Stages)
            {
                bool low = Conducts(stage.PullDown, gate => nodes[gate]), high = Conducts(stage.PullUp, gate => !nodes[gate]);
                Assert.NotEqual(low, high);
                nodes.Add(stage.Node, high);
            }

            for (int output = 0; output < cell.Outputs.Count; output++)
            {
                if (nodes.TryGetValue(CellTopology.Output(output), out bool value))
                    Assert.Equal(cell.Evaluate(output, state), value);
                else
                    Assert.Single(cell.Table(output).Distinct());
            }
        }
    }

    static bool Conducts(SwitchNetwork network, Func<string, bool> gate) => network switch
    {
        SwitchNetwork.Transistor transistor => gate(transistor.Gate),
        SwitchNetwork.Series series => Conducts(series.Upper, gate) && Conducts(series.Lower, gate),
        SwitchNetwork.Parallel parallel => Conducts(parallel.Left, gate) || Conducts(parallel.Right, gate),
        _ => throw new InvalidOperationException(),
    };
}
