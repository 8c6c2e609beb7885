using System.Globalization;
using System.Text.Json.Serialization;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Runs;

/// <summary>A tensor of a trained network.</summary>
/// <param name="Tensor">The name of the tensor.</param>
/// <param name="Shape">The lengths of its dimensions with <c>x</c> between them.</param>
/// <param name="Numbers">Its values, the last dimension fastest.</param>
public sealed record WeightsRow(string Tensor, string Shape, float[] Numbers);

/// <summary>A unit that trains a network for an experiment.</summary>
/// <param name="Name">The name of the network for a reader.</param>
/// <param name="DatasetName">The name of the data set.</param>
/// <param name="Architecture">The name of the architecture.</param>
public abstract record TrainingUnit([property: JsonIgnore] string Name, string DatasetName, string Architecture) : WorkUnit<WeightsRow>
{
    /// <inheritdoc/>
    public override string Kind => "weights";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <summary>The network with these weights, exact in all layers.</summary>
    /// <param name="rows">The result of the unit.</param>
    public Network Network(IReadOnlyList<WeightsRow> rows)
    {
        var weights = rows.ToDictionary(
            row => row.Tensor,
            row => new Tensor(
                row.Numbers, Array.ConvertAll(row.Shape.Split('x'), length => int.Parse(length, CultureInfo.InvariantCulture))),
            StringComparer.Ordinal);
        return Networks.Models.Architecture.Recognise(Name, weights, Architecture).Build(Name, weights);
    }

    /// <summary>Weights as rows, in the order of their names.</summary>
    protected static IReadOnlyList<WeightsRow> ToRows(Network network) =>
    [
        .. network.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => new WeightsRow(parameter.Key, string.Join('x', parameter.Value.Shape), parameter.Value.Values)),
    ];
}
