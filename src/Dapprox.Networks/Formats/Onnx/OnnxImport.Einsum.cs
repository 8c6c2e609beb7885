using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>Einstein sums of one tensor, and of two as products of matrices.</content>
sealed partial class OnnxImport
{
    void Einsum(NodeReader node)
    {
        string equation = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        bool isRead = sides.Length <= 2 && terms.Length == node.Inputs && terms.Length is 1 or 2
            && equation.All(letter => char.IsAsciiLetter(letter) || letter is ',' or '-' or '>');
        if (!isRead || terms.Any(term => term.Distinct().Count() < term.Length))
            throw new InputException($"its equation is '{equation}'; sums of one tensor or two are read, of dimensions named by letters "
                + "that are different in each");
        // Without an arrow the letters that occur once are left, in alphabetical order.
        string result = sides.Length == 2
            ? sides[1]
            : string.Concat(sides[0].Where(char.IsAsciiLetter).GroupBy(letter => letter).Where(group => group.Count() == 1)
                .Select(group => group.Key).Order());
        if (result.Any(letter => !sides[0].Contains(letter)) || result.Distinct().Count() < result.Length)
            throw new InputException($"its equation is '{equation}', whose result has a letter twice or one of no tensor");
        var parts = new Rewriting(this, node);
        // Letters of one tensor alone that the result lacks are summed first.
        string[] inputs = [.. node.InputNames];
        for (int i = 0; i < terms.Length; i++)
        {
            string others = result + string.Concat(terms.Where((_, other) => other != i));
            if (node.Any(i).Rank != terms[i].Length)
                throw new InputException($"its equation '{equation}' names {terms[i].Length} dimensions of a tensor of {node.Any(i).Rank}");
            string term = terms[i];
            long[] summed = [
                .. Enumerable.Range(0, term.Length).Where(axis => !others.Contains(term[axis])).Select(axis => (long)axis)];
            if (summed.Length > 0)
                inputs[i] = parts.Add(
                    $"sum.{i + 1}", "ReduceSum", [inputs[i], parts.Integers($"sum.{i + 1}.axes", summed)], ("keepdims", 0L));
            terms[i] = string.Concat(terms[i].Where(others.Contains));
        }

        if (terms.Length == 1)
        {
            parts.Give(Ordered(parts, "order", inputs[0], terms[0], result));
            parts.Done();
            return;
        }

        var sizes = new Dictionary<char, long>();
        for (int i = 0; i < 2; i++)
        {
            string given = sides[0].Split(',')[i];
            Value value = node.Any(i);
            for (int axis = 0; axis < given.Length; axis++)
            {
                long size = value.IsImages(axis) ? OnnxTensor.Batch : value.Shape[value.Axis(axis)];
                if (sizes.TryGetValue(given[axis], out long other) && other != size)
                    throw new InputException($"the dimension '{given[axis]}' of its equation '{equation}' is of two sizes");
                sizes[given[axis]] = size;
            }
        }

        // Both become matrices, for each of the letters of both and of the result.
        string both = string.Concat(result.Where(letter => terms[0].Contains(letter) && terms[1].Contains(letter)));
        string left = string.Concat(result.Where(letter => terms[0].Contains(letter) && !terms[1].Contains(letter)));
        string right = string.Concat(result.Where(letter => terms[1].Contains(letter) && !terms[0].Contains(letter)));
        string inner = string.Concat(terms[0].Where(letter => terms[1].Contains(letter) && !result.Contains(letter)));
        if (inner.Any(letter => sizes[letter] == OnnxTensor.Batch) || right.Any(letter => sizes[letter] == OnnxTensor.Batch))
            throw new InputException($"its equation '{equation}' sums over the images, or has them in its second tensor alone");
        // The images stay apart: they are a letter of both, or the first of those of the left alone.
        string images = string.Concat(left.Where(letter => sizes[letter] == OnnxTensor.Batch));
        string rows = string.Concat(left.Where(letter => sizes[letter] != OnnxTensor.Batch));
        string first = Matrices("left", inputs[0], terms[0], images + both, rows, inner);
        string second = Matrices("right", inputs[1], terms[1], both, inner, right);
        string product = parts.Add("", "MatMul", [first, second]);
        string split = parts.Add(
            "split", "Reshape", [product, parts.Integers("split.shape", [.. (images + both + rows + right).Select(Size)])]);
        parts.Give(Ordered(parts, "order", split, images + both + rows + right, result));
        parts.Done();

        // 0 leaves the number of images as it is.
        long Size(char letter) => sizes[letter] == OnnxTensor.Batch ? 0 : sizes[letter];

        string Matrices(string name, string input, string letters, string outer, string rows, string columns)
        {
            string ordered = Ordered(parts, name, input, letters, outer + rows + columns);
            long[] shape = [.. outer.Select(Size), rows.Aggregate(1L, (all, own) => all * sizes[own]),
                columns.Aggregate(1L, (all, own) => all * sizes[own])];
            return parts.Add($"{name}.matrices", "Reshape", [ordered, parts.Integers($"{name}.shape", shape)]);
        }
    }

    static string Ordered(Rewriting parts, string name, string input, string letters, string wanted) => letters == wanted
        ? input
        : parts.Add(name, "Transpose", [input], ("perm", (long[])[.. wanted.Select(letter => (long)letters.IndexOf(letter))]));
}
