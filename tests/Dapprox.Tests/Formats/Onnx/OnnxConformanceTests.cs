using System.Formats.Tar;
using System.IO.Compression;
using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Google.Protobuf;
using Xunit;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>
/// The backend tests of the ONNX project: each input of real numbers in turn is the images, the others are constants, or all of one first
/// dimension are parts of the images; each output in turn is what the network gives. A case is right, or refused, or wrong.
/// </summary>
public sealed class OnnxConformanceTests : IDisposable
{
    const int FlattenedAxis = 1;

    // As the ONNX project compares, with 32 and with 16 bits.
    const double Relative = 1e-3, Absolute = 1e-5, RelativeOfHalf = 1e-2, AbsoluteOfHalf = 1e-3;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [FactOf(Tier.Ci)]
    public void Cases_AreRightOrRefused()
    {
        var right = new List<string>();
        var wrong = new List<string>();
        var refused = new List<(string Name, string Why)>();
        foreach ((string name, Dictionary<string, byte[]> files) in Cases())
        {
            string? error = null;
            bool isRight = false;
            foreach ((ModelProto model, Tensor images, TensorProto expected) in Networks(files))
            {
                try
                {
                    string path = folder.File("model.onnx");
                    File.WriteAllBytes(path, model.ToByteArray());
                    Network network = OnnxModels.Load(path);
                    string? difference = Difference(network.Forward(images), expected);
                    if (difference is not null)
                        wrong.Add($"{name}: {difference}");
                    isRight = difference is null;
                }
                catch (InputException e)
                {
                    error = e.Message;
                }

                if (isRight)
                    break;
            }

            if (isRight)
                right.Add(name);
            else
                refused.Add((name, error ?? "no input of real numbers with a dimension of images"));
        }

        string report = $"{right.Count} right, {refused.Count} refused, {wrong.Count} wrong\n"
            + string.Join('\n', wrong.Concat(refused.Select(one => $"{one.Name}: {one.Why}")));
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(wrong.Count == 0, report);
        Assert.True(right.Count >= Right, report);
    }

    /// <summary>The number of cases that are right today.</summary>
    const int Right = 567;

    static IEnumerable<(string Name, Dictionary<string, byte[]> Files)> Cases()
    {
        string archive = Path.Combine(DataFolder.Reference, "onnx-node-tests", "onnx-node-tests.tar.gz");
        Assert.SkipUnless(File.Exists(archive), $"there is no {archive}");
        var cases = new SortedDictionary<string, Dictionary<string, byte[]>>(StringComparer.Ordinal);
        using var unpacked = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var reader = new TarReader(unpacked);
        while (reader.GetNextEntry() is TarEntry entry)
        {
            if (entry.DataStream is null)
                continue;
            string[] parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries);
            int at = Array.FindIndex(parts, part => part.StartsWith("test_", StringComparison.Ordinal));
            using var bytes = new MemoryStream();
            entry.DataStream.CopyTo(bytes);
            string name = string.Join('/', parts[..(at + 1)]);
            cases.TryAdd(name, []);
            cases[name][parts[^1]] = bytes.ToArray();
        }

        return cases.Select(pair => (pair.Key, pair.Value));
    }

    /// <summary>
    /// The case as networks: with the first dimension of an input as that of the images, and with all of it as one image. The output is a
    /// row.
    /// </summary>
    static IEnumerable<(ModelProto Model, Tensor Images, TensorProto Expected)> Networks(Dictionary<string, byte[]> files)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(files["model.onnx"]);
        HashSet<string> known = [.. model.Graph.Initializer.Select(tensor => tensor.Name)];
        ValueProto[] inputs = [.. model.Graph.Input.Where(input => !known.Contains(input.Name))];
        long version = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 0;
        if (Read("input", inputs.Length) is not TensorProto[] given
            || Read("output", model.Graph.Output.Count) is not TensorProto[] expected)
            yield break;
        foreach (bool isOneImage in (bool[])[false, true])
        {
            for (int images = 0; images < inputs.Length; images++)
            {
                if (OnnxTensor.RealFormatOf(given[images].DataType) is null || given[images].Dims.Contains(0)
                    || OnnxTensor.Read(given[images].Clone(), "") is not { Reals: float[] numbers, Shape: int[] shape })
                    continue;
                for (int output = 0; output < expected.Length; output++)
                {
                    ModelProto one = model.Clone();
                    ValueProto input = one.Graph.Input.Single(input => input.Name == inputs[images].Name);
                    one.Graph.Input.Clear();
                    one.Graph.Input.Add(input);
                    for (int i = 0; i < inputs.Length; i++)
                    {
                        TensorProto constant = given[i].Clone();
                        constant.Name = inputs[i].Name;
                        if (i != images)
                            one.Graph.Initializer.Add(constant);
                    }

                    bool fits = isOneImage
                        ? shape.Length > 0 && BatchOfOne.Wrap(one.Graph, input, shape.Length, version)
                        : shape.Length > 1 && expected[output].Dims.Count > 0 && expected[output].Dims[0] == shape[0];
                    if (!fits)
                        continue;
                    End(one, output);
                    yield return (one, new Tensor(numbers, isOneImage ? [1, .. shape] : shape), expected[output]);
                }
            }
        }

        foreach ((ModelProto, Tensor, TensorProto) one in (
            (ModelProto, Tensor, TensorProto)[])[.. Together(model, inputs, given, expected), .. Second(model, inputs, given, expected)])
            yield return one;

        TensorProto[]? Read(string kind, int count)
        {
            var tensors = new TensorProto[count];
            for (int i = 0; i < count; i++)
            {
                if (!files.TryGetValue($"{kind}_{i}.pb", out byte[]? bytes))
                    return null;
                tensors[i] = TensorProto.Parser.ParseFrom(bytes);
            }

            return tensors;
        }
    }

    /// <summary>
    /// All inputs of real numbers with the first one's first dimension are the images: a row is what each of them has there.
    /// </summary>
    static IEnumerable<(ModelProto Model, Tensor Images, TensorProto Expected)> Together(
        ModelProto model, ValueProto[] inputs, TensorProto[] given, TensorProto[] expected)
    {
        var parts = new List<(int Input, float[] Numbers, int[] Shape)>();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (OnnxTensor.RealFormatOf(given[i].DataType) is not null && given[i].Dims.Count > 1 && !given[i].Dims.Contains(0)
                && OnnxTensor.Read(given[i].Clone(), "") is { Reals: float[] numbers, Shape: int[] shape }
                && (parts.Count == 0 || shape[0] == parts[0].Shape[0]))
                parts.Add((i, numbers, shape));
        }

        if (parts.Count < 2)
            yield break;
        int batch = parts[0].Shape[0], row = parts.Sum(part => part.Numbers.Length / batch);
        var images = Tensor.Zeros(batch, row);
        for (int output = 0; output < expected.Length; output++)
        {
            if (expected[output].Dims.Count == 0 || expected[output].Dims[0] != batch)
                continue;
            ModelProto one = model.Clone();
            ValueProto input = one.Graph.Input[0].Clone();
            input.Name = "images together";
            input.Type.TensorType.ElemType = OnnxTensor.Float;
            input.Type.TensorType.Shape = new ShapeProto
            {
                Dim = { new DimensionProto { DimValue = batch }, new DimensionProto { DimValue = row } },
            };
            one.Graph.Input.Clear();
            one.Graph.Input.Add(input);
            var split = new List<NodeProto>();
            int start = 0;
            foreach ((int index, float[] numbers, int[] shape) in parts)
            {
                string name = inputs[index].Name;
                int length = numbers.Length / batch;
                for (int image = 0; image < batch; image++)
                    numbers.AsSpan(image * length, length).CopyTo(images.Row(image)[start..]);
                one.Graph.Initializer.Add(Integers(name + " indices", [.. Enumerable.Range(start, length).Select(i => (long)i)]));
                one.Graph.Initializer.Add(Integers(name + " shape", [0, .. shape[1..].Select(size => (long)size)]));
                split.Add(new NodeProto
                {
                    OpType = "Gather",
                    Input = { input.Name, name + " indices" },
                    Output = { name + " row" },
                    Attribute = { new AttributeProto { Name = "axis", I = 1, Type = 2 } },
                });
                split.Add(new NodeProto { OpType = "Reshape", Input = { name + " row", name + " shape" }, Output = { name } });
                start += length;
            }

            for (int i = 0; i < inputs.Length; i++)
            {
                TensorProto constant = given[i].Clone();
                constant.Name = inputs[i].Name;
                if (parts.All(part => part.Input != i))
                    one.Graph.Initializer.Add(constant);
            }

            NodeProto[] nodes = [.. split, .. one.Graph.Node];
            one.Graph.Node.Clear();
            one.Graph.Node.AddRange(nodes);
            End(one, output);
            yield return (one, images, expected[output]);
        }

        static TensorProto Integers(string name, long[] numbers) =>
            new() { Name = name, DataType = OnnxTensor.Int64, Int64Data = { numbers }, Dims = { numbers.Length } };
    }

    /// <summary>Recurrent operators, which have the images second; the output's dimension of images moves to the front.</summary>
    static IEnumerable<(ModelProto Model, Tensor Images, TensorProto Expected)> Second(
        ModelProto model, ValueProto[] inputs, TensorProto[] given, TensorProto[] expected)
    {
        if (model.Graph.Node is not [{ OpType: "LSTM" or "GRU" or "RNN" }] || given[0].Dims.Count != 3)
            yield break;
        long[] order = [1, 0, 2];
        for (int output = 0; output < expected.Length; output++)
        {
            ModelProto one = model.Clone();
            ValueProto input = one.Graph.Input[0];
            one.Graph.Input.Clear();
            one.Graph.Input.Add(input);
            for (int i = 1; i < inputs.Length; i++)
            {
                TensorProto constant = given[i].Clone();
                constant.Name = inputs[i].Name;
                one.Graph.Initializer.Add(constant);
            }

            Tensor images = Moved(given[0], order);
            for (int i = 0; i < 3; i++)
                input.Type.TensorType.Shape.Dim[i] = new DimensionProto { DimValue = images.Shape[i] };
            one.Graph.Node[0].Input[0] = "steps";
            one.Graph.Node.Insert(0, Transpose(input.Name, "steps", order));
            long[] front = expected[output].Dims.Count == 4 ? [2, 0, 1, 3] : order;
            one.Graph.Node.Add(Transpose(one.Graph.Output[output].Name, "front", front));
            one.Graph.Output[output].Name = "front";
            End(one, output);
            Tensor moved = Moved(expected[output], front);
            yield return (one, images, new TensorProto
            {
                DataType = OnnxTensor.Float,
                FloatData = { moved.Data },
                Dims = { moved.Shape.ToArray().Select(size => (long)size) },
            });
        }

        static NodeProto Transpose(string input, string output, long[] order) => new()
        {
            OpType = "Transpose",
            Input = { input },
            Output = { output },
            Attribute = { new AttributeProto { Name = "perm", Type = 7, Ints = { order } } },
        };

        static Tensor Moved(TensorProto tensor, long[] order)
        {
            OnnxTensor from = OnnxTensor.Read(tensor.Clone(), "");
            int[] shape = [.. order.Select(axis => from.Shape[axis])];
            float[] numbers = new float[from.Count];
            for (int i = 0; i < numbers.Length; i++)
            {
                int source = 0;
                for (int axis = shape.Length - 1, rest = i; axis >= 0; rest /= shape[axis], axis--)
                    source += rest % shape[axis] * from.Shape[((int)order[axis] + 1)..].Aggregate(1, (all, own) => all * own);
                numbers[i] = from.Reals![source];
            }

            return new Tensor(numbers, shape);
        }
    }

    /// <summary>Makes a row of one output the only one.</summary>
    static void End(ModelProto model, int output)
    {
        ValueProto row = model.Graph.Output[output].Clone();
        row.Name = "row";
        model.Graph.Node.Add(new NodeProto
        {
            OpType = "Flatten",
            Input = { model.Graph.Output[output].Name },
            Output = { row.Name },
            Attribute = { new AttributeProto { Name = "axis", I = FlattenedAxis, Type = 2 } },
        });
        model.Graph.Output.Clear();
        model.Graph.Output.Add(row);
    }

    static string? Difference(Tensor actual, TensorProto expected)
    {
        OnnxTensor numbers = OnnxTensor.Read(expected.Clone(), "");
        double[] wanted = numbers.Reals is { } reals ? [.. reals.Select(number => (double)number)]
            : [.. numbers.Integers!.Select(number => (double)number)];
        if (wanted.Length != actual.Data.Length)
            return $"{actual.Data.Length} numbers instead of {wanted.Length}";
        bool isHalf = expected.DataType is OnnxTensor.Half or OnnxTensor.BFloat16;
        (double relative, double absolute) = isHalf ? (RelativeOfHalf, AbsoluteOfHalf) : (Relative, Absolute);
        for (int i = 0; i < wanted.Length; i++)
        {
            double x = actual.Data[i], y = wanted[i];
            if (!(Math.Abs(x - y) <= absolute + relative * Math.Abs(y)) && !(double.IsNaN(x) && double.IsNaN(y)) && x != y)
                return $"number {i} is {x} instead of {y}";
        }

        return null;
    }
}
