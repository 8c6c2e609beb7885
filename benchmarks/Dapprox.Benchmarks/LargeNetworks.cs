using System.Runtime.InteropServices;
using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Google.Protobuf;

namespace Dapprox.Benchmarks;

/// <summary>
/// Networks for 224×224 colour images as ONNX files, with random weights of the size that keeps a signal (He et al. 2015): speed
/// does not depend on what they classify.
/// </summary>
sealed class LargeNetworks
{
    const string Input = "images";

    readonly ModelProto model = new() { IrVersion = 8, Graph = new GraphProto { Name = "g" } };
    readonly string name;
    int count;

    LargeNetworks(string name)
    {
        this.name = name;
        model.OpsetImport.Add(new OperatorSetProto { Version = 17 });
        model.Graph.Input.Add(Value(Input, "batch", 3, 224, 224));
    }

    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["VGG-16", "ResNet-50", "MobileNet-V2"];

    /// <summary>The bytes of the file of one.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static byte[] Build(string name) => name switch
    {
        "VGG-16" => Vgg16(),
        "ResNet-50" => ResNet50(),
        _ => MobileNetV2(),
    };

    /// <summary>Simonyan, Zisserman, ICLR 2015, configuration D.</summary>
    static byte[] Vgg16()
    {
        var network = new LargeNetworks("VGG-16");
        string x = Input;
        int channels = 3;
        foreach ((int filters, int layers) in ((int, int)[])[(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)])
        {
            for (int i = 0; i < layers; i++)
            {
                x = network.Node("Relu", [network.Convolution(x, channels, filters, 3)]);
                channels = filters;
            }

            x = network.Node("MaxPool", [x], ("kernel_shape", [2, 2]), ("strides", [2, 2]));
        }

        x = network.Node("Flatten", [x]);
        x = network.Node("Relu", [network.Dense(x, 512 * 7 * 7, 4096)]);
        x = network.Node("Relu", [network.Dense(x, 4096, 4096)]);
        return network.Bytes(network.Dense(x, 4096, 1000));
    }

    /// <summary>He et al., CVPR 2016; the stride on the 3×3 convolution, as it is usually trained.</summary>
    static byte[] ResNet50()
    {
        var network = new LargeNetworks("ResNet-50");
        string x = network.Node("Relu", [network.Normalised(network.Convolution(Input, 3, 64, 7, stride: 2), 64)]);
        x = network.Node("MaxPool", [x], ("kernel_shape", [3, 3]), ("strides", [2, 2]), ("pads", [1, 1, 1, 1]));
        int channels = 64;
        foreach ((int width, int blocks, int stride) in ((int, int, int)[])[(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)])
        {
            for (int i = 0; i < blocks; i++)
            {
                int step = i == 0 ? stride : 1;
                string shortcut = i > 0 ? x : network.Normalised(network.Convolution(x, channels, 4 * width, 1, step), 4 * width);
                x = network.Node("Relu", [network.Normalised(network.Convolution(x, channels, width, 1), width)]);
                x = network.Node("Relu", [network.Normalised(network.Convolution(x, width, width, 3, step), width)]);
                x = network.Node(
                    "Relu", [network.Node("Add", [network.Normalised(network.Convolution(x, width, 4 * width, 1), 4 * width), shortcut])]);
                channels = 4 * width;
            }
        }

        x = network.Node("Flatten", [network.Node("GlobalAveragePool", [x])]);
        return network.Bytes(network.Dense(x, channels, 1000));
    }

    /// <summary>Sandler et al., CVPR 2018.</summary>
    static byte[] MobileNetV2()
    {
        var network = new LargeNetworks("MobileNet-V2");
        string x = network.Relu6(network.Normalised(network.Convolution(Input, 3, 32, 3, stride: 2), 32));
        int channels = 32;
        foreach ((int expansion, int filters, int blocks, int stride) in ((int, int, int, int)[])
            [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)])
        {
            for (int i = 0; i < blocks; i++)
            {
                int step = i == 0 ? stride : 1, wide = channels * expansion;
                string y = expansion == 1 ? x : network.Relu6(network.Normalised(network.Convolution(x, channels, wide, 1), wide));
                y = network.Relu6(network.Normalised(network.Convolution(y, wide, wide, 3, step, groups: wide), wide));
                y = network.Normalised(network.Convolution(y, wide, filters, 1), filters);
                x = step == 1 && channels == filters ? network.Node("Add", [x, y]) : y;
                channels = filters;
            }
        }

        x = network.Relu6(network.Normalised(network.Convolution(x, channels, 1280, 1), 1280));
        x = network.Node("Flatten", [network.Node("GlobalAveragePool", [x])]);
        return network.Bytes(network.Dense(x, 1280, 1000));
    }

    string Relu6(string x) => Node("Clip", [x, Constant([0]), Constant([6])]);

    string Convolution(string x, int from, int to, int kernel, int stride = 1, int groups = 1)
    {
        int padding = kernel / 2;
        return Node(
            "Conv", [x, Weights(to, from / groups, kernel, kernel), Constant(new float[to], to)],
            ("kernel_shape", [kernel, kernel]), ("strides", [stride, stride]), ("pads", [padding, padding, padding, padding]),
            ("group", [groups]));
    }

    string Dense(string x, int from, int to) => Node("Gemm", [x, Weights(to, from), Constant(new float[to], to)], ("transB", [1]));

    string Normalised(string x, int channels) => Node("BatchNormalization",
    [
        x, Constant([.. Enumerable.Repeat(1f, channels)], channels), Constant(new float[channels], channels),
        Constant(new float[channels], channels), Constant([.. Enumerable.Repeat(2f, channels)], channels),
    ]);

    string Weights(params int[] shape)
    {
        int inputs = shape[1..].Aggregate(1, (product, dimension) => product * dimension);
        float bound = MathF.Sqrt(6f / inputs);
        float[] numbers = new float[shape[0] * inputs];
        var random = new CounterRandom(1, (ulong)count);
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = random.NextSingle(-bound, bound);
        return Constant(numbers, shape);
    }

    string Constant(float[] numbers, params int[] shape)
    {
        var tensor = new TensorProto
        {
            Name = $"w{count++}",
            DataType = 1,
            RawData = ByteString
            .CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan()))
        };
        tensor.Dims.AddRange(shape.Select(dimension => (long)dimension));
        model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    string Node(string type, string[] inputs, params (string Name, long[] Value)[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = $"{type}{count++}" };
        node.Input.AddRange(inputs);
        node.Output.Add(node.Name);
        foreach ((string attribute, long[] value) in attributes)
        {
            const int Integer = 2, Integers = 7;
            var proto = new AttributeProto { Name = attribute, Type = Integers };
            if (attribute is "group" or "transB")
                (proto.Type, proto.I) = (Integer, value[0]);
            else
                proto.Ints.AddRange(value);
            node.Attribute.Add(proto);
        }

        model.Graph.Node.Add(node);
        return node.Name;
    }

    byte[] Bytes(string output)
    {
        model.Graph.Name = name;
        model.Graph.Output.Add(Value(output, "batch", 1000));
        return model.ToByteArray();
    }

    static ValueProto Value(string name, string batch, params int[] shape)
    {
        var type = new TensorTypeProto { ElemType = 1, Shape = new ShapeProto() };
        type.Shape.Dim.Add(new DimensionProto { DimParam = batch });
        type.Shape.Dim.AddRange(shape.Select(dimension => new DimensionProto { DimValue = dimension }));
        return new ValueProto { Name = name, Type = new TypeProto { TensorType = type } };
    }
}
