using System.Globalization;
using System.Numerics;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>Reads the expressions of Verilog, with its precedence, widths and signs (IEEE 1364-2005, clause 5).</summary>
sealed class VerilogExpressions(VerilogTokens tokens, VerilogScope scope)
{
    // Parentheses deeper than any generator's, and few enough for the stack.
    const int Deepest = 200;

    // A constant without a width has that of an integer.
    const int IntegerBits = 32;

    // More than a product of the widest operands has, and few enough to compute with.
    const int MaxConstantBits = 4096;

    /// <summary>From the loosest to the tightest; each binds to the left.</summary>
    static readonly Dictionary<string, int> Strengths = new(StringComparer.Ordinal)
    {
        ["||"] = 1,
        ["&&"] = 2,
        ["|"] = 3,
        ["^"] = 4,
        ["~^"] = 4,
        ["^~"] = 4,
        ["&"] = 5,
        ["=="] = 6,
        ["!="] = 6,
        ["<"] = 7,
        ["<="] = 7,
        [">"] = 7,
        [">="] = 7,
        ["<<"] = 8,
        ["<<<"] = 8,
        [">>"] = 8,
        [">>>"] = 8,
        ["+"] = 9,
        ["-"] = 9,
        ["*"] = 10,
        ["/"] = 10,
        ["%"] = 10,
        ["**"] = 11,
    };

    static readonly string[] Prefixes = ["~", "!", "-", "+", "&", "|", "^", "~&", "~|", "~^", "^~"];

    int depth;

    /// <summary>An expression, with the choice <c>s ? b : a</c> as the loosest operator.</summary>
    public VerilogValue Read()
    {
        int line = tokens.Current.Line;
        Enter(line);
        VerilogValue value = Operations(1);
        if (tokens.Take("?"))
        {
            VerilogValue where = Read();
            tokens.Expect(":");
            VerilogValue otherwise = Read();
            int condition = scope.Truth(line, value.Build(scope));
            value = condition is ModuleSource.Zero or ModuleSource.One && where is VerilogValue.Number one
                && otherwise is VerilogValue.Number other
                ? new VerilogValue.Number(
                    line, condition == ModuleSource.One ? one.Value : other.Value, Math.Max(one.Width, other.Width),
                    one.IsSigned && other.IsSigned)
                : new VerilogValue.Choice(line, condition, where, otherwise);
        }

        depth--;
        return value;
    }

    /// <summary>An expression in its own width.</summary>
    public int[] ReadBits() => Read().Build(scope);

    /// <summary>An expression that is one bit: true where it is not zero.</summary>
    public int ReadCondition()
    {
        int line = tokens.Current.Line;
        return scope.Truth(line, ReadBits());
    }

    /// <summary>An integer: constants and parameters with any operators.</summary>
    public int ReadInteger()
    {
        VerilogToken first = tokens.Current;
        return Integer(first, Read());
    }

    /// <summary>The bit that is 1 where two values are equal.</summary>
    public int IsEqual(int line, VerilogValue left, VerilogValue right)
    {
        (int[] first, int[] second) = Alike(left, right);
        return scope.Module.Gate(line, Cells.Not, scope.Truth(line, scope.Each(line, Cells.Xor, first, second)));
    }

    /// <summary>The range of a declaration; null where there is none.</summary>
    public (int Left, int Right)? ReadRange()
    {
        if (!tokens.Take("["))
            return null;
        int left = ReadInteger();
        tokens.Expect(":");
        int right = ReadInteger();
        tokens.Expect("]");
        return (left, right);
    }

    /// <summary>What is assigned to: a wire, bits of it, or several in braces.</summary>
    public int[] ReadTarget()
    {
        VerilogToken at = tokens.Current;
        Enter(at.Line);
        int[] target;
        if (tokens.Take("{"))
        {
            var parts = new List<int[]>();
            do
                parts.Add(ReadTarget());
            while (tokens.Take(","));
            tokens.Expect("}");
            parts.Reverse();
            target = scope.Counted(at.Line, [.. parts.SelectMany(part => part)]);
        }
        else
        {
            string name = tokens.Word("a wire that is assigned to");
            target = Selected(at.Line, name, Wire(at.Line, name));
        }

        depth--;
        return target;
    }

    VerilogValue Operations(int strength)
    {
        VerilogValue value = Prefixed();
        while (tokens.Current is { Kind: VerilogTokenKind.Symbol } sign && Strengths.TryGetValue(sign.Text, out int known)
            && known >= strength)
        {
            tokens.Advance();
            value = Combined(sign, value, Operations(known + 1));
        }

        return value;
    }

    VerilogValue Combined(VerilogToken sign, VerilogValue left, VerilogValue right)
    {
        int line = sign.Line;
        if (left is VerilogValue.Number a && right is VerilogValue.Number b
            && (IsArithmetic(sign) || AreOrdered(a, b) && !(IsShift(sign) && a.Value.Sign < 0)))
        {
            BigInteger constant = Constant(sign, a.Value, b.Value);
            if (constant.GetBitLength() > MaxConstantBits)
                throw TooLong(line);
            bool isTruth = Strengths[sign.Text] is 1 or 2 or 6 or 7;
            bool isSigned = left.IsSigned && (right.IsSigned || IsShift(sign));
            return new VerilogValue.Number(
                line, constant, isTruth ? 1 : IsShift(sign) ? left.Width : Math.Max(left.Width, right.Width), !isTruth && isSigned);
        }

        switch (sign.Text)
        {
            case "&&" or "||":
                int first = scope.Truth(line, left.Build(scope)), second = scope.Truth(line, right.Build(scope));
                return Single(line, scope.Module.Gate(line, sign.Text == "&&" ? Cells.And : Cells.Or, first, second));
            case "==" or "!=":
                int equal = IsEqual(line, left, right);
                return Single(line, sign.Text == "==" ? equal : scope.Module.Gate(line, Cells.Not, equal));
            case "<" or ">" or "<=" or ">=":
                return Single(line, Compared(sign, left, right));
            case "<<" or "<<<" or ">>" or ">>>":
                if (right is not VerilogValue.Number places)
                    throw NoGates(sign, "a shift by what is no integer constant");
                return new VerilogValue.Shift(
                    line, left, (int)BigInteger.Min(places.Value.Sign < 0 ? int.MaxValue : places.Value, int.MaxValue),
                    sign.Text[0] == '<', sign.Text == ">>>");
            case "*" or "/" or "%" or "**":
                throw NoGates(sign, $"'{sign.Text}' of what is no integer constant");
            default:
                return new VerilogValue.Operation(line, sign.Text, left, right);
        }
    }

    InputException NoGates(VerilogToken sign, string what) =>
        scope.Wrong(sign.Line, $"{what} has no gates of its own; ~ ! & | ^ && || ?: + - == < and shifts by a constant are structural");

    /// <summary>Both operands of a comparison, equally wide.</summary>
    (int[] Left, int[] Right) Alike(VerilogValue left, VerilogValue right)
    {
        // As the operands of any other operator have a common width and sign.
        int width = Math.Max(left.Width, right.Width);
        bool isSigned = left.IsSigned && right.IsSigned;
        return (left.Build(scope, width, width, isSigned), right.Build(scope, width, width, isSigned));
    }

    int Compared(VerilogToken sign, VerilogValue left, VerilogValue right)
    {
        (int[] first, int[] second) = Alike(left, right);
        if (left.IsSigned && right.IsSigned)
        {
            // In two's complement the order is that of unsigned numbers with the highest bit inverted.
            foreach (int[] value in (int[][])[first = [.. first], second = [.. second]])
                value[^1] = scope.Module.Gate(sign.Line, Cells.Not, value[^1]);
        }

        if (sign.Text is ">" or "<=")
            (first, second) = (second, first);
        // The carry of first − second is 1 where first is not less.
        int notLess = scope.Add(sign.Line, first, scope.Each(sign.Line, Cells.Not, second), ModuleSource.One).Carry;
        return sign.Text is "<=" or ">=" ? notLess : scope.Module.Gate(sign.Line, Cells.Not, notLess);
    }

    /// <summary>Whether the lowest bits of a result depend on nothing but the lowest bits of the operands.</summary>
    static bool IsArithmetic(VerilogToken sign) => sign.Text is "+" or "-" or "*" or "&" or "|" or "^" or "~^" or "^~";

    /// <summary>Whether two numbers are to each other as their bits are, in any width.</summary>
    static bool AreOrdered(VerilogValue.Number a, VerilogValue.Number b) =>
        a.Fits && b.Fits && (a.IsSigned && b.IsSigned || a.Value.Sign >= 0 && b.Value.Sign >= 0);

    static bool IsShift(VerilogToken sign) => Strengths[sign.Text] == Strengths["<<"];

    BigInteger Constant(VerilogToken sign, BigInteger a, BigInteger b) => sign.Text switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" or "%" when b.IsZero => throw scope.Wrong(sign.Line, "a constant is divided by zero"),
        "/" => a / b,
        "%" => a % b,
        "**" when b >= 0 && b <= MaxConstantBits => BigInteger.Pow(a, (int)b),
        "<<" or "<<<" when b >= 0 && b <= MaxConstantBits => a << (int)b,
        ">>" or ">>>" when a >= 0 && b >= 0 && b <= MaxConstantBits => a >> (int)b,
        "&" => a & b,
        "|" => a | b,
        "^" => a ^ b,
        "~^" or "^~" => ~(a ^ b),
        "&&" => Truth(!a.IsZero && !b.IsZero),
        "||" => Truth(!a.IsZero || !b.IsZero),
        "==" => Truth(a == b),
        "!=" => Truth(a != b),
        "<" => Truth(a < b),
        "<=" => Truth(a <= b),
        ">" => Truth(a > b),
        ">=" => Truth(a >= b),
        _ => throw TooLong(sign.Line),
    };

    static BigInteger Truth(bool isTrue) => isTrue ? BigInteger.One : BigInteger.Zero;

    VerilogValue Prefixed()
    {
        var signs = new List<VerilogToken>();
        while (tokens.Current is { Kind: VerilogTokenKind.Symbol } sign && Prefixes.Contains(sign.Text))
        {
            // Two inversions are none, and a text may have a million.
            if (sign.Text == "~" && signs.Count > 0 && signs[^1].Text == "~")
                signs.RemoveAt(signs.Count - 1);
            else
                signs.Add(sign);
            if (signs.Count > Deepest)
                throw TooDeep(sign.Line);
            tokens.Advance();
        }

        VerilogValue value = Primary();
        for (int i = signs.Count - 1; i >= 0; i--)
            value = Applied(signs[i], value);
        return value;
    }

    VerilogValue Applied(VerilogToken sign, VerilogValue value)
    {
        int line = sign.Line;
        switch (sign.Text)
        {
            case "+":
                return value;
            case "-":
                return value is VerilogValue.Number number
                    ? new VerilogValue.Number(line, -number.Value, number.Width, number.IsSigned)
                    : new VerilogValue.Operation(line, "-", new VerilogValue.Number(line, 0, value.Width, value.IsSigned), value);
            case "~":
                return value is VerilogValue.Number inverted
                    ? new VerilogValue.Number(line, ~inverted.Value, inverted.Width, inverted.IsSigned)
                    : Inverted(line, value);
            case "!" when value.Width == 1:
                return new VerilogValue.Bits(line, Inverted(line, value).Build(scope));
            default:
                int[] bits = value.Build(scope);
                Cell gate = sign.Text switch { "&" or "~&" => Cells.And, "!" or "|" or "~|" => Cells.Or, _ => Cells.Xor };
                int all = scope.Chain(line, gate, bits);
                return Single(line, sign.Text is "&" or "|" or "^" ? all : scope.Module.Gate(line, Cells.Not, all));
        }
    }

    static VerilogValue Inverted(int line, VerilogValue value) =>
        (value as VerilogValue.Operation)?.Inverted ?? (VerilogValue)new VerilogValue.Inverse(line, value);

    VerilogValue Primary()
    {
        VerilogToken at = tokens.Current;
        if (tokens.Take("("))
        {
            VerilogValue inner = Read();
            tokens.Expect(")");
            return inner;
        }

        if (tokens.Take("{"))
            return new VerilogValue.Bits(at.Line, Concatenation(at.Line));
        if (at.Kind == VerilogTokenKind.Number)
        {
            tokens.Advance();
            return Literal(at);
        }

        string name = tokens.Word("a wire, a constant or a parenthesis");
        if (name is "$signed" or "$unsigned")
        {
            tokens.Expect("(");
            int[] bits = ReadBits();
            tokens.Expect(")");
            return new VerilogValue.Bits(at.Line, bits, name == "$signed");
        }

        if (scope.Parameters.TryGetValue(name, out VerilogValue? parameter))
        {
            return tokens.IsAt("[")
                ? throw scope.Wrong(at.Line, $"bits of the parameter {SourceText.Shown(name)} are not read; shift and mask it")
                : parameter;
        }

        VerilogWire wire = Wire(at.Line, name);
        bool isWhole = !tokens.IsAt("[");
        int[] selected = scope.Present(Selected(at.Line, name, wire));
        return new VerilogValue.Bits(at.Line, selected, isWhole && wire.IsSigned);
    }

    VerilogWire Wire(int line, string name) => scope.Wires.TryGetValue(name, out VerilogWire wire)
        ? wire
        : throw scope.Wrong(line, $"'{SourceText.Shown(name)}' is not declared");

    /// <summary>The bits of a wire that stand behind its name in brackets; all, where there are none.</summary>
    int[] Selected(int line, string name, VerilogWire wire)
    {
        if (!tokens.Take("["))
            return scope.Counted(line, wire.Bits);
        int first = ReadInteger(), last = first;
        bool isDownward = wire.Left >= wire.Right;
        if (tokens.Take(":"))
            last = ReadInteger();
        else if (tokens.Current is { Text: "+:" or "-:", Kind: VerilogTokenKind.Symbol } part)
        {
            tokens.Advance();
            int width = ReadInteger();
            if (width < 1)
                throw scope.Wrong(line, $"a part of {width} bits is taken of {SourceText.Shown(name)}; a part has one bit or more");
            long other = part.Text == "+:" ? (long)first + width - 1 : (long)first - width + 1;
            last = (int)Math.Clamp(other, int.MinValue, int.MaxValue);
            if (isDownward != (first > last))
                (first, last) = (last, first);
        }

        tokens.Expect("]");
        int high = Place(first), low = Place(last);
        if (low > high)
            throw scope.Wrong(line, $"the bits of {SourceText.Shown(name)} are given in the other order than they are declared");
        return scope.Counted(line, wire.Bits[low..(high + 1)]);

        // A declared index becomes that of a bit, counted from the lowest.
        int Place(int index)
        {
            long place = isDownward ? (long)index - wire.Right : (long)wire.Right - index;
            return place >= 0 && place < wire.Bits.Length
                ? (int)place
                : throw scope.Wrong(line, $"{SourceText.Shown(name)} has no bit {index}; it has [{wire.Left}:{wire.Right}]");
        }
    }

    /// <summary><c>{a, b}</c>, of which the last is the lowest, or <c>{3{a}}</c>.</summary>
    int[] Concatenation(int line)
    {
        Enter(line);
        VerilogToken first = tokens.Current;
        VerilogValue value = Read();
        int[] bits;
        if (tokens.Take("{"))
        {
            int times = Integer(first, value);
            int[] part = Concatenation(line);
            tokens.Expect("}");
            if (times < 1)
                throw scope.Wrong(line, $"bits are repeated {times} times; they are repeated once or more");
            scope.Count(line, (long)times * part.Length);
            bits = [.. Enumerable.Repeat(part, times).SelectMany(copy => copy)];
        }
        else
        {
            var parts = new List<int[]> { Whole(first, value) };
            while (tokens.Take(","))
            {
                VerilogToken next = tokens.Current;
                parts.Add(Whole(next, Read()));
            }

            tokens.Expect("}");
            parts.Reverse();
            bits = scope.Counted(line, [.. parts.SelectMany(part => part)]);
        }

        depth--;
        return bits;

        int[] Whole(VerilogToken at, VerilogValue part) => at.Kind == VerilogTokenKind.Number && !at.Text.Contains('\'')
            ? throw scope.Wrong(at.Line, $"the constant {SourceText.Shown(at.Text)} has no width; write 1'b0 or 8'hff between braces")
            : part.Build(scope);
    }

    VerilogValue Literal(VerilogToken number)
    {
        string digits = number.Text.Replace("_", "", StringComparison.Ordinal);
        int quote = digits.IndexOf('\'', StringComparison.Ordinal), width = IntegerBits;
        if (quote < 0)
            return new VerilogValue.Number(number.Line, Value(number, digits, 10, IntegerBits), IntegerBits, isSigned: true);
        string rest = digits[(quote + 1)..];
        bool isSigned = rest.StartsWith('s') || rest.StartsWith('S');
        rest = isSigned ? rest[1..] : rest;
        if (rest.Length < 2 || quote > 0
            && (!int.TryParse(digits.AsSpan(0, quote), NumberStyles.None, CultureInfo.InvariantCulture, out width)
                || width is < 1 or > MaxConstantBits))
        {
            throw scope.Wrong(
                number.Line, $"{SourceText.Shown(number.Text)} is no constant; write 1'b0 or 8'hff, with 1 to {MaxConstantBits} bits");
        }

        int radix = char.ToLowerInvariant(rest[0]) switch { 'b' => 2, 'o' => 8, 'd' => 10, 'h' => 16, _ => 0 };
        if (rest[1..].All(digit => char.ToLowerInvariant(digit) is 'x' or 'z' or '?'))
            return new VerilogValue.Bits(number.Line, scope.Module.NewBits(number.Line, number.Text, width));
        BigInteger value = Value(number, rest[1..], radix, width);
        if (!isSigned)
            return new VerilogValue.Number(number.Line, value, width, isSigned: false);
        return new VerilogValue.Bits(
            number.Line, new VerilogValue.Number(number.Line, value, width, isSigned: false).Build(scope), isSigned: true);
    }

    BigInteger Value(VerilogToken number, string digits, int radix, int width)
    {
        BigInteger value = 0;
        foreach (char digit in digits.AsSpan(0, Math.Min(digits.Length, MaxConstantBits)))
        {
            int worth = char.IsAsciiHexDigit(digit) ? Convert.ToInt32($"{digit}", 16) : int.MaxValue;
            if (worth >= radix)
                throw scope.Wrong(number.Line, $"{SourceText.Shown(number.Text)} is not a constant of zeros and ones");
            value = value * radix + worth;
        }

        return digits.Length <= MaxConstantBits && value >> width == 0
            ? value
            : throw scope.Wrong(number.Line, $"the constant {SourceText.Shown(number.Text)} does not fit {width} bits");
    }

    int Integer(VerilogToken first, VerilogValue value) =>
        value is VerilogValue.Number { Value: BigInteger number } && number >= int.MinValue && number <= int.MaxValue
            ? (int)number
            : throw scope.Wrong(first.Line, $"what begins with '{SourceText.Shown(first.Text)}' is where an integer constant is wanted");

    InputException TooLong(int line) =>
        scope.Text.TooLarge(line, $"the constant has more than {MaxConstantBits} bits, the most that are read");

    static VerilogValue.Bits Single(int line, int bit) => new(line, [bit]);

    void Enter(int line)
    {
        if (++depth > Deepest)
            throw TooDeep(line);
    }

    InputException TooDeep(int line) =>
        scope.Wrong(line, $"the expression is nested more than {Deepest} deep, the most that is read");
}
