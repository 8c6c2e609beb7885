namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>Three attacks that go by the name of JSMA. All change the pixels that do most for the target.</summary>
public enum JsmaVariant
{
    /// <summary>
    /// As in the paper: the pair of pixels whose change raises the target's logit and lowers the sum of the others, with the
    /// largest product of the two. (Section IV-B, algorithm 3.) Unlike there, a slope counts times the way that the pixel can
    /// still go: of the 78 pixels that may change in an image of MNIST, none is spent on one that is white but for a trace.
    /// </summary>
    PapernotPairs,

    /// <summary>
    /// As in Foolbox 2.4 with <c>fast</c>: one pixel, the one whose decrease lowers the cross-entropy of the target most.
    /// Pixels are never increased. Foolbox also tries pixels of 0, to no effect; here they are passed over, which saves
    /// iterations and queries and changes nothing else.
    /// </summary>
    FoolboxFast,

    /// <summary>
    /// As in ART 1.20: the two pixels whose change raises the target's logit most, one by one, whatever becomes of the other
    /// classes, even if it falls.
    /// </summary>
    ArtTargetGradient,
}
