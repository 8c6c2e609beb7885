namespace Dapprox.Networks.Attacks;

/// <summary>How a targeted attack chooses the target class of an image.</summary>
public enum TargetChoice
{
    /// <summary>The class after the true one; the first class follows the last.</summary>
    Next,

    /// <summary>A wrong class at random, by the seed and the position of the image.</summary>
    Random,

    /// <summary>
    /// The wrong class with the smallest logit at the clean image. (Kurakin, Goodfellow, Bengio, "Adversarial Machine Learning at Scale",
    /// ICLR 2017.)
    /// </summary>
    LeastLikely,

    /// <summary>Every wrong class, one after the other; the nearest success of each image counts.</summary>
    All,
}
