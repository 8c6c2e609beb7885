namespace Dapprox.Circuits;

/// <summary>A two-input operation of processors.</summary>
enum LogicOperation
{
    And,
    Or,
    Xor,

    /// <summary>The first and not the second.</summary>
    AndNot,
}

/// <summary>
/// A function of three bits as a formula of two-input operations: a leaf (one of the inputs, or a constant) or an operation
/// on two formulas.
/// </summary>
/// <param name="Table">The function; bit 4A + 2B + C.</param>
/// <param name="Operation">The operation; null for a leaf.</param>
/// <param name="Left">The first operand's function.</param>
/// <param name="Right">The second operand's.</param>
readonly record struct LogicStep(byte Table, LogicOperation? Operation, byte Left, byte Right);

/// <summary>The shortest formulas for all 256 functions of three bits, for processors without ternary logic.</summary>
static class LogicFormulas
{
    /// <summary>The truth table of each input, A first.</summary>
    public static readonly byte[] Inputs = [0xF0, 0xCC, 0xAA];

    static readonly LogicStep[] Steps = Search();

    /// <summary>The last step of a function's formula.</summary>
    /// <param name="table">The truth table of a function of A, B and C.</param>
    public static LogicStep Of(byte table) => Steps[table];

    /// <summary>The function that an operation gives for two functions.</summary>
    static byte Apply(LogicOperation operation, int left, int right) => (byte)(operation switch
    {
        LogicOperation.And => left & right,
        LogicOperation.Or => left | right,
        LogicOperation.Xor => left ^ right,
        _ => left & ~right,
    });

    /// <summary>Shorter formulas are put together until none gets shorter.</summary>
    static LogicStep[] Search()
    {
        var steps = new LogicStep[256];
        int[] length = new int[256];
        Array.Fill(length, int.MaxValue / 3);
        foreach (byte leaf in (byte[])[0, 255, .. Inputs])
        {
            steps[leaf] = new LogicStep(leaf, null, 0, 0);
            length[leaf] = 0;
        }

        for (bool better = true; better;)
        {
            better = false;
            for (int left = 0; left < 256; left++)
            {
                for (int right = 0; right < 256; right++)
                {
                    foreach (LogicOperation operation in Enum.GetValues<LogicOperation>())
                    {
                        byte made = Apply(operation, left, right);
                        if (length[left] + length[right] + 1 < length[made])
                        {
                            length[made] = length[left] + length[right] + 1;
                            steps[made] = new LogicStep(made, operation, (byte)left, (byte)right);
                            better = true;
                        }
                    }
                }
            }
        }

        return steps;
    }
}
