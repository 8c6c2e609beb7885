namespace Dapprox.Kernels;

/// <summary>
/// Products computed in binary64 lanes. Each result is a binary32 number, except that of <see cref="FusedDouble"/>. The methods are
/// generic, not the type, so that a table entry names a product once for all widths.
/// </summary>
interface IDoubleProduct
{
    static abstract bool Split { get; }

    static abstract TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>;
}
