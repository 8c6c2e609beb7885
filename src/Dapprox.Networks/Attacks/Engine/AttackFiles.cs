using Dapprox.Foundation;
using Dapprox.Networks.Formats;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Writes adversarial images.</summary>
public static class AttackFiles
{
    /// <summary>
    /// Writes a safetensors file with the tensors <c>clean</c> and <c>adversarial</c>, <c>[count, channels, height, width]</c>
    /// in [0, 1], and <c>labels</c>, <c>[count]</c>.
    /// </summary>
    /// <param name="path">The file to write, replaced atomically.</param>
    /// <param name="clean">The clean images.</param>
    /// <param name="records">The record of each.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void SaveImages(string path, Tensor clean, IReadOnlyList<AttackRecord> records)
    {
        Tensor adversarial = Tensor.Zeros(clean.Shape);
        for (int i = 0; i < records.Count; i++)
            records[i].Adversarial.CopyTo(adversarial.Row(i));
        Safetensors.Save(path, new Dictionary<string, Tensor>
        {
            ["clean"] = clean,
            ["adversarial"] = adversarial,
            ["labels"] = new Tensor(records.Select(record => (float)record.Label).ToArray(), records.Count),
            ["success"] = new Tensor(records.Select(record => record.Success ? 1f : 0).ToArray(), records.Count),
        });
    }
}
