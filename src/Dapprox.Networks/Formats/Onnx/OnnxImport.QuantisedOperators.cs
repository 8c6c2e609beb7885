using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>
/// Operators on integers, as DequantizeLinear before the operator on real numbers and QuantizeLinear behind it. A tensor of integers is
/// three inputs there: the integers, their scale and their zero point.
/// </content>
sealed partial class OnnxImport
{
    void QuantisedConvolution(NodeReader node)
    {
        var parts = new Rewriting(this, node);
        string input = Dequantized(node, parts, "input", 0), weights = Dequantized(node, parts, "weight", 3, axis: 0);
        string[] bias = node.Has(8) ? [DequantizedBias(node, parts, bias: 8, input: 1, weights: 4, factor: 1)] : [];
        GiveQuantised(node, parts, parts.AddLike(node, "Conv", [input, weights, .. bias]), 6);
    }

    void QuantisedMatrixProduct(NodeReader node)
    {
        var parts = new Rewriting(this, node);
        string left = Dequantized(node, parts, "left", 0, axis: -2), right = Dequantized(node, parts, "right", 3, axis: -1);
        GiveQuantised(node, parts, parts.Add("", "MatMul", [left, right]), 6);
    }

    /// <summary>alpha·A·B + C, quantised if there is a scale for that.</summary>
    void QuantisedGemm(NodeReader node)
    {
        var parts = new Rewriting(this, node);
        long axis = node.Integer("transB", 0) != 0 ? 0 : 1;
        string left = Dequantized(node, parts, "left", 0), right = Dequantized(node, parts, "right", 3, axis);
        string[] bias = node.Has(6)
            ? [DequantizedBias(node, parts, bias: 6, input: 1, weights: 4, factor: node.Real("alpha", 1))]
            : [];
        string product = parts.AddLike(node, "Gemm", [left, right, .. bias]);
        if (node.Has(7))
        {
            GiveQuantised(node, parts, product, 7);
            return;
        }

        parts.Give(product);
        parts.Done();
    }

    /// <summary>A product of integers without their zero points, which is a sum of integers.</summary>
    /// <param name="channelAxis">The axis of the weights that is the one of output channels.</param>
    void IntegerProduct(NodeReader node, string type, long channelAxis)
    {
        var parts = new Rewriting(this, node);
        int channels = node.Has(3) ? node.Constant(3).Count : 1;
        Charge(channels);
        string one = parts.Reals("one", 1), ones = parts.Reals("ones", [.. Enumerable.Repeat(1f, channels)]);
        string left = parts.Add("left", "DequantizeLinear", [node.InputNames[0], one, Name(node, 2)]);
        string right = parts.Add("right", "DequantizeLinear", [node.InputNames[1], ones, Name(node, 3)], ("axis", channelAxis));
        parts.Give(parts.AddLike(node, type, [left, right]));
        parts.Done();
    }

    /// <summary>A function of two tensors of integers.</summary>
    void QuantisedPair(NodeReader node, string type)
    {
        var parts = new Rewriting(this, node);
        GiveQuantised(node, parts, parts.Add("", type, [Dequantized(node, parts, "left", 0), Dequantized(node, parts, "right", 3)]), 6);
    }

    /// <summary>A function of one tensor of integers.</summary>
    void QuantisedFunction(NodeReader node, string type)
    {
        if (node.Integer("channels_last", 0) != 0)
            throw new InputException("channels_last is set; tensors with channels before height and width are read");
        var parts = new Rewriting(this, node);
        GiveQuantised(node, parts, parts.AddLike(node, type, [Dequantized(node, parts, "input", 0)]), 3);
    }

    /// <summary>Scale and zero point of the output come first.</summary>
    void QuantisedConcat(NodeReader node)
    {
        var parts = new Rewriting(this, node);
        string[] inputs = [.. Enumerable.Range(0, (node.Inputs - 2) / 3).Select(i => Dequantized(node, parts, $"input{i + 1}", 2 + 3 * i))];
        GiveQuantised(node, parts, parts.AddLike(node, "Concat", inputs), 0);
    }

    /// <summary>The real numbers of a tensor of integers.</summary>
    /// <param name="first">The first of its three inputs.</param>
    /// <param name="axis">The axis of several scales.</param>
    static string Dequantized(NodeReader node, Rewriting parts, string part, int first, long axis = 1) => parts.Add(
        part, "DequantizeLinear", [Name(node, first), Name(node, first + 1), Name(node, first + 2)], ("axis", axis));

    /// <summary>The real numbers of a bias: its scale is the product of those of inputs and weights.</summary>
    static string DequantizedBias(NodeReader node, Rewriting parts, int bias, int input, int weights, float factor)
    {
        if (node.Reals(input) is not [float scale])
            throw new InputException("its input has a bias and not one scale");
        string scales = parts.Reals("bias.scale", [.. node.Reals(weights).Select(own => factor * scale * own)]);
        return parts.Add("bias", "DequantizeLinear", [node.InputNames[bias], scales], ("axis", 0L));
    }

    /// <summary>Makes the integers of a tensor the node's output.</summary>
    /// <param name="scale">The node's input with their scale; the next is their zero point.</param>
    static void GiveQuantised(NodeReader node, Rewriting parts, string tensor, int scale)
    {
        parts.Give(parts.Add("output", "QuantizeLinear", [tensor, Name(node, scale), Name(node, scale + 1)]));
        parts.Done();
    }

    /// <summary>The name of an input; empty for one that is left out.</summary>
    static string Name(NodeReader node, int input) => node.Has(input) ? node.InputNames[input] : "";
}
