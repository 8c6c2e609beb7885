namespace Dapprox.Networks.Layers;

/// <summary>
/// For each number one of two: a where a condition is not 0, otherwise b. The gradient goes to the selected one; that of the condition is
/// 0. Condition, a and b are batches or constants of one image, all of the same shape.
/// </summary>
public sealed class Select : MergeLayer
{
    readonly float[]?[] constants;
    // The number of inputs before each operand.
    readonly int[] places;

    /// <summary>Creates the layer; at least one of the three is an input.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="condition">The condition; null if it is the first input.</param>
    /// <param name="ifTrue">a; null if it is the next input.</param>
    /// <param name="ifFalse">b; null if it is the last input.</param>
    public Select(string name, float[]? condition, float[]? ifTrue, float[]? ifFalse)
        : base(name)
    {
        constants = [condition, ifTrue, ifFalse];
        places = [.. Enumerable.Range(0, constants.Length).Select(operand => constants.Take(operand).Count(one => one is null))];
        if (constants.All(constant => constant is not null))
            throw new ArgumentException("Condition, a and b are all constants.", nameof(condition));
    }

    internal override bool NeedsOutput => false;

    /// <summary>The constants of condition, a and b, null for inputs.</summary>
    internal IReadOnlyList<float[]?> Constants => constants;

    /// <inheritdoc/>
    public override Tensor Forward(ReadOnlySpan<Tensor> inputs, int threads)
    {
        Tensor output = Tensor.Unfilled(inputs[0].Shape);
        for (int image = 0; image < output.Batch; image++)
        {
            ReadOnlySpan<float> condition = Operand(inputs, 0, image), a = Operand(inputs, 1, image), b = Operand(inputs, 2, image);
            Span<float> to = output.Row(image);
            for (int i = 0; i < to.Length; i++)
                to[i] = condition[i] != 0 ? a[i] : b[i];
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor[] InputGradients(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor outputGradient, int threads)
    {
        var results = new List<Tensor>();
        for (int operand = 0; operand < constants.Length; operand++)
        {
            if (constants[operand] is not null)
                continue;
            Tensor result = Tensor.Unfilled(output.Shape);
            for (int image = 0; image < result.Batch; image++)
            {
                ReadOnlySpan<float> condition = Operand(inputs, 0, image), back = outputGradient.Row(image);
                Span<float> to = result.Row(image);
                for (int i = 0; i < to.Length; i++)
                    to[i] = operand == (condition[i] != 0 ? 1 : 2) ? back[i] : 0;
            }

            results.Add(result);
        }

        return [.. results];
    }

    ReadOnlySpan<float> Operand(ReadOnlySpan<Tensor> inputs, int operand, int image) =>
        constants[operand] ?? inputs[places[operand]].Row(image);
}
