using System.Numerics;

namespace Dapprox.Kernels.Integers;

/// <summary>Lattices of few dimensions, exactly.</summary>
static class LatticeReduction
{
    /// <summary>A basis of the lattice that some vectors span: those of an echelon form, one after another.</summary>
    /// <param name="vectors">Vectors of one length.</param>
    public static BigInteger[][] Basis(IEnumerable<BigInteger[]> vectors)
    {
        // By column, the basis vector whose first number other than 0 is there.
        BigInteger[]?[] leading = [];
        foreach (BigInteger[] vector in vectors)
        {
            BigInteger[] left = [.. vector];
            if (leading.Length == 0)
                leading = new BigInteger[left.Length][];
            for (int column = 0; column < left.Length; column++)
            {
                // Euclid's algorithm on the two leading numbers.
                while (!left[column].IsZero)
                {
                    if (leading[column] is not BigInteger[] own)
                    {
                        leading[column] = [.. left];
                        Array.Clear(left);
                        break;
                    }

                    Subtract(left, own, BigInteger.Divide(left[column], own[column]));
                    if (!left[column].IsZero)
                        (leading[column], left) = (left, own);
                }
            }
        }

        return [.. leading.OfType<BigInteger[]>()];
    }

    /// <summary>A basis of short vectors of the same lattice (LLL with δ = 3/4, in integers).</summary>
    /// <param name="basis">Independent vectors.</param>
    /// <remarks>
    /// de Weger's variant: with d(i) the determinant of the Gram matrix of the first i vectors, d(j + 1)·μ(i, j) is an integer. (Cohen, A
    /// Course in Computational Algebraic Number Theory, 1993, algorithm 2.6.7.)
    /// </remarks>
    public static BigInteger[][] Reduce(BigInteger[][] basis)
    {
        BigInteger[][] b = [.. basis.Select(vector => (BigInteger[])vector.Clone())];
        int count = b.Length;
        for (int k = 1; k < count;)
        {
            (BigInteger[,] lambda, BigInteger[] d) = Orthogonalised(b, k + 1);
            for (int j = k - 1; j >= 0; j--)
            {
                BigInteger nearest = RoundedQuotient(lambda[k, j], d[j + 1]);
                if (nearest.IsZero)
                    continue;
                Subtract(b[k], b[j], nearest);
                for (int i = 0; i < j; i++)
                    lambda[k, i] -= nearest * lambda[j, i];
                lambda[k, j] -= nearest * d[j + 1];
            }

            // Lovász: d(k + 1)·d(k − 1) ≥ (3/4)·d(k)² − λ².
            if (4 * (d[k + 1] * d[k - 1] + lambda[k, k - 1] * lambda[k, k - 1]) < 3 * d[k] * d[k])
            {
                (b[k - 1], b[k]) = (b[k], b[k - 1]);
                k = Math.Max(1, k - 1);
            }
            else
            {
                k++;
            }
        }

        return b;
    }

    /// <summary>X with X·<paramref name="divisor"/> = <paramref name="rows"/>.</summary>
    /// <param name="rows">Rows of the lattice that the divisor's rows span.</param>
    /// <param name="divisor">A square matrix with an inverse.</param>
    public static BigInteger[][] Quotient(BigInteger[][] rows, BigInteger[][] divisor) =>
        Quotient(rows, divisor, [.. divisor.Select((_, i) => divisor.Select((_, j) => i == j ? BigInteger.One : 0).ToArray())]);

    /// <summary>
    /// X·<paramref name="others"/> with X·<paramref name="divisor"/> = <paramref name="rows"/>, where it is a matrix of integers; others
    /// are rounded towards 0.
    /// </summary>
    /// <param name="rows">As many columns as the divisor has.</param>
    /// <param name="divisor">A square matrix with an inverse.</param>
    /// <param name="others">As many rows as the divisor has.</param>
    public static BigInteger[][] Quotient(BigInteger[][] rows, BigInteger[][] divisor, BigInteger[][] others)
    {
        int size = divisor.Length;
        // Gauss-Jordan without fractions (Bareiss 1968): the divisor becomes its determinant times the unit matrix.
        BigInteger[][] m = [.. divisor.Zip(others, (left, right) => (BigInteger[])[.. left, .. right])];
        BigInteger previous = 1;
        for (int k = 0; k < size; k++)
        {
            int pivot = Array.FindIndex(m, k, row => !row[k].IsZero);
            (m[k], m[pivot]) = (m[pivot], m[k]);
            for (int i = 0; i < size; i++)
            {
                if (i == k)
                    continue;
                BigInteger factor = m[i][k];
                for (int column = 0; column < m[i].Length; column++)
                    m[i][column] = (m[k][k] * m[i][column] - factor * m[k][column]) / previous;
            }

            previous = m[k][k];
        }

        return
        [
            .. rows.Select(row => Enumerable.Range(size, others[0].Length).Select(column =>
            {
                BigInteger sum = 0;
                for (int k = 0; k < size; k++)
                    sum += row[k] * m[k][column];
                return sum / previous;
            }).ToArray()),
        ];
    }

    /// <summary>λ(i, j) = d(j + 1)·μ(i, j) and d of the first vectors.</summary>
    static (BigInteger[,] Lambda, BigInteger[] D) Orthogonalised(BigInteger[][] b, int count)
    {
        var lambda = new BigInteger[count, count];
        var d = new BigInteger[count + 1];
        d[0] = 1;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                BigInteger u = Dot(b[i], b[j]);
                for (int l = 0; l < j; l++)
                    u = (d[l + 1] * u - lambda[i, l] * lambda[j, l]) / d[l];
                if (j < i)
                    lambda[i, j] = u;
                else
                    d[i + 1] = u;
            }
        }

        return (lambda, d);
    }

    static BigInteger Dot(BigInteger[] left, BigInteger[] right)
    {
        BigInteger sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    static void Subtract(BigInteger[] from, BigInteger[] vector, BigInteger times)
    {
        for (int i = 0; i < from.Length; i++)
            from[i] -= times * vector[i];
    }

    static BigInteger RoundedQuotient(BigInteger number, BigInteger divisor)
    {
        // Half is rounded away from 0; the divisor is positive.
        BigInteger doubled = 2 * BigInteger.Abs(number) + divisor;
        return number.Sign * (doubled / (2 * divisor));
    }
}
