using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox model</c>: the contents of a network file, and its conversion.</summary>
static class ModelCommand
{
    const double FemtojoulesPerNanojoule = 1e6;

    public static Command Create() => new("model", "Inspect or convert the file of a network.") { Inspect(), Convert() };

    static DocumentedCommand Inspect()
    {
        Argument<string> model = new("MODEL")
        {
            Description = "A .safetensors, .pt, .pth or .onnx file, or an included network "
                + $"({string.Join(", ", TrainedModels.Shipped)})."
        };
        var networkOptions = new NetworkOptions();
        Option<LayerSelection> layers = SharedOptions.Layers();
        Option<string?> price = new("--price")
        {
            HelpName = "MULTIPLIER",
            Description = "Also price the products of an image, with this multiplier in the layers that are replaced and exact in the "
                + "others: a name ('dapprox multipliers'), a circuit such as array:24:ama5, or a circuit file.",
        };
        Option<CellLibrary> library = CellsListCommand.CellLibraryOption();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "inspect",
            "List the layers of a network with their inputs and multiplications, and the layers that a multiplier would replace.",
            "The names and shapes of the tensors identify the architecture of a .safetensors file or a PyTorch state dict (.pt, .pth; "
                + "nothing in it is executed). ONNX files are read with the operator sets 6 to 28 and these operators: "
                + $"{string.Join(", ", OnnxModels.Operators)}. Multiply-accumulates of Conv, ConvTranspose, Gemm and MatMul, also "
                + "inside fused and recurrent operators, are what a multiplier replaces; all else stays exact, and nothing is folded "
                + "into them without --fold-batch-norm. With "
                + $"--json: name, inputShape, classes, multiplications, layers [{{name, kind, inputShapes, multiplications, replaced, "
                + $"energy}}], circuit, energy and exactEnergy (fJ an image; null without --price).")
        {
            model,
        };
        foreach (Option option in (Option[])[.. networkOptions.All, layers, price, library, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            string file = parse.GetValue(model)!;
            // As the file has it, with a final softmax that other commands leave out.
            OnnxOptions onnx = networkOptions.Onnx(parse, file);
            Network network = networkOptions.Apply(
                parse,
                file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? OnnxModels.Load(file, onnx) : TrainedModels.Load(file));
            FittedHeader.Note(file);
            HashSet<int> replaced = parse.GetValue(layers)!.Of(network.Layers);
            int[][][] shapes = network.InputShapes();
            Prices? prices = parse.GetValue(price) is string circuit ? Prices.Of(circuit, parse.GetValue(library)!, cancellation) : null;
            if (parse.GetValue(json))
                PrintJson(network, replaced, shapes, prices);
            else
                Print(network, replaced, shapes, prices);
            return Task.CompletedTask;
        });
        return command;
    }

    static DocumentedCommand Convert()
    {
        Argument<string> from = new("FROM")
        {
            Description = "A .pt, .pth or .safetensors file, also of 'attack --save', or an included network.",
        };
        Argument<string> to = new("TO") { Description = "The .safetensors, .npz or .onnx file to write." };
        Option<Architecture?> architecture = Values.Option<Architecture?>(
            "--architecture", "NAME",
            "Say which architecture the weights are for, where several have the same tensors; the header of a .safetensors file keeps "
                + "it. [default: none]",
            Architecture.Find);
        var command = new DocumentedCommand(
            "convert", "Write the weights of a network as safetensors or arrays of NumPy, or the network as ONNX.",
            "safetensors: tensors of real numbers keep their names and shapes and become float32; those of integers, which count batches, "
                + "are left out. npz: the same, as numpy.savez writes them. ONNX: operator set 17 with an open batch size; nodes have the "
                + "names of layers, and initialisers those of tensors. Weights of few bits are written as they are multiplied, and "
                + "activations of few bits by Div, Clip, Mul and Round. Nothing in the file is executed.")
        {
            from, to, architecture,
        };
        command.SetAction(parse =>
        {
            string source = parse.GetValue(from)!, file = parse.GetValue(to)!;
            Architecture? named = parse.GetValue(architecture);
            switch (Path.GetExtension(file).ToLowerInvariant())
            {
                case (".safetensors" or ".npz") and string ending:
                    IReadOnlyDictionary<string, Tensor> tensors = TrainedModels.Weights(source);
                    if (ending == ".npz" && named is not null)
                        throw new InputException("--architecture is for .safetensors and .onnx, and an .npz file says none; leave it out");
                    if (ending == ".npz")
                        NumPyArchive.Save(file, tensors);
                    else
                        Safetensors.Save(
                            file, tensors, named is null ? null : new Dictionary<string, string> { ["architecture"] = named.Name });
                    Console.WriteLine(
                        $"{file}: {tensors.Count} tensors, {tensors.Values.Sum(tensor => (long)tensor.Data.Length):N0} numbers");
                    break;
                case ".onnx" when source.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase):
                    throw new InputException($"'{source}' is an ONNX network already; give a .safetensors, .pt or .pth file");
                case ".onnx":
                    Network network = TrainedModels.Load(source, named?.Name);
                    OnnxModels.Save(file, network);
                    Console.WriteLine(
                        $"{file}: {network.Layers.Count} layers, {network.Parameters.Values.Sum(own => (long)own.Values.Length):N0} "
                            + "numbers");
                    break;
                default:
                    throw new InputException($"'{file}' does not end in .safetensors, .npz or .onnx, which are written");
            }
        });
        return command;
    }

    static void PrintJson(Network network, HashSet<int> replaced, int[][][] shapes, Prices? prices) => Output.PrintJson(new JsonObject
    {
        ["name"] = network.Name,
        ["inputShape"] = Numbers(network.InputShape.ToArray()),
        ["classes"] = network.Classes,
        ["multiplications"] = network.Multiplications,
        ["layers"] = new JsonArray([.. network.Layers.Select((layer, index) => new JsonObject
        {
            ["name"] = layer.Name,
            ["kind"] = Kind(layer),
            ["inputShapes"] = new JsonArray([.. shapes[index].Select(Numbers)]),
            ["multiplications"] = (layer as IMultiplies)?.Multiplications ?? 0,
            ["replaced"] = replaced.Contains(index),
            ["energy"] = prices?.Energy(layer, replaced.Contains(index)),
        })]),
        ["circuit"] = prices?.Circuit,
        ["energy"] = prices?.Energy(network, replaced),
        ["exactEnergy"] = prices?.Energy(network, []),
    });

    static JsonArray Numbers(int[] numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);

    static void Print(Network network, HashSet<int> replaced, int[][][] shapes, Prices? prices)
    {
        Output.Print(
            $"{network.Name}: images {string.Join('×', network.InputShape.ToArray())}, {network.Classes} classes, "
                + $"{network.Multiplications:N0} multiplications an image");
        Output.PrintTable(["layer", "kind", "takes", ">multiplications", ">share", "replaced", .. prices is null ? (string[])[] : [">nJ"]],
            network.Layers.Select((layer, index) =>
        {
            long? products = (layer as IMultiplies)?.Multiplications;
            return (string[])
            [
                layer.Name, Kind(layer), string.Join(" and ", shapes[index].Select(shape => string.Join('×', shape))),
                products is null ? "" : $"{products:N0}",
                products is null ? "" : Output.Percent((double)products / network.Multiplications), replaced.Contains(index) ? "yes" : "",
                .. prices is null
                    ? (string[])[]
                    : [products is null ? "" : $"{prices.Energy(layer, replaced.Contains(index)) / FemtojoulesPerNanojoule:N1}"],
            ];
        }));
        if (prices is null)
            return;
        double energy = prices.Energy(network, replaced), exact = prices.Energy(network, []);
        Output.Print(
            $"The products of an image take {energy / FemtojoulesPerNanojoule:N1} nJ, {Output.Percent(energy / exact)} of the "
                + $"{exact / FemtojoulesPerNanojoule:N1} nJ of exact ones: {prices.Product:F0} fJ a product of {prices.Circuit}, "
                + $"{prices.ExactProduct:F0} fJ of {ExactMultiplier.Rounded}; operands uniform in [−1, 1], no glitches, no sums, no "
                + "memory. On images of a data set: dapprox circuit cost.");
    }

    /// <summary>The cost of a product in fJ, on random operands.</summary>
    sealed record Prices(string Circuit, double Product, double ExactProduct)
    {
        const long Samples = 1 << 15;

        public static Prices Of(string circuit, CellLibrary library, CancellationToken cancellation)
        {
            return new(circuit, Price(CircuitFiles.FindMultiplier(circuit)), Price(ExactMultiplier.Rounded));

            double Price(FloatMultiplier multiplier) =>
                new CostMeasurement(multiplier, library).OnRandomOperands(
                    IntegerDistribution.Normalised, Samples, seed: 1, cancellation: cancellation).TotalEnergy;
        }

        public double? Energy(Layer layer, bool isReplaced) =>
            (layer as IMultiplies)?.Multiplications * (isReplaced ? Product : ExactProduct);

        public double Energy(Network network, HashSet<int> replaced) =>
            network.Layers.Select((layer, index) => Energy(layer, replaced.Contains(index)) ?? 0).Sum();
    }

    /// <summary>The kind of layer, in words: <c>max pool</c>.</summary>
    static string Kind(Layer layer)
    {
        string name = layer.GetType().Name.Replace("2D", "", StringComparison.Ordinal);
        return string.Concat(
            name.Select(
                (letter, i) => i > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
    }
}
