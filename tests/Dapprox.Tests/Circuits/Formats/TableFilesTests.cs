using System.Globalization;
using System.Text;
using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

public sealed class TableFilesTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Tables => new(
        from extension in TableFiles.Extensions
        from description in (string[])
            ["array:1", "array:3:ama1", "array:8", "array:9:ama5", "array:2:signed", "booth:5:ama2:signed", "array:8:signed"]
        select (extension, description));

    [Theory]
    [MemberData(nameof(Tables))]
    public void WriteThenRead_HasTheSameProducts(string extension, string description)
    {
        string path = folder.File("table" + extension);
        var circuit = new IntegerCircuit(CircuitDescription.Build(description));

        TableFiles.Write(circuit, path);
        TableMultiplier read = TableFiles.Read(path, circuit.IsSigned ? true : null);

        Assert.Equal((circuit.FirstWidth, circuit.IsSigned), (read.FirstWidth, read.IsSigned));
        ulong[] a = new ulong[1 << (2 * circuit.FirstWidth)], b = new ulong[a.Length];
        UInt128[] expected = new UInt128[a.Length], got = new UInt128[a.Length];
        for (int i = 0; i < a.Length; i++)
            (a[i], b[i]) = ((ulong)i >> circuit.FirstWidth, (ulong)i & ((1UL << circuit.FirstWidth) - 1));
        circuit.Multiply(a, b, expected);
        read.Multiply(a, b, got);
        Assert.Equal(expected, got);
    }

    // What numpy.save writes of numpy.array([[0, 0], [0, 1]], '<u2'), of the same in big-endian order and by columns, and in signed bytes
    // of [[1, 0], [0, 0]], the products of −1 and 0.
    [Theory]
    [InlineData("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }", "0 0 0 0 0 0 1 0", null)]
    [InlineData("{'descr': '>u2', 'fortran_order': True, 'shape': (2, 2), }", "0 0 0 0 0 0 0 1", null)]
    [InlineData("{'descr': '<u4', 'fortran_order': False, 'shape': (2, 2), }", "0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0", null)]
    [InlineData("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 2), }", "1 0 0 0", true)]
    public void Read_AnArrayOfNumPy_IsTheExactMultiplier(string header, string numbers, bool? isSigned)
    {
        TableMultiplier table = TableFiles.Read(Array(header, numbers), isSigned);

        Assert.Equal(0, IntegerMeasurement.AllPairs(table, IntegerDistribution.Uniform).ErrorProbability.Value);
    }

    [Fact]
    public void Read_ByColumns_ChangesTheOperands()
    {
        TableMultiplier rows = TableFiles.Read(Array("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", "0 1 2 3"), null);
        TableMultiplier columns = TableFiles.Read(Array("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }", "0 1 2 3"), null);

        Assert.Equal([0, 1, 2, 3], All(rows));
        Assert.Equal([0, 2, 1, 3], All(columns));

        static UInt128[] All(TableMultiplier table)
        {
            var products = new UInt128[4];
            table.Multiply([0, 0, 1, 1], [0, 1, 0, 1], products);
            return products;
        }
    }

    [Theory]
    [InlineData("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }", "0 0 0 0 0 0 0 0", null, "of type <f2; integers are read")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }", "0 0 0 0 0 0 1 0", null, "say --signed if")]
    [InlineData("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }", "0 0 0 0 0 0 1 0", true, "--signed is given")]
    [InlineData("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 2), }", "255 0 0 0", false, "the product -1; unsigned ones")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 3), }", "0 0 0 0 0 0 0 0 0", null, "9 products")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4), }", "0 0 0 0 0 0 0 0", null, "shape 2×4; a table")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", "0 0 0 0", null, "shape 4; a table")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", "0 0 0", null, "3 bytes")]
    public void Read_AnotherArray_IsRefused(string header, string numbers, bool? isSigned, string reason) => Assert.Contains(
        reason, Assert.Throws<InputException>(() => TableFiles.Read(Array(header, numbers), isSigned)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("t.csv", "0,0\n0,-1\n", null, "negative products; say --signed")]
    [InlineData("t.csv", "0,0\n0,1.5\n", null, "'1.5' among its numbers")]
    [InlineData("t.txt", "0 0 0\n", null, "3 products")]
    [InlineData("t.txt", "", null, "0 products")]
    [InlineData("t.bin", "abc", null, "0 products")]
    [InlineData("t.npy", "abc", null, "does not begin as NumPy arrays do")]
    [InlineData("t.csv", "0,0\n0,99999999999\n", null, "the product 99999999999")]
    public void Read_AnotherFile_IsRefused(string name, string text, bool? isSigned, string reason)
    {
        string path = folder.File(name);
        File.WriteAllText(path, text);

        Assert.Contains(
            reason, Assert.Throws<InputException>(() => TableFiles.Read(path, isSigned)).Message, StringComparison.Ordinal);
    }

    // The table of a circuit is the circuit.
    [Theory]
    [InlineData("array:8:ama5")]
    [InlineData("array:4:ama1:columns=5")]
    [InlineData("dadda:11:ama2:columns=9")]
    public void FindMultiplier_OfATable_IsThatOfTheCircuit(string description)
    {
        string path = folder.File("table.npy");
        TableFiles.Write(new IntegerCircuit(CircuitDescription.Build(description)), path);
        FloatMultiplier circuit = CircuitFiles.FindMultiplier(description), table = CircuitFiles.FindMultiplier(path);

        Gen.Select(Gen.Single, Gen.Single).Sample((a, b) => Assert.Equal(
            BitConverter.SingleToUInt32Bits(circuit.Multiply(a, b)), BitConverter.SingleToUInt32Bits(table.Multiply(a, b))), iter: 5000);
    }

    [Fact]
    public void FindMultiplier_OfASignedTable_IsRefused()
    {
        string path = folder.File("table.npy");
        TableFiles.Write(new IntegerCircuit(CircuitDescription.Build("array:4:signed")), path);

        Assert.Throws<InputException>(() => CircuitFiles.FindMultiplier(path));
    }

    [Fact]
    public void Write_WhatIsTooWide_IsRefused()
    {
        string path = folder.File("t.npy");

        Assert.Contains(
            "at most 12 bits",
            Assert.Throws<InputException>(() => TableFiles.Write(new IntegerCircuit(CircuitDescription.Build("array:13")), path)).Message,
            StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    // Whatever bytes change, a file is read or refused in one line.
    [Fact]
    public void Read_DamagedArrays_NeverFailsOtherwise()
    {
        string path = folder.File("damaged.npy");
        byte[] whole = File.ReadAllBytes(Array("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }", "0 0 0 0 0 0 1 0"));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample((at, value, length) =>
        {
            byte[] damaged = [.. whole];
            damaged[at] = value;
            File.WriteAllBytes(path, damaged[..length]);
            try
            {
                TableFiles.Read(path, null);
            }
            catch (InputException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 500, threads: 1);
    }

    /// <summary>The published figures of EvoApproxLib, each rounded as printed there.</summary>
    [Fact]
    public void Metrics_OfEvoApproxLibsTables_AreThePublishedOnes()
    {
        string reference = Path.Combine(DataFolder.Reference, "evoapprox8");
        string[][] rows = [.. File.ReadLines(Path.Combine(reference, "published.csv")).Select(line => line.Split(','))];
        Assert.Equal(["name", "signed", "mae", "wce", "mre_percent", "ep_percent", "mse"], rows[0][..7]);
        Assert.Equal(26, rows.Length - 1);
        Assert.All(rows[1..], row =>
        {
            TableMultiplier table = TableFiles.Read(Path.Combine(reference, row[0] + ".npy"), row[1] == "1" ? true : null);

            IntegerMetrics metrics = IntegerMeasurement.AllPairs(table, IntegerDistribution.Uniform);

            AssertRounds(row[2], metrics.MeanAbsoluteError.Value);
            AssertRounds(row[3], metrics.WorstAbsolute.Error);
            AssertRounds(row[4], 100 * metrics.MeanRelativeError.Value);
            AssertRounds(row[5], 100 * metrics.ErrorProbability.Value);
            AssertRounds(row[6], metrics.MeanSquaredError.Value);
            Assert.Equal(row[1] == "1" ? Reading.SignedProduct : Reading.UnsignedProduct, NearestReading.Of(table));
        });

        static void AssertRounds(string published, double value)
        {
            string[] parts = published.ToLowerInvariant().Split('e');
            int digits = parts[0].Contains('.') ? parts[0].Length - parts[0].IndexOf('.') - 1 : 0;
            double unit = Math.Pow(10, (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - digits);
            Assert.Equal(double.Parse(published, CultureInfo.InvariantCulture), value, 0.500001 * unit);
        }
    }

    string Array(string header, string numbers)
    {
        string path = folder.File("array.npy");
        byte[] text = Encoding.ASCII.GetBytes(header.PadRight(117) + "\n");
        File.WriteAllBytes(path,
        [
            0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text,
            .. numbers.Split(' ').Select(number => byte.Parse(number, CultureInfo.InvariantCulture)),
        ]);
        return path;
    }
}
