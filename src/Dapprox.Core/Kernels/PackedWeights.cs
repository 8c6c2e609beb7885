using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dapprox.Kernels;

/// <summary>
/// The weights of a layer in the order in which a path uses them: panels of one or two vectors of columns; inside a panel,
/// product by product, the weights and then, where operands are split and it is not derived, their split operands. Columns
/// that fill up the last panel are zero and their sums are never stored.
/// </summary>
sealed class PackedWeights
{
    const int CacheLine = 64;

    // Eight bytes each: an array has at most 2³¹ elements, which as bytes would be too few.
    readonly ulong[] memory;
    readonly int start;

    public PackedWeights(int columns, int count, int lanes, int vectorsPerPanel, int parts, int elementSize)
    {
        Columns = columns;
        Count = count;
        PanelWidth = lanes * vectorsPerPanel;
        Panels = (columns + PanelWidth - 1) / PanelWidth;
        int lastColumns = columns - (Panels - 1) * PanelWidth;
        LastVectors = (lastColumns + lanes - 1) / lanes;
        Vectors = vectorsPerPanel;
        Parts = parts;
        PanelBytes = (nint)count * PanelWidth * parts * elementSize;
        // Pinned, so that panels stay aligned and need no fixing.
        memory = GC.AllocateArray<ulong>(checked((int)((Panels * PanelBytes + CacheLine) / sizeof(ulong))), pinned: true);
        // Bytes to the next multiple of the cache line; the array is a cache line longer than the weights.
        start = (int)(-Address(memory) & (CacheLine - 1));
        Bias = GC.AllocateArray<float>(Panels * PanelWidth, pinned: true);
    }

    /// <summary>How many outputs a row has.</summary>
    public int Columns { get; }

    /// <summary>How many products a sum has.</summary>
    public int Count { get; }

    /// <summary>How many columns a panel has; the last one can be narrower.</summary>
    public int PanelWidth { get; }

    public int Panels { get; }

    /// <summary>How many operands are stored per weight: 2 where the split operand is.</summary>
    public int Parts { get; }

    public nint PanelBytes { get; }

    /// <summary>The bias of every column, padded with zeros to complete panels.</summary>
    public float[] Bias { get; }

    int Vectors { get; }

    int LastVectors { get; }

    /// <summary>How many vectors a panel has.</summary>
    public int VectorsOf(int panel) => panel == Panels - 1 ? LastVectors : Vectors;

    /// <summary>Where a panel starts: aligned to a cache line, and pinned.</summary>
    public nint PanelAddress(int panel) => Address(memory) + start + panel * PanelBytes;

    static nint Address(ulong[] array)
    {
        ref ulong first = ref MemoryMarshal.GetArrayDataReference(array);
        unsafe
        {
            return (nint)Unsafe.AsPointer(ref first);
        }
    }
}
