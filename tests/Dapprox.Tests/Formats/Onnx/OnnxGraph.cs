using System.Runtime.InteropServices;
using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;
using Tensor = Dapprox.Networks.Tensors.Tensor;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Makes ONNX models, and compares what is read of them with ONNX Runtime.</summary>
sealed class OnnxGraph
{
    public const string Input = "x";

    const int Float = 1, Int64 = 7;

    readonly ModelProto model;
    readonly CounterRandom random;
    CounterRandom draws;
    int count;

    public OnnxGraph(int version, params int[] inputShape)
    {
        draws = random = new CounterRandom(7, (ulong)version);
        model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "g" } };
        model.OpsetImport.Add(new OperatorSetProto { Version = version });
        model.Graph.Input.Add(Value(Input, ["batch", .. inputShape]));
        InputShape = inputShape;
    }

    /// <summary>Adds to a model.</summary>
    public OnnxGraph(ModelProto model)
    {
        this.model = model;
        draws = random = new CounterRandom(7);
        InputShape = [];
    }

    public int[] InputShape { get; }

    public ModelProto Model => model;

    /// <summary>A constant of random numbers in ±scale.</summary>
    public string Weights(float scale, params int[] shape)
    {
        float[] numbers = new float[Tensor.Count(shape)];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = draws.NextSingle(-scale, scale);
        return Constant(numbers, shape);
    }

    public string Constant(float[] numbers, params int[] shape)
    {
        var tensor = new TensorProto
        {
            Name = $"w{count++}",
            DataType = Float,
            RawData = ByteString
            .CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan()))
        };
        tensor.Dims.AddRange(shape.Select(dimension => (long)dimension));
        model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    public string Integers(params long[] numbers)
    {
        var tensor = new TensorProto { Name = $"w{count++}", DataType = Int64 };
        tensor.Dims.Add(numbers.Length);
        tensor.Int64Data.AddRange(numbers);
        model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A constant of integers of a data type of ONNX, by its number.</summary>
    public string Integers(int type, int[] numbers, params int[] shape)
    {
        var tensor = new TensorProto { Name = $"w{count++}", DataType = type, Int32Data = { numbers } };
        tensor.Dims.AddRange(shape.Select(dimension => (long)dimension));
        model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Random integers from a lower to below an upper bound.</summary>
    public int[] Draw(int count, int low, int end) => [.. Enumerable.Range(0, count).Select(_ => low + draws.NextInt32(end - low))];

    public string Integer(long number)
    {
        string name = Integers(number);
        model.Graph.Initializer[^1].Dims.Clear();
        return name;
    }

    public static TensorProto IntegerTensor(params long[] numbers) =>
        new() { DataType = Int64, Int64Data = { numbers }, Dims = { numbers.Length } };

    /// <summary>Adds a node and returns its first output.</summary>
    public string Node(string type, string[] inputs, params (string Name, object Value)[] attributes) =>
        Nodes(type, 1, inputs, attributes)[0];

    public string[] Nodes(string type, int outputs, string[] inputs, params (string Name, object Value)[] attributes)
    {
        int dot = type.LastIndexOf('.');
        string domain = dot > 0 ? type[..dot] : "", own = type[(dot + 1)..], name = $"{own}{count++}";
        if (dot > 0 && model.OpsetImport.All(set => set.Domain != domain))
            model.OpsetImport.Add(new OperatorSetProto { Domain = domain, Version = 1 });
        NodeProto node = NodeOf(domain, own, inputs, [.. Enumerable.Range(0, outputs).Select(i => $"{name}.{i}")], attributes);
        node.Name = name;
        model.Graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>A node that is in no graph yet, and has no name.</summary>
    public static NodeProto NodeOf(
        string domain, string type, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = type, Domain = domain, Input = { inputs }, Output = { outputs } };
        foreach ((string name, object value) in attributes)
        {
            var attribute = new AttributeProto { Name = name };
            switch (value)
            {
                case int number:
                    (attribute.I, attribute.Type) = (number, 2);
                    break;
                case float number:
                    (attribute.F, attribute.Type) = (number, 1);
                    break;
                case string text:
                    (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), 3);
                    break;
                case float[] numbers:
                    attribute.Floats.AddRange(numbers);
                    attribute.Type = 6;
                    break;
                case int[] numbers:
                    attribute.Ints.AddRange(numbers.Select(one => (long)one));
                    attribute.Type = 7;
                    break;
                case string[] texts:
                    attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                    attribute.Type = 8;
                    break;
                case TensorProto tensor:
                    (attribute.T, attribute.Type) = (tensor, 4);
                    break;
            }

            node.Attribute.Add(attribute);
        }

        return node;
    }

    /// <summary>The file's bytes, with a row of numbers as the output.</summary>
    public byte[] Bytes(string output)
    {
        model.Graph.Output.Clear();
        model.Graph.Output.Add(Value(Node("Flatten", [output]), ["batch", "classes"]));
        return model.ToByteArray();
    }

    /// <summary>The exact network gives what ONNX Runtime gives, to 1e-4 of the largest number; its gradients are slopes.</summary>
    public Network Check(string output, float low = -1, float high = 1, bool checkGradient = true)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        File.WriteAllBytes(path, Bytes(output));
        Network network = OnnxModels.Load(path);
        Tensor images = Images(3, low, high);
        float[] expected = Runtime(path, images);

        Tensor actual = network.Forward(images);

        Assert.Equal(expected.Length, actual.Data.Length);
        AssertNear(expected, actual.Data);
        if (checkGradient)
            CheckGradient(network, images);
        CheckExport(network, images, expected);
        return network;
    }

    /// <summary>The file is refused with a line that says this.</summary>
    public void Refuses(string output, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        File.WriteAllBytes(path, Bytes(output));
        InputException refused = Assert.Throws<InputException>(() => OnnxModels.Load(path));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    /// <summary>
    /// Written as a file of its own, the network gives the same in ONNX Runtime, and the same layers' logits when it is read again; only
    /// sums of windows and averages of dilated ones cannot be written.
    /// </summary>
    static void CheckExport(Network network, Tensor images, float[] expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("exported.onnx");
        int[][][] shapes = network.InputShapes();
        if (network.Layers.Where((layer, i) => layer is Pool own && !own.IsGlobal((int)Tensor.Count(shapes[i][0].AsSpan(1)))
                && (own.Windows is null || (own.Operation == Pooling.Average && own.Windows.Dilations.Any(distance => distance > 1))))
            .FirstOrDefault() is Pool pool)
        {
            InputException refused = Assert.Throws<InputException>(() => OnnxModels.Save(path, network));
            Assert.Contains($"the layer '{pool.Name}' (Pool) is no operator of ONNX", refused.Message);
            return;
        }

        OnnxModels.Save(path, network);

        AssertNear(expected, Runtime(path, images));
        AssertNear(expected, OnnxModels.Load(path).Forward(images).Data);
    }

    public static float[] Runtime(string path, Tensor images, bool isOptimised = true)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (!isOptimised)
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        using var session = new InferenceSession(path, options);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run(
            [NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(images.Data, images.Shape))]);
        return [.. results[0].AsEnumerable<float>()];
    }

    public static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        float largest = 0;
        foreach (float number in expected)
            largest = MathF.Max(largest, MathF.Abs(number));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(
                MathF.Abs(expected[i] - actual[i]) <= 1e-4f * MathF.Max(largest, 1e-6f),
                $"number {i} is {actual[i]} and ONNX Runtime's {expected[i]}, the largest {largest}");
    }

    public Tensor Images(int batch, float low, float high)
    {
        CounterRandom own = random;
        float[] numbers = new float[batch * Tensor.Count(InputShape)];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = own.NextSingle(low, high);
        return new Tensor(numbers, [batch, .. InputShape]);
    }

    /// <summary>Along a random direction, the difference of a weighted sum of the logits is the gradient's share.</summary>
    static void CheckGradient(Network network, Tensor images)
    {
        const float Step = 2e-3f;
        var numbers = new CounterRandom(3, 9);
        float[] weights = new float[network.Classes], direction = new float[images.RowLength];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = numbers.NextSingle(-1, 1);
        for (int i = 0; i < direction.Length; i++)
            direction[i] = numbers.NextSingle(-1, 1);
        (_, Tensor gradient) = network.InputGradient(images, (_, _, back) => weights.CopyTo(back));
        Tensor up = images.Clone(), down = images.Clone();
        for (int i = 0; i < up.Data.Length; i++)
        {
            up.Data[i] += Step * direction[i % direction.Length];
            down.Data[i] -= Step * direction[i % direction.Length];
        }

        Tensor above = network.Forward(up), below = network.Forward(down);
        for (int image = 0; image < images.Batch; image++)
        {
            double difference = 0, slope = 0, size = 0;
            for (int i = 0; i < weights.Length; i++)
                difference += weights[i] * ((double)above.Row(image)[i] - below.Row(image)[i]) / (2 * Step);
            for (int i = 0; i < direction.Length; i++)
            {
                slope += direction[i] * (double)gradient.Row(image)[i];
                size += Math.Abs(direction[i] * (double)gradient.Row(image)[i]);
            }

            Assert.True(
                Math.Abs(difference - slope) <= 0.02 * size + 1e-4,
                $"image {image}: the slope is {difference} and by the gradient {slope}, of parts that add up to {size}");
        }
    }

    static ValueProto Value(string name, object[] shape)
    {
        var value = new ValueProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = Float, Shape = new ShapeProto() } }
        };
        foreach (object dimension in shape)
            value.Type.TensorType.Shape.Dim.Add(
                dimension is int number ? new DimensionProto { DimValue = number } : new DimensionProto { DimParam = (string)dimension });
        return value;
    }
}
