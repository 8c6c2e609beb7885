using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Google.Protobuf;
using SkiaSharp;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>ONNX files of a trained network with other ends, and pictures for networks of two classes.</summary>
static class OnnxFile
{
    /// <summary>The trained LeNet-5 of the program, with nodes behind its logits.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="end">Adds the nodes to the graph whose output it gets, and returns theirs.</param>
    public static string WriteDigits(string path, Func<OnnxGraph, string, string>? end = null)
    {
        OnnxModels.Save(path, TrainedModels.Load("lenet5-digits"));
        if (end is null)
            return path;
        var graph = new OnnxGraph(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)));
        string output = end(graph, graph.Model.Graph.Output[0].Name);
        graph.Model.Graph.Output[0].Name = output;
        File.WriteAllBytes(path, graph.Model.ToByteArray());
        return path;
    }

    /// <summary>A small network with random weights, from pictures of 6 × 6 to what an end makes of eight numbers.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="end">Adds the nodes to the graph whose output it gets, and returns theirs.</param>
    public static string WriteSmall(string path, Func<OnnxGraph, string, string> end)
    {
        var graph = new OnnxGraph(13, 1, 6, 6);
        string flat = graph.Node("Flatten", [OnnxGraph.Input]);
        string hidden = graph.Node("Relu", [graph.Node("Gemm", [flat, graph.Weights(1, 36, 8), graph.Weights(0.1f, 8)])]);
        File.WriteAllBytes(path, graph.Bytes(end(graph, hidden)));
        return path;
    }

    /// <summary>Random pictures of 6 × 6, with the classes that a network gives to them.</summary>
    /// <param name="folder">Where to write them: a folder <c>pictures</c> and <c>labels.csv</c>.</param>
    /// <param name="model">The network's file.</param>
    /// <param name="count">The number of pictures.</param>
    /// <param name="label">The class, by what the file gives for the picture.</param>
    /// <returns>The options that name them.</returns>
    public static string[] WritePictures(TemporaryFolder folder, string model, int count, Func<float[], int> label)
    {
        Network network = OnnxModels.Load(model);
        var random = new CounterRandom(5);
        Directory.CreateDirectory(folder.File("pictures"));
        var lines = new List<string>();
        for (int i = 0; i < count; i++)
        {
            byte[] pixels = [.. Enumerable.Range(0, 36).Select(_ => (byte)random.NextInt32(256))];
            using var picture = new SKBitmap(new SKImageInfo(6, 6, SKColorType.Gray8));
            pixels.CopyTo(picture.GetPixelSpan());
            using SKData png = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
            File.WriteAllBytes(Path.Combine(folder.File("pictures"), $"{i}.png"), png.ToArray());
            float[] scores = network.Forward(new Tensor([.. pixels.Select(pixel => pixel / 255f)], 1, 1, 6, 6)).Data;
            lines.Add($"{i}.png,{label(scores)}");
        }

        File.WriteAllLines(folder.File("labels.csv"), lines);
        return ["--images", folder.File("pictures"), "--labels", folder.File("labels.csv")];
    }
}
