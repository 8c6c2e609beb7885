using System.Numerics;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Reads <c>always</c> blocks without a clock: assignments with <c>=</c>, <c>if</c>, <c>case</c> and <c>begin</c>. Each choice becomes a
/// multiplexer of what its branches assign; what only some of them assign keeps its value, which is a loop.
/// </summary>
sealed class VerilogProcedure(VerilogTokens tokens, VerilogScope scope, VerilogExpressions expressions)
{
    // Deeper than any generator's, and shallow enough for the stack.
    const int Deepest = 200;

    // Cases of so many bits are looked through for completeness.
    const int MaxCaseBits = 16;

    int depth;

    /// <summary>Reads a block, behind <c>always</c>.</summary>
    public void Read()
    {
        int line = tokens.Current.Line;
        ReadSensitivity();
        scope.Assigned = [];
        ReadStatement();
        Dictionary<int, int> assigned = scope.Assigned;
        scope.Assigned = null;
        foreach ((int target, int value) in assigned.OrderBy(pair => pair.Key))
            scope.Module.Connect(line, target, value);
    }

    /// <summary><c>@*</c>, <c>@(*)</c> or a list of wires: what is read decides, not what is listed.</summary>
    void ReadSensitivity()
    {
        tokens.Expect("@");
        if (tokens.Take("*"))
            return;
        tokens.Expect("(");
        while (!tokens.Take(")"))
        {
            if (tokens.Current.Text is "posedge" or "negedge")
                throw scope.Wrong(tokens.Current.Line, "the block has a clock; a circuit that multiplies has no registers");
            if (tokens.Current.Kind == VerilogTokenKind.End)
                throw tokens.Unexpected("')'");
            tokens.Advance();
        }
    }

    void ReadStatement()
    {
        int line = tokens.Current.Line;
        if (++depth > Deepest)
            throw scope.Wrong(line, $"statements are nested more than {Deepest} deep, the most that is read");
        if (tokens.Take("begin"))
            ReadBlock();
        else if (tokens.Take("if"))
            ReadIf(line);
        else if (tokens.Take("case"))
            ReadCase(line);
        else if (tokens.Current.Text is "for" or "while" or "repeat" or "casez" or "casex" or "forever" or "integer" or "reg")
            throw scope.Wrong(line, $"'{tokens.Current.Text}' in an always block is not read; if, case and assignments with = are");
        else if (!tokens.Take(";"))
        {
            int[] target = expressions.ReadTarget();
            if (tokens.IsAt("<="))
                throw scope.Wrong(line, "'<=' assigns at a clock; a block without a clock assigns with '='");
            tokens.Expect("=");
            scope.Assign(line, target, expressions.Read());
            tokens.Expect(";");
        }

        depth--;
    }

    void ReadBlock()
    {
        if (tokens.Take(":"))
            tokens.Word("the name of a block");
        while (!tokens.Take("end"))
        {
            if (tokens.Current.Kind == VerilogTokenKind.End)
                throw tokens.Unexpected("'end'");
            ReadStatement();
        }
    }

    void ReadIf(int line)
    {
        tokens.Expect("(");
        int condition = expressions.ReadCondition();
        tokens.Expect(")");
        Dictionary<int, int> before = scope.Assigned!;
        Dictionary<int, int> where = ReadBranch(before), otherwise = tokens.Take("else") ? ReadBranch(before) : before;
        scope.Assigned = Merged(line, condition, where, otherwise);
    }

    void ReadCase(int line)
    {
        tokens.Expect("(");
        VerilogValue selector = expressions.Read();
        tokens.Expect(")");
        Dictionary<int, int> before = scope.Assigned!;
        Dictionary<int, int>? otherwise = null;
        var branches = new List<(int Condition, Dictionary<int, int> Assigned)>();
        var labels = new HashSet<BigInteger>();
        while (!tokens.Take("endcase"))
        {
            if (tokens.Take("default"))
            {
                tokens.Take(":");
                if (otherwise is not null)
                    throw scope.Wrong(line, "the case has two defaults");
                otherwise = ReadBranch(before);
                continue;
            }

            int at = tokens.Current.Line;
            var conditions = new List<int>();
            do
            {
                VerilogValue label = expressions.Read();
                conditions.Add(expressions.IsEqual(at, selector, label));
                if (label is VerilogValue.Number { Value: BigInteger number } && number >= 0 && number >> selector.Width == 0)
                    labels.Add(number);
            }
            while (tokens.Take(","));
            tokens.Expect(":");
            branches.Add((scope.Truth(at, [.. conditions]), ReadBranch(before)));
        }

        // Where every value has its label, one of them is the last choice.
        bool isComplete = selector.Width <= MaxCaseBits && labels.Count == 1 << selector.Width;
        if (otherwise is null && isComplete)
        {
            otherwise = branches[^1].Assigned;
            branches.RemoveAt(branches.Count - 1);
        }

        scope.Assigned = otherwise ?? before;
        for (int i = branches.Count - 1; i >= 0; i--)
            scope.Assigned = Merged(line, branches[i].Condition, branches[i].Assigned, scope.Assigned);
    }

    /// <summary>What is assigned after a branch.</summary>
    Dictionary<int, int> ReadBranch(Dictionary<int, int> before)
    {
        scope.Count(tokens.Current.Line, before.Count);
        scope.Assigned = new Dictionary<int, int>(before);
        ReadStatement();
        Dictionary<int, int> after = scope.Assigned;
        scope.Assigned = before;
        return after;
    }

    Dictionary<int, int> Merged(int line, int condition, Dictionary<int, int> where, Dictionary<int, int> otherwise)
    {
        int[] targets = [.. where.Keys.Union(otherwise.Keys).Order()];
        scope.Count(line, targets.Length);
        return targets.ToDictionary(target => target, target =>
        {
            int first = where.GetValueOrDefault(target, target), second = otherwise.GetValueOrDefault(target, target);
            return first == second ? first : scope.Module.Gate(line, Cells.Multiplexer, second, first, condition);
        });
    }
}
