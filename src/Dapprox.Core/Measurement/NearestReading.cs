using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Measurement;

/// <summary>What two numbers and a result can be meant as.</summary>
public enum Reading
{
    /// <summary>A product of unsigned numbers.</summary>
    UnsignedProduct,

    /// <summary>A product of numbers in two's complement.</summary>
    SignedProduct,

    /// <summary>A sum of unsigned numbers.</summary>
    Sum,
}

/// <summary>
/// Tells what a multiplier of unknown origin computes, so that a signed one or an adder is not taken for an unsigned multiplier.
/// </summary>
public static class NearestReading
{
    const int Samples = 4096;

    // Rough multipliers are about as far from one reading as from another.
    const double Nearer = 0.5;

    /// <summary>
    /// The reading that the results are nearest to, by the mean error over the mean size of what that reading expects, for random operands;
    /// that of <see cref="IntegerMultiplier.IsSigned"/> unless another is less than half as far.
    /// </summary>
    /// <param name="multiplier">What computes the results.</param>
    public static Reading Of(IntegerMultiplier multiplier)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        var random = new CounterRandom(seed: 1);
        ulong[] a = new ulong[Samples], b = new ulong[Samples];
        var results = new UInt128[Samples];
        for (int i = 0; i < Samples; i++)
            (a[i], b[i]) = (random.NextUInt64() >> (64 - multiplier.FirstWidth), random.NextUInt64() >> (64 - multiplier.SecondWidth));
        multiplier.Multiply(a, b, results);
        Reading taken = multiplier.IsSigned ? Reading.SignedProduct : Reading.UnsignedProduct;
        double own = Distance(taken);
        return Enum.GetValues<Reading>().Where(reading => reading != taken && Distance(reading) < Nearer * own)
            .Append(taken).MinBy(Distance);

        double Distance(Reading reading)
        {
            double error = 0, size = 0;
            for (int i = 0; i < Samples; i++)
            {
                double expected = reading switch
                {
                    Reading.UnsignedProduct => (double)a[i] * b[i],
                    Reading.SignedProduct =>
                        (double)IntegerMultiplier.Signed(a[i], multiplier.FirstWidth)
                            * (double)IntegerMultiplier.Signed(b[i], multiplier.SecondWidth),
                    _ => (double)a[i] + b[i],
                };
                double result = reading == Reading.SignedProduct
                    ? (double)IntegerMultiplier.Signed(results[i], multiplier.ProductWidth)
                    : (double)results[i];
                error += Math.Abs(result - expected);
                size += Math.Abs(expected);
            }

            return error / size;
        }
    }
}
