using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dapprox.Circuits;

namespace Dapprox.Search;

/// <summary>How the error of a pair of operands enters a sum.</summary>
/// <param name="Floor">Errors up to it do not count, and it is subtracted from others.</param>
/// <param name="Cap">What is left counts at most so much.</param>
/// <param name="IsSquared">Whether it is squared.</param>
readonly record struct ErrorTerm(uint Floor, uint Cap, bool IsSquared);

/// <summary>A pair of operands on which a search measures circuits.</summary>
/// <param name="A">The first operand, as bits.</param>
/// <param name="B">The second operand, as bits.</param>
/// <param name="Exact">The product.</param>
/// <param name="Weight">How much its error counts.</param>
readonly record struct OperandPair(uint A, uint B, long Exact, float Weight);

/// <summary>
/// Sums a term of the error of a list of gates over pairs of operands, 512 at a time, and gives up as soon as the sum exceeds a limit.
/// Safe for many threads.
/// </summary>
/// <remarks>
/// A wire is a vector with a bit a pair. The bits of the product are transposed to integers, whose difference to the exact product is
/// taken, weighted and summed in binary32 over 512 pairs and in binary64 over all; <see cref="Precision"/> bounds the relative error of
/// the sum.
/// </remarks>
abstract unsafe class PairErrors
{
    /// <summary>Vectors of a wire that are computed together; with 200 gates they fit the nearest cache.</summary>
    public const int Vectors = 4;

    /// <summary>Words of a wire in a block.</summary>
    public const int Words = Vectors * 8;

    /// <summary>Pairs in a block.</summary>
    public const int BlockPairs = Vectors * 512;

    /// <summary>A bound of the relative error of a sum.</summary>
    public const double Precision = 1e-5;

    // For each kind of gate what is added modulo 2: the product of the operands, either of them, and one.
    static readonly Vector512<ulong>[] Masks = CreateMasks();

    readonly ulong[] operands;
    readonly int inputs;

    /// <summary>Makes room for the pairs.</summary>
    protected PairErrors(int count, int inputs)
    {
        this.inputs = inputs;
        Blocks = (count + BlockPairs - 1) / BlockPairs;
        operands = new ulong[(long)Blocks * inputs * Words];
    }

    /// <summary>How many blocks of pairs there are.</summary>
    protected int Blocks { get; }

    /// <summary>Memory for the wires of a list.</summary>
    public static ulong* Allocate(int wires) => (ulong*)NativeMemory.AlignedAlloc((nuint)wires * Words * sizeof(ulong), 64);

    /// <summary>Takes the pairs over, at least one.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="pair">A pair by its number.</param>
    /// <param name="circuit">A circuit with the widths and the sign, of at most 32 bits at its output.</param>
    public static PairErrors Create(int count, Func<int, OperandPair> pair, Netlist circuit)
    {
        int widthA = circuit.Inputs[0].Width, widthB = circuit.Inputs[1].Width;
        return Math.Max(circuit.Outputs[0].Width, widthA + widthB) <= 16
            ? new PairErrors<ushort>(count, pair, widthA, widthB, circuit.IsSigned)
            : new PairErrors<uint>(count, pair, widthA, widthB, circuit.IsSigned);
    }

    /// <summary>Sums a term over all pairs.</summary>
    /// <param name="list">The circuit.</param>
    /// <param name="term">What is summed.</param>
    /// <param name="limit">The sum that is not to be exceeded.</param>
    /// <param name="wires">Memory for the wires of the list.</param>
    /// <returns>The sum; where it exceeds the limit, that of the pairs up to there.</returns>
    public abstract double Sum(GateList list, ErrorTerm term, double limit, ulong* wires);

    /// <summary>The sum of the weighted errors with their signs, ŷ − y, over all pairs.</summary>
    public abstract double SignedSum(GateList list, ulong* wires);

    /// <summary>Puts a pair into its slices.</summary>
    protected void Add(int place, ulong bits)
    {
        long first = (long)(place / BlockPairs) * inputs * Words + place % BlockPairs / 64;
        for (int input = 0; input < inputs; input++)
            operands[first + input * Words] |= (bits >> input & 1) << (place % 64);
    }

    /// <summary>Computes all wires for one block of pairs.</summary>
    public void Evaluate(GateList list, int block, ulong* wires)
    {
        new Span<ulong>(wires, Words).Clear();
        operands.AsSpan(block * inputs * Words, inputs * Words).CopyTo(new Span<ulong>(wires + Words, inputs * Words));
        ulong* result = wires + list.FirstGate * Words;
        fixed (Vector512<ulong>* masks = Masks)
        {
            foreach (Gate gate in list.Gates)
            {
                ulong* a = wires + (gate.Left >> 1) * Words, b = wires + (gate.Right >> 1) * Words;
                Vector512<ulong>* kind = masks + 4 * ((gate.IsXor ? 4 : 0) + 2 * (gate.Left & 1) + (gate.Right & 1));
                Vector512<ulong> both = kind[0], first = kind[1], second = kind[2], one = kind[3];
                for (int i = 0; i < Words; i += 8)
                {
                    Vector512<ulong> x = Vector512.LoadAligned(a + i), y = Vector512.LoadAligned(b + i);
                    (x & y & both ^ x & first ^ y & second ^ one).StoreAligned(result + i);
                }

                result += Words;
            }
        }
    }

    static Vector512<ulong>[] CreateMasks()
    {
        var masks = new Vector512<ulong>[32];
        for (int kind = 0; kind < 8; kind++)
        {
            bool isXor = kind >= 4, left = (kind & 2) != 0, right = (kind & 1) != 0;
            // (a ⊕ l)(b ⊕ r) = ab ⊕ ar ⊕ bl ⊕ lr.
            masks[4 * kind] = All(!isXor);
            masks[4 * kind + 1] = All(isXor || right);
            masks[4 * kind + 2] = All(isXor || left);
            masks[4 * kind + 3] = All(isXor ? left != right : left && right);
        }

        return masks;

        static Vector512<ulong> All(bool bit) => bit ? Vector512<ulong>.AllBitsSet : Vector512<ulong>.Zero;
    }
}

/// <summary>Errors of products in integers of the type.</summary>
sealed unsafe class PairErrors<T> : PairErrors
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    const int VectorPairs = 512;

    // Room for the rows of a transposition, aligned.
    const int RowWords = 8 * 32 + 8;

    static readonly int Bits = 8 * sizeof(T);

    // In the order in which a transposition gives them; signed numbers are shifted to unsigned ones of the same order.
    readonly T[] exact;
    readonly float[] weights;
    readonly bool isSigned;

    public PairErrors(int count, Func<int, OperandPair> pairs, int widthA, int widthB, bool isSigned)
        : base(count, widthA + widthB)
    {
        this.isSigned = isSigned;
        exact = new T[(long)Blocks * BlockPairs];
        weights = new float[exact.Length];
        T sign = isSigned ? T.One << (Bits - 1) : T.Zero;
        int lanes = VectorPairs / Bits;
        OperandPair pair = default;
        for (int i = 0; i < exact.Length; i++)
        {
            // The last block is filled up with a pair that counts nothing.
            pair = i < count ? pairs(i) : pair with { Weight = 0 };
            Add(i, pair.A | (ulong)pair.B << widthA);
            int to = i / VectorPairs * VectorPairs + i % Bits * lanes + i % VectorPairs / Bits;
            exact[to] = T.CreateTruncating(pair.Exact) ^ sign;
            weights[to] = pair.Weight;
        }
    }

    public override double Sum(GateList list, ErrorTerm term, double limit, ulong* wires)
    {
        Vector512<T> floor = Vector512.Create(T.CreateSaturating(term.Floor)), cap = Vector512.Create(T.CreateSaturating(term.Cap));
        Vector512<double> sums = Vector512<double>.Zero;
        double sum = 0;
        for (int block = 0; block < Blocks; block++)
        {
            Evaluate(list, block, wires);
            for (int vector = 0; vector < Vectors; vector++)
            {
                Vector512<float> part = Sum(list, block * Vectors + vector, wires + 8 * vector, floor, cap, term.IsSquared);
                sums += Vector512.WidenLower(part) + Vector512.WidenUpper(part);
            }

            sum = Total(sums);
            if (sum > limit)
                return sum;
        }

        return sum;
    }

    [SkipLocalsInit]
    public override double SignedSum(GateList list, ulong* wires)
    {
        ulong* memory = stackalloc ulong[RowWords];
        double sum = 0;
        for (int block = 0; block < Blocks; block++)
        {
            Evaluate(list, block, wires);
            for (int vector = 0; vector < Vectors; vector++)
            {
                var products = (T*)Products(list, wires + 8 * vector, memory);
                long first = (long)(block * Vectors + vector) * VectorPairs;
                for (int i = 0; i < VectorPairs; i++)
                    sum += weights[first + i] * (double)(long.CreateTruncating(products[i]) - long.CreateTruncating(exact[first + i]));
            }
        }

        return sum;
    }

    // In a fixed order, whatever vectors the processor has.
    static double Total(Vector512<double> sums)
    {
        double sum = 0;
        for (int i = 0; i < Vector512<double>.Count; i++)
            sum += sums[i];
        return sum;
    }

    /// <summary>The products of 512 pairs, as integers in the order of <see cref="exact"/>.</summary>
    Vector512<T>* Products(GateList list, ulong* wires, ulong* memory)
    {
        var rows = (Vector512<T>*)((nint)(memory + 7) & ~(nint)63);
        Span<int> outputs = list.Outputs;
        for (int bit = 0; bit < Bits; bit++)
        {
            if (bit >= outputs.Length && !isSigned)
            {
                rows[bit] = Vector512<T>.Zero;
                continue;
            }

            int literal = outputs[Math.Min(bit, outputs.Length - 1)];
            // Of signed numbers the highest bit is inverted.
            ulong inverted = (ulong)((literal & 1) ^ (isSigned && bit == Bits - 1 ? 1 : 0));
            rows[bit] = (Vector512.LoadAligned(wires + (literal >> 1) * Words) ^ Vector512.Create(0 - inverted)).As<ulong, T>();
        }

        Transpose(rows);
        return rows;
    }

    [SkipLocalsInit]
    Vector512<float> Sum(GateList list, int vector, ulong* wires, Vector512<T> floor, Vector512<T> cap, bool isSquared)
    {
        ulong* memory = stackalloc ulong[RowWords];
        Vector512<T>* rows = Products(list, wires, memory);
        Vector512<float> sum = Vector512<float>.Zero;
        fixed (T* expected = &exact[(long)vector * VectorPairs])
        fixed (float* weight = &weights[(long)vector * VectorPairs])
        {
            for (int i = 0; i < Bits; i++)
            {
                Vector512<T> product = rows[i], right = Vector512.Load(expected + i * Vector512<T>.Count);
                Vector512<T> error = Vector512.Max(product, right) - Vector512.Min(product, right);
                error = Vector512.Min(Vector512.Max(error, floor) - floor, cap);
                if (typeof(T) == typeof(ushort))
                {
                    Vector512<ushort> narrow = error.As<T, ushort>();
                    sum += Term(Vector512.ConvertToSingle(Vector512.WidenLower(narrow).AsInt32()), weight + 32 * i, isSquared);
                    sum += Term(Vector512.ConvertToSingle(Vector512.WidenUpper(narrow).AsInt32()), weight + 32 * i + 16, isSquared);
                }
                else
                {
                    sum += Term(Vector512.ConvertToSingle(error.As<T, uint>()), weight + 16 * i, isSquared);
                }
            }
        }

        return sum;
    }

    static Vector512<float> Term(Vector512<float> error, float* weight, bool isSquared) =>
        (isSquared ? error * error : error) * Vector512.Load(weight);

    /// <summary>Row i, bit j of each lane becomes row j, bit i. (Warren, "Hacker's Delight", 2nd edition, section 7-3.)</summary>
    static void Transpose(Vector512<T>* rows)
    {
        T mask = T.MaxValue;
        for (int half = Bits / 2; half > 0; half /= 2)
        {
            mask ^= mask << half;
            Vector512<T> low = Vector512.Create(mask);
            for (int i = 0; i < Bits; i += 2 * half)
            {
                for (int j = i; j < i + half; j++)
                {
                    Vector512<T> one = rows[j], other = rows[j + half];
                    rows[j] = Vector512.ConditionalSelect(low, one, other << half);
                    rows[j + half] = Vector512.ConditionalSelect(low, one >>> half, other);
                }
            }
        }
    }
}
