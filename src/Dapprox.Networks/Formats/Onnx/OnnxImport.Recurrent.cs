using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>
/// Recurrent operators, a step after the other: the products with the inputs of all steps are one layer, those with the state one for each
/// step, with the same weights. All run on the network's multiplier.
/// </content>
sealed partial class OnnxImport
{
    // No step has more nodes than this.
    const int NodesOfStep = 32;

    /// <summary>What is known in a step; a state of zeros is null.</summary>
    /// <param name="Name">Says direction and step.</param>
    /// <param name="Input">W·x + b for all gates.</param>
    /// <param name="Hidden">The state h before the step.</param>
    /// <param name="Cell">The state c before the step.</param>
    /// <param name="Weights">R, the weights of the state.</param>
    /// <param name="Bias">The bias of R·h; null for none.</param>
    /// <param name="Functions">The activations, in ONNX's order.</param>
    /// <param name="Peepholes">What the gates i, o and f see the state c through; null for none.</param>
    /// <param name="Size">The size of the state.</param>
    sealed record Step(
        string Name, string Input, string? Hidden, string? Cell, string Weights, string? Bias, string[]? Peepholes, string[] Functions,
        int Size);

    /// <summary>A recurrent operator.</summary>
    /// <param name="Gates">The number of gates.</param>
    /// <param name="Functions">The activations if none are given.</param>
    /// <param name="Next">The states h and c after a step; c is null for operators without it.</param>
    sealed record Recurrence(
        int Gates, string[] Functions, Func<NodeReader, Rewriting, Step, (string Hidden, string? Cell)> Next);

    static Recurrence SimpleRecurrence => new(1, ["Tanh"], (_, parts, step) =>
        (parts.Add($"{step.Name}.h", step.Functions[0], [parts.Sum($"{step.Name}.sum", step.Input, Recurrent(parts, step))]), null));

    /// <summary>
    /// Gates i, o, f and c: c′ = f·c + i·c̃, h′ = o·tanh(c′). Through peepholes i and f see c, and o sees c′. (Gers, Schmidhuber,
    /// "Recurrent Nets That Time and Count", IJCNN 2000.)
    /// </summary>
    static Recurrence LongShortTermMemory => new(4, ["Sigmoid", "Tanh", "Tanh"], (_, parts, step) =>
    {
        string gates = parts.Sum($"{step.Name}.sum", step.Input, Recurrent(parts, step));
        string[] each = parts.AddSplit($"{step.Name}.gates", gates, 1, step.Size, step.Size, step.Size, step.Size);
        string input = parts.Add($"{step.Name}.i", step.Functions[0], [Seeing(0, step.Cell)]);
        string added = parts.Add(
            $"{step.Name}.added", "Mul", [input, parts.Add($"{step.Name}.candidate", step.Functions[1], [each[3]])]);
        string? kept = step.Cell is null ? null : parts.Add(
            $"{step.Name}.kept", "Mul", [parts.Add($"{step.Name}.f", step.Functions[0], [Seeing(2, step.Cell)]), step.Cell]);
        string cell = parts.Sum($"{step.Name}.c", added, kept);
        string output = parts.Add($"{step.Name}.o", step.Functions[0], [Seeing(1, cell)]);
        return (parts.Add($"{step.Name}.h", "Mul", [output, parts.Add($"{step.Name}.tanh", step.Functions[2], [cell])]), cell);

        string Seeing(int gate, string? state)
        {
            if (step.Peepholes is null || state is null)
                return each[gate];
            string seen = parts.Add($"{step.Name}.{"iof"[gate]}.seen", "Mul", [state, step.Peepholes[gate]]);
            return parts.Add($"{step.Name}.{"iof"[gate]}.sum", "Add", [each[gate], seen]);
        }
    });

    /// <summary>Gates z, r and h: h′ = (1 − z)·h̃ + z·h, with r times the state before its product or after it.</summary>
    static Recurrence GatedRecurrentUnit => new(3, ["Sigmoid", "Tanh"], (node, parts, step) =>
    {
        long size = step.Size;
        string[] inputs = parts.AddSplit($"{step.Name}.gates", step.Input, 1, 2 * size, size);
        string[] weights = parts.AddSplit($"{step.Name}.weights", step.Weights, 0, 2 * size, size);
        string[] biases = step.Bias is null ? [] : parts.AddSplit($"{step.Name}.biases", step.Bias, 0, 2 * size, size);
        Step first = step with { Weights = weights[0], Bias = biases.FirstOrDefault() };
        Step last = step with { Name = step.Name + ".candidate", Weights = weights[1], Bias = biases.LastOrDefault() };
        string both = parts.Add(
            $"{step.Name}.zr", step.Functions[0], [parts.Sum($"{step.Name}.sum", inputs[0], Recurrent(parts, first))]);
        string[] gates = parts.AddSplit($"{step.Name}.each", both, 1, size, size);
        string? part;
        if (node.Integer("linear_before_reset", 0) != 0)
            part = Recurrent(parts, last) is string product ? parts.Add($"{step.Name}.reset", "Mul", [gates[1], product]) : null;
        else
            part = Recurrent(parts, last with
            {
                Hidden = step.Hidden is null ? null : parts.Add($"{step.Name}.reset", "Mul", [gates[1], step.Hidden]),
            });
        string candidate = parts.Add(
            $"{step.Name}.tanh", step.Functions[1], [parts.Sum($"{step.Name}.candidate.sum", inputs[1], part)]);
        string rest = parts.Add($"{step.Name}.rest", "Sub", [parts.Real($"{step.Name}.one", 1), gates[0]]);
        string? kept = step.Hidden is null ? null : parts.Add($"{step.Name}.kept", "Mul", [gates[0], step.Hidden]);
        return (parts.Sum($"{step.Name}.h", parts.Add($"{step.Name}.new", "Mul", [rest, candidate]), kept), null);
    });

    /// <summary>R·h and its bias; a state of zeros has no products, and without bias there is nothing to add.</summary>
    static string? Recurrent(Rewriting parts, Step step) => step.Hidden is null
        ? step.Bias
        : parts.Add(
            step.Name, "Gemm", [step.Hidden, step.Weights, .. step.Bias is null ? (string[])[] : [step.Bias]], ("transB", 1L));

    void Recurrent(NodeReader node, Recurrence recurrence)
    {
        Value input = node.Activation(0, inAnyLayout: true);
        bool isBatchFirst = node.Integer("layout", 0) != 0;
        if (input.Shape.Length != 2 || input.Layout != (isBatchFirst ? default : new Layout(1, 0, 0)))
            throw new InputException($"its input has the shape {Shown(input.FileShape)}; it has to be that of "
                + (isBatchFirst ? "images, steps and numbers" : "steps, images and numbers"));
        int steps = input.Shape[0], size = Int32(node.Integer("hidden_size", 0), "hidden_size");
        string direction = node.Text("direction", "forward");
        string[] directions = direction switch
        {
            "forward" or "reverse" => [direction],
            "bidirectional" => ["forward", "reverse"],
            _ => throw new InputException($"its direction is '{direction}'; forward, reverse and bidirectional are read"),
        };
        if (node.Attribute("clip") is not null || node.Integer("input_forget", 0) != 0)
            throw new InputException("it has clip or input_forget, which are not read");
        if (node.Has(4) && node.Integers(4).Any(length => length != steps))
            throw new InputException($"its sequences have lengths of their own; those of all {steps} steps are read");
        string[] functions = [.. node.Attribute("activations")?.Strings.Select(name => name.ToStringUtf8()) ?? []];
        if (functions.Length == 0)
            functions = [.. directions.SelectMany(_ => recurrence.Functions)];
        if (functions.Length != directions.Length * recurrence.Functions.Length
            || functions.Any(name => name is not ("Sigmoid" or "Tanh" or "Relu"))
            || node.Attribute("activation_alpha") is not null || node.Attribute("activation_beta") is not null)
            throw new InputException(
                $"its activations are {string.Join(", ", functions)}; Sigmoid, Tanh and Relu are read, without numbers of their own");
        if ((long)steps * directions.Length * NodesOfStep > MaxRewritten)
            throw new InputException($"it has {steps} steps, and at most {MaxRewritten / NodesOfStep / directions.Length} are read");
        CheckWeights(node, directions.Length, recurrence.Gates * size, input.Shape[1], size);

        var parts = new Rewriting(this, node);
        string all = isBatchFirst ? node.InputNames[0] : parts.Add("steps", "Transpose", [node.InputNames[0]], ("perm", StepsSecond));
        var outputs = new List<string>();
        var lastHidden = new List<string>();
        var lastCell = new List<string>();
        for (int i = 0; i < directions.Length; i++)
        {
            string name = directions[i];
            string weights = parts.Add(
                $"{name}.turned", "Transpose", [Of(name + ".w", node.InputNames[1], i)], ("perm", (long[])[1, 0]));
            string inputs = parts.Add($"{name}.input", "MatMul", [all, weights]);
            string? bias = null;
            if (node.Has(3))
            {
                long gates = (long)recurrence.Gates * size;
                string[] biases = parts.AddSplit(name + ".biases", Of(name + ".b", node.InputNames[3], i), 0, gates, gates);
                inputs = parts.Add($"{name}.bias", "Add", [inputs, biases[0]]);
                bias = biases[1];
            }

            string recurrent = Of(name + ".r", node.InputNames[2], i);
            string[]? peepholes = node.Has(7)
                ? parts.AddSplit(name + ".peepholes", Of(name + ".p", node.InputNames[7], i), 0, size, size, size)
                : null;
            string? hidden = State(node, parts, 5, name, i, isBatchFirst), cell = State(node, parts, 6, name, i, isBatchFirst);
            string[] own = functions[(i * recurrence.Functions.Length)..((i + 1) * recurrence.Functions.Length)];
            string[] states = new string[steps];
            for (int step = 0; step < steps; step++)
            {
                int time = name == "reverse" ? steps - 1 - step : step;
                string at = parts.Add(
                    $"{name}.{time}.x", "Gather", [inputs, parts.Integer($"{name}.{time}.index", time)], ("axis", 1L));
                (hidden, cell) = recurrence.Next(
                    node, parts, new Step($"{name}.{time}", at, hidden, cell, recurrent, bias, peepholes, own, size));
                states[time] = hidden;
            }

            if (node.IsNeeded(0))
                outputs.Add(parts.Add($"{name}.states", "Concat", [.. states.Select((state, time) => parts.Add(
                    $"{name}.{time}.state", "Unsqueeze", [state, parts.Integers($"{name}.{time}.axes", 1, 2)]))], ("axis", 1L)));
            lastHidden.Add(parts.Add($"{name}.last", "Unsqueeze", [hidden!, parts.Integers($"{name}.last.axes", 1)]));
            if (cell is not null)
                lastCell.Add(parts.Add($"{name}.last.c", "Unsqueeze", [cell, parts.Integers($"{name}.last.c.axes", 1)]));
        }

        GiveTogether(outputs, 0, "states", 2, [1, 2, 0, 3]);
        GiveTogether(lastHidden, 1, "last", 1, StepsSecond);
        GiveTogether(lastCell, 2, "last.c", 1, StepsSecond);
        parts.Done();

        string Of(string part, string tensor, int index) =>
            parts.Add(part, "Gather", [tensor, parts.Integer(part + ".index", index)], ("axis", 0L));

        // The directions behind each other; the images where the layout has them.
        void GiveTogether(List<string> tensors, int output, string part, long axis, long[] order)
        {
            if (tensors.Count == 0 || !node.IsNeeded(output))
                return;
            string joined = tensors.Count == 1 ? tensors[0] : parts.Add(part, "Concat", [.. tensors], ("axis", axis));
            parts.Give(isBatchFirst ? joined : parts.Add(part + ".turned", "Transpose", [joined], ("perm", order)), output);
        }
    }

    // Exchanges the two first of three dimensions.
    static readonly long[] StepsSecond = [1, 0, 2];

    static void CheckWeights(NodeReader node, int directions, int gates, int inputs, int size)
    {
        Check("W", node.Constant(1), [directions, gates, inputs]);
        Check("R", node.Constant(2), [directions, gates, size]);
        if (node.Has(3))
            Check("B", node.Constant(3), [directions, 2 * gates]);
        // Only an LSTM has them.
        if (node.Has(7))
            Check("P", node.Constant(7), [directions, gates - size]);

        static void Check(string name, OnnxTensor weights, int[] shape)
        {
            if (!weights.Shape.AsSpan().SequenceEqual(shape))
                throw new InputException($"its weights {name} have the shape [{string.Join(", ", weights.Shape)}] and should have "
                    + $"[{string.Join(", ", shape)}]");
        }
    }

    /// <summary>The state of a direction before the first step; null for zeros.</summary>
    static string? State(NodeReader node, Rewriting parts, int input, string name, int direction, bool isBatchFirst)
    {
        if (!node.Has(input) || node.IsConstant(input) && node.Reals(input).All(number => number == 0))
            return null;
        string part = $"{name}.{(input == 5 ? "h" : "c")}0";
        Value state = node.Any(input, inAnyLayout: true);
        int images = isBatchFirst ? 0 : 1;
        if (state.Constant is not null && (state.Shape.Length != 3 || state.Shape[images] != 1))
            throw new InputException($"its initial state is a constant of the shape {Shown(state.FileShape)}; it has to be the same for "
                + "all images");
        return parts.Add(part, "Gather", [node.InputNames[input], parts.Integer(part + ".index", direction)], ("axis", 1L - images));
    }
}
