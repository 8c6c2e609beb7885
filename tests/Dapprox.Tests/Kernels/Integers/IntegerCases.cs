using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Kernels.Integers;
using Xunit;

namespace Dapprox.Tests.Kernels.Integers;

/// <summary>Multipliers of integers for every path, and formats for them.</summary>
static class IntegerCases
{
    /// <summary>
    /// Exact ones; tables of random numbers of 16 bits, signed and unsigned, and of more bits than fit the registers' rows; a circuit; one
    /// that is not 0 for a zero; narrow ones; sums of one, a few and many ordinary products; accumulators that wrap,
    /// saturate or add approximately.
    /// </summary>
    public static IReadOnlyList<IntegerMultiplier> Multipliers { get; } =
    [
        ExactIntegerMultiplier.Int8,
        new ExactIntegerMultiplier(8, isSigned: false),
        new ExactIntegerMultiplier(5, isSigned: true),
        Random("random-unsigned", 8, isSigned: false, 0, 65_536),
        Random("random-signed", 8, isSigned: true, -32_768, 32_768),
        Random("random-wide", 8, isSigned: true, -1_000_000, 1_000_000),
        Random("random-4", 4, isSigned: false, 0, 256),
        new TableMultiplier("one", 8, isSigned: false, (_, _) => 1),
        new TableMultiplier("largest", 8, isSigned: false, (_, _) => 65_535),
        new IntegerCircuit(CircuitDescription.Build("array:8:ama5:columns=6")),
        IntegerMultipliers.Find("drum:8:k=4"),
        IntegerMultipliers.Find("roba:8:sign-magnitude"),
        new IntegerCircuit(CircuitDescription.Build("array:8:vertical=5")),
        (IntegerMultiplier)CircuitFiles.Find("exact-int8@int17", areIntegers: true, isSigned: null),
        Random("random-signed-17", 8, isSigned: true, -32_768, 32_768).With(new IntegerAccumulator(17)),
        ExactIntegerMultiplier.Int8.With(new IntegerAccumulator(18, saturates: true)),
        new ExactIntegerMultiplier(8, isSigned: false).With(CircuitFiles.FindAccumulator("loa:7")),
        Random("random-signed-loa", 8, isSigned: true, -32_768, 32_768).With(CircuitFiles.FindAccumulator("int20:saturate:loa:5")),
    ];

    public static IntegerMultiplier Multiplier(string name) => Multipliers.Single(multiplier => multiplier.Name == name);

    /// <summary>Formats that a multiplier takes, with zero points at the ends, in the middle and anywhere.</summary>
    /// <param name="multiplier">The multiplier; formats have no more bits than its first operand.</param>
    /// <param name="channels">The number of output channels.</param>
    public static Gen<Quantisation> Formats(IntegerMultiplier multiplier, int channels) =>
        from bits in Gen.Int[4, Math.Min(8, multiplier.FirstWidth)]
        from weightBits in Gen.Int[4, Math.Min(8, multiplier.FirstWidth)]
        from isSigned in Gen.Bool
        from hasSignedWeights in Gen.Bool
        from scale in Gen.Float[0.001f, 0.1f]
        from zero in Gen.OneOf(Gen.Const(0.0), Gen.Const(0.5), Gen.Const(1.0), Gen.Double[0, 1])
        from isPerChannel in Gen.Bool
        from scales in Gen.Float[0.001f, 0.1f].Array[channels]
        from zeros in Gen.OneOf(Gen.Const(0.5), Gen.Double[0, 1]).Array[channels]
        from signs in Gen.Enum<SignHandling>()
        let format = new IntegerFormat(bits, isSigned)
        let weightFormat = new IntegerFormat(weightBits, hasSignedWeights)
        select new Quantisation(
            new AffineQuantisation(scale, At(format, zero), format),
            [
                .. scales.Zip(zeros, (one, at) => new AffineQuantisation(one, At(weightFormat, at), weightFormat))
                    .Take(isPerChannel ? channels : 1),
            ],
            signs);

    static int At(IntegerFormat format, double place) => format.Low + (int)Math.Round(place * (format.Count - 1));

    /// <summary>Multiplier and path, for all paths that this processor can run and that cover the products of some formats.</summary>
    public static TheoryData<string, string> Paths()
    {
        var data = new TheoryData<string, string>();
        foreach (IntegerMultiplier multiplier in Multipliers)
        {
            foreach (IntegerPath path in IntegerPaths.All.Where(path => path.IsSupported))
                data.Add(multiplier.Name, path.Name);
        }

        return data;
    }

    /// <summary>Whether a path covers the products of a multiplier for some formats.</summary>
    public static bool Covers(string path, IntegerMultiplier multiplier, Quantisation formats) =>
        IntegerPaths.All.Single(one => one.Name == path).Covers(
            IntegerProducts.Of(multiplier, formats));

    static TableMultiplier Random(string name, int bits, bool isSigned, int least, int end)
    {
        var random = new Random(1);
        return new TableMultiplier(name, bits, isSigned, (_, _) => random.Next(least, end));
    }
}
