using System.Numerics;
using System.Runtime.CompilerServices;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// Products as sums of few products of 16-bit numbers: T(a, w) = Σ F(r, a)·G(r, w). Many approximate multipliers have them, because they
/// change each operand alone (one term), or leave out some partial products.
/// </summary>
/// <remarks>
/// The rows of T span a lattice of the rank of T. With a basis of it as G, the F are integers; a reduced basis has small numbers (Lenstra,
/// Lenstra, Lovász, "Factoring Polynomials with Rational Coefficients", Mathematische Annalen 261, 1982).
/// </remarks>
sealed class IntegerFactors
{
    /// <summary>The most terms; with more, looking up is as fast.</summary>
    public const int MaxRank = 12;

    // The rank modulo a prime is at most the rank; it is less for hardly any table, and the factors are checked.
    const long Prime = 2_147_483_647;

    static readonly ConditionalWeakTable<IntegerProducts, IntegerFactors> Known = [];

    readonly short[][] activations, weights;

    IntegerFactors(short[][] activations, short[][] weights) => (this.activations, this.weights) = (activations, weights);

    static IntegerFactors None { get; } = new([], []);

    /// <summary>The number of terms.</summary>
    public int Rank => activations.Length;

    /// <summary>By term and code, F.</summary>
    public IReadOnlyList<short[]> Activations => activations;

    /// <summary>By term and code, G.</summary>
    public IReadOnlyList<short[]> Weights => weights;

    /// <summary>The factors of all products of two formats; null where there are none, or too many terms.</summary>
    public static IntegerFactors? Of(IntegerProducts products) =>
        Known.GetValue(products, own => Find(own) ?? None) is { Rank: > 0 } found ? found : null;

    static IntegerFactors? Find(IntegerProducts products)
    {
        int rows = products.Activations.Count, columns = products.Weights.Count;
        int[] table = products.Table.ToArray();
        if (Pivots(table, columns) is not { } pivots || pivots.Count == 0)
            return null;
        int rank = pivots.Count;
        int[] pivotRows = [.. pivots.Select(pivot => pivot.Row)], pivotColumns = [.. pivots.Select(pivot => pivot.Column)];
        BigInteger[][] narrow = [.. Enumerable.Range(0, rows).Select(row => Part(row))];

        // A basis in the pivot columns; the other columns follow from the pivot rows.
        BigInteger[][] basis = LatticeReduction.Reduce(LatticeReduction.Basis(narrow));
        if (basis.Length != rank)
            return null;
        BigInteger[][] first = LatticeReduction.Quotient(narrow, basis);
        BigInteger[][] second = LatticeReduction.Quotient(
            basis, [.. pivotRows.Select(Part)], [.. pivotRows.Select(row => Enumerable.Range(0, columns)
                .Select(column => (BigInteger)table[row * columns + column]).ToArray())]);
        if (!IsShort(first) || !IsShort(second))
            return null;
        short[][] f = [.. Enumerable.Range(0, rank).Select(r => first.Select(row => (short)row[r]).ToArray())];
        short[][] g = [.. second.Select(row => Array.ConvertAll(row, number => (short)number))];
        for (int code = 0; code < table.Length; code++)
        {
            long product = 0;
            for (int r = 0; r < rank; r++)
                product += (long)f[r][code / columns] * g[r][code % columns];
            if (product != table[code])
                return null;
        }

        return new IntegerFactors(f, g);

        BigInteger[] Part(int row) => [.. pivotColumns.Select(column => (BigInteger)table[row * columns + column])];
    }

    static bool IsShort(BigInteger[][] numbers) =>
        numbers.All(row => row.All(number => number >= short.MinValue && number <= short.MaxValue));

    /// <summary>Independent rows and columns, as many as the rank; null if these are too many. Elimination modulo a prime.</summary>
    static List<(int Row, int Column)>? Pivots(int[] table, int columns)
    {
        int rows = table.Length / columns;
        long[] left = Array.ConvertAll(table, number => (number % Prime + Prime) % Prime);
        var pivots = new List<(int Row, int Column)>();
        for (int row = 0; row < rows; row++)
        {
            Span<long> own = left.AsSpan(row * columns, columns);
            foreach ((int pivotRow, int pivotColumn) in pivots)
            {
                long factor = own[pivotColumn];
                for (int column = 0; factor != 0 && column < columns; column++)
                    own[column] = (own[column] + (Prime - factor) * left[pivotRow * columns + column]) % Prime;
            }

            int pivot = own.IndexOfAnyExcept(0L);
            if (pivot < 0)
                continue;
            if (pivots.Count == MaxRank)
                return null;
            long inverse = (long)BigInteger.ModPow(own[pivot], Prime - 2, Prime);
            for (int column = 0; column < columns; column++)
                own[column] = own[column] * inverse % Prime;
            pivots.Add((row, pivot));
        }

        return pivots;
    }
}
