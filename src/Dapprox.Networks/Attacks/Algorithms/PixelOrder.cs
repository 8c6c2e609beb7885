namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>Which of the tried pixels a round of <see cref="LocalSearch"/> changes.</summary>
public enum PixelOrder
{
    /// <summary>Those whose trial leaves the true class the highest probability, as Foolbox does since version 2.1.</summary>
    Highest,

    /// <summary>
    /// Those whose trial leaves the true class the lowest probability, as Foolbox did until version 2.0, and AdverTorch does.
    /// </summary>
    Lowest,
}
