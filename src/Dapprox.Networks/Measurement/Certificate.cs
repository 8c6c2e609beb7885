namespace Dapprox.Networks.Measurement;

/// <summary>What randomised smoothing says about one image.</summary>
/// <param name="Prediction">
/// The class that the smoothed classifier gives the image; −1 where it abstains, because the votes do not decide between the two most
/// frequent classes.
/// </param>
/// <param name="Certified">The class for which the certificate holds; −1 where there is none.</param>
/// <param name="Radius">
/// The smoothed classifier gives the class <paramref name="Certified"/> to every image within this L2 distance, in input units; 0 where
/// there is no certificate.
/// </param>
/// <param name="LowerBound">The lower bound of the probability of the most frequent class under noise.</param>
public sealed record Certificate(int Prediction, int Certified, double Radius, double LowerBound);
