using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>
/// The function of a Liberty pin: names, <c>0</c>, <c>1</c>, <c>!a</c>, <c>a'</c>, <c>a ^ b</c>, <c>a &amp; b</c>, <c>a * b</c> or
/// <c>a b</c>, <c>a | b</c> or <c>a + b</c>, binding in this order.
/// </summary>
sealed class LibertyFunction
{
    // No cell has as many parentheses; the reader calls itself.
    const int MaxDepth = 100;

    readonly string text;
    readonly NetlistBuilder builder;
    readonly Func<string, int> pin;
    int at;
    int depth;

    LibertyFunction(string text, NetlistBuilder builder, Func<string, int> pin) =>
        (this.text, this.builder, this.pin) = (text, builder, pin);

    /// <summary>Adds the function as gates.</summary>
    /// <param name="text">The function.</param>
    /// <param name="builder">Receives the gates.</param>
    /// <param name="pin">The net of a pin.</param>
    /// <returns>The net of the function.</returns>
    /// <exception cref="InputException">It is not of that form.</exception>
    public static int Add(string text, NetlistBuilder builder, Func<string, int> pin)
    {
        var function = new LibertyFunction(text, builder, pin);
        int net = function.Or();
        return function.Next() == '\0' ? net : throw function.Wrong();
    }

    int Or()
    {
        if (++depth > MaxDepth)
            throw Wrong();
        int net = And();
        while (Next() is '+' or '|')
        {
            at++;
            net = builder.Gate(Cells.Or, net, And());
        }

        depth--;
        return net;
    }

    int And()
    {
        int net = Xor();
        while (Next() is char next && next is not ('+' or '|' or ')' or '\0'))
        {
            at += next is '*' or '&' ? 1 : 0;
            net = builder.Gate(Cells.And, net, Xor());
        }

        return net;
    }

    int Xor()
    {
        int net = Inverted();
        while (Next() == '^')
        {
            at++;
            net = builder.Gate(Cells.Xor, net, Inverted());
        }

        return net;
    }

    int Inverted()
    {
        bool isInverted = false;
        for (; Next() == '!'; at++)
            isInverted = !isInverted;
        int net = Operand();
        for (; Next() == '\''; at++)
            isInverted = !isInverted;
        return isInverted ? builder.Gate(Cells.Not, net) : net;
    }

    int Operand()
    {
        if (Next() == '(')
        {
            at++;
            int net = Or();
            if (Next() != ')')
                throw Wrong();
            at++;
            return net;
        }

        int first = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '[' or ']'))
            at++;
        string name = text[first..at];
        return name switch { "" => throw Wrong(), "0" => Netlist.Zero, "1" => Netlist.One, _ => pin(name) };
    }

    char Next()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at < text.Length ? text[at] : '\0';
    }

    InputException Wrong() => new($"the function '{InputFile.OneLine(text, 60)}' of a Liberty cell is not understood at letter {at + 1}");
}
