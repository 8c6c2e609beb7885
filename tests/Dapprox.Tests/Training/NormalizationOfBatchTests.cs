using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using Dapprox.Tests.Layers;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Training;

public class NormalizationOfBatchTests
{
    // Of numbers of some size 1: a division by a deviation, and sums of a few hundred numbers.
    const float Tolerance = 1e-5f;

    // A batch in parts of two images and a rest.
    [Theory]
    [InlineData(5, 3, 4, 6)]
    [InlineData(9, 7)]
    public void OutputGradientsAndStatistics_AreLibTorchs(params int[] shape)
    {
        Torch.Load();
        BatchNormalization layer = Layer(shape[1]);
        Tensor images = Torch.Numbers(5, shape), back = Torch.Numbers(6, shape);
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor[] learnt = [
            .. layer.Parameters.Select(own => Torch.ToTorch(new Tensor((float[])own.Values.Clone(), own.Values.Length)))];
        torch.Tensor input = Torch.ToTorch(images).requires_grad_();
        torch.Tensor output = torch.nn.functional.batch_norm(
            input, learnt[2], learnt[3], learnt[0].requires_grad_(), learnt[1].requires_grad_(), training: true, momentum: 0.1, eps: 1e-5);
        output.backward([Torch.ToTorch(back)]);

        (float[] ours, float[] inputGradient, float[][] gradients) = Run(layer, images, back);

        AssertClose(output, ours);
        AssertClose(input.grad!, inputGradient);
        AssertClose(learnt[0].grad!, gradients[0]);
        AssertClose(learnt[1].grad!, gradients[1]);
        AssertClose(learnt[2], layer.Parameters[2].Values);
        AssertClose(learnt[3], layer.Parameters[3].Values);
    }

    // Without LibTorch: the slopes of Σ g · y in binary64.
    [Fact]
    public void Gradients_AreTheSlopesOfTheFormula()
    {
        const double Step = 1e-5;
        int[] shape = [4, 2, 3];
        BatchNormalization layer = Layer(2);
        Tensor images = Torch.Numbers(7, shape), back = Torch.Numbers(8, shape);
        double[] gamma = [.. layer.Parameters[0].Values], beta = [.. layer.Parameters[1].Values];

        (_, float[] inputGradient, float[][] gradients) = Run(layer, images, back);

        for (int i = 0; i < images.Data.Length; i++)
            Assert.Equal((Loss(i, Step, gamma, beta) - Loss(i, -Step, gamma, beta)) / (2 * Step), inputGradient[i], Tolerance);
        for (int channel = 0; channel < 2; channel++)
        {
            Assert.Equal(
                Loss(0, 0, Moved(gamma, channel), beta) - Loss(0, 0, gamma, beta), gradients[0][channel], Tolerance);
            Assert.Equal(
                Loss(0, 0, gamma, Moved(beta, channel)) - Loss(0, 0, gamma, beta), gradients[1][channel], Tolerance);
        }

        // Linear in γ and β, so a step of any length gives the slope.
        static double[] Moved(double[] numbers, int which) => [.. numbers.Select((number, i) => number + (i == which ? 1 : 0))];

        double Loss(int moved, double step, double[] gamma, double[] beta)
        {
            double[] x = [.. images.Data.Select((number, i) => number + (i == moved ? step : 0))];
            double loss = 0;
            for (int channel = 0; channel < 2; channel++)
            {
                int[] own = [.. Enumerable.Range(0, x.Length).Where(i => i / 3 % 2 == channel)];
                double mean = own.Average(i => x[i]), variance = own.Average(i => (x[i] - mean) * (x[i] - mean));
                loss += own.Sum(i => back.Data[i] * ((x[i] - mean) / Math.Sqrt(variance + layer.Epsilon) * gamma[channel] + beta[channel]));
            }

            return loss;
        }
    }

    // A channel that never changes: its variance is 0, and ε keeps what is divided finite.
    [Fact]
    public void OfEqualNumbers_IsTheOffset()
    {
        BatchNormalization layer = Layer(1);
        var images = new Tensor([.. Enumerable.Repeat(0.1f, 6)], 3, 1, 2);

        (float[] output, float[] inputGradient, _) = Run(layer, images, Torch.Numbers(8, 3, 1, 2));

        Assert.All(output, number => Assert.Equal(layer.Parameters[1].Values[0], number, 1e-4f));
        Assert.All(inputGradient, number => Assert.True(float.IsFinite(number)));
    }

    static BatchNormalization Layer(int channels) => new(
        "n", [.. Torch.Numbers(1, channels).Data.Select(number => 1 + number / 2)], Torch.Numbers(2, channels).Data,
        Torch.Numbers(3, channels).Data, [.. Torch.Numbers(4, channels).Data.Select(number => 2 + number)], 1e-5f);

    /// <summary>The batch in parts of two images.</summary>
    static (float[] Output, float[] InputGradient, float[][] Gradients) Run(BatchNormalization layer, Tensor images, Tensor back)
    {
        var training = new NormalizationOfBatch(layer);
        Tensor[] inputs = Parts(images), backs = Parts(back);
        training.Measure(inputs, threads: 2);
        Tensor[] outputs = [.. inputs.Select(part => training.Forward(part, threads: 1))];
        training.MeasureGradient(inputs, backs, threads: 2);
        Tensor[] gradients =
            [.. inputs.Select((part, i) => training.InputGradient(part, outputs[i], backs[i], threads: 1))];
        training.UpdateStatistics(layer.Parameters[2].Values, layer.Parameters[3].Values, weight: 0.1);
        return ([.. outputs.SelectMany(part => part.Data)], [.. gradients.SelectMany(part => part.Data)], training.Gradients());

        static Tensor[] Parts(Tensor all) =>
            [.. Enumerable.Range(0, (all.Batch + 1) / 2).Select(part => all.Rows(2 * part, Math.Min(2, all.Batch - 2 * part)))];
    }

    static void AssertClose(torch.Tensor expected, float[] actual)
    {
        double[] numbers = expected.detach().contiguous().data<double>().ToArray();
        Assert.Equal(numbers.Length, actual.Length);
        Assert.All(numbers.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, Math.Abs(pair.First))));
    }
}
