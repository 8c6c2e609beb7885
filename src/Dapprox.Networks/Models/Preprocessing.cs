using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>The order of an image's numbers in a network's file.</summary>
public enum ImageLayout
{
    /// <summary>Channels, height, width: as PyTorch has it, and as every network here takes its images.</summary>
    Nchw,

    /// <summary>Height, width, channels: as TensorFlow and Keras have it.</summary>
    Nhwc,
}

/// <summary>
/// What a network's file wants done to an image first. It becomes the network's first layers, so that images, budgets and distances
/// are of pixels from 0 to 1 whatever the file wants, and gradients go through.
/// </summary>
/// <param name="Mean">What is taken away from pixels in [0, 1], one number for all channels or one for each.</param>
/// <param name="Deviation">What the difference is divided by, likewise; 1/255 for a network of pixels up to 255.</param>
/// <param name="Layout">The order of the numbers.</param>
public sealed record Preprocessing(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation, ImageLayout Layout)
{
    /// <summary>Nothing is done.</summary>
    public static Preprocessing None { get; } = new([0], [1], ImageLayout.Nchw);

    /// <summary>The network that takes images <c>[channels, height, width]</c> of pixels from 0 to 1.</summary>
    /// <param name="network">The network as its file has it.</param>
    /// <exception cref="InputException">There are means or deviations for another number of channels, a number is not finite, a deviation
    /// is not above 0, or the layout does not fit.</exception>
    public Network ApplyTo(Network network)
    {
        int[] shape = network.InputShape.ToArray();
        if (Layout == ImageLayout.Nhwc)
        {
            if (shape.Length != 3)
                throw new InputException($"{network.Name} takes inputs of shape {string.Join('×', shape)}, which is not "
                    + "height×width×channels; leave out --layout");
            shape = [shape[2], shape[0], shape[1]];
        }

        var first = new List<Layer>();
        if (Mean.Any(mean => mean != 0) || Deviation.Any(deviation => deviation != 1))
        {
            double[] mean = ForChannels("mean", Mean, shape[0], double.IsFinite, "finite numbers");
            double[] deviation = ForChannels(
                "deviation", Deviation, shape[0], number => number > 0 && double.IsFinite(number), "numbers above 0");
            first.Add(new ChannelScale(
                "normalise", [.. deviation.Select(number => (float)(1 / number))],
                [.. mean.Zip(deviation, (number, by) => (float)(-number / by))]));
        }

        if (Layout == ImageLayout.Nhwc)
            first.Add(new Rearrange("channels-last", network.InputShape.ToArray(), ChannelsLast(shape)));
        if (first.Count == 0)
            return network;
        Node[] nodes =
        [
            .. first.Select((layer, place) => new Node(layer, [place - 1])),
            .. network.Nodes.Select(node => new Node(node.Layer, [.. node.Inputs.Select(input => input + first.Count)])),
        ];
        return new Network(network.Name, shape, network.Classes, nodes) { Threads = network.Threads };
    }

    static double[] ForChannels(string what, IReadOnlyList<double> given, int channels, Func<double, bool> isLegal, string legal)
    {
        if (given.Count != 1 && given.Count != channels)
            throw new InputException($"{given.Count} numbers are given as {what}, and the images have {channels} channels; give one "
                + $"number, or {channels} with commas between them");
        if (!given.All(isLegal))
            throw new InputException($"the {what} is {string.Join(", ", given)}; give {legal}");
        return [.. Enumerable.Range(0, channels).Select(channel => given[given.Count == 1 ? 0 : channel])];
    }

    /// <summary>For each number of an image with the channels last, its place in the image with the channels first.</summary>
    static int[] ChannelsLast(int[] shape)
    {
        int area = shape[1] * shape[2];
        return [.. Enumerable.Range(0, area).SelectMany(pixel => Enumerable.Range(0, shape[0]).Select(channel => channel * area + pixel))];
    }
}
