using System.Globalization;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Search;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

public class EvolvedMultipliersTests
{
    public static TheoryData<string> Names => [.. EvolvedMultipliers.All];

    [Fact]
    public void All_AreTheFilesOfTheFolderInOrder()
    {
        string[] files = [.. Directory.GetFiles(Repository.Path("multipliers"), "*.json").Select(Path.GetFileNameWithoutExtension)!];

        Assert.Equal(files.Order(), EvolvedMultipliers.All.Order());
        Assert.All(EvolvedMultipliers.All, name => Assert.True(EvolvedMultipliers.IsMeant(name)));
        Assert.Contains("did you mean", Assert.Throws<InputException>(() => CircuitFiles.Load("evo8u-mre-0.017")).Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Find_OfAName_KeepsWhatTheNameSaysOnAllPairs(string name)
    {
        CircuitDocument document = EvolvedMultipliers.Find(name.ToUpperInvariant());
        string[] words = name.Split('-', 3);
        ErrorMetric metric = ErrorMetric.Find(words[1]);
        double bound = double.Parse(words[2], CultureInfo.InvariantCulture);

        IntegerMetrics metrics = IntegerMeasurement.AllPairs(
            new IntegerCircuit(document.Circuit), IntegerDistribution.Uniform, cancellation: TestContext.Current.CancellationToken);

        Assert.InRange(metric.Of(metrics), 0, bound);
        Assert.Equal(words[0], $"evo{document.Circuit.Inputs[0].Width}{(document.Circuit.IsSigned ? "s" : "u")}");
        Assert.Equal(name, document.Circuit.Name);
        Assert.Contains($" --metric {metric} --at-most {words[2]} ", document.Source, StringComparison.Ordinal);
        Assert.StartsWith("dapprox evolve ", document.Source, StringComparison.Ordinal);
        // What it began with can be had.
        CircuitFiles.Load(document.Source.Split(' ')[2]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Verilog_OfAName_ComputesTheSame(string name)
    {
        Netlist circuit = EvolvedMultipliers.Find(name).Circuit, verilog = CircuitFiles.Load(Repository.Path($"multipliers/{name}.v"));
        int width = circuit.Inputs[0].Width, pairs = 1 << (2 * width);
        ulong[] a = [.. Enumerable.Range(0, pairs).Select(pair => (ulong)(pair >> width))];
        ulong[] b = [.. Enumerable.Range(0, pairs).Select(pair => (ulong)pair & ((1UL << width) - 1))];

        Assert.Equal(BitSlicedSimulator.Of(circuit).Evaluate(a, b)[0], BitSlicedSimulator.Of(verilog).Evaluate(a, b)[0]);
    }

    // The command is the source of the file: those of 4 bits take seconds.
    [TheoryOf(Tier.Ci)]
    [InlineData("evo4u-mre-0.05")]
    [InlineData("evo4s-mre-0.1")]
    public void Source_OfAName_MakesTheSameCircuit(string name)
    {
        CircuitDocument document = EvolvedMultipliers.Find(name);
        string[] words = document.Source.Split(' ');
        var evolution = new Evolution(new EvolutionProblem
        {
            Start = CircuitFiles.Load(words[2]),
            Metric = ErrorMetric.Find(Value("--metric")),
            AtMost = double.Parse(Value("--at-most"), CultureInfo.InvariantCulture),
            Seed = ulong.Parse(Value("--seed"), CultureInfo.InvariantCulture),
        });
        EvolutionState state = evolution.Begin();
        while (state.Epoch * evolution.EpochLength < long.Parse(Value("--generations"), CultureInfo.InvariantCulture))
            state = evolution.Next(state, cancellation: TestContext.Current.CancellationToken);

        Netlist made = evolution.Front(state)[0].Circuit.WithName(name);

        Assert.Equal(Texts.Of(document.Circuit, ".json"), Texts.Of(made, ".json"));

        string Value(string option) => words[Array.IndexOf(words, option) + 1];
    }
}
