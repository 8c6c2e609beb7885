using CsCheck;
using Dapprox.Networks.Training;
using Xunit;

namespace Dapprox.Tests.Training;

public class CrossEntropyLossTests
{
    // −Σ t·log p, and its slope along each logit, in binary64.
    [Fact]
    public void Of_AnyLogits_IsTheFormula_AndTheGradientItsSlope() => Gen.Select(
        Gen.Float[-8, 8].Array[2, 12], Gen.Int[0, 1000], Gen.Double[0, 0.9]).Sample((logits, number, smoothing) =>
        {
            const double Step = 1e-4, Weight = 0.25;
            int label = number % logits.Length;
            float[] gradient = new float[logits.Length];

            double loss = CrossEntropyLoss.Of(logits, label, smoothing, Weight, gradient);

            Assert.Equal(Loss(0, 0), loss, 1e-9);
            for (int i = 0; i < logits.Length; i++)
                Assert.Equal(Weight * (Loss(i, Step) - Loss(i, -Step)) / (2 * Step), gradient[i], 1e-6);

            double Loss(int moved, double step)
            {
                double[] z = [.. logits.Select((logit, i) => logit + (i == moved ? step : 0))];
                double sum = z.Sum(Math.Exp);
                return -z.Select(
                    (logit, i) => (smoothing / z.Length + (i == label ? 1 - smoothing : 0)) * Math.Log(Math.Exp(logit) / sum)).Sum();
            }
        });

    // exp 1000 overflows; the loss does not.
    [Fact]
    public void Of_HugeLogits_StaysFinite()
    {
        float[] gradient = new float[3];

        Assert.Equal(2000, CrossEntropyLoss.Of([1000, -1000, 0], 1, 0, 1, gradient));
        Assert.Equal([1, -1, 0], gradient);
        Assert.Equal(double.NaN, CrossEntropyLoss.Of([float.NaN, 0, 0], 1, 0, 1, gradient));
    }
}
