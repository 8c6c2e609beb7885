namespace Dapprox.Circuits.Formats;

/// <summary>Truth tables as expressions of <c>~ &amp; | ^</c>, which Verilog and C share.</summary>
static class LogicText
{
    /// <summary>Writes the function of a cell's output as an expression.</summary>
    /// <param name="cell">Any cell; its truth table is read.</param>
    /// <param name="output">The index of the output.</param>
    /// <param name="operands">What stands for its inputs: a name or constant, no expression.</param>
    /// <param name="zero">The text of the constant 0.</param>
    /// <param name="one">The text of the constant 1.</param>
    public static string Expression(Cell cell, int output, IReadOnlyList<string> operands, string zero, string one)
    {
        string[] inputs = [.. Enumerable.Range(0, 3).Select(input => operands[Math.Min(input, operands.Count - 1)])];
        byte table = LogicNetwork.Widened(cell.Tables[output], cell.Inputs.Count);
        for (int input = 0; input < operands.Count; input++)
        {
            if (operands[input] == zero || operands[input] == one)
                table = Fixed(table, bit: 1 << (2 - input), operands[input] == one);
        }

        byte inverse = (byte)~table;
        return Length(inverse) < Length(table) ? $"~{Formula(inverse, nested: true)}" : Formula(table, nested: false);

        string Formula(byte function, bool nested)
        {
            LogicStep step = LogicFormulas.Of(function);
            if (step.Operation is not LogicOperation operation)
                return function switch { 0 => zero, 255 => one, _ => inputs[Array.IndexOf(LogicFormulas.Inputs, function)] };
            string left = Formula(step.Left, nested: true), right = Formula(step.Right, nested: true);
            if (operation != LogicOperation.AndNot && Place(step.Left) > Place(step.Right))
                (left, right) = (right, left);
            // Formulas invert by combining with the constant 1; the sign says it shorter.
            if (Inverted(step) is byte inverted)
                return $"~{Formula(inverted, nested: true)}";
            string text = operation switch
            {
                LogicOperation.And => $"{left} & {right}",
                LogicOperation.Or => $"{left} | {right}",
                LogicOperation.Xor => $"{left} ^ {right}",
                _ => $"{left} & ~{right}",
            };
            return nested ? $"({text})" : text;
        }
    }

    /// <summary>The function that a step inverts; null where it does something else.</summary>
    static byte? Inverted(LogicStep step) => step switch
    {
        { Operation: LogicOperation.Xor or LogicOperation.AndNot, Left: 255 } => step.Right,
        { Operation: LogicOperation.Xor, Right: 255 } => step.Left,
        _ => null,
    };

    /// <summary>Which input a function is, for formulas in the order of the inputs; −1 for others, which come first.</summary>
    static int Place(byte function) => Array.IndexOf(LogicFormulas.Inputs, function);

    /// <summary>A table of three inputs where one of them is a constant.</summary>
    static byte Fixed(byte table, int bit, bool value)
    {
        int made = 0;
        for (int index = 0; index < 8; index++)
            made |= (table >> (value ? index | bit : index & ~bit) & 1) << index;
        return (byte)made;
    }

    static int Length(byte table)
    {
        LogicStep step = LogicFormulas.Of(table);
        if (step.Operation is null)
            return 0;
        return (Inverted(step) is null ? 1 : 0) + Length(step.Left) + Length(step.Right);
    }
}
