using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Kernels;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>
/// What is emulated is what would be built: all sums of a layer of LeNet-5 on ten images, in the Verilog of a systolic array and in the
/// layer's kernel.
/// </summary>
public sealed class SystolicLayerTests : IDisposable
{
    const int Images = 10;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("array:8:ama1:columns=6", SignHandling.SignMagnitude)]
    [InlineData("array:8:ama1:columns=6:signed", SignHandling.SignMagnitude)]
    [InlineData("array:8:ama5:columns=4", SignHandling.Offset)]
    public async Task DenseLayer_OnTenImages_HasTheSumsOfItsKernel(string multiplier, SignHandling signs) =>
        await AssertSameSumsAsync("linear2", multiplier, signs, size: 5);

    // 2.3 million products.
    [TheoryOf(Tier.Long)]
    [InlineData("array:8:ama1:columns=6", SignHandling.SignMagnitude)]
    [InlineData("array:8:ama1:columns=6:signed", SignHandling.SignMagnitude)]
    public async Task Convolution_OnTenImages_HasTheSumsOfItsKernel(string multiplier, SignHandling signs) =>
        await AssertSameSumsAsync("conv1", multiplier, signs, size: 16);

    /// <summary>The bits that a unit takes for two integers of a layer.</summary>
    internal static (ulong A, ulong B) Operands(MacUnit unit, IntegerProducts products, int activation, int weight)
    {
        // A unit that negates has an unsigned activation and a weight in two's complement; otherwise the multiplier's operands are its own.
        (ulong a, ulong b) = products.Operands(activation, weight);
        return (a, unit.Negates ? (ulong)weight & ((1UL << unit.Multiplier.Inputs[1].Width) - 1) : b);
    }

    /// <summary>
    /// Streams a layer through an array: rows of sums are positions, columns are output channels, and a sum begins with what the zero point
    /// of the activations takes from it, if that of the weights is 0.
    /// </summary>
    async Task AssertSameSumsAsync(string name, string multiplier, SignHandling signs, int size)
    {
        Tool.Require("iverilog", "vvp");
        Netlist circuit = CircuitDescription.Build(multiplier);
        Network network = new PostTrainingQuantisation { IsSigned = circuit.IsSigned, Signs = signs }
            .Run(TrainedModels.Load("lenet5-digits"), Pictures(Split.Train, 64)).With(new IntegerCircuit(circuit));
        (WeightedLayer layer, Tensor input) = Layer(network, name, Pictures(Split.Test, Images));
        Quantisation formats = layer.Quantisation!;
        var unit = new MacUnit(circuit, signs);
        IntegerProducts products = IntegerProducts.Of(
            new IntegerCircuit(circuit), formats.Activations.Format, formats.Weights[0].Format, signs);

        int[][] activations = Positions(layer, input), weights = Weights(layer);
        int[][] sums = [.. activations.Select(row => (int[])[.. weights.Select((column, channel) => Sum(row, column, channel))])];

        // The kernel's outputs are those of these sums, bit for bit.
        float[] output = layer.Forward(input, threads: 1).Data;
        int positions = activations.Length / Images;
        float[] expected = new float[output.Length];
        for (int row = 0; row < sums.Length; row++)
        {
            for (int channel = 0; channel < weights.Length; channel++)
            {
                int index = (row / positions * weights.Length + channel) * positions + row % positions;
                float scale = formats.Activations.Scale * formats.Weight(channel).Scale;
                expected[index] = (float)((float)sums[row][channel] * scale) + layer.Parameters[1].Values[channel];
            }
        }

        KernelCases.AssertBits(expected, output);

        // And the array's sums are these.
        await File.WriteAllTextAsync(folder.File("mac.v"), Written(writer => VerilogMacWriter.Write(unit, size, false, writer)));
        int count = 0;
        await File.WriteAllTextAsync(
            folder.File("bench.v"), Written(writer => VerilogMacTestBench.Write(unit, size, Tiles(), writer)));
        await Tool.RunAsync(folder.Path, "iverilog", "-o", "test", "mac.v", "bench.v");
        string printed = (await Tool.RunAsync(folder.Path, "vvp", "test")).Trim();

        Assert.True(count >= sums.Length * weights.Length);
        Assert.True(printed == $"PASSED {count} sums", printed[..Math.Min(printed.Length, 2000)]);

        int Sum(int[] row, int[] column, int channel)
        {
            int sum = Start(row, column, channel);
            for (int k = 0; k < row.Length; k++)
                sum += products[row[k], column[k]];
            return sum;
        }

        // What the zero points add; the multiplier sees shifted numbers and zero points.
        int Start(int[] row, int[] column, int channel)
        {
            int a = formats.Activations.ZeroPoint + products.ActivationShift, w = formats.Weight(channel).ZeroPoint + products.WeightShift;
            return row.Length * a * w - a * column.Sum(q => q + products.WeightShift) - w * row.Sum(q => q + products.ActivationShift);
        }

        IEnumerable<MacTile> Tiles()
        {
            // The last tiles repeat the last position and channel.
            for (int first = 0; first < sums.Length; first += size)
            {
                for (int channel = 0; channel < weights.Length; channel += size)
                {
                    int[] rows = [.. Enumerable.Range(first, size).Select(row => Math.Min(row, sums.Length - 1))],
                        columns = [.. Enumerable.Range(channel, size).Select(column => Math.Min(column, weights.Length - 1))];
                    count += size * size;
                    yield return new MacTile(
                        [.. rows.Select(row => (ulong[])[.. activations[row].Select(q => Operands(unit, products, q, 0).A)])],
                        [.. columns.Select(column => (ulong[])[.. weights[column].Select(q => Operands(unit, products, 0, q).B)])],
                        Bits((row, column) => Start(activations[row], weights[column], column)), Bits((row, column) => sums[row][column]));

                    UInt128[][] Bits(Func<int, int, int> number) =>
                        [.. rows.Select(row => (UInt128[])[.. columns.Select(column => (UInt128)(uint)number(row, column))])];
                }
            }
        }
    }

    static (WeightedLayer Layer, Tensor Input) Layer(Network network, string name, Tensor images)
    {
        int wanted = Enumerable.Range(0, network.Layers.Count).Single(index => network.Layers[index].Name == name);
        Tensor? input = null;
        network.Observe(images, (index, inputs) =>
        {
            if (index == wanted)
                input = new Tensor([.. inputs[0].Data], inputs[0].Shape);
        });
        return ((WeightedLayer)network.Layers[wanted], input!);
    }

    /// <summary>The integers that each sum multiplies, image after image, position after position; padding is the zero point.</summary>
    static int[][] Positions(WeightedLayer layer, Tensor input)
    {
        AffineQuantisation format = layer.Quantisation!.Activations;
        if (layer is not Convolution2D convolution)
            return [.. Enumerable.Range(0, input.Batch).Select(image => (int[])[.. input.Row(image).ToArray().Select(format.Quantise)])];
        ConvolutionShape shape = convolution.Shape;
        int height = input.Shape[2], width = input.Shape[3];
        int outputHeight = shape.OutputHeight(height), outputWidth = shape.OutputWidth(width);
        return
        [
            .. from image in Enumerable.Range(0, input.Batch)
               from y in Enumerable.Range(0, outputHeight)
               from x in Enumerable.Range(0, outputWidth)
               select (int[])[.. Enumerable.Range(0, shape.Taps).Select(tap => At(image, y, x, tap))],
        ];

        int At(int image, int y, int x, int tap)
        {
            int channel = tap / (shape.KernelHeight * shape.KernelWidth);
            int row = y - shape.Padding.Top + tap / shape.KernelWidth % shape.KernelHeight;
            int column = x - shape.Padding.Left + tap % shape.KernelWidth;
            return row >= 0 && row < height && column >= 0 && column < width
                ? format.Quantise(input.Data[((image * shape.InputChannels + channel) * height + row) * width + column])
                : format.ZeroPoint;
        }
    }

    /// <summary>The integers of each output channel.</summary>
    static int[][] Weights(WeightedLayer layer)
    {
        int channels = layer.Parameters[0].Shape[0], fan = layer.Weights.Length / channels;
        return
        [
            .. Enumerable.Range(0, channels).Select(channel => (int[])
            [
                .. Enumerable.Range(channel * fan, fan).Select(index => layer.Quantisation!.Weight(channel).Quantise(layer.Weights[index])),
            ]),
        ];
    }

    static Tensor Pictures(Split split, int count) => Datasets.Load("digits", split).Images(0, count);

    static string Written(Action<TextWriter> write)
    {
        using var writer = new StringWriter();
        write(writer);
        return writer.ToString();
    }
}
