using System.Collections.Concurrent;
using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Circuits;

/// <summary>Accumulators of integers: their definition against that of the papers, and their circuits against the definition.</summary>
public sealed class AccumulatorTests : IDisposable
{
    static readonly string[] Kinds = ["loa", "eta", "ama1", "ama3", "fa"];

    static readonly ConcurrentDictionary<string, AdderCircuit> Adders = new();

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("int32", 32, true, false)]
    [InlineData("INT16", 16, true, false)]
    [InlineData("uint31", 31, false, false)]
    [InlineData("int20:saturate", 20, true, true)]
    [InlineData("int24:loa:8", 24, true, false)]
    [InlineData("uint16:saturate:eta:3", 16, false, true)]
    [InlineData("int32:ama1:12", 32, true, false)]
    public void Name_IsThatOfWhatItDescribes(string name, int bits, bool isSigned, bool saturates)
    {
        IntegerAccumulator accumulator = CircuitFiles.FindAccumulator(name);

        Assert.Equal((bits, isSigned, saturates), (accumulator.Bits, accumulator.IsSigned, accumulator.Saturates));
        Assert.Equal(name.ToLowerInvariant(), $"{accumulator}");
    }

    [Fact]
    public void Adder_WithoutAFormat_HasThatOfExactSums() => Assert.Equal("int32:eta:6", $"{CircuitFiles.FindAccumulator("eta:6")}");

    [Theory]
    [InlineData("sat16", "the accumulator 'sat16' is not of the form int16, uint16, int16:saturate, loa:BITS")]
    [InlineData("", "is not of the form")]
    [InlineData("int16:", "is not of the form")]
    [InlineData("int16:wrap", "is not of the form")]
    [InlineData("int7", "an accumulator of 7 bits: signed sums have 8 to 32")]
    [InlineData("int33", "signed sums have 8 to 32")]
    [InlineData("uint32", "unsigned sums have 8 to 31")]
    [InlineData("loa:0", "with 1 to 12 bits")]
    [InlineData("loa:13", "with 1 to 12 bits")]
    [InlineData("loa:x", "with 1 to 12 bits")]
    [InlineData("int8:loa:9", "the adder loa:9 has 9 bits, and the accumulator 8")]
    [InlineData("int16:none.v", "none.v")]
    public void Accumulator_ThatIsNone_IsRefused(string given, string reason) => Assert.Contains(
        reason, Assert.Throws<InputException>(() => CircuitFiles.FindAccumulator(given)).Message, StringComparison.Ordinal);

    [Fact]
    public void Products_BeyondTheRange_AreRefused() => Assert.Equal(
        "exact-int8@int12 gives the product 16384; its accumulator holds -2048 to 2047",
        Assert.Throws<InputException>(() => IntegerProducts.Of(
            (IntegerMultiplier)CircuitFiles.Find("exact-int8@int12", areIntegers: true, isSigned: null), IntegerFormat.Int8,
            IntegerFormat.Int8)).Message);

    // Mahdiani et al. 2010: OR below, the AND of the highest bits as carry. Zhu et al. 2010: from the highest bit down XORs, and ones from
    // the first pair of ones on.
    [Fact]
    public void LowerAdders_AreThoseOfTheirPapers() => (from bits in Gen.Int[1, 12]
                                                        from sum in Gen.Int[0, 4095]
                                                        from product in Gen.Int[0, 4095]
                                                        select (bits, sum & (1 << bits) - 1, product & (1 << bits) - 1)).Sample(
        (bits, sum, product) =>
        {
            int top = 1 << bits - 1;
            int carry = (sum & product & top) != 0 ? 1 : 0;
            Assert.Equal((sum | product) + (carry << bits), Built($"loa:{bits}")[sum, product]);

            string expected = "", a = Binary(sum), b = Binary(product);
            for (int i = 0; i < bits; i++)
            {
                if (a[i] == '1' && b[i] == '1')
                {
                    expected += new string('1', bits - i);
                    break;
                }

                expected += a[i] == b[i] ? '0' : '1';
            }

            Assert.Equal(Convert.ToInt32(expected, 2), Built($"eta:{bits}")[sum, product]);
            Assert.Equal(sum + product, Built($"fa:{bits}")[sum, product]);
            // Two buffers: the sum stays, and the product's highest bit is carried.
            Assert.Equal(sum + ((product & top) << 1), Built($"ama5:{bits}")[sum, product]);

            string Binary(int number) => Convert.ToString(number, 2).PadLeft(bits, '0');
        },
        iter: 300);

    [Fact]
    public void Sums_AreThoseOfIntegers_ThatWrapOrSaturate() => (from accumulator in Accumulators(Gen.Const(""))
                                                                 from terms in Gen.Int.Array[0, 40]
                                                                 select (accumulator, terms)).Sample(
        (accumulator, terms) =>
        {
            long low = accumulator.IsSigned ? -(1L << accumulator.Bits - 1) : 0, count = 1L << accumulator.Bits;
            int sum = 0;
            long expected = 0;
            foreach (int term in terms)
            {
                int product = accumulator.Wrap(term);
                sum = accumulator.Add(sum, product);
                expected += product;
                expected = accumulator.Saturates
                    ? Math.Clamp(expected, low, low + count - 1)
                    : low + ((expected - low) % count + count) % count;
                Assert.Equal(expected, sum);
            }
        },
        iter: 2_000);

    [Fact]
    public void Circuit_OfAnAccumulator_EqualsTheDefinition()
    {
        var lower = from kind in Gen.Int[0, 4].Select(i => Kinds[i]) from bits in Gen.Int[1, 8] select $"{kind}:{bits}";
        (from accumulator in Accumulators(Gen.OneOf(Gen.Const(""), lower))
         from pairs in Gen.Select(Gen.Int, Gen.Int).Array[20]
         select (accumulator, pairs)).Sample(
            (accumulator, pairs) =>
            {
                Netlist circuit = AdderCircuit.Whole(accumulator);
                ulong mask = ulong.MaxValue >> (64 - accumulator.Bits);
                foreach ((int first, int second) in pairs)
                {
                    int sum = accumulator.Wrap(first), product = accumulator.Wrap(second);
                    ulong total = (ulong)circuit.Evaluate((ulong)sum & mask, (ulong)product & mask)[0];
                    Assert.Equal((ulong)accumulator.Add(sum, product) & mask, total);
                }
            },
            iter: 100);
    }

    [Fact]
    public void Adder_OfAFile_IsThatOfItsCircuit()
    {
        string file = folder.File("adder.v");
        File.WriteAllText(file, "module lower(input [3:0] s, input [3:0] p, output [3:0] t);\n  assign t = s | p;\nendmodule\n");

        IntegerAccumulator accumulator = CircuitFiles.FindAccumulator($"int16:{file}");

        Assert.Equal($"int16:{file}", $"{accumulator}");
        Assert.Equal(16 + (5 | 6), accumulator.Add(5, 16 + 6));
        File.WriteAllText(file, "module m(input [3:0] s, input [2:0] p, output [3:0] t);\n  assign t = s;\nendmodule\n");
        Assert.Contains(
            "an adder has two inputs of one width",
            Assert.Throws<InputException>(() => CircuitFiles.FindAccumulator(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithFiles_MovesTheFilesOfCircuitAndAdder()
    {
        Assert.Equal("x/a.v@int24:x/b.v", CircuitFiles.WithFiles("a.v@int24:b.v", file => "x/" + file));
        Assert.Equal("exact-int8@loa:8", CircuitFiles.WithFiles("exact-int8@loa:8", file => "x/" + file));
        Assert.Equal("drum:8:k=4", CircuitFiles.WithFiles("drum:8:k=4", file => "x/" + file));
    }

    /// <summary>Each adder is tabulated once: of 12 bits that takes a while.</summary>
    static AdderCircuit Built(string name) => Adders.GetOrAdd(name, AdderCircuit.Build);

    static Gen<IntegerAccumulator> Accumulators(Gen<string> lower) =>
        from bits in Gen.Int[8, 31]
        from isSigned in Gen.Bool
        from saturates in Gen.Bool
        from adder in lower
        select new IntegerAccumulator(bits, isSigned, saturates, adder.Length == 0 ? null : AdderCircuit.Build(adder));
}
