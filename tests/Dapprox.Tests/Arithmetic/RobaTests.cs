using Dapprox.Arithmetic;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class RobaTests
{
    /// <summary>a·b − (A − a)(B − b), which is how the paper derives it; A and B are searched among all powers of two.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Multiply_MissesTheProductOfWhatRoundingAdds(int bits)
    {
        IntegerProducts.AssertAll(new RobaMultiplier(bits), (a, b) => a * b - (Nearest(a) - a) * (Nearest(b) - b));

        // Of two that are equally near the larger, except for 3.
        static long Nearest(long operand)
        {
            IEnumerable<long> powers = Enumerable.Range(0, 20).Select(bit => 1L << bit);
            IEnumerable<long> ordered = operand == 3 ? powers : powers.Reverse();
            return operand == 0 ? 0 : ordered.MinBy(power => Math.Abs(power - operand));
        }
    }
}
