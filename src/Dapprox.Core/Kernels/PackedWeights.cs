using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dapprox.Kernels;

/// <summary>
/// The weights of a layer in the order in which a path uses them: panels of one or two vectors of columns; inside a
/// panel, product by product, the first parts and then, where operands are split and it is not made of the first, the second parts. Columns that fill
/// up the last panel are zero and their sums are never stored.
/// </summary>
sealed class PackedWeights
{
    const int CacheLine = 64;

    // Not bytes, of which an array holds no more than 2³¹.
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
        memory = GC.AllocateArray<ulong>(checked((int)((Panels * PanelBytes + CacheLine) / sizeof(ulong))), pinned: true);
        nint address = Address(memory);
        start = (int)(-address & (CacheLine - 1));
        Bias = GC.AllocateArray<float>(Panels * PanelWidth, pinned: true);
    }

    /// <summary>How many outputs a row has.</summary>
    public int Columns { get; }

    /// <summary>How many products a sum has.</summary>
    public int Count { get; }

    /// <summary>How many columns a panel has; the last one can be narrower.</summary>
    public int PanelWidth { get; }

    public int Panels { get; }

    /// <summary>How many parts of a weight are there: 1 or 2.</summary>
    public int Parts { get; }

    public nint PanelBytes { get; }

    /// <summary>The bias of every column, padded with zeros to whole panels.</summary>
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
