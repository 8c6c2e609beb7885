using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>The order of an image's numbers in a network's file.</summary>
public enum ImageLayout
{
    /// <summary>Channels, height, width: the layout of PyTorch and of every network here.</summary>
    Nchw,

    /// <summary>Height, width, channels: the layout of TensorFlow and Keras.</summary>
    Nhwc,
}

/// <summary>
/// The preprocessing that a network's file expects. It becomes the network's first layers, so that images, budgets and distances
/// always refer to pixels from 0 to 1, and gradients pass through.
/// </summary>
/// <param name="Mean">The mean to subtract from pixels in [0, 1], one for all channels or one per channel.</param>
/// <param name="Deviation">The standard deviation to divide by, likewise; 1/255 for a network that takes pixels up to 255.</param>
/// <param name="Layout">The order of the numbers.</param>
public sealed record Preprocessing(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation, ImageLayout Layout)
{
    /// <summary>No preprocessing.</summary>
    public static Preprocessing None { get; } = new([0], [1], ImageLayout.Nchw);

    /// <summary>The network that takes images <c>[channels, height, width]</c> of pixels from 0 to 1.</summary>
    /// <param name="network">The network as its file has it.</param>
    /// <exception cref="InputException">There are means or standard deviations for another number of channels, a number is not
    /// finite, a standard deviation is not above 0, or the layout does not fit.</exception>
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
        if (Mean.Any(mean => mean != 0) || Deviation.Any(standardDeviation => standardDeviation != 1))
        {
            double[] mean = ForChannels("mean", Mean, shape[0], double.IsFinite, "finite numbers");
            double[] standardDeviation = ForChannels(
                "deviation", Deviation, shape[0], number => number > 0 && double.IsFinite(number), "numbers above 0");
            first.Add(new ChannelScale(
                "normalise", [.. standardDeviation.Select(number => (float)(1 / number))],
                [.. mean.Zip(standardDeviation, (number, by) => (float)(-number / by))]));
        }

        if (Layout == ImageLayout.Nhwc)
            first.Add(new Rearrange("channels-last", network.InputShape.ToArray(), ChannelsLast(shape)));
        return network.Behind(first, shape);
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

    /// <summary>For each number of an image with the channels last, its index in the image with the channels first.</summary>
    static int[] ChannelsLast(int[] shape)
    {
        int area = shape[1] * shape[2];
        return [.. Enumerable.Range(0, area).SelectMany(pixel => Enumerable.Range(0, shape[0]).Select(channel => channel * area + pixel))];
    }
}
