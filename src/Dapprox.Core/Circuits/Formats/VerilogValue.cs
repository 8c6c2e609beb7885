using System.Numerics;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// A value in a Verilog expression. Operands are as wide as the widest of them and as what they are assigned to (IEEE 1364-2005, 5.4), so
/// a value becomes gates only when that is known. It is extended by its sign if all operands are signed, otherwise by zeros.
/// </summary>
/// <param name="line">The line of the file.</param>
/// <param name="width">Its own width in bits.</param>
/// <param name="isSigned">Whether all its operands are signed.</param>
abstract class VerilogValue(int line, int width, bool isSigned)
{
    public int Line { get; } = line;

    public int Width { get; } = width;

    public bool IsSigned { get; } = isSigned;

    /// <summary>The bits, the lowest first.</summary>
    /// <param name="scope">Takes the gates.</param>
    /// <param name="width">The width that it has where it stands: at least its own.</param>
    /// <param name="needed">The number of bits that are wanted, at most the width.</param>
    public int[] Build(VerilogScope scope, int width, int needed) => Build(scope, width, needed, IsSigned);

    /// <summary>The bits of a value that stands alone, in its own width.</summary>
    public int[] Build(VerilogScope scope) => Build(scope, Width, Width);

    /// <summary>The bits among operands that are signed only where all are.</summary>
    public abstract int[] Build(VerilogScope scope, int width, int needed, bool isSigned);

    /// <summary>A number without a width of its own: of 32 bits or more.</summary>
    public sealed class Number(int line, BigInteger value, int width, bool isSigned) : VerilogValue(line, width, isSigned)
    {
        public BigInteger Value { get; } = value;

        /// <summary>Whether the value has no more bits than its width: nothing of it was carried out.</summary>
        public bool Fits => IsSigned ? (long)Value.GetBitLength() < Width : Value.Sign >= 0 && Value.GetBitLength() <= Width;

        public override int[] Build(VerilogScope scope, int width, int needed, bool isSigned) =>
            scope.Counted(Line, [.. Enumerable.Range(0, needed)
                .Select(bit => (Value >> bit).IsEven ? ModuleSource.Zero : ModuleSource.One)]);
    }

    /// <summary>Bits of wires, of concatenations, of comparisons.</summary>
    public sealed class Bits(int line, int[] bits, bool isSigned = false) : VerilogValue(line, bits.Length, isSigned)
    {
        public override int[] Build(VerilogScope scope, int width, int needed, bool isSigned)
        {
            if (needed <= bits.Length)
                return bits[..needed];
            int[] extension = new int[needed - bits.Length];
            Array.Fill(extension, isSigned ? bits[^1] : ModuleSource.Zero);
            return scope.Counted(Line, [.. bits, .. extension]);
        }
    }

    /// <summary>All bits inverted.</summary>
    public sealed class Inverse(int line, VerilogValue operand) : VerilogValue(line, operand.Width, operand.IsSigned)
    {
        public override int[] Build(VerilogScope scope, int width, int needed, bool isSigned) =>
            scope.Each(Line, Cells.Not, operand.Build(scope, width, needed, isSigned));
    }

    /// <summary>A sum, a difference, or a gate for each bit; of <c>~&amp;</c> and <c>~|</c> NAND and NOR.</summary>
    public sealed class Operation(int line, string symbol, VerilogValue left, VerilogValue right)
        : VerilogValue(line, Math.Max(left.Width, right.Width), left.IsSigned && right.IsSigned)
    {
        readonly string symbol = symbol;
        readonly VerilogValue left = left, right = right;

        /// <summary>The same with all bits inverted, where that is one gate too; otherwise null.</summary>
        public Operation? Inverted => symbol switch
        {
            "&" => new Operation(Line, "~&", left, right),
            "|" => new Operation(Line, "~|", left, right),
            "^" => new Operation(Line, "~^", left, right),
            _ => null,
        };

        public override int[] Build(VerilogScope scope, int width, int needed, bool isSigned)
        {
            // No recursion to the left: a chain of operators may be as long as the file.
            var chain = new Stack<Operation>();
            VerilogValue first = this;
            for (; first is Operation operation; first = operation.left)
                chain.Push(operation);
            int[] value = first.Build(scope, width, needed, isSigned);
            while (chain.TryPop(out Operation? next))
            {
                int[] other = next.right.Build(scope, width, needed, isSigned);
                value = next.symbol switch
                {
                    "+" => scope.Add(next.Line, value, other, ModuleSource.Zero).Sum,
                    "-" => scope.Add(next.Line, value, scope.Each(next.Line, Cells.Not, other), ModuleSource.One).Sum,
                    "&" => scope.Each(next.Line, Cells.And, value, other),
                    "|" => scope.Each(next.Line, Cells.Or, value, other),
                    "^" => scope.Each(next.Line, Cells.Xor, value, other),
                    "~&" => scope.Each(next.Line, Cells.Nand, value, other),
                    "~|" => scope.Each(next.Line, Cells.Nor, value, other),
                    _ => scope.Each(next.Line, Cells.Xnor, value, other),
                };
            }

            return value;
        }
    }

    /// <summary>One of two values.</summary>
    public sealed class Choice(int line, int condition, VerilogValue where, VerilogValue otherwise)
        : VerilogValue(line, Math.Max(where.Width, otherwise.Width), where.IsSigned && otherwise.IsSigned)
    {
        public override int[] Build(VerilogScope scope, int width, int needed, bool isSigned) =>
            condition is ModuleSource.Zero or ModuleSource.One
            ? (condition == ModuleSource.One ? where : otherwise).Build(scope, width, needed, isSigned)
            : scope.Each(
                Line, Cells.Multiplexer, otherwise.Build(scope, width, needed, isSigned), where.Build(scope, width, needed, isSigned),
                [.. Enumerable.Repeat(condition, needed)]);
    }

    /// <summary>A value shifted by a constant number of places.</summary>
    public sealed class Shift(int line, VerilogValue operand, int places, bool isLeft, bool isArithmetic)
        : VerilogValue(line, operand.Width, operand.IsSigned)
    {
        public override int[] Build(VerilogScope scope, int width, int needed, bool isSigned)
        {
            int[] filled = new int[Math.Min(places, needed)];
            if (isLeft)
                return scope.Counted(Line, [.. filled, .. operand.Build(scope, width, needed - filled.Length, isSigned)]);
            int[] whole = operand.Build(scope, width, width, isSigned);
            int kept = Math.Clamp(width - places, 0, needed);
            Array.Fill(filled, isArithmetic && isSigned ? whole[^1] : ModuleSource.Zero);
            return scope.Counted(Line, [.. whole.Skip(places).Take(kept), .. filled[..(needed - kept)]]);
        }
    }
}
