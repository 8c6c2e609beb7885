using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The lengths of the boundary attack's two moves, as shares of the distance: the one on the sphere and the one towards the
/// image. They follow how often the moves succeed: the first 100 of the one and 30 of the other since they last changed.
/// </summary>
sealed class BoundarySteps
{
    const int SphericalWindow = 100, SourceWindow = 30, Confirmations = 100;
    const double Often = 0.5, Seldom = 0.2, Least = 1e-7, MinConfirmed = 2e-7;
    const int NumberCount = 8;

    readonly BoundaryAttack options;
    int sphericalTries, sphericalSuccesses, sourceTries, sourceSuccesses, convergences, confirmations;

    public BoundarySteps(BoundaryAttack options)
    {
        this.options = options;
        (Spherical, Source) = (options.SphericalStep, options.SourceStep);
    }

    /// <summary>Goes on from what <see cref="Numbers"/> gave.</summary>
    public BoundarySteps(BoundaryAttack options, IReadOnlyList<double> numbers)
    {
        if (numbers.Count != NumberCount)
            throw new InputException(
                $"the saved state of the boundary attack has {numbers.Count} numbers instead of {NumberCount}; delete it and begin anew");
        this.options = options;
        (Spherical, Source) = (numbers[0], numbers[1]);
        (sphericalTries, sphericalSuccesses) = ((int)numbers[2], (int)numbers[3]);
        (sourceTries, sourceSuccesses) = ((int)numbers[4], (int)numbers[5]);
        (convergences, confirmations) = ((int)numbers[6], (int)numbers[7]);
    }

    public double Spherical { get; private set; }

    public double Source { get; private set; }

    /// <summary>Whether there is nothing to be won any more.</summary>
    public bool Converged => confirmations >= Confirmations;

    /// <summary>Everything, to be saved.</summary>
    public double[] Numbers =>
        [Spherical, Source, sphericalTries, sphericalSuccesses, sourceTries, sourceSuccesses, convergences, confirmations];

    /// <summary>Counts a move on the sphere, and whether it stayed adversarial.</summary>
    public void CountSpherical(bool adversarial)
    {
        sphericalTries++;
        sphericalSuccesses += adversarial ? 1 : 0;
    }

    /// <summary>Counts a move towards the image after a move on the sphere that stayed adversarial, and whether it did too.</summary>
    public void CountSource(bool adversarial)
    {
        sourceTries++;
        sourceSuccesses += adversarial ? 1 : 0;
    }

    /// <summary>Changes the lengths once there is enough experience, and watches for convergence; to be called once in each step.</summary>
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

        // The first time that the steps have become too small, they may merely have been led astray.
        if (convergences >= 2)
            confirmations = Source < MinConfirmed ? confirmations + 1 : 0;
        else if (Source < Least && ++convergences == 1)
            (Spherical, Source) = (options.SphericalStep, options.SourceStep);
    }

    double Factor(double share) => share > Often ? options.Adaptation : share < Seldom ? 1 / options.Adaptation : 1;
}
