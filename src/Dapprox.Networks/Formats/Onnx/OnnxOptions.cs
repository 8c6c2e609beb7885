namespace Dapprox.Networks.Formats.Onnx;

/// <summary>What an ONNX file leaves open: which of its tensors is the logits, and the shape of an image.</summary>
public sealed record OnnxOptions
{
    /// <summary>
    /// The name of the tensor that is the logits: an output of the file, or what any node gives; null for the only output.
    /// </summary>
    public string? Output { get; init; }

    /// <summary>
    /// The shape of one image, such as 3, 224, 224: the dimensions that the file leaves open, with the others as they are. Where the file
    /// leaves none open, images of this shape and equally many numbers are reshaped (<see cref="Graph.Network.TakingImages"/>). Null for
    /// the shape of the file.
    /// </summary>
    public IReadOnlyList<int>? InputShape { get; init; }
}
