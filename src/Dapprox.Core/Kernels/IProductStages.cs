namespace Dapprox.Kernels;

/// <summary>
/// How a vector of products is computed and added to as many accumulators, in four stages: <see cref="Begin"/>,
/// <see cref="Continue"/>, <see cref="Refine"/>, <see cref="End"/>. A tile takes several products through each stage before the
/// next, so that no instruction waits for the one before it. A product with nothing to interleave implements <see cref="End"/> only.
/// </summary>
/// <remarks>
/// Parameters, everywhere: <c>a0</c> the activations and <c>b0</c> the weights as packed; where operands are split, <c>a1</c> the
/// low part of the activations, whose high part <c>a0</c> then is, and <c>b1</c> the split operand of the weights. Where operands
/// are not split, <c>a1</c> and <c>b1</c> repeat <c>a0</c> and <c>b0</c>.
/// </remarks>
/// <typeparam name="TVector">A vector of operands.</typeparam>
/// <typeparam name="TSum">A vector of as many accumulators.</typeparam>
interface IProductStages<TVector, TSum>
{
    /// <summary>Whether operands are split, so that <c>a1</c> and <c>b1</c> are used.</summary>
    static abstract bool Split { get; }

    /// <summary>Whether <see cref="SplitWeight"/> is cheap enough to replace storing the split operand.</summary>
    static virtual bool DerivesWeights => false;

    /// <summary>The split operand <c>b1</c> of the weights <c>b0</c>, where <see cref="DerivesWeights"/>.</summary>
    static virtual TVector SplitWeight(TVector b0) => b0;

    static virtual TVector Begin(TVector a0, TVector b0, TVector b1) => b0;

    static virtual TVector Continue(TVector a0, TVector b1, TVector begun) => begun;

    static virtual TVector Refine(TVector a1, TVector b0, TVector continued) => continued;

    /// <summary>The accumulators after the products are added.</summary>
    static abstract TSum End(TSum sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined);
}
