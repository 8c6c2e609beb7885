// README.md shows the lines between the markers, one part after the other; ReadmeTests compares them.
// example
using Dapprox.Arithmetic;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
// end

namespace Dapprox.Tests.Documents;

static class ReadmeExample
{
    public static void Run()
    {
        // example
        Network exact = TrainedModels.Load("lenet5-digits");
        Dataset digits = Datasets.Load("digits", Split.Test).First(100);

        Console.WriteLine(Evaluation.Of(exact, digits).Accuracy);
        Console.WriteLine(Evaluation.Of(exact.With(AxFpm.Released), digits).Accuracy);
        Console.WriteLine(Evaluation.Of(exact.With(new Mitchell()), digits).Accuracy);
        // end
    }

    /// <summary>Takes the place of the console for the example.</summary>
    public static class Console
    {
        public static List<double> Lines { get; } = [];

        public static void WriteLine(double value) => Lines.Add(value);
    }
}

// example
sealed class Mitchell() : FloatMultiplier("mitchell", "adds logarithms, log2(1 + x) taken as x", "Mitchell 1962")
{
    public override float Multiply(float activation, float weight)
    {
        // Read as an integer, a positive float is its own logarithm: add two of them and take away one bias.
        const uint Bias = 0x3F80_0000;
        uint sum = BitConverter.SingleToUInt32Bits(MathF.Abs(activation)) + BitConverter.SingleToUInt32Bits(MathF.Abs(weight));
        float product = sum < Bias ? 0 : BitConverter.UInt32BitsToSingle(sum - Bias);
        return activation < 0 == weight < 0 ? product : -product;
    }
}
// end
