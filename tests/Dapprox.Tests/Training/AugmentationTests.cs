using Dapprox.Networks.Data;
using Dapprox.Networks.Training;
using Xunit;

namespace Dapprox.Tests.Training;

public class AugmentationTests
{
    [Fact]
    public void Flip_MirrorsEveryRow()
    {
        float[] image = [1, 2, 3, 4, 5, 6];

        Augmentation.Flip(image, 3);

        Assert.Equal([3, 2, 1, 6, 5, 4], image);
    }

    // A quarter turn by sine and cosine misses the pixel centres by a few 1e-15; interpolation passes that on.
    const float QuarterTurnTolerance = 1e-6f;

    [Fact]
    public void Move_ByWholePixels_CopiesThemExactly()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8, 9];

        Assert.Equal([0, 1, 2, 0, 4, 5, 0, 7, 8], Moved(image, 1, 0, 0));
        Assert.Equal([4, 5, 6, 7, 8, 9, 0, 0, 0], Moved(image, 0, -1, 0));
        Assert.Equal(image, Moved(image, 0, 0, 0));
    }

    [Fact]
    public void Move_ByAQuarterTurn_TurnsAboutTheCentre()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8, 9];

        float[] turned = Moved(image, 0, 0, 90);

        Assert.Equal([7, 4, 1, 8, 5, 2, 9, 6, 3], turned, (left, right) => Math.Abs(left - right) < QuarterTurnTolerance);
    }

    [Fact]
    public void Move_OfTwoPlanes_MovesEachByItself()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8];
        float[] destination = new float[8];

        Augmentation.Move(image, 2, 2, 0, 1, 0, destination);

        Assert.Equal([0, 0, 1, 2, 0, 0, 5, 6], destination);
    }

    [Fact]
    public void Batch_OfOneImage_DependsOnEpochButNotOnTheRestOfTheBatch()
    {
        Dataset images = Patterns.Training(10);
        var options = new TrainingOptions();

        float[] alone = Augmentation.Batch(images, [3], options, 0).Row(0).ToArray();

        Assert.Equal(alone, Augmentation.Batch(images, [7, 3], options, 0).Row(1).ToArray());
        Assert.NotEqual(alone, Augmentation.Batch(images, [3], options, 1).Row(0).ToArray());
    }

    static float[] Moved(float[] image, int right, int down, double degrees)
    {
        float[] destination = new float[9];
        Augmentation.Move(image, 3, 3, right, down, degrees, destination);
        return destination;
    }
}
