using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Tests.Formats.Onnx;
using SkiaSharp;

namespace Dapprox.Tests.Experiments;

/// <summary>A small ONNX network of somebody's, and colour pictures with the classes that it gives them.</summary>
static class OwnNetwork
{
    const int Side = 6;

    /// <summary>How the network wants its pixels, in the words of the command line.</summary>
    public static string[] Preprocessing { get; } = ["--mean", "0.5", "--deviation", "0.25"];

    /// <summary>Writes own.onnx, pictures/ and labels.csv.</summary>
    public static (Network Network, Dataset Pictures) Write(string folder, int classes, int pictures)
    {
        string In(string name) => Path.Combine(folder, name);
        var graph = new OnnxGraph(13, 3, Side, Side);
        string flat = graph.Node("Flatten", [OnnxGraph.Input]);
        string hidden = graph.Node("Relu", [graph.Node("Gemm", [flat, graph.Weights(0.3f, 3 * Side * Side, 12)])]);
        File.WriteAllBytes(In("own.onnx"), graph.Bytes(graph.Node("Gemm", [hidden, graph.Weights(0.5f, 12, classes)])));
        Network network = new Preprocessing([0.5], [0.25], ImageLayout.Nchw).ApplyTo(OnnxModels.Load(In("own.onnx")));

        var random = new CounterRandom(seed: 5);
        byte[] pixels = new byte[pictures * 3 * Side * Side];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)random.NextInt32(256);
        Dataset Labelled(int[] labels) =>
            new(
                "pictures", Split.Test, 3, Side, Side, [.. Enumerable.Range(0, classes).Select(label => $"{label}")], pixels, labels,
                canonical: false, "made up");
        Dataset data = Labelled(Scores.Labels(network.Forward(Labelled(new int[pictures]).Images(0, pictures))));

        Directory.CreateDirectory(In("pictures"));
        for (int i = 0; i < pictures; i++)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque));
            for (int pixel = 0; pixel < Side * Side; pixel++)
            {
                byte Channel(int channel) => pixels[(i * 3 + channel) * Side * Side + pixel];
                bitmap.SetPixel(pixel % Side, pixel / Side, new SKColor(Channel(0), Channel(1), Channel(2)));
            }

            using FileStream file = File.Create(In($"pictures/{i}.png"));
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        }

        File.WriteAllLines(In("labels.csv"), data.Labels.Select((label, i) => $"{i}.png,{label}"));
        return (network, data);
    }
}
