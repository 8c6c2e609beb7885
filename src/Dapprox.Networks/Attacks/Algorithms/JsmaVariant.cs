namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>The three attacks known as JSMA; each changes the pixels with the highest saliency for the target.</summary>
public enum JsmaVariant
{
    /// <summary>
    /// As in the paper: the pair of pixels whose change raises the target's logit and lowers the sum of the others, with the
    /// largest product of the two. (Section IV-B, algorithm 3.) Unlike in the paper, a slope is multiplied by the change that the
    /// pixel still allows, so none of the 78 pixels that may change in an MNIST image is spent on an almost white one.
    /// </summary>
    PapernotPairs,

    /// <summary>
    /// As in Foolbox 2.4 with <c>fast</c>: one pixel, the one whose decrease lowers the cross-entropy of the target most.
    /// Pixels are never increased. Foolbox also tries pixels of 0, without effect; they are skipped here, which saves iterations
    /// and queries and changes nothing else.
    /// </summary>
    FoolboxFast,

    /// <summary>
    /// As in ART 1.20: the two pixels that raise the target's logit most, each by itself and regardless of the other classes, even
    /// if the logit falls.
    /// </summary>
    ArtTargetGradient,
}
