using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Where an attack has to stop.</summary>
static class StopReasons
{
    /// <summary>Why a gradient, with the logits it belongs to, shows no way; null where it does.</summary>
    public static StopReason? NoWay(ReadOnlySpan<float> logits, ReadOnlySpan<float> gradient)
    {
        bool zero = true;
        foreach (float component in gradient)
        {
            if (!float.IsFinite(component))
                return StopReason.NonFinite;
            zero &= component == 0;
        }

        if (Scores.Label(logits) < 0)
            return StopReason.NonFinite;
        return zero ? StopReason.ZeroGradient : null;
    }
}
