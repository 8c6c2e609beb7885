using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Tests.Attacks;

/// <summary>A victim given by two functions of one image, which counts the images that are put to it.</summary>
/// <param name="inputShape">The shape of one image.</param>
/// <param name="classes">How many logits <paramref name="logits"/> gives.</param>
/// <param name="logits">The logits of an image.</param>
/// <param name="gradient">The gradient with respect to an image, given the one with respect to its logits.</param>
sealed class RowVictim(
    int[] inputShape, int classes, Func<float[], float[]> logits, Func<float[], float[], float[]> gradient) : IGradientVictim
{
    public int LabelQueries { get; private set; }

    public int ScoreQueries { get; private set; }

    public int GradientQueries { get; private set; }

    public ReadOnlySpan<int> InputShape => inputShape;

    public int Classes => classes;

    public int[] Labels(Tensor images)
    {
        LabelQueries += images.Batch;
        return Scores.Labels(Compute(images));
    }

    public Tensor Logits(Tensor images)
    {
        ScoreQueries += images.Batch;
        return Compute(images);
    }

    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss)
    {
        GradientQueries += images.Batch;
        Tensor scores = Compute(images);
        Tensor result = Tensor.Zeros(images.Shape);
        for (int i = 0; i < images.Batch; i++)
        {
            float[] back = new float[classes];
            loss(i, scores.Row(i), back);
            gradient(images.Row(i).ToArray(), back).CopyTo(result.Row(i));
        }

        return (scores, result);
    }

    /// <summary>A network behind the counters.</summary>
    public static RowVictim Of(Network network) => new(
        network.InputShape.ToArray(), network.Classes,
        image => network.Forward(new Tensor(image, [1, .. network.InputShape])).Data,
        (image, back) => network.InputGradient(
            new Tensor(image, [1, .. network.InputShape]), (_, _, gradient) => back.CopyTo(gradient)).Gradient.Data);

    Tensor Compute(Tensor images)
    {
        Tensor result = Tensor.Zeros(images.Batch, classes);
        for (int i = 0; i < images.Batch; i++)
            logits(images.Row(i).ToArray()).CopyTo(result.Row(i));
        return result;
    }
}
