namespace Dapprox.Networks.Graph;

/// <summary>Writes the gradient of a loss with respect to the logits of one image.</summary>
/// <param name="image">The index of the image in the batch.</param>
/// <param name="logits"><c>[classes]</c>.</param>
/// <param name="gradient">Receives <c>[classes]</c>.</param>
public delegate void LogitGradient(int image, ReadOnlySpan<float> logits, Span<float> gradient);
