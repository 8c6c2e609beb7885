using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Kernels.Integers;

public class ProductDerivativesTests
{
    // Means of up to 81 integers in binary64, against sums of integers that are divided once.
    const double Rounding = 1e-3;

    [Theory]
    [InlineData(false, SignHandling.SignMagnitude, 16, false)]
    [InlineData(false, SignHandling.Offset, 4, true)]
    [InlineData(true, SignHandling.SignMagnitude, 1, true)]
    [InlineData(true, SignHandling.SignMagnitude, 126, false)]
    public void OfExactProducts_AreTheOtherOperands(bool isSigned, SignHandling signs, int halfWidth, bool overBoth)
    {
        IntegerProducts products = IntegerProducts.Of(
            new ExactIntegerMultiplier(8, isSigned), new IntegerFormat(8, isSigned), IntegerFormat.Int8, signs);

        var derivatives = ProductDerivatives.Of(products, halfWidth, overBoth);

        for (int weight = 0; weight < 256; weight++)
        {
            for (int activation = 0; activation < 256; activation++)
            {
                Assert.Equal(weight - 128, derivatives.InActivation[weight * 256 + activation]);
                Assert.Equal(activation + products.Activations.Low, derivatives.InWeight[weight * 256 + activation]);
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(3, true)]
    public void AreDifferencesOfSmoothedProducts_AndChordsAtTheEnds(int halfWidth, bool overBoth)
    {
        const int Count = 64;
        var multiplier = new TableMultiplier("t", 6, isSigned: false, (a, b) => a * b ^ 5 * (a & b));
        IntegerProducts products = IntegerProducts.Of(multiplier, new IntegerFormat(6, false), new IntegerFormat(6, false));

        var derivatives = ProductDerivatives.Of(products, halfWidth, overBoth);

        for (int a = 0; a < Count; a++)
        {
            for (int w = 0; w < Count; w++)
            {
                Assert.Equal(Expected(a, w, (own, other) => products[own, other]), derivatives.InActivation[w * Count + a], Rounding);
                Assert.Equal(Expected(w, a, (own, other) => products[other, own]), derivatives.InWeight[w * Count + a], Rounding);
            }
        }

        double Expected(int own, int other, Func<int, int, double> product)
        {
            int reach = overBoth ? Math.Min(halfWidth, Math.Min(other, Count - 1 - other)) : 0;
            double At(int operand) => Enumerable.Range(other - reach, 2 * reach + 1).Average(near => product(operand, near));
            double Smooth(int centre) => Enumerable.Range(centre - halfWidth, 2 * halfWidth + 1).Average(At);
            return own - 1 - halfWidth < 0 || own + 1 + halfWidth >= Count
                ? (At(Count - 1) - At(0)) / (Count - 1)
                : (Smooth(own + 1) - Smooth(own - 1)) / 2;
        }
    }

    [Theory]
    [InlineData(8, 127, "1 to 126")]
    [InlineData(8, 0, "1 to 126")]
    [InlineData(4, 16, "half width 16 does not fit into numbers of 4 bits; give a half width of 1 to 6")]
    [InlineData(2, 1, "give another gradient")]
    public void AWindowThatDoesNotFit_IsRefused(int bits, int halfWidth, string message)
    {
        IntegerProducts products = IntegerProducts.Of(
            ExactIntegerMultiplier.Int8, new IntegerFormat(bits, true), new IntegerFormat(bits, true));

        Assert.Contains(
            message, Assert.Throws<InputException>(() => ProductDerivatives.Of(products, halfWidth, overBoth: false)).Message,
            StringComparison.Ordinal);
    }
}
