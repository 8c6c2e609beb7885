using System.Security.Cryptography;
using Dapprox.Networks.Data;
using Xunit;

namespace Dapprox.Tests.Data;

public class DigitsTests
{
    [Fact]
    public void Sheet_Decoded_HasThePixelsOfThePng()
    {
        byte[] sheet = DigitSheet.Decode();

        // From a decoder of another make: zlib and the five row filters of the PNG specification, in Python.
        Assert.Equal("f331411c6b9042ee1588ce7897122ce97b987dbfcde229ea12a26a4ad6e25cd7", Convert.ToHexStringLower(SHA256.HashData(sheet)));
    }

    [Theory]
    [InlineData(Split.Test, 100)]
    [InlineData(Split.Train, 400)]
    public void Load_EachSplit_HasAllClassesEquallyOften(Split split, int perClass)
    {
        Dataset data = Datasets.Load("digits", split);

        Assert.Equal((10 * perClass, 1, 28, 28), (data.Count, data.Channels, data.Height, data.Width));
        Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(perClass, data.Labels.Count(label => label == digit)));
        Assert.True(data.Canonical);
        // The first hundred are mixed: about ten of each.
        Assert.All(Enumerable.Range(0, 10), digit => Assert.InRange(data.First(100).Labels.Count(label => label == digit), 2, 22));
    }

    [Fact]
    public void Splits_TogetherAreTheSheet_WithoutCommonDigit()
    {
        int[] all = [.. DigitSheet.Order(Split.Test), .. DigitSheet.Order(Split.Train)];

        Assert.Equal(Enumerable.Range(0, 5000), all.Order());
    }

    [Fact]
    public void Splits_NeverChange()
    {
        string test = Convert.ToHexStringLower(SHA256.HashData(Datasets.Load("digits", Split.Test).Pixels.Span));
        string train = Convert.ToHexStringLower(SHA256.HashData(Datasets.Load("digits", Split.Train).Pixels.Span));

        // Results are quoted on these images: new checksums mean another data set, which needs another name.
        Assert.Equal("c4d29ab9dc107b5e8ba34b93b1ddd1bdf24eee4875e107b39ca249bf1e25fb56", test);
        Assert.Equal("7366c3ea426aebaba21576d908bc4a77bbd1e79ee6a5f0e2b17a1976fa76b692", train);
    }

    [Fact]
    public void EachDigit_IsItsCellOfTheSheet_Moved()
    {
        byte[] sheet = DigitSheet.Decode();
        Dataset data = Datasets.Load("digits", Split.Test);
        int[] order = DigitSheet.Order(Split.Test);

        for (int i = 0; i < data.Count; i++)
        {
            int cell = order[i] / 100 * 20 * 2000 + order[i] % 100 * 20;
            List<byte> ink = [.. Enumerable.Range(0, 400).Select(k => sheet[cell + k / 20 * 2000 + k % 20]).SkipWhile(grey => grey == 0)];
            List<byte> placed = [.. data.Pixels.Slice(i * 784, 784).ToArray().SkipWhile(grey => grey == 0)];
            Assert.Equal(ink.Where(grey => grey > 0), placed.Where(grey => grey > 0));
            Assert.Equal(order[i] / 500, data.Labels[i]);
        }
    }

    [Fact]
    public void EachDigit_HasItsCentreOfMass_WhereMnistHasIt()
    {
        Dataset data = Datasets.Load("digits", Split.Train);

        for (int i = 0; i < data.Count; i++)
            AssertCentred(data, i);
    }

    [Fact]
    public void Mnist_HasItsCentresOfMass_WhereWePutThem()
    {
        Dataset data = Datasets.Load("mnist", Split.Test, DataFolder.With("mnist"));

        for (int i = 0; i < data.Count; i++)
            AssertCentred(data, i);
    }

    [Fact]
    public void Load_Twice_GivesIndependentPixels()
    {
        Dataset first = Datasets.Load("digits", Split.Test);
        byte[] before = first.Pixels.ToArray();

        first.Labels[0] ^= 1;

        Assert.NotEqual(first.Labels[0], Datasets.Load("digits", Split.Test).Labels[0]);
        Assert.Equal(before, Datasets.Load("digits", Split.Test).Pixels.ToArray());
    }

    static void AssertCentred(Dataset data, int image)
    {
        ReadOnlySpan<byte> pixels = data.Pixels.Span.Slice(image * 784, 784);
        double mass = 0, down = 0, right = 0;
        for (int k = 0; k < 784; k++)
        {
            mass += pixels[k];
            down += k / 28 * pixels[k];
            right += k % 28 * pixels[k];
        }

        Assert.InRange(down / mass, 13.5, 14.5);
        Assert.InRange(right / mass, 13.5, 14.5);
    }
}
