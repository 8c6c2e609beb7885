using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;

namespace Dapprox.Cli.Options;

/// <summary>The operands of a network, by which a search weights errors.</summary>
/// <param name="Pairs">How often each pair occurs, by the bits of the first operand and then those of the second.</param>
/// <param name="Summary">The network, its images and its layers in words.</param>
/// <param name="Words">The options that give the same again.</param>
/// <param name="Json">The same for JSON.</param>
sealed record OperandWeights(double[] Pairs, string Summary, IReadOnlyList<string> Words, JsonObject Json);

/// <summary>The options of a command that weights errors by the operands of a quantised network.</summary>
sealed class OperandOptions
{
    const int DefaultImages = 100;

    readonly Option<string?> from = new("--operands-from")
    {
        HelpName = "FILE|NAME",
        Description = "Weight the error of each pair of operands by the number of products that this network has with it. It is "
            + "quantised to the bits of SEED as 'dapprox evaluate --quantise' does; the activation is the first operand. A "
            + $".safetensors, .pt or .onnx file, or one of {string.Join(", ", TrainedModels.Shipped)}. For mae, mre, mse and ep. "
            + "[default: all pairs count the same]",
    };

    readonly Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
    readonly Option<string?> data = SharedOptions.Data();
    readonly Option<LayerSelection> layers = SharedOptions.Layers("With --operands-from, the layers whose products count");
    readonly Option<Choice<SignHandling>> signs = SharedOptions.Signs();

    readonly Option<int> images = Values.Integer(
        "--operand-images", "With --operands-from, count the products of the first N training images.", min: 1, otherwise: DefaultImages);

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [from, dataset, data, layers, signs, images];

    /// <summary>Whether errors are weighted.</summary>
    /// <exception cref="InputException">They are not, and an option says how.</exception>
    public bool IsGiven(ParseResult parse)
    {
        if (parse.GetValue(from) is not null)
            return true;
        return All.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is Option idle
            ? throw new InputException($"{idle.Name} is given without --operands-from; give both, or neither")
            : false;
    }

    /// <summary>Counts the operands, with progress on a terminal.</summary>
    /// <param name="parse">The command line, with --operands-from.</param>
    /// <param name="circuit">The multiplier that they enter.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <exception cref="InputException">The network or the images cannot be loaded, or do not go with the circuit.</exception>
    public OperandWeights Read(ParseResult parse, Netlist circuit, CancellationToken cancellation)
    {
        var multiplier = new IntegerCircuit(circuit);
        if (((int[])[multiplier.FirstWidth, multiplier.SecondWidth]).Any(
            bits => bits is < QuantiseOptions.MinBits or > IntegerFormat.MaxBits))
        {
            throw new InputException(
                $"{circuit.Name} multiplies {multiplier.FirstWidth} × {multiplier.SecondWidth} bits; --operands-from is for operands of "
                    + $"{QuantiseOptions.MinBits} to {IntegerFormat.MaxBits} bits");
        }

        string model = parse.GetValue(from)!;
        LayerSelection selection = parse.GetValue(layers)!;
        Network network = TrainedModels.Load(model);
        Dataset all = Datasets.Load((parse.GetValue(dataset) ?? Datasets.All[0]).Name, Split.Train, parse.GetValue(data));
        Dataset ranges = all.First(PostTrainingQuantisation.DefaultImages), training = all.First(parse.GetValue(images));
        Evaluation.ThrowIfUnfit(network.Name, network.InputShape, network.Classes, training);
        bool isSignGiven = parse.GetResult(signs) is { Implicit: false };
        bool isFixed = circuit.IsSigned || network.IsQuantised;
        if (isSignGiven && isFixed)
        {
            throw new InputException(circuit.IsSigned
                ? $"--signs is for an unsigned multiplier, and {circuit.Name} is signed; leave it out"
                : $"{network.Name} is quantised already and says how signs enter; leave out --signs");
        }

        var quantisation = new PostTrainingQuantisation
        {
            ActivationBits = multiplier.FirstWidth,
            WeightBits = multiplier.SecondWidth,
            IsSigned = circuit.IsSigned,
            Signs = parse.GetValue(signs).Value,
        };
        if (!network.IsQuantised)
        {
            network = ProgressBar.While("quantising", ranges.Count, progress => quantisation.Run(
                network, ranges.Images(0, ranges.Count), done => progress(done), cancellation));
        }

        double[] pairs = ProgressBar.While("counting operands", training.Count, progress => NetworkOperands.Count(
            network, selection, multiplier, training.Images(0, training.Count), done => progress(done), cancellation));

        string[] words =
        [
            "--operands-from", model, "--dataset", training.Name,
            .. selection == LayerSelection.All ? (string[])[] : ["--layers", selection.Name],
            .. isSignGiven ? (string[])["--signs", parse.GetValue(signs).Name] : [],
            "--operand-images", parse.GetValue(images).ToString(CultureInfo.InvariantCulture),
        ];
        return new OperandWeights(
            pairs,
            $"the operands of {network.Name} in {(selection == LayerSelection.All ? "all layers" : $"the layers '{selection}'")} "
                + $"({CalibrationOptions.Describe(training)})",
            words,
            new JsonObject
            {
                ["network"] = network.Name,
                ["dataset"] = training.Name,
                ["split"] = "train",
                ["images"] = training.Count,
                ["fingerprint"] = Fingerprint.Of(training),
                ["layers"] = selection.Name,
                ["signs"] = isFixed ? null : parse.GetValue(signs).Name,
                ["products"] = pairs.Sum(),
            });
    }
}
