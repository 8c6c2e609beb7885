using Dapprox.Arithmetic;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Models;

namespace Dapprox.Cli.Options;

/// <summary>What the header of a safetensors file says about the multiplier that the network was fitted to.</summary>
static class FittedHeader
{
    const string CalibratedFor = "calibrated_for", CalibratedLayers = "calibrated_layers", CalibratedSums = "calibrated_sums",
        CalibratedOn = "calibrated_on";

    const string Way = "calibrate the network that it was made from, or leave calibration out (in finetune, --calibrate 0)";

    const string TrainedFor = "trained_for", TrainedLayers = "trained_layers";

    /// <summary>The lines of a calibrated network.</summary>
    /// <param name="multiplier">The name of the multiplier.</param>
    /// <param name="layers">The layers that it replaces.</param>
    /// <param name="sums">The format of the sums.</param>
    /// <param name="images">The calibration images.</param>
    public static IEnumerable<KeyValuePair<string, string>> Calibrated(string multiplier, string layers, string sums, Dataset images) =>
    [
        new(CalibratedFor, multiplier), new(CalibratedLayers, layers), new(CalibratedSums, sums),
        new(CalibratedOn, CalibrationOptions.Describe(images)),
    ];

    /// <summary>The lines of a network trained in the arithmetic of a multiplier.</summary>
    /// <param name="multiplier">The name of the multiplier.</param>
    /// <param name="layers">The layers that it replaces.</param>
    public static IEnumerable<KeyValuePair<string, string>> Trained(string multiplier, string layers) =>
        [new(TrainedFor, multiplier), new(TrainedLayers, layers)];

    /// <summary>
    /// Notes on stderr which multiplier a network is fitted to, if its file says so, and what a file without layers is taken for.
    /// </summary>
    /// <param name="model">The network's name or file.</param>
    public static void Note(string model)
    {
        IReadOnlyDictionary<string, string> text = TrainedModels.Metadata(model);
        if (text.TryGetValue(TrainedModels.ArchitectureKey, out string? architecture)
            && Architecture.Find(architecture).Hint is string hint)
            Output.NoteFact($"{Path.GetFileName(model)} is taken as {architecture}, {hint}");
        if (text.TryGetValue(CalibratedFor, out string? calibrated))
            Output.Note(
                $"note: {Path.GetFileName(model)} is calibrated for {calibrated} in the layers "
                    + $"'{text.GetValueOrDefault(CalibratedLayers)}', sums in {text.GetValueOrDefault(CalibratedSums)}, on "
                    + $"{text.GetValueOrDefault(CalibratedOn)}; its biases fit no other: run it with --multiplier {calibrated}");
        if (Approximate(text) is string trained)
            Output.Note(
                $"note: {Path.GetFileName(model)} is trained for {trained} in the layers '{text.GetValueOrDefault(TrainedLayers)}'; its "
                    + $"weights fit no other: run it with --multiplier {trained}");
    }

    /// <summary>Refuses to calibrate a network that is fitted to a multiplier already: its exact counterpart is unknown.</summary>
    /// <param name="model">The network's name or file.</param>
    /// <exception cref="InputException">The network is fitted to an approximate multiplier.</exception>
    public static void ThrowIfFitted(string model)
    {
        IReadOnlyDictionary<string, string> text = TrainedModels.Metadata(model);
        if (text.TryGetValue(CalibratedFor, out string? calibrated))
            throw new InputException(
                $"'{model}' is calibrated for {calibrated} already; {Way}");
        if (Approximate(text) is string trained)
            throw new InputException($"'{model}' is trained for {trained} already; {Way}");
    }

    /// <summary>The approximate multiplier that the network was trained for; null for none.</summary>
    static string? Approximate(IReadOnlyDictionary<string, string> text) =>
        text.TryGetValue(TrainedFor, out string? multiplier) && multiplier != ExactMultiplier.Rounded.Name
            && multiplier != ExactMultiplier.FusedSum.Name
            ? multiplier
            : null;
}
