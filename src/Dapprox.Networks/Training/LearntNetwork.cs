using System.Numerics.Tensors;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Training;

/// <summary>Numbers that training changes, of one layer or of several that share them.</summary>
/// <param name="Name">The name in files of weights: <c>conv1.weight</c>.</param>
/// <param name="Values">The numbers; a training changes them in place.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="HasGradient">Whether gradients change them; otherwise they are statistics.</param>
sealed record LearntArray(string Name, float[] Values, IReadOnlyList<int> Shape, bool HasGradient);

/// <summary>A network whose learnt numbers change: copies of those that it begins with.</summary>
sealed class LearntNetwork
{
    readonly Network structure;
    // By node, in the order of the layer's parameters: indices in Arrays.
    readonly int[][] places;

    /// <summary>Copies the learnt numbers. Layers that share an array go on sharing it.</summary>
    public LearntNetwork(Network network)
    {
        structure = network;
        var known = new Dictionary<float[], int>();
        var arrays = new List<LearntArray>();
        places = new int[network.Layers.Count][];
        for (int i = 0; i < places.Length; i++)
        {
            IReadOnlyList<Parameter> parameters = network.Layers[i] is ILearnt layer ? layer.Parameters : [];
            places[i] = new int[parameters.Count];
            for (int j = 0; j < parameters.Count; j++)
            {
                Parameter parameter = parameters[j];
                if (!known.TryGetValue(parameter.Values, out places[i][j]))
                {
                    known.Add(parameter.Values, places[i][j] = arrays.Count);
                    arrays.Add(new LearntArray(
                        $"{network.Layers[i].Name}.{parameter.Name}", [.. parameter.Values], parameter.Shape, parameter.HasGradient));
                }
            }
        }

        Arrays = arrays;
    }

    /// <summary>All learnt numbers, in the order of the layers.</summary>
    public IReadOnlyList<LearntArray> Arrays { get; }

    /// <summary>The network with the current numbers, valid until they change.</summary>
    public Network Current() => With([.. Arrays.Select(array => array.Values)]);

    /// <summary>The network with other numbers.</summary>
    /// <param name="values">In the order of <see cref="Arrays"/>; shared, not copied.</param>
    public Network With(IReadOnlyList<float[]> values) => structure.WithLayers([.. structure.Layers.Select(
        (layer, node) => layer is ILearnt learnt ? learnt.With([.. places[node].Select(place => values[place])]) : layer)]);

    /// <summary>A copy of the current numbers.</summary>
    public IReadOnlyList<float[]> Copy() => [.. Arrays.Select(array => (float[])array.Values.Clone())];

    /// <summary>The gradient of each array with one, in order: the sum over the layers that share it.</summary>
    /// <param name="gradients">By node, in the order of the layer's parameters that have a gradient.</param>
    public IReadOnlyList<float[]> Gradients(IReadOnlyDictionary<int, IReadOnlyList<float[]>> gradients)
    {
        float[]?[] sums = new float[]?[Arrays.Count];
        foreach ((int node, IReadOnlyList<float[]> own) in gradients.OrderBy(pair => pair.Key))
        {
            // Statistics follow the parameters that have gradients.
            for (int j = 0; j < own.Count; j++)
            {
                ref float[]? sum = ref sums[places[node][j]];
                if (sum is null)
                    sum = own[j];
                else
                    TensorPrimitives.Add(sum, own[j], sum);
            }
        }

        return [.. sums.OfType<float[]>()];
    }
}
