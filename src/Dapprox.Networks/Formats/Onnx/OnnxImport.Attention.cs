using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>
/// softmax(scale·Q·Kᵀ + mask)·V for each head; the products are of two activations and run on the network's multiplier.
/// </content>
sealed partial class OnnxImport
{
    /// <summary>Attention of queries, keys and values <c>[batch, heads, length, size]</c> or <c>[batch, length, heads·size]</c>.</summary>
    void Attention(NodeReader node)
    {
        ThrowIfGiven(node, (6, "nonpad_kv_seqlen"));
        if (node.Has(4) != node.Has(5))
            throw new InputException("it has a past of keys alone, or of values alone");
        Value[] values = [.. Enumerable.Range(0, 3).Select(input => node.Activation(input))];
        int rank = values[0].Shape.Length;
        if (rank is not (2 or 3) || values.Any(value => value.Shape.Length != rank))
            throw new InputException("queries, keys and values have to have 3 or 4 dimensions each, equally many");
        var parts = new Rewriting(this, node);
        long heads = rank == 2 ? node.Integer("q_num_heads", 0) : values[0].Shape[0];
        long sources = rank == 2 ? node.Integer("kv_num_heads", 0) : values[1].Shape[0];
        if (heads < 1 || sources < 1 || heads % sources != 0)
            throw new InputException($"it has {heads} heads of queries for {sources} heads of keys, which have to divide them");
        string[] byHead = [.. node.InputNames.Take(3)];
        if (rank == 2)
            byHead = [
                .. byHead.Select((one, i) => ByHead(
                    parts, one, "qkv"[i], values[i].Shape[0], i == 0 ? heads : sources, values[i].Shape[1]))];
        int past = 0;
        if (node.Has(4))
        {
            past = node.Activation(4).Shape[1];
            byHead[1] = parts.Add("keys", "Concat", [node.InputNames[4], byHead[1]], ("axis", 2L));
            byHead[2] = parts.Add("values", "Concat", [node.InputNames[5], byHead[2]], ("axis", 2L));
        }

        parts.Give(byHead[1], output: 1);
        parts.Give(byHead[2], output: 2);
        // Heads of keys and values that several heads of queries share.
        if (heads != sources)
        {
            string shared = parts.Integers("shared", [.. Enumerable.Range(0, (int)heads).Select(head => head / (heads / sources))]);
            for (int i = 1; i < 3; i++)
                byHead[i] = parts.Add($"{"qkv"[i]}.shared", "Gather", [byHead[i], shared], ("axis", 1L));
        }

        int queries = values[0].Shape[^2], keys = values[1].Shape[^2] + past;
        bool isCausal = node.Integer("is_causal", 0) != 0;
        string? mask = node.Has(3) ? AddedMask(node, parts, keys, isCausal ? past : null) : null;
        string? bias = Masked(parts, isCausal, queries, keys, past, mask);
        long size = rank == 2 ? values[0].Shape[1] / heads : values[0].Shape[2];
        string result = Attend(node, parts, byHead, queries, keys, size, bias);
        parts.Give(rank == 2 ? Joined(parts, result, queries, heads * values[2].Shape[1] / sources) : result);
        parts.Done();
    }

    /// <summary>A mask as what is added: 0 for true, −∞ for false; −∞ also where it is shorter than the keys.</summary>
    /// <param name="past">How many keys more than its own place a query sees; null for all.</param>
    static string AddedMask(NodeReader node, Rewriting parts, int keys, int? past)
    {
        Value mask = node.Any(3);
        string added = node.InputNames[3];
        if (mask.Constant is { } constant)
        {
            int width = constant.Shape is [.., int last] ? last : 1, rows = constant.Shape is [.., int own, _] ? own : 1;
            bool IsLeft(int row, int key) => past is null || key <= row % rows + past;
            bool IsKept(int i) => constant.Integers is { } conditions ? conditions[i] != 0 : !float.IsNegativeInfinity(constant.Reals![i]);
            if (constant.Count > 0 && Enumerable.Range(0, constant.Count / width).Any(
                row => !Enumerable.Range(0, width).Any(key => IsLeft(row, key) && IsKept(row * width + key))))
                throw new InputException("its mask leaves no key to a query, so that it attends to nothing");
            if (constant.Integers is not null)
                added = parts.Add(
                    "mask", "Where", [added, parts.Real("mask.kept", 0), parts.Real("mask.left", float.NegativeInfinity)]);
        }

        int length = mask.Shape.Length == 0 ? keys : mask.Shape[^1];
        if (length < keys && length > 1)
            added = parts.Add(
                "mask.padded", "Pad",
                [
                    added, parts.Integers("mask.pads", 0, keys - length), parts.Real("mask.end", float.NegativeInfinity),
                    parts.Integers("mask.axes", -1),
                ]);
        return added;
    }

    /// <summary>What is added to the scores: a mask, and −∞ for the keys behind a query; null for nothing.</summary>
    static string? Masked(Rewriting parts, bool isCausal, int queries, int keys, int past, string? mask)
    {
        if (!isCausal)
            return mask;
        Checked(queries, keys);
        float[] later = [.. Enumerable.Range(0, queries * keys).Select(i => i % keys > i / keys + past ? float.NegativeInfinity : 0)];
        string numbers = parts.Add("later", "Constant", [], ("value_floats", later));
        string causal = parts.Add("causal", "Reshape", [numbers, parts.Integers("causal.shape", queries, keys)]);
        return mask is null ? causal : parts.Add("mask.causal", "Add", [mask, causal]);
    }

    /// <summary>[batch, length, heads·size] as [batch, heads, length, size].</summary>
    static string ByHead(Rewriting parts, string input, char which, long length, long heads, long width)
    {
        if (heads < 1 || width % heads != 0)
            throw new InputException($"{width} numbers are not divided into {heads} heads");
        string shape = parts.Integers($"{which}.shape", 0, length, heads, width / heads);
        return parts.Add($"{which}.heads", "Transpose", [parts.Add($"{which}.reshape", "Reshape", [input, shape])], ("perm", HeadsFirst));
    }

    // Exchanges heads and length.
    static readonly long[] HeadsFirst = [0, 2, 1, 3];

    /// <summary>[batch, heads, length, size] as [batch, length, heads·size].</summary>
    static string Joined(Rewriting parts, string input, long length, long width) => parts.Add(
        "joined", "Reshape",
        [parts.Add("joined.heads", "Transpose", [input], ("perm", HeadsFirst)), parts.Integers("joined.shape", 0, length, width)]);

    /// <summary>Attention of [batch, heads, length, size] each.</summary>
    static string Attend(NodeReader node, Rewriting parts, string[] byHead, int queries, int keys, long size, string? bias)
    {
        float scale = node.Attribute("scale") is { F: not 0 } given ? given.F : (float)(1 / Math.Sqrt(size));
        // Both factors get the root of the scale, as ONNX defines it.
        string root = parts.Real("root", MathF.Sqrt(scale));
        string turned = parts.Add("k.turned", "Transpose", [byHead[1]], ("perm", (long[])[0, 1, 3, 2]));
        string scores = parts.Add(
            "scores", "MatMul", [parts.Add("q.scale", "Mul", [byHead[0], root]), parts.Add("k.scale", "Mul", [turned, root])]);
        long wanted = node.Integer("qk_matmul_output_mode", 0);
        if (wanted is < 0 or > 3)
            throw new InputException($"its qk_matmul_output_mode is {wanted}; it has to be from 0 to 3");
        string[] stages = [scores, scores, scores, scores];
        if (node.Real("softcap", 0) is float cap and not 0)
        {
            string limit = parts.Real("cap", cap);
            scores = parts.Add("capped", "Mul", [parts.Add("tanh", "Tanh", [parts.Add("uncapped", "Div", [scores, limit])]), limit]);
        }

        stages[1] = scores;
        if (bias is not null)
            scores = parts.Add("masked", "Add", [scores, bias]);
        stages[2] = scores;
        stages[3] = scores = parts.Add("softmax", "Softmax", [scores], ("axis", -1L));
        parts.Give(stages[wanted], output: 3);
        return parts.Add("", "MatMul", [scores, byHead[2]]);
    }
}
