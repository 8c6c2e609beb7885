namespace DefensiveApproximation.Circuits;

/// <summary>
/// <c>heap-like</c>: a multiplier with the errors that are published of HEAP, a multiplier of different cells whose placement
/// is not published (Guesmi et al., "Defensive Approximation", ASPLOS 2021, table 9 and figure 15). It is not HEAP.
/// </summary>
/// <remarks>
/// <para>A 24-bit array with saved carries and a mirror adder, exact or AMA1 to AMA5, for each column. It was searched among
/// the 6⁴⁷ of them by <c>dapprox explore carry-save:24 --meet mred=0.12,nmed=0.03,shareAbove=0.34,transistors=0.49,delay=0.46</c>
/// (100 generations of 80 designs, 32,768 products each, seed 1), with operands uniform in [0, 1): under that law MRED and NMED
/// are as 4 to 1, as HEAP's are, where normalised mantissas make it less than 2 to 1.</para>
/// <para>Under that law, on 4 million products, MRED is 0.121 (HEAP 0.12), NMED 0.032 (0.03), and 35.1 % are above exact
/// (34 %). HEAP's energy, 0.49 of the exact array's, no array of these cells comes near when each is priced by its own
/// switching: one of AMA5 alone takes about 0.7. What the search met instead is 0.49 of the exact array's transistors in
/// full adders; for the delay every path through a cell was given the cell's worst (64, 61, 50, 43, 40 and 14 ps, exact
/// first), which makes 0.46, as HEAP's.</para>
/// </remarks>
public static class HeapLike
{
    /// <summary>The cells from column 0 on; the columns that are not listed are exact.</summary>
    const string Circuit =
        "carry-save:24:by-column="
        + "2xama1+fa+ama4+ama2+2xama5+ama3+2xama5+ama3+ama5+ama3+ama4+ama3+ama5+ama1+ama5+ama3+ama5+ama3+3xama5"
        + "+ama1+9xama3+ama1+ama2+ama3+ama5+ama3+ama1+ama3+ama1+ama2+fa+ama1+fa+ama2";

    /// <summary>The only instance.</summary>
    public static CircuitMultiplier Instance { get; } = new(
        CircuitDescription.Build(Circuit), name: "heap-like", summary: "a 24x24 array of exact and AMA cells found by search, with the errors published of HEAP",
        source: "Guesmi et al., ASPLOS 2021, table 9 (the figures; not the cells)");
}
