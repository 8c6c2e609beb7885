using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>The operators that ONNX Runtime's optimiser writes (com.microsoft), as the ones of ONNX that they stand for.</content>
sealed partial class OnnxImport
{
    /// <summary>A convolution, a sum with its last input, and an activation.</summary>
    void FusedConv(NodeReader node)
    {
        var parts = new Rewriting(this, node);
        string result = parts.AddLike(node, "Conv", [.. node.InputNames.Take(3)]);
        if (node.Has(3))
            result = parts.Add("sum", "Add", [result, node.InputNames[3]]);
        float[] numbers = [.. node.Attribute("activation_params")?.Floats ?? []];
        parts.Give(Activated(parts, result, node.Text("activation", ""), numbers));
        parts.Done();
    }

    void FusedGemm(NodeReader node)
    {
        var parts = new Rewriting(this, node);
        string[] names = ["activation_alpha", "activation_beta", "activation_gamma"];
        float[] numbers = [.. names.TakeWhile(name => node.Attribute(name) is not null).Select(name => node.Real(name, 0))];
        string product = parts.AddLike(node, "Gemm", [.. node.InputNames.Take(3)]);
        parts.Give(Activated(parts, product, node.Text("activation", ""), numbers));
        parts.Done();
    }

    static string Activated(Rewriting parts, string input, string activation, float[] numbers) => (activation, numbers) switch
    {
        ("", _) => input,
        ("Relu" or "Sigmoid" or "Tanh", _) => parts.Add("activation", activation, [input]),
        ("LeakyRelu", [float alpha]) => parts.Add("activation", activation, [input], ("alpha", alpha)),
        ("HardSigmoid", [float alpha, float beta]) => parts.Add("activation", activation, [input], ("alpha", alpha), ("beta", beta)),
        ("Clip", [float min, float max]) => parts.Add(
            "activation", activation, [input, parts.Real("min", min), parts.Real("max", max)]),
        _ => throw new InputException($"its activation is {activation} with {numbers.Length} numbers; Relu, Sigmoid, Tanh, LeakyRelu, "
            + "HardSigmoid and Clip are read"),
    };

    /// <summary>alpha·A·B of matrices that may be transposed.</summary>
    void FusedMatMul(NodeReader node)
    {
        if (node.Integer("transBatchA", 0) != 0 || node.Integer("transBatchB", 0) != 0)
            throw new InputException("transBatchA or transBatchB is set; only the two last dimensions may be exchanged");
        var parts = new Rewriting(this, node);
        string result = parts.Add("", "MatMul", [Operand(0, "transA"), Operand(1, "transB")]);
        if (node.Real("alpha", 1) is float alpha and not 1)
            result = parts.Add("scale", "Mul", [result, parts.Real("alpha", alpha)]);
        parts.Give(result);
        parts.Done();

        string Operand(int input, string attribute)
        {
            int rank = node.Any(input).Rank;
            if (node.Integer(attribute, 0) == 0 || rank < 2)
                return node.InputNames[input];
            long[] order = [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2];
            return parts.Add(attribute, "Transpose", [node.InputNames[input]], ("perm", order));
        }
    }

    /// <summary>Swish(a)·b. (Shazeer, "GLU Variants Improve Transformer", 2020.)</summary>
    void GatedSwish(NodeReader node)
    {
        Value gate = node.Activation(0, inAnyLayout: true);
        Value swish = Add(Pointwise.Swish(Unique(node.Name + ".swish"), node.Real("alpha", 1)), gate.Shape, gate) with
        {
            Layout = gate.Layout,
        };
        Value? other = node.Find(1, inAnyLayout: true);
        node.Give(Combined(
            node.Name, Combination.Multiply, swish, null, other, other is null ? node.Constant(1) : null, isNamed: true));
    }

    /// <summary>A sum with a bias and the activation.</summary>
    void FusedGelu(NodeReader node, bool isTanh)
    {
        if (!node.Has(1))
        {
            node.Give(Layers.Pointwise.GeluByTanh(node.Name));
            return;
        }

        var parts = new Rewriting(this, node);
        string sum = parts.Add("sum", "Add", [node.InputNames[0], node.InputNames[1]]);
        parts.Give(isTanh ? parts.Add("", "com.microsoft.FastGelu", [sum]) : parts.Add("", "Gelu", [sum]));
        parts.Done();
    }

    /// <summary>The normalisation of a sum of two activations and a bias; the sum is the last output.</summary>
    void SkipNormalization(NodeReader node, string type)
    {
        var parts = new Rewriting(this, node);
        bool isLayer = type == "LayerNormalization";
        int bias = isLayer ? 4 : 3;
        string sum = parts.Add("sum", "Add", [node.InputNames[0], node.InputNames[1]]);
        if (node.Has(bias))
            sum = parts.Add("bias", "Add", [sum, node.InputNames[bias]]);
        string[] inputs = [sum, node.InputNames[2], .. isLayer && node.Has(3) ? (string[])[node.InputNames[3]] : []];
        parts.Give(parts.Add("", type, inputs, ("axis", -1L), ("epsilon", node.Real("epsilon", 1e-12f))));
        parts.Give(sum, output: 3);
        parts.Done();
    }

    /// <summary>Attention whose queries, keys and values are one product of the input.</summary>
    void PackedAttention(NodeReader node)
    {
        ThrowIfGiven(node, (3, "mask_index"), (4, "past"), (6, "past_sequence_length"));
        if (node.Integer("do_rotary", 0) != 0)
            throw new InputException("do_rotary is set; attention without rotary embeddings is read");
        var parts = new Rewriting(this, node);
        long width = node.Constant(1).Shape is [_, int columns] ? columns : throw new InputException("its weights are no matrix");
        string product = parts.Add("qkv", "MatMul", [node.InputNames[0], node.InputNames[1]]);
        if (node.Has(2))
            product = parts.Add("bias", "Add", [product, node.InputNames[2]]);
        long[] sizes = node.List("qkv_hidden_sizes") is [_, _, _] given ? given : [width / 3, width / 3, width / 3];
        string[] each = parts.AddSplit("split", product, 2, sizes);
        int length = node.Activation(0).Shape[0];
        long heads = node.Integer("num_heads", 0);
        string[] byHead = [.. each.Select((one, i) => ByHead(parts, one, "qkv"[i], length, heads, sizes[i]))];
        string? bias = Masked(
            parts, node.Integer("unidirectional", 0) != 0, length, length, past: 0, node.Has(5) ? node.InputNames[5] : null);
        parts.Give(Joined(parts, Attend(node, parts, byHead, length, length, sizes[0] / heads, bias), length, sizes[2]));
        parts.Done();
    }

    /// <summary>Attention of queries, keys and values <c>[batch, length, width]</c>.</summary>
    void MultiHeadAttention(NodeReader node)
    {
        ThrowIfGiven(node, (4, "key_padding_mask"), (6, "past_key"), (7, "past_value"));
        Value[] values = [.. Enumerable.Range(0, 3).Select(input => node.Activation(input))];
        if (values.Any(value => value.Shape.Length != 2))
            throw new InputException(
                "queries, keys and values have to be of the shape [images, length, width] each; packed ones are not read");
        var parts = new Rewriting(this, node);
        string[] each = [.. node.InputNames.Take(3)];
        long[] sizes = [.. values.Select(value => (long)value.Shape[1])];
        if (node.Has(3))
        {
            string[] biases = parts.AddSplit("biases", node.InputNames[3], 0, sizes);
            each = [.. each.Select((one, i) => parts.Add($"{"qkv"[i]}.bias", "Add", [one, biases[i]]))];
        }

        int queries = values[0].Shape[0], keys = values[1].Shape[0];
        long heads = node.Integer("num_heads", 0);
        string[] byHead = [.. each.Select((one, i) => ByHead(parts, one, "qkv"[i], values[i].Shape[0], heads, sizes[i]))];
        string? bias = Masked(
            parts, node.Integer("unidirectional", 0) != 0, queries, keys, past: 0, node.Has(5) ? node.InputNames[5] : null);
        parts.Give(Joined(parts, Attend(node, parts, byHead, queries, keys, sizes[0] / heads, bias), queries, sizes[2]));
        parts.Done();
    }

    static void ThrowIfGiven(NodeReader node, params ReadOnlySpan<(int Input, string Name)> inputs)
    {
        foreach ((int input, string name) in inputs)
        {
            if (node.Has(input))
                throw new InputException($"its input {name} is given; attention without it is read: export the model for whole sequences");
        }
    }
}
