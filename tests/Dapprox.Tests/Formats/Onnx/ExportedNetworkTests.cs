using Xunit;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>
/// Whole networks, node for node as exporters and optimisers write them but narrower and shallower, against ONNX Runtime: logits,
/// gradients, and those of the network written as a file of its own.
/// </summary>
public partial class ExportedNetworkTests
{
    const int Classes = 5;

    static readonly Dictionary<string, (int Version, int[] Shape, Func<OnnxGraph, string> Write)> Networks = new()
    {
        ["VGG"] = (13, [3, 16, 16], Vgg),
        ["ResNet-18"] = (13, [3, 16, 16], graph => ResNet(graph, isDeep: false)),
        ["ResNet-50"] = (13, [3, 16, 16], graph => ResNet(graph, isDeep: true)),
        ["DenseNet"] = (13, [3, 16, 16], DenseNet),
        ["SqueezeNet"] = (13, [3, 20, 20], SqueezeNet),
        ["ShuffleNet-V2"] = (13, [3, 16, 16], ShuffleNet),
        ["GoogLeNet"] = (10, [3, 16, 16], GoogLeNet),
        ["Inception-V3"] = (13, [3, 19, 19], Inception),
        ["MobileNet-V2"] = (13, [3, 16, 16], MobileNetV2),
        ["MobileNet-V3"] = (13, [3, 16, 16], MobileNetV3),
        ["EfficientNet-B0"] = (13, [3, 16, 16], EfficientNet),
        ["ConvNeXt-T"] = (13, [3, 16, 16], ConvNeXt),
        ["U-Net with ConvTranspose"] = (13, [3, 15, 13], graph => UNet(graph, "ConvTranspose")),
        ["U-Net with bilinear Resize"] = (13, [3, 15, 13], graph => UNet(graph, "linear")),
        ["U-Net with nearest Resize"] = (13, [3, 15, 13], graph => UNet(graph, "nearest")),
        ["Keras with channels last"] = (13, [16, 16, 3], Keras),
        ["LSTM over rows"] = (13, [1, 8, 8], Lstm),
        ["GRU over rows"] = (13, [1, 8, 8], Gru),
        ["MultiheadAttention"] = (13, [6, 8], MultiheadAttention),
        ["MultiheadAttention in operator set 11"] = (11, [6, 8], MultiheadAttention),
        ["TransformerEncoderLayer"] = (13, [6, 8], graph => TransformerEncoder(graph, isNormFirst: true)),
        ["TransformerEncoderLayer of PyTorch 2"] = (17, [6, 8], graph => TransformerEncoder(graph, isNormFirst: false)),
        ["ViT in operator set 11"] = (11, [3, 16, 16], VisionTransformer),
        ["ViT"] = (13, [3, 16, 16], VisionTransformer),
        ["ViT with LayerNormalization"] = (17, [3, 16, 16], VisionTransformer),
        ["Swin-T in operator set 11"] = (11, [3, 16, 16], Swin),
        ["Swin-T"] = (13, [3, 16, 16], Swin),
        ["ResNet by ONNX Runtime's optimiser"] = (13, [3, 16, 16], OptimisedResNet),
        ["ViT by ONNX Runtime's optimiser"] = (17, [3, 16, 16], OptimisedTransformer),
        ["Dynamo's functions"] = (18, [3, 16, 16], Dynamo),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void GivesWhatOnnxRuntimeGives(string name)
    {
        (int version, int[] shape, Func<OnnxGraph, string> write) = Networks[name];
        var graph = new OnnxGraph(version, shape);

        graph.Check(write(graph));
    }
}
