using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Xunit;

namespace Dapprox.Tests;

public class FingerprintTests
{
    [Fact]
    public void Of_Data_CountsEveryPixelAndLabelAndNothingElse()
    {
        string fingerprint = Fingerprint.Of(Data("one", [1, 2, 3, 4], [0, 1]));

        Assert.Matches("^[0-9a-f]{16}$", fingerprint);
        Assert.Equal(fingerprint, Fingerprint.Of(Data("two", [1, 2, 3, 4], [0, 1])));
        Assert.NotEqual(fingerprint, Fingerprint.Of(Data("one", [1, 2, 3, 5], [0, 1])));
        Assert.NotEqual(fingerprint, Fingerprint.Of(Data("one", [1, 2, 3, 4], [0, 0])));
    }

    [Fact]
    public void Of_Network_CountsEveryWeightAndBiasButNotTheMultiplier()
    {
        Network network = Small([1, 2], [3]);
        string fingerprint = Fingerprint.Of(network);

        Assert.Equal(fingerprint, Fingerprint.Of(network.With(AxFpm.Released)));
        Assert.NotEqual(fingerprint, Fingerprint.Of(Small([1, 2.0000002f], [3])));
        Assert.NotEqual(fingerprint, Fingerprint.Of(Small([1, 2], [-3])));
    }

    [Fact]
    public void OfFile_CountsEveryByte()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a"), "abc");
        File.WriteAllText(folder.File("b"), "abd");

        // The example of FIPS 180-2, appendix B.1.
        Assert.Equal("ba7816bf8f01cfea", Fingerprint.OfFile(folder.File("a")));
        Assert.NotEqual(Fingerprint.OfFile(folder.File("a")), Fingerprint.OfFile(folder.File("b")));
        Assert.Contains(
            "cannot read", Assert.Throws<InputException>(() => Fingerprint.OfFile(folder.File("none"))).Message, StringComparison.Ordinal);
    }

    static Dataset Data(string name, byte[] pixels, int[] labels) =>
        new(name, Split.Test, 1, 1, 2, ["no", "yes"], pixels, labels, canonical: false, "made up");

    static Network Small(float[] weights, float[] bias) =>
        new("small", [2], 1, [new Dense("d", 2, 1, weights, bias, ExactMultiplier.Rounded)]);
}
