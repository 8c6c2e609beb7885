using Dapprox.Benchmarks.Oracle;
using Dapprox.Foundation;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Layers;

/// <summary>LibTorch as the oracle of layers.</summary>
static class Torch
{
    /// <summary>Loads LibTorch; the test is skipped where it is not installed, and fails where it is but does not load.</summary>
    public static void Load()
    {
        Assert.SkipUnless(LibTorch.IsInstalled, "LibTorch is not there: build with DAPPROX_LIBTORCH=true in the environment");
        LibTorch.Load();
    }

    /// <summary>A network in LibTorch.</summary>
    /// <param name="inputShape">The shape of one image; null for the architecture's first.</param>
    public static TorchNetwork Network(
        TorchArchitecture architecture, IReadOnlyDictionary<string, Tensor> weights, int[]? inputShape = null)
    {
        Load();
        return new TorchNetwork(architecture, inputShape ?? architecture.InputShapes[0], weights);
    }

    /// <summary>
    /// Numbers from −1 to 1, some of which are repeated so that windows have ties.
    /// </summary>
    public static Tensor Numbers(ulong stream, params ReadOnlySpan<int> shape)
    {
        Tensor result = Tensor.Zeros(shape);
        var random = new CounterRandom(31, stream);
        foreach (ref float number in result.Data.AsSpan())
            number = random.NextInt32(3) == 0 ? random.NextInt32(5) / 2f - 1 : random.NextSingle(-1, 1);
        return result;
    }

    /// <summary>In binary64: what LibTorch computes of small convolutions in binary32 is far off on some processors.</summary>
    public static torch.Tensor ToTorch(Tensor tensor) =>
        torch.tensor(
            Array.ConvertAll(tensor.Data, number => (double)number),
            Array.ConvertAll(tensor.Shape.ToArray(), dimension => (long)dimension));

    /// <summary>
    /// Compares a layer's output, and the input gradient of the sum of its output weighted with other numbers, to
    /// LibTorch's.
    /// </summary>
    /// <param name="input">What goes in.</param>
    /// <param name="oracle">The same layer in LibTorch.</param>
    /// <param name="terms">How many products a sum of the layer, or of its gradient, has at most; 0 where bits must match.</param>
    public static void AssertSame(Layer layer, Tensor input, Func<torch.Tensor, torch.Tensor> oracle, int terms)
    {
        Load();
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor leaf = ToTorch(input).requires_grad_();
        torch.Tensor expected = oracle(leaf);
        Tensor outputGradient = Numbers(77, Array.ConvertAll(expected.shape, dimension => (int)dimension));
        expected.backward([ToTorch(outputGradient)]);

        Tensor output = layer.Forward(input, threads: 1);
        Tensor gradient = layer.InputGradient(input, output, outputGradient, threads: 1);

        AssertSame(expected, output, terms);
        AssertSame(leaf.grad!, gradient, terms);
    }

    /// <summary>
    /// Compares the gradients of a layer's learnt numbers, of the sum of its output weighted with other numbers, to LibTorch's.
    /// </summary>
    /// <param name="input">What goes in.</param>
    /// <param name="oracle">The same layer in LibTorch, of its input and of its learnt numbers.</param>
    /// <param name="terms">How many products a sum of a gradient has at most.</param>
    public static void AssertSameGradients(
        ILearnt layer, Tensor input, Func<torch.Tensor, torch.Tensor[], torch.Tensor> oracle, int terms)
    {
        Load();
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor[] leaves =
            [.. layer.Parameters.Select(own => ToTorch(new Tensor(own.Values, [.. own.Shape])).requires_grad_(own.HasGradient))];
        torch.Tensor expected = oracle(ToTorch(input), leaves);
        Tensor outputGradient = Numbers(77, Array.ConvertAll(expected.shape, dimension => (int)dimension));
        expected.backward([ToTorch(outputGradient)]);

        IReadOnlyList<float[]> gradients = layer.Gradients(input, outputGradient, threads: 1);

        Parameter[] learnt = [.. layer.Parameters.Where(own => own.HasGradient)];
        Assert.Equal(learnt.Length, gradients.Count);
        for (int i = 0; i < learnt.Length; i++)
            AssertSame(leaves[i].grad!, new Tensor(gradients[i], [.. learnt[i].Shape]), terms);
    }

    static void AssertSame(torch.Tensor expected, Tensor actual, int terms)
    {
        // Sums of products of numbers up to 1, ours in binary32, LibTorch's in binary64. Each addition errs by at
        // most half a unit in the last place of its partial sum, 2⁻²² up to 8, which sums of these random signs rarely
        // pass; the errors of one sign or the other mostly cancel.
        double tolerance = terms * Math.ScaleB(1, -22);
        Assert.Equal(Array.ConvertAll(expected.shape, dimension => (int)dimension), actual.Shape.ToArray());
        float[] numbers = expected.detach().to(torch.float32).contiguous().data<float>().ToArray();
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!(Math.Abs(numbers[i] - actual.Data[i]) <= tolerance) && !numbers[i].Equals(actual.Data[i]))
                Assert.Fail($"Number {i} is {actual.Data[i]:G9} and not {numbers[i]:G9} ± {tolerance:G3}.");
        }
    }
}
