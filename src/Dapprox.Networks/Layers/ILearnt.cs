namespace Dapprox.Networks.Layers;

/// <summary>A layer with numbers that training determines.</summary>
public interface ILearnt
{
    /// <summary>The numbers, always in the same order.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The same layer with other numbers.</summary>
    /// <param name="parameters">Arrays in the order and of the lengths of <see cref="Parameters"/>; shared, not copied. A bias can be
    /// added or left out.</param>
    Layer With(IReadOnlyList<float[]> parameters);

    /// <summary>
    /// The gradients of a loss with respect to the numbers for which <see cref="Parameter.HasGradient"/> holds, in their order.
    /// </summary>
    /// <param name="input">A batch of the layer's inputs.</param>
    /// <param name="outputGradient">The gradient with respect to the output; shaped like it.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    /// <returns>An array for each such parameter, as long as its values.</returns>
    IReadOnlyList<float[]> Gradients(Tensor input, Tensor outputGradient, int threads);
}

/// <summary>Numbers of a layer that training determines.</summary>
/// <param name="Name">The name that files of weights use after the layer's name: <c>weight</c>, <c>bias</c>.</param>
/// <param name="Values">The numbers; shared, not copied.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="HasGradient">Whether gradients change them; otherwise they are statistics of the layer's inputs.</param>
public sealed record Parameter(string Name, float[] Values, IReadOnlyList<int> Shape, bool HasGradient = true);
