namespace Dapprox.Networks.Layers;

/// <summary>
/// <c>x / (bias + alpha / size · Σ x²)^beta</c>, summed over neighbouring channels: <c>[batch, channels, …]</c>. (Krizhevsky,
/// Sutskever, Hinton, NIPS 2012, section 3.3, with alpha divided by the size as in ONNX.) Computed in binary64.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="size">The number of channels of a sum: ⌊(size − 1) / 2⌋ before and ⌈(size − 1) / 2⌉ after the channel.</param>
public sealed class LocalResponseNormalization(string name, int size, float alpha, float beta, float bias) : Layer(name)
{
    internal (int Size, float Alpha, float Beta, float Bias) Numbers => (size, alpha, beta, bias);

    int Before => (size - 1) / 2;

    int Behind => size - 1 - Before;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ForEachPlace(input, (image, place, channels, area) =>
        {
            for (int channel = 0; channel < channels; channel++)
            {
                int at = image + channel * area + place;
                output.Data[at] = (float)(input.Data[at] * Math.Pow(Denominator(input, image + place, channel, channels, area), -beta));
            }
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        ForEachPlace(input, (image, place, channels, area) =>
        {
            double[] direct = new double[channels], through = new double[channels];
            for (int channel = 0; channel < channels; channel++)
            {
                int at = image + channel * area + place;
                double denominator = Denominator(input, image + place, channel, channels, area);
                direct[channel] = outputGradient.Data[at] * Math.Pow(denominator, -beta);
                through[channel] = -beta * 2 * alpha / size * outputGradient.Data[at] * input.Data[at] * Math.Pow(denominator, -beta - 1);
            }

            for (int channel = 0; channel < channels; channel++)
            {
                double sum = 0;
                for (int other = Math.Max(0, channel - Behind); other <= Math.Min(channels - 1, channel + Before); other++)
                    sum += through[other];
                int at = image + channel * area + place;
                result.Data[at] = (float)(direct[channel] + sum * input.Data[at]);
            }
        });
        return result;
    }

    double Denominator(Tensor input, int first, int channel, int channels, int area)
    {
        double sum = 0;
        for (int other = Math.Max(0, channel - Before); other <= Math.Min(channels - 1, channel + Behind); other++)
            sum += (double)input.Data[first + other * area] * input.Data[first + other * area];
        return bias + alpha / size * sum;
    }

    static void ForEachPlace(Tensor input, Action<int, int, int, int> body)
    {
        int channels = input.Shape[1], area = input.RowLength / channels;
        for (int image = 0; image < input.Batch; image++)
        {
            for (int place = 0; place < area; place++)
                body(image * input.RowLength, place, channels, area);
        }
    }
}
