using System.Text.Json.Nodes;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Options;

/// <summary>What a command says about the logits of a network: on stderr, and in JSON.</summary>
static class LogitNotes
{
    /// <summary>What <see cref="AddTo"/> adds, for the help of a command.</summary>
    public const string Fields = "where there is something to say also notes, the lines about the network and its logits on stderr, and "
        + "nonFinite {count, layer}: the images with a NaN or an infinity among their logits, and the first layer that gives one";

    /// <summary>Notes on stderr what is left out of the end of a network.</summary>
    public static void NoteEnd(Network network)
    {
        foreach (string note in End(network))
            Output.NoteFact(note);
    }

    /// <summary>Warns on stderr of scores that are no logits.</summary>
    /// <param name="name">The network in words.</param>
    /// <param name="survey">Its logits.</param>
    public static void Warn(string name, LogitSurvey survey)
    {
        foreach (string warning in survey.Warnings)
            Output.Note($"warning: {name} {warning}");
    }

    /// <summary>All sentences about a network and its logits.</summary>
    /// <param name="survey">Its logits.</param>
    public static IReadOnlyList<string> Of(Network network, LogitSurvey survey) =>
        [.. End(network), .. survey.Warnings.Select(warning => $"{network.Name} {warning}")];

    /// <summary>Adds the sentences and the non-finite logits to a result, if there are any.</summary>
    /// <param name="json">The result.</param>
    /// <param name="notes">The sentences.</param>
    /// <param name="survey">The logits.</param>
    public static void AddTo(JsonObject json, IReadOnlyList<string> notes, LogitSurvey survey)
    {
        if (notes.Count > 0)
            json["notes"] = new JsonArray([.. notes.Select(note => (JsonNode)note)]);
        AddNonFinite(json, survey);
    }

    /// <summary>Adds the non-finite logits to a result, if there are any.</summary>
    /// <param name="json">The result.</param>
    /// <param name="survey">The logits.</param>
    public static void AddNonFinite(JsonObject json, LogitSurvey survey)
    {
        if (survey.NonFinite > 0)
            json["nonFinite"] = new JsonObject { ["count"] = survey.NonFinite, ["layer"] = survey.NonFiniteLayer };
    }

    /// <summary>What is left out of the end of a network, as a sentence; none if nothing is.</summary>
    public static IEnumerable<string> End(Network network) => network.RemovedEnd is string end ? [$"{network.Name} {end}"] : [];
}
