using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>The robust accuracy of a victim as a step function of ε.</summary>
public static class RobustnessCurve
{
    /// <summary>
    /// The accuracy at ε is the fraction of all images that the victim classifies correctly and for which no adversarial image was
    /// found within ε. An attack with a fixed budget does not measure smaller budgets, so the curve is an upper bound between its
    /// budgets.
    /// </summary>
    /// <param name="runs">
    /// The records of one or more runs on the same images, for example one for each budget; at least one run with one image.
    /// </param>
    /// <param name="norm">The norm of ε.</param>
    /// <returns>
    /// The accuracy from each ε on, in ascending order of ε: from the clean accuracy at 0 to the accuracy beyond the farthest
    /// success.
    /// </returns>
    public static IReadOnlyList<(double Epsilon, double Accuracy)> Of(IReadOnlyList<IReadOnlyList<AttackRecord>> runs, Norm norm)
    {
        ArgumentNullException.ThrowIfNull(runs);
        int images = runs[0].Count;
        int right = runs[0].Count(record => record.CleanCorrect);
        var curve = new List<(double Epsilon, double Accuracy)> { (0, (double)right / images) };
        IEnumerable<double> distances = Enumerable.Range(0, images)
            .Select(image => runs
                .Where(run => run[image].Success)
                .Select(run => run[image].Distances.In(norm))
                .DefaultIfEmpty(double.PositiveInfinity)
                .Min())
            .Where(double.IsFinite)
            .Order();
        foreach (double distance in distances)
        {
            right--;
            if (curve[^1].Epsilon == distance)
                curve.RemoveAt(curve.Count - 1);
            curve.Add((distance, (double)right / images));
        }

        return curve;
    }
}
