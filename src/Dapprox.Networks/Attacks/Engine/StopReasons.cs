using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Reasons to stop an attack.</summary>
static class StopReasons
{
    /// <summary>Why a gradient and its logits give no direction; null if they do.</summary>
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
