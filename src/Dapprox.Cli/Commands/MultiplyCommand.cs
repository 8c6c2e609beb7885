using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Kernels;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox multiply</c>: single products, bit by bit.</summary>
static class MultiplyCommand
{
    const string HexPrefix = "0x";

    public static Command Create()
    {
        Argument<float?> a = Operand("A", "The activation, first operand");
        Argument<float?> b = Operand("B", "The weight, second operand");
        Option<FloatMultiplier> multiplier = SharedOptions.Multiplier();
        Option<string?> pairs = new("--pairs")
        {
            HelpName = "FILE",
            Description = "Multiply the pairs of a file instead: lines 'a b' of binary32 bit patterns in hexadecimal; further columns and "
                + "lines that begin with # are ignored. Prints lines 'a b product'.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "multiply", "Multiply two binary32 numbers, and show the bits.",
            "Shows the fields of both operands, the exact product rounded to nearest even, the multiplier's product, and its relative "
                + "error (ŷ − y) / y, where y is the unrounded product. The operands have roles: most approximate multipliers do not "
                + "commute. With --json: multiplier, a, b, exact, product (each with value, bits, sign, exponent, fraction), "
                + "relativeError; with --pairs a list of a, b, product as bit patterns.")
        {
            a, b, multiplier, pairs, json,
        };
        command.SetAction((parse, cancellation) =>
        {
            FloatMultiplier hardware = parse.GetValue(multiplier)!;
            string? file = parse.GetValue(pairs);
            (float? left, float? right) = (parse.GetValue(a), parse.GetValue(b));
            if (file is not null && left is not null)
                throw new InputException("both operands and --pairs are given; give either 'A B' or '--pairs FILE'");
            if (file is not null)
                MultiplyPairs(hardware, file, parse.GetValue(json), cancellation);
            else if (left is float activation && right is float weight)
                Multiply(hardware, activation, weight, parse.GetValue(json));
            else
                throw new InputException(
                    $"{(left is null ? "no operand is" : "only one operand is")} given; give 'A B', such as 'multiply 0.856 0.471', or "
                        + "'--pairs FILE'");
            Output.NoteMantissas(hardware);
            return Task.CompletedTask;
        });
        return command;
    }

    static Argument<float?> Operand(string name, string description)
    {
        Argument<float?> argument = Values.Argument<float?>(
            name, $"{description}: a decimal number (rounded to binary32), inf, nan, or a bit pattern such as 0x3f5b22d1.",
            text => Parse(name, text));
        argument.Arity = ArgumentArity.ZeroOrOne;
        return argument;
    }

    static float Parse(string name, string text)
    {
        if (text.StartsWith(HexPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return text.Length == HexPrefix.Length + 8 && uint.TryParse(
                text.AsSpan(HexPrefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits)
                ? BitConverter.UInt32BitsToSingle(bits)
                : throw new InputException($"{name} is '{text}'; give a bit pattern of eight hexadecimal digits, such as 0x3f5b22d1");
        }

        string word = text.TrimStart('+', '-');
        if (word.Equals("inf", StringComparison.OrdinalIgnoreCase))
            return text.StartsWith('-') ? float.NegativeInfinity : float.PositiveInfinity;
        if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number))
            throw new InputException($"{name} is '{text}'; give a number such as 0.856, inf, nan, or a bit pattern such as 0x3f5b22d1");
        // Parsing silently converts numbers that are too large to infinity.
        if (float.IsInfinity(number) && char.IsAsciiDigit(word.FirstOrDefault()))
            throw new InputException(
                $"{name} is '{text}', beyond the largest binary32 number {float.MaxValue}; give a smaller one, or inf");
        return number;
    }

    static void Multiply(FloatMultiplier multiplier, float a, float b, bool json)
    {
        float exact = ExactMultiplier.Rounded.Multiply(a, b);
        float product = multiplier.Multiply(a, b);
        // The product of two 24-bit mantissas is exact in binary64, except for results far below binary32's range.
        double unrounded = (double)a * b;
        double? error = unrounded == 0 && product == 0 ? 0 : (product - unrounded) / unrounded;

        if (json)
        {
            Output.PrintJson(new JsonObject
            {
                ["multiplier"] = multiplier.Name,
                ["a"] = Json(a),
                ["b"] = Json(b),
                ["exact"] = Json(exact),
                ["product"] = Json(product),
                ["relativeError"] = Output.Number(error),
            });
            return;
        }

        Output.PrintTable(["", "value", "bits", "sign, exponent, fraction"],
        [
            Row("A (activation)", a), Row("B (weight)", b), Row("exact", exact),
            .. multiplier == ExactMultiplier.Rounded ? (string[][])[] : [Row(multiplier.Name, product)],
        ]);
        Output.PrintFields(
            (
                "relative error",
                double.IsFinite(error.Value)
                    ? $"{100 * error.Value:+0.######;-0.######;0} %"
                    : "undefined: the exact product is zero or not finite, or the product is not finite"));
    }

    static string[] Row(string title, float number)
    {
        (uint bits, string sign, string exponent, string fraction) = Fields(number);
        return [title, $"{number:R}", $"{HexPrefix}{bits:x8}", $"{sign} {exponent} {fraction}"];
    }

    static (uint Bits, string Sign, string Exponent, string Fraction) Fields(float number)
    {
        uint bits = BitConverter.SingleToUInt32Bits(number);
        string digits = Convert.ToString(bits, toBase: 2).PadLeft(32, '0');
        return (bits, digits[..1], digits[1..9], digits[9..]);
    }

    static JsonObject Json(float number)
    {
        (uint bits, string sign, string exponent, string fraction) = Fields(number);
        return new JsonObject
        {
            // JSON has no infinity and no NaN: these are text.
            ["value"] = float.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create($"{number}"),
            ["bits"] = $"{HexPrefix}{bits:x8}",
            ["sign"] = sign,
            ["exponent"] = exponent,
            ["fraction"] = fraction,
        };
    }

    static void MultiplyPairs(FloatMultiplier multiplier, string file, bool json, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var list = new JsonArray();
        PairFile.Read(file, (a, b) =>
        {
            float[] products = new float[a.Length];
            BulkMultiply.Run(multiplier, a, b, products);
            for (int i = 0; i < products.Length; i++)
            {
                if (json)
                    list.Add(new JsonObject { ["a"] = Hex(a[i]), ["b"] = Hex(b[i]), ["product"] = Hex(products[i]) });
                else
                    text.Append(CultureInfo.InvariantCulture, $"{Hex(a[i])} {Hex(b[i])} {Hex(products[i])}\n");
            }
        }, cancellation);
        // Printed at the end, so that an invalid line leaves no partial list.
        if (json)
            Output.PrintJson(new JsonObject { ["multiplier"] = multiplier.Name, ["pairs"] = list });
        else
            Console.Out.Write(text);
    }

    static string Hex(float number) => $"{BitConverter.SingleToUInt32Bits(number):x8}";
}
