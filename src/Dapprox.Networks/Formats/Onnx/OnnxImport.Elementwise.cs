using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>Functions of each number, and of two or more.</content>
sealed partial class OnnxImport
{
    Value Scaled(NodeReader node, Value value, float factor) =>
        Combined(node.Name + ".scale", Combination.Multiply, value, null, null, new OnnxTensor([], [factor], null));

    void Binary(NodeReader node, Combination combination, bool isSwapped = false)
    {
        (int first, int second) = isSwapped ? (1, 0) : (0, 1);
        Value? left = node.Find(first, inAnyLayout: true), right = node.Find(second, inAnyLayout: true);
        if (combination == Combination.Divide)
            ThrowIfInteger(left ?? right);
        if (left is null && right is null)
        {
            node.Give(Folded(node, node.Constant(first), node.Constant(second), combination));
            return;
        }

        node.Give(Combined(
            node.Name, combination, left, left is null ? Constant(first, right!) : null, right,
            right is null ? Constant(second, left!) : null, isNamed: true));

        OnnxTensor Constant(int input, Value other) => input == 1 ? Placed(node, other) : node.Constant(input);
    }

    /// <summary>And and Or of conditions, which are 0 or 1: the smaller and the larger one.</summary>
    void Logical(NodeReader node, Combination combination)
    {
        Value left = node.Any(0, inAnyLayout: true), right = node.Any(1, inAnyLayout: true);
        node.Give(left.Constant is { } one && right.Constant is { } other
            ? Known(Folded(node, one, other, combination))
            : Combined(
                node.Name, combination, left.Constant is null ? left : null, Condition(left), right.Constant is null ? right : null,
                Condition(right), isNamed: true));
    }

    void Not(NodeReader node) => node.Give(Opposite(node, node.Any(0, inAnyLayout: true)));

    /// <summary>Xor: whether conditions differ.</summary>
    void ExclusiveOr(NodeReader node)
    {
        Value left = node.Any(0, inAnyLayout: true), right = node.Any(1, inAnyLayout: true);
        node.Give(Opposite(node, left.Constant is { } one && right.Constant is { } other
            ? Known(Folded(node, one, other, Combination.Equal))
            : Combined(
                node.Name + ".equal", Combination.Equal, left.Constant is null ? left : null, Condition(left),
                right.Constant is null ? right : null, Condition(right))));
    }

    /// <summary>A condition that holds where another does not.</summary>
    Value Opposite(NodeReader node, Value input)
    {
        if (input.Constant is not { } constant)
            return Combined(node.Name, Combination.Subtract, null, new OnnxTensor([], [1], null), input, null, isNamed: true);
        long[] conditions = constant.Integers ?? throw new InputException("its condition is of real numbers");
        return Known(constant with { Integers = [.. conditions.Select(one => one == 0 ? 1L : 0)] });
    }

    /// <summary>Whether a number is no number: it differs from itself.</summary>
    void IsNotANumber(NodeReader node)
    {
        Value input = node.Activation(0, inAnyLayout: true);
        node.Give(Opposite(node, Combined(node.Name + ".equal", Combination.Equal, input, null, input, null)));
    }

    /// <summary>Whether a number is infinite, with the sign that counts.</summary>
    void IsInfinite(NodeReader node)
    {
        Value input = node.Activation(0, inAnyLayout: true);
        bool isPositive = node.Integer("detect_positive", 1) != 0, isNegative = node.Integer("detect_negative", 1) != 0;
        if (isPositive && isNegative)
            input = Add(Pointwise.Absolute(Unique(node.Name + ".absolute")), input.Shape, input) with { Layout = input.Layout };
        // Nothing equals a NaN.
        float infinity = isPositive ? float.PositiveInfinity : isNegative ? float.NegativeInfinity : float.NaN;
        node.Give(Combined(
            node.Name, Combination.Equal, input, null, null, new OnnxTensor([], [infinity], null), isNamed: true));
    }

    /// <summary>Numbers selected by a condition.</summary>
    void Where(NodeReader node)
    {
        Value[] operands = [.. Enumerable.Range(0, 3).Select(input => node.Any(input, inAnyLayout: true))];
        if (operands.All(operand => operand.Constant is not null))
        {
            node.Give(Selected(operands[0].Constant!, operands[1].Constant!, operands[2].Constant!));
            return;
        }

        operands[0] = Condition(operands[0]) is { } condition ? Known(condition) : operands[0];
        Value like = operands.First(operand => operand.Constant is null);
        int[][] shapes = [.. operands.Select(operand => ShapeBeside(operand, like))];
        int[] shape = Checked(shapes.Aggregate((one, other) => Combine.ShapeOf(one, other)));
        bool areIntegers = operands[1..].Any(operand => operand.Kind != NumberKind.Real)
            || operands[1..].All(operand => operand.Constant is { Reals: null });
        float[]?[] constants = [.. operands.Select((operand, i) => Repeated(operand, shapes[i]))];
        Value[] inputs = [
            .. operands.Where(operand => operand.Constant is null).Select((operand, i) => operand.Shape.AsSpan().SequenceEqual(shape)
                ? operand
                : Moved(operand, $"{node.Name}.{i + 1}", shape, RepeatedPart(operand.Shape)))];
        NumberKind kind = operands[1..].Max(operand => operand.Kind);
        node.Give(Add(new Select(node.Name, constants[0], constants[1], constants[2]), shape, inputs) with
        {
            Layout = like.Layout,
            Kind = areIntegers && kind == NumberKind.Real ? NumberKind.Integer : kind,
        });

        float[]? Repeated(Value operand, int[] own)
        {
            if (operand.Constant is not { } constant)
                return null;
            Charge(2 * Tensor.Count(shape));
            float[] reals = RealsOf(constant, areIntegers);
            return [.. Indices(shape, RepeatedPart(own)).Select(index => reals[index])];
        }
    }

    /// <summary>The indices, by dimension, in a shape whose dimensions of 1 are repeated.</summary>
    static Func<int, int, int> RepeatedPart(int[] own)
    {
        int[] strides = Strides(own);
        return (axis, index) => index % own[axis] * strides[axis];
    }

    OnnxTensor Selected(OnnxTensor condition, OnnxTensor ifTrue, OnnxTensor ifFalse)
    {
        OnnxTensor[] operands = [condition, ifTrue, ifFalse];
        int rank = operands.Max(operand => operand.Shape.Length);
        int[][] shapes = [.. operands.Select(operand => Padded(operand.Shape, rank))];
        int[] shape = Checked(0, [.. shapes.Aggregate((one, other) => Combine.ShapeOf(one, other)).Select(dimension => (long)dimension)]);
        Charge(4 * Tensor.Count(shape));
        int[][] sources = [.. shapes.Select(own => Indices(shape, RepeatedPart(own)))];
        if (condition.Integers is not { } conditions || ifTrue.Reals is null != ifFalse.Reals is null)
            throw new InputException("its condition is of real numbers, or it selects between integers and real numbers");
        return ifTrue.Reals is null
            ? new OnnxTensor(shape, null, Numbers(ifTrue.Integers!, ifFalse.Integers!))
            : new OnnxTensor(shape, Numbers(ifTrue.Reals, ifFalse.Reals!), null);

        T[] Numbers<T>(T[] those, T[] others) =>
            [.. sources[0].Select((index, i) => conditions[index] != 0 ? those[sources[1][i]] : others[sources[2][i]])];
    }

    /// <summary>A constant condition as 0 and 1; null if it depends on the images.</summary>
    static OnnxTensor? Condition(Value value) => value.Constant is not { } constant ? null : constant.Integers is { } integers
        ? constant with { Reals = [.. integers.Select(one => one == 0 ? 0f : 1)], Integers = null }
        : throw new InputException("its condition is of real numbers");

    static Value Known(OnnxTensor constant) => new(Graph.Node.Images, constant.Shape, constant);

    /// <summary>
    /// The second operand of a binary operator. Before version 7 its dimensions could stand at an axis of the first, and slopes of PRelu
    /// were those of channels.
    /// </summary>
    OnnxTensor Placed(NodeReader node, Value first)
    {
        OnnxTensor constant = node.Constant(1);
        if (version < 7 && node.Operator == "PRelu" && constant.Shape is [> 1] && constant.Count == first.Shape[0])
            return constant with { Shape = [constant.Count, .. Enumerable.Repeat(1, first.Shape.Length - 1)] };
        if (version >= 7 || node.Attribute("axis") is not AttributeProto axis)
            return constant;
        long behind = first.Rank - (axis.I < 0 ? axis.I + first.Rank : axis.I) - constant.Shape.Length;
        return behind >= 0 && behind <= first.Rank
            ? constant with { Shape = [.. constant.Shape, .. Enumerable.Repeat(1, (int)behind)] }
            : throw new InputException(
                $"a constant of {constant.Shape.Length} dimensions does not stand at the axis {axis.I} of {first.Rank}");
    }

    Value Combined(
        string name, Combination combination, Value? left, OnnxTensor? leftConstant, Value? right, OnnxTensor? rightConstant,
        bool isNamed = false)
    {
        Value like = left is null || right?.Rank > left.Rank ? right! : left;
        int[] leftShape = ShapeBeside(left ?? Known(leftConstant!), like), rightShape = ShapeBeside(right ?? Known(rightConstant!), like);
        int[] result = Checked(Combine.ShapeOf(leftShape, rightShape));
        if (!leftShape.AsSpan().SequenceEqual(rightShape))
            Charge(2 * Tensor.Count(result));
        bool areIntegers = like.Kind != NumberKind.Real;
        var layer = new Combine(
            isNamed ? name : Unique(name), combination, leftShape, rightShape,
            leftConstant is null ? null : RealsOf(leftConstant, areIntegers),
            rightConstant is null ? null : RealsOf(rightConstant, areIntegers));
        Value combined = left is null ? Add(layer, result, right!)
            : right is null ? Add(layer, result, left) : Add(layer, result, left, right);
        return combined with
        {
            Layout = like.Layout,
            Kind = IsComparison(combination) ? NumberKind.Condition : combined.Kind,
        };
    }

    /// <summary>The numbers of a constant beside numbers that depend on the images, which are integers or conditions, or real.</summary>
    static float[] RealsOf(OnnxTensor constant, bool areIntegers) => constant.Reals ?? (areIntegers && !constant.Integers!.Any(IsOfImages)
        ? [.. constant.Integers!.Select(number => (float)number)]
        : throw new InputException("a constant of integers meets real ones"));

    /// <summary>The shape of an operand for one image beside another; shapes are aligned at the end, and only the dimension of the images
    /// may be the batch.</summary>
    static int[] ShapeBeside(Value operand, Value like)
    {
        int rank = like.Rank, images = like.Layout.Place - like.Layout.Before;
        if (operand.Constant is null)
            return operand.Rank == rank && operand.Layout == like.Layout ? operand.Shape : throw new InputException(
                $"tensors of {operand.Rank} and {rank} dimensions would mix images");
        int[] shape = operand.Shape.Length > rank ? [] : [.. Enumerable.Repeat(1, rank - operand.Shape.Length), .. operand.Shape];
        if (shape.Length == 0 || shape[images] != 1)
            throw new InputException(
                $"a constant of the shape [{string.Join(", ", operand.Shape)}] does not fit one image, which has {rank - 1} dimensions");
        return [.. shape[..images], .. Enumerable.Repeat(1, like.Layout.Joined), .. shape[(images + 1)..]];
    }

    OnnxTensor Folded(NodeReader node, OnnxTensor left, OnnxTensor right, Combination combination)
    {
        if (left.Reals is { } a && right.Reals is { } b)
        {
            (int[] leftShape, int[] rightShape, int[] shape) = Aligned(left, right);
            var layer = new Combine(node.Name, combination, leftShape, rightShape);
            float[] result = layer.Forward([new Tensor(a, [1, .. leftShape]), new Tensor(b, [1, .. rightShape])], 1).Data;
            return IsComparison(combination)
                ? new OnnxTensor(shape, null, [.. result.Select(one => (long)one)])
                : new OnnxTensor(shape, result, null);
        }

        return Folded(left, right, Int32);

        long Int32(long x, long y) => combination switch
        {
            Combination.Equal when x == y => 1,
            // There is at least one image.
            Combination.Equal when Math.Max(x, y) <= 0 => 0,
            Combination.Greater or Combination.GreaterOrEqual when IsOfImages(x) && y <= 0 && !IsOfImages(y) => 1,
            Combination.Greater or Combination.GreaterOrEqual when IsOfImages(y) && x <= 0 && !IsOfImages(x) => 0,
            Combination.Multiply when IsOfImages(x) && y > 0 => OnnxTensor.Images(checked(OnnxTensor.ImagesIn(x) * y)),
            Combination.Multiply when IsOfImages(y) && x > 0 => OnnxTensor.Images(checked(OnnxTensor.ImagesIn(y) * x)),
            Combination.Divide when IsOfImages(x) && y > 0 && OnnxTensor.ImagesIn(x) % y == 0 =>
                OnnxTensor.Images(OnnxTensor.ImagesIn(x) / y),
            Combination.Multiply when y == 1 => x,
            Combination.Multiply when x == 1 => y,
            Combination.Divide when y == 1 => x,
            _ when IsOfImages(x) || IsOfImages(y) => throw new InputException("it computes with the number of images"),
            Combination.Divide when y == 0 => throw new InputException("it divides by 0"),
            Combination.Add => checked(x + y),
            Combination.Subtract => checked(x - y),
            Combination.Multiply => checked(x * y),
            Combination.Divide => x / y,
            Combination.Maximum => Math.Max(x, y),
            Combination.Minimum => Math.Min(x, y),
            Combination.Greater => x > y ? 1 : 0,
            Combination.GreaterOrEqual => x >= y ? 1 : 0,
            Combination.Equal => 0,
            _ => throw new InputException("its constants are integers and have to be real ones"),
        };
    }

    /// <summary>A function of two integers, for each of them.</summary>
    OnnxTensor Folded(OnnxTensor left, OnnxTensor right, Func<long, long, long> function)
    {
        if (left.Integers is not { } those || right.Integers is not { } others)
            throw new InputException("a constant of integers meets one of real numbers");
        (int[] leftShape, int[] rightShape, int[] shape) = Aligned(left, right);
        int[] leftIndices = Indices(shape, RepeatedPart(leftShape)), rightIndices = Indices(shape, RepeatedPart(rightShape));
        return new OnnxTensor(shape, null, [.. leftIndices.Zip(rightIndices, (x, y) => function(those[x], others[y]))]);
    }

    /// <summary>The shapes of two constants with equally many dimensions, and that of what is made of them.</summary>
    (int[] Left, int[] Right, int[] Both) Aligned(OnnxTensor left, OnnxTensor right)
    {
        int rank = Math.Max(left.Shape.Length, right.Shape.Length);
        int[] leftShape = Padded(left.Shape, rank), rightShape = Padded(right.Shape, rank);
        int[] shape = Checked(0, [.. Combine.ShapeOf(leftShape, rightShape).Select(dimension => (long)dimension)]);
        Charge(3 * Tensor.Count(shape));
        return (leftShape, rightShape, shape);
    }

    static bool IsOfImages(long number) => OnnxTensor.ImagesIn(number) > 0;

    static bool IsComparison(Combination combination) =>
        combination is Combination.Greater or Combination.GreaterOrEqual or Combination.Equal;

    static void Clip(NodeReader node)
    {
        float min = node.Has(1) ? node.Reals(1)[0] : node.Real("min", float.NegativeInfinity);
        float max = node.Has(2) ? node.Reals(2)[0] : node.Real("max", float.PositiveInfinity);
        node.Give(new Clip(node.Name, min, max));
    }

    void Power(NodeReader node)
    {
        if (node.IsConstant(1) && node.Constant(1) is { Count: 1 } exponent)
            node.Give(Pointwise.Power(node.Name, exponent.Reals?[0] ?? exponent.Integers![0]));
        else if (node.Find(0, inAnyLayout: true) is Value powers && node.IsConstant(1)
            && node.Constant(1) is { Integers: long[] integers } many)
        {
            var reals = new OnnxTensor(many.Shape, [.. integers.Select(number => (float)number)], null);
            node.Give(Combined(node.Name, Combination.Power, powers, null, null, reals, isNamed: true));
        }
        else
            Binary(node, Combination.Power);
    }

    /// <summary>A sum, mean, maximum or minimum of any number of inputs, from the first on.</summary>
    void Folded(NodeReader node, Combination combination, bool isMean = false)
    {
        Value result = node.Any(0);
        for (int input = 1; input < node.Inputs; input++)
        {
            Value next = node.Any(input);
            string name = $"{node.Name}.{input}";
            result = result.Constant is OnnxTensor first && next.Constant is OnnxTensor second
                ? Known(Folded(node, first, second, combination))
                : Combined(
                    name, combination, result.Constant is null ? result : null, result.Constant, next.Constant is null ? next : null,
                    next.Constant);
        }

        node.Give(!isMean || node.Inputs == 1 ? result
            : result.Constant is OnnxTensor sum
                ? Known(Folded(node, sum, new OnnxTensor([], [node.Inputs], null), Combination.Divide))
                : Scaled(node, result, 1f / node.Inputs));
    }

    static void Identity(NodeReader node) => node.Give(node.Any(0, inAnyLayout: true));

    void Dropout(NodeReader node)
    {
        // Before version 7 an attribute says so. A ratio of 0 drops nothing.
        bool trains = version < 7 ? node.Integer("is_test", 0) == 0 : node.Has(2) && node.Integers(2) is [not 0];
        float ratio = version < 12 ? node.Real("ratio", 0.5f) : node.Has(1) ? node.Reals(1)[0] : 0.5f;
        if (node.IsNeeded(1))
            throw new InputException("its mask is used; only its first output is supported");
        if (trains && ratio != 0)
            throw new InputException("it is in training mode; export the model for inference");
        Identity(node);
    }

    /// <summary>A cast to the type of the second input.</summary>
    void CastLike(NodeReader node)
    {
        Value like = node.Any(1, inAnyLayout: true);
        bool isInteger = node.Any(0, inAnyLayout: true) is { Constant: null, Kind: NumberKind.Integer } or { Constant.Integers: not null };
        // Constants are real numbers, or integers that may be conditions.
        Cast(node, like switch
        {
            { Constant.Reals: not null } or { Constant: null, Kind: NumberKind.Real } => OnnxTensor.Float,
            { Constant: null, Kind: NumberKind.Condition } => OnnxTensor.Bool,
            { Constant: null } => OnnxTensor.Int64,
            _ => isInteger ? OnnxTensor.Int64 : throw new InputException(
                "real numbers are cast like a constant of integers or conditions; export the model with Cast"),
        });
    }

    void Cast(NodeReader node, long to)
    {
        if (node.Find(0, inAnyLayout: true) is Value value)
        {
            node.Give(to switch
            {
                OnnxTensor.Float or OnnxTensor.Double => value with { Kind = NumberKind.Real },
                OnnxTensor.Half => Rounded(Pointwise.RoundedToHalf(node.Name)),
                OnnxTensor.BFloat16 => Rounded(Pointwise.RoundedToBFloat16(node.Name)),
                OnnxTensor.Bool when value.Kind != NumberKind.Condition => Opposite(
                    node, Combined(node.Name + ".zero", Combination.Equal, value, null, null, new OnnxTensor([], [0], null))),
                OnnxTensor.Bool => value,
                OnnxTensor.Int32 or OnnxTensor.Int64 when value.Kind == NumberKind.Real =>
                    Rounded(Pointwise.Truncate(node.Name)) with { Kind = NumberKind.Integer },
                OnnxTensor.Int32 or OnnxTensor.Int64 => value with { Kind = NumberKind.Integer },
                _ => throw new InputException(
                    $"activations are cast to {OnnxTensor.NameOf(to)}; they are real numbers here: export the model with float alone"),
            });
            return;

            Value Rounded(Layer layer) => Add(layer, value.Shape, value) with { Layout = value.Layout, Kind = NumberKind.Real };
        }

        OnnxTensor constant = node.Constant(0);
        node.Give(to switch
        {
            OnnxTensor.Float or OnnxTensor.Double when constant.Integers is { } integers => integers.Any(IsOfImages)
                ? throw new InputException("it computes with the number of images")
                : constant with { Reals = [.. integers.Select(number => (float)number)], Integers = null },
            OnnxTensor.Int32 or OnnxTensor.Int64 when constant.Reals is { } reals =>
                constant with { Integers = [.. reals.Select(number => checked((long)number))], Reals = null },
            OnnxTensor.Float or OnnxTensor.Double or OnnxTensor.Int32 or OnnxTensor.Int64 => constant,
            OnnxTensor.Half when constant.Reals is { } reals => constant with { Reals = [.. reals.Select(number => (float)(Half)number)] },
            OnnxTensor.BFloat16 when constant.Reals is { } reals =>
                constant with { Reals = [.. reals.Select(Bfloat16Multiplier.Round)] },
            OnnxTensor.Bool => constant with
            {
                Integers = constant.Reals is { } numbers
                    ? [.. numbers.Select(number => number != 0 ? 1L : 0)]
                    : [.. constant.Integers!.Select(number => number != 0 ? 1L : 0)],
                Reals = null,
            },
            _ => throw new InputException($"a constant is cast to {OnnxTensor.NameOf(to)}; float, double, int32, int64, bool and, of real "
                + "numbers, float16 and bfloat16 are read"),
        });
    }
}
