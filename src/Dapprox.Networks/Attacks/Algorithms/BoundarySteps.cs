using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The lengths of the two moves of the boundary attack, on the sphere and towards the image, relative to the distance. They adapt
/// to success rates, taken over 100 moves of the first kind and 30 of the second since the last change.
/// </summary>
sealed class BoundarySteps
{
    const int SphericalWindow = 100, SourceWindow = 30, Confirmations = 100;
    const double Often = 0.5, Seldom = 0.2, MinStep = 1e-7, MinConfirmed = 2e-7;
    const int NumberCount = 8;

    readonly BoundaryAttack options;
    int sphericalTries, sphericalSuccesses, sourceTries, sourceSuccesses, convergences, confirmations;

    public BoundarySteps(BoundaryAttack options)
    {
        this.options = options;
        (Spherical, Source) = (options.SphericalStep, options.SourceStep);
    }

    /// <summary>Restores the state that <see cref="Numbers"/> returned.</summary>
    public BoundarySteps(BoundaryAttack options, IReadOnlyList<double> numbers)
    {
        if (numbers.Count != NumberCount)
            throw new InputException(
                $"the saved state of the boundary attack has {numbers.Count} numbers instead of {NumberCount}; delete it and start again");
        this.options = options;
        (Spherical, Source) = (numbers[0], numbers[1]);
        (sphericalTries, sphericalSuccesses) = ((int)numbers[2], (int)numbers[3]);
        (sourceTries, sourceSuccesses) = ((int)numbers[4], (int)numbers[5]);
        (convergences, confirmations) = ((int)numbers[6], (int)numbers[7]);
    }

    public double Spherical { get; private set; }

    public double Source { get; private set; }

    /// <summary>Whether the walk has converged.</summary>
    public bool Converged => confirmations >= Confirmations;

    /// <summary>The state, to be saved.</summary>
    public double[] Numbers =>
        [Spherical, Source, sphericalTries, sphericalSuccesses, sourceTries, sourceSuccesses, convergences, confirmations];

    /// <summary>Counts a move on the sphere, and whether it stayed adversarial.</summary>
    public void CountSpherical(bool adversarial)
    {
        sphericalTries++;
        sphericalSuccesses += adversarial ? 1 : 0;
    }

    /// <summary>Counts a move towards the image after a successful move on the sphere, and whether it stayed adversarial.</summary>
    public void CountSource(bool adversarial)
    {
        sourceTries++;
        sourceSuccesses += adversarial ? 1 : 0;
    }

    /// <summary>Adapts the lengths once enough moves are counted, and detects convergence; called once per step.</summary>
    public void Adapt()
    {
        if (sphericalTries >= SphericalWindow)
        {
            double factor = Factor((double)sphericalSuccesses / sphericalTries);
            (Spherical, Source) = (Spherical * factor, Source * factor);
            sphericalTries = sphericalSuccesses = 0;
        }

        if (sourceTries >= SourceWindow)
        {
            Source *= Factor((double)sourceSuccesses / sourceTries);
            sourceTries = sourceSuccesses = 0;
        }

        // Steps that become too small for the first time may only have adapted to an unlucky run.
        if (convergences >= 2)
            confirmations = Source < MinConfirmed ? confirmations + 1 : 0;
        else if (Source < MinStep && ++convergences == 1)
            (Spherical, Source) = (options.SphericalStep, options.SourceStep);
    }

    double Factor(double rate) => rate > Often ? options.Adaptation : rate < Seldom ? 1 / options.Adaptation : 1;
}
