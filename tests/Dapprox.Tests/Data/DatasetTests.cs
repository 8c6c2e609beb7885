using Dapprox.Networks.Data;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Data;

public class DatasetTests
{
    // Three images of 2 channels, 1 row, 2 columns: 4 bytes each.
    static readonly Dataset Small = new("small", Split.Test, 2, 1, 2, ["a", "b"],
        new byte[] { 0, 1, 2, 3, 10, 11, 12, 13, 255, 254, 253, 252 }, [0, 1, 1], canonical: true, "made up");

    [Fact]
    public void Images_AreEachPixelDividedBy255()
    {
        byte[] pixels = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        Dataset all = new("all", Split.Test, 1, 16, 16, ["a"], pixels, [0], canonical: true, "made up");

        Tensor images = all.Images(0, 1);

        Assert.Equal([1, 1, 16, 16], images.Shape);
        // In binary64 and then rounded: the quotient of two small whole numbers is far from any tie.
        Assert.Equal(pixels.Select(pixel => (float)(pixel / 255.0)), images.Data);
    }

    [Fact]
    public void Images_ByIndices_AreInTheirOrder()
    {
        Tensor images = Small.Images([2, 0, 2]);

        Assert.Equal([3, 2, 1, 2], images.Shape);
        Assert.Equal([.. Small.Images(2, 1).Data, .. Small.Images(0, 1).Data, .. Small.Images(2, 1).Data], images.Data);
    }

    [Fact]
    public void Slices_KeepImagesLabelsAndPlacesTogether()
    {
        Dataset tail = Small.Skip(1).Skip(1);

        Assert.Equal((1, 2), (tail.Count, tail.Offset));
        Assert.Equal([1], tail.Labels);
        Assert.Equal(Small.Images(2, 1).Data, tail.Images(0, 1).Data);
        Assert.Equal(Small.Images(1, 1).Data, Small.Slice(1, 2).First(1).Images(0, 1).Data);
    }

    [Fact]
    public void FirstAndSkip_BeyondTheEnd_StopThere()
    {
        Assert.Equal(3, Small.First(100).Count);
        Assert.Equal(0, Small.Skip(100).Count);
        Assert.Equal([0, 2, 1, 2], Small.Skip(3).Images(0, 0).Shape);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 4)]
    [InlineData(3, 1)]
    [InlineData(1, -1)]
    [InlineData(int.MaxValue, 2)]
    [InlineData(2, int.MaxValue)]
    public void Images_OutsideTheData_AreRefused(int start, int count)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Images(start, count));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Slice(start, count));
    }

    [Fact]
    public void Images_AtAnIndexOutside_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Images([0, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Images([-1]));
    }

    [Fact]
    public void Constructor_WithPixelsOrLabelsThatDoNotFit_Refuses()
    {
        Assert.Throws<ArgumentException>(() => new Dataset("x", Split.Test, 1, 2, 2, ["a"], new byte[7], [0, 0], canonical: true, ""));
        Assert.Throws<ArgumentException>(() => new Dataset("x", Split.Test, 1, 2, 2, ["a"], new byte[8], [0, 1], canonical: true, ""));
    }
}
