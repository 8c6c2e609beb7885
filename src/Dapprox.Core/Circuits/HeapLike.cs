namespace Dapprox.Circuits;

/// <summary>
/// <c>heap-like</c>: a multiplier with the figures that are published of HEAP, a multiplier of different cells whose placement
/// is not published (Guesmi et al., "Defensive Approximation", ASPLOS 2021, table 9 and figure 15). It is not HEAP.
/// </summary>
/// <remarks>
/// <para>A flat 24-bit array with one kind of cell in each column: the exact mirror adder, AMA1 to AMA5, or LOA's. It is what
/// <c>dapprox explore array:24 --cells fa,ama1,ama2,ama3,ama4,ama5,loa
/// --meet mred=0.12,nmed=0.03,shareAbove=0.34,energy=0.49,delay=0.46 --as-drawn --samples 16384 --population 60 --generations 80 --seed
/// 8</c>
/// found among the 7⁴⁶; the seeds 1 to 7, 9 and 10 came less close.</para>
/// <para>On 10⁷ products of operands uniform in [0, 1) MRED is 0.114 (HEAP 0.12), NMED 0.031 (0.03), and 33.9 % are above
/// exact (34 %). Priced as drawn by the cell library that ships, without hazards, it takes 0.49 of the exact array's energy (0.49) and
/// 0.46 of its delay (0.46). HEAP's operand distribution is not published: its MRED and NMED are as 4 to 1, as they come out under
/// this one; with normalised mantissas the design's NMED is 0.070, and the same search under that distribution ends at an MRED of
/// 0.059 beside an NMED of 0.032.</para>
/// </remarks>
public static class HeapLike
{
    /// <summary>The cells from column 0 on; the columns that are not listed are exact.</summary>
    internal const string Description =
        "array:24:by-column="
        + "2xloa+ama5+loa+ama2+loa+ama5+ama4+ama3+ama4+loa+fa+ama2+loa+ama1+2xloa+ama1+loa+ama4+4xloa+2xama1+ama5"
        + "+ama3+ama5+ama3+loa+ama4+ama1+ama2+ama4+loa+ama2+loa+ama1+2xfa+ama1+2xfa+ama5+fa+ama3";

    /// <summary>The only instance.</summary>
    public static CircuitMultiplier Instance { get; } = new(
        CircuitDescription.Build("heap-like"), name: "heap-like",
        summary: "a flat 24x24 array of different cells found by search, with the figures published of HEAP",
        source: "Guesmi et al., ASPLOS 2021, table 9 (the figures; not the cells)");
}
