namespace DefensiveApproximation.Circuits.Formats;

/// <summary>Truth tables as expressions of <c>~ &amp; | ^</c>, which Verilog and C share.</summary>
static class LogicText
{
    /// <summary>An output of a cell as an expression.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="output">Which output.</param>
    /// <param name="operands">What stands for its inputs: a name or constant, no expression.</param>
    /// <param name="zero">The constant 0.</param>
    /// <param name="one">The constant 1.</param>
    public static string Expression(Cell cell, int output, IReadOnlyList<string> operands, string zero, string one)
    {
        byte table = Widened(cell, output);
        string[] inputs = [.. Enumerable.Range(0, 3).Select(input => operands[Math.Min(input, operands.Count - 1)])];
        byte inverse = (byte)~table;
        return Length(inverse) < Length(table) ? $"~{Formula(inverse, nested: true)}" : Formula(table, nested: false);

        string Formula(byte function, bool nested)
        {
            LogicStep step = LogicFormulas.Of(function);
            if (step.Operation is not LogicOperation operation)
                return function switch { 0 => zero, 255 => one, _ => inputs[Array.IndexOf(LogicFormulas.Inputs, function)] };
            string left = Formula(step.Left, nested: true), right = Formula(step.Right, nested: true);
            // Formulas invert by combining with a constant; the sign says it shorter.
            string text = (operation, step.Left, step.Right) switch
            {
                (LogicOperation.Xor, 255, _) => $"~{right}",
                (LogicOperation.Xor, _, 255) => $"~{left}",
                (LogicOperation.AndNot, 255, _) => $"~{right}",
                (LogicOperation.And, _, _) => $"{left} & {right}",
                (LogicOperation.Or, _, _) => $"{left} | {right}",
                (LogicOperation.Xor, _, _) => $"{left} ^ {right}",
                _ => $"{left} & ~{right}",
            };
            return nested && !text.StartsWith('~') ? $"({text})" : text;
        }
    }

    /// <summary>The table of an output as one of three inputs, of which a cell with fewer repeats the last.</summary>
    static byte Widened(Cell cell, int output)
    {
        int table = 0;
        for (int index = 0; index < 8; index++)
        {
            // A and B are bits 2 and 1; missing inputs do not count.
            int seen = index >> (3 - cell.Inputs.Count);
            table |= (cell.Evaluate(output, seen) ? 1 : 0) << index;
        }

        return (byte)table;
    }

    static int Length(byte table)
    {
        LogicStep step = LogicFormulas.Of(table);
        if (step.Operation is null)
            return 0;
        // An inversion costs nothing in text.
        int own = step.Operation == LogicOperation.Xor && (step.Left == 255 || step.Right == 255) || step.Operation == LogicOperation.AndNot && step.Left == 255 ? 0 : 1;
        return own + Length(step.Left) + Length(step.Right);
    }
}
