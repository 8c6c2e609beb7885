using System.Buffers.Binary;
using System.Security.Cryptography;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Data;

/// <summary>
/// A short hash: the first sixteen hexadecimal digits of SHA-256. It distinguishes data sets or networks of the same name in one
/// line of text.
/// </summary>
public static class Fingerprint
{
    const int Digits = 16;

    /// <summary>The fingerprint of the pixels and labels of images.</summary>
    /// <param name="data">The images.</param>
    public static string Of(Dataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(data.Pixels.Span);
        Span<byte> label = stackalloc byte[sizeof(int)];
        foreach (int each in data.Labels)
        {
            BinaryPrimitives.WriteInt32LittleEndian(label, each);
            hash.AppendData(label);
        }

        return Text(hash);
    }

    /// <summary>The fingerprint of a file's content.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static string OfFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file))[..Digits];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot read '{path}': {e.Message.TrimEnd('.')}; give a file that can be read", e);
        }
    }

    /// <summary>
    /// The fingerprint of the weights, biases and batch normalisations of a network; it does not depend on the multiplier.
    /// </summary>
    public static string Of(Network network) => Of(network.Layers.SelectMany(layer => layer switch
    {
        WeightedLayer weighted => [weighted.Weights.ToArray(), weighted.Bias.ToArray()],
        BatchNormalization normalization => normalization.Parameters.Select(parameter => parameter.Values),
        _ => (IEnumerable<float[]>)[],
    }));

    /// <summary>The fingerprint of the bits of numbers.</summary>
    /// <param name="arrays">The numbers; the division into arrays has no effect.</param>
    internal static string Of(IEnumerable<float[]> arrays)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (float[] numbers in arrays)
        {
            byte[] bytes = new byte[numbers.Length * sizeof(float)];
            for (int i = 0; i < numbers.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), numbers[i]);
            hash.AppendData(bytes);
        }

        return Text(hash);
    }

    static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
}
