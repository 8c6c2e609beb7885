using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;

namespace Dapprox.Networks.Training;

/// <summary>An architecture that can be trained from the beginning, and how.</summary>
/// <param name="Name">The name of the architecture on the command line: <c>lenet5</c>.</param>
/// <param name="Defaults">The options with which the networks included with the program were trained.</param>
public sealed record Recipe(string Name, TrainingOptions Defaults)
{
    static readonly TrainingOptions Quantised = new()
    {
        Epochs = 12,
        BatchSize = 128,
        LearningRate = 2e-3,
        Gain = Math.Sqrt(6),
        Shift = 3,
        Rotation = 0,
        Flip = true,
    };

    static readonly TrainingOptions Residual = new()
    {
        Epochs = 60,
        BatchSize = 128,
        Optimiser = Optimiser.Nesterov,
        LearningRate = 0.1,
        WeightDecay = 5e-4,
        Gain = Math.Sqrt(6),
        Shift = 4,
        Rotation = 0,
        Flip = true,
    };

    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new(LeNet5.Architecture.Name, new TrainingOptions()),
        new(AlexNet.Colour.Name, new TrainingOptions
        {
            Optimiser = Optimiser.Sgd,
            LearningRate = 0.01,
            WeightDecay = 5e-4,
            Dropout = 0.5,
            Gain = Math.Sqrt(6),
            Epochs = 50,
            Shift = 3,
            Rotation = 0,
            Flip = true,
        }),
        new(QuantisedNetwork.Full.Name, Quantised),
        new(QuantisedNetwork.WeightsOnly.Name, Quantised),
        new(QuantisedNetwork.Unquantised.Name, Quantised),
        new(ResNet.Eight.Name, Residual),
        new(ResNet.Twenty.Name, Residual),
    ];

    /// <summary>The recipe of that name, in any case.</summary>
    /// <param name="name">For example <c>lenet5</c>.</param>
    /// <exception cref="InputException">No architecture has that name.</exception>
    public static Recipe Find(string name) => Names.Find("architecture", name, All, recipe => recipe.Name);

    /// <summary>The architecture of this name for the images of a data set.</summary>
    /// <exception cref="InputException">It takes other images.</exception>
    public Architecture For(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        int[] shape = [data.Channels, data.Height, data.Width];
        Architecture[] own = [.. Architecture.All.Where(architecture => architecture.Name == Name)];
        return Array.Find(own, architecture => architecture.InputShape.SequenceEqual(shape)) ?? throw new InputException(
            $"{data.Name} has {string.Join('×', shape)} images, and {Name} takes "
                + $"{string.Join(" or ", own.Select(architecture => string.Join('×', architecture.InputShape)))} images; choose a data set "
                + "or an architecture that fits");
    }

    /// <summary>
    /// A network with random weights, exact in all layers. Weights are uniform in ±gain/√(inputs of one output) and biases in ±1/√(inputs),
    /// as in PyTorch; batch normalisations begin with the factor and the variance 1 and the offset and the mean 0.
    /// </summary>
    /// <param name="data">The images that it takes.</param>
    /// <param name="options">The gain and the seed.</param>
    /// <exception cref="InputException">The architecture takes other images.</exception>
    public Network Initial(Dataset data, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Architecture architecture = For(data);
        var tensors = new Dictionary<string, Tensor>();
        double bound = 0;
        string layer = "";
        foreach ((string name, int[] shape) in architecture.Tensors)
        {
            Tensor tensor = Tensor.Zeros(shape);
            // A bias comes after its weight.
            if (shape.Length > 1)
                (layer, bound) = (name[..name.LastIndexOf('.')], 1 / Math.Sqrt(tensor.RowLength));
            if (shape.Length > 1 || name == layer + ".bias")
                Fill(tensor.Data, (float)(shape.Length > 1 ? options.Gain * bound : bound), options.Seed, (ulong)tensors.Count);
            else if (name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".running_var", StringComparison.Ordinal))
                Array.Fill(tensor.Data, 1);
            tensors.Add(name, tensor);
        }

        return architecture.Build(Name, tensors);
    }

    static void Fill(float[] numbers, float bound, ulong seed, ulong stream)
    {
        var random = new CounterRandom(seed, stream, RandomPurpose.Weights);
        foreach (ref float number in numbers.AsSpan())
            number = random.NextSingle(-bound, bound);
    }
}
