using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Tests.Attacks;
using Xunit;

namespace Dapprox.Tests.Measurement;

public class SmoothedClassifierTests
{
    const double Sigma = 0.2;

    // Smoothing a linear classifier of two classes changes none of its classes, and the radius is the distance to the plane:
    // σ·Φ⁻¹(Φ(d/σ)) = d.
    [Fact]
    public void Certify_LinearClassifier_CertifiesTheDistanceToThePlane_WithTheStatedConfidence()
    {
        const double Alpha = 0.1;
        int images = 0, tooFar = 0;
        double certified = 0, possible = 0;
        for (ulong seed = 1; seed <= 12; seed++)
        {
            var linear = new LinearModel(seed, 2);
            var smoothed = new SmoothedClassifier(linear.Network, Sigma) { SelectionSamples = 1000, Alpha = Alpha, Seed = seed };
            for (int i = 0; i < linear.Images.Batch; i++)
            {
                double distance = linear.Distance(linear.Image(i), Norm.L2);

                Certificate certificate = smoothed.Certify(linear.Image(i), i);

                Assert.Equal((linear.Labels[i], linear.Labels[i]), (certificate.Prediction, certificate.Certified));
                images++;
                tooFar += certificate.Radius > distance ? 1 : 0;
                certified += certificate.Radius;
                possible += distance;
            }
        }

        Assert.InRange(images, 60, 96);
        // α of the images, and three standard deviations.
        Assert.InRange(tooFar, 1, Alpha * images + 3 * Math.Sqrt(Alpha * (1 - Alpha) * images));
        Assert.InRange(certified / possible, 0.8, 1);
    }

    [Fact]
    public void Certify_MoreSamples_ComeNearerToTheDistance()
    {
        var linear = new LinearModel(1, 2);
        double distance = linear.Distance(linear.Image(0), Norm.L2);

        double few = Radius(100), many = Radius(40_000);

        Assert.True(few < many);
        Assert.InRange(many / distance, 0.9, 1.02);

        double Radius(int samples) =>
            new SmoothedClassifier(linear.Network, Sigma) { SelectionSamples = 1000, Samples = samples }
                .Certify(linear.Image(0), 0).Radius;
    }

    // On the plane both classes are equally likely.
    [Fact]
    public void Certify_OnTheBoundary_Abstains()
    {
        var linear = new LinearModel(1, 2);
        float[] image = linear.Image(0);
        float[] other = Enumerable.Range(0, linear.Images.Batch).Select(linear.Image)
            .First(one => Scores.Label(linear.Network.Forward(new(one, 1, 1, 4, 4)).Data) != linear.Labels[0]);
        for (int i = 0; i < 40; i++)
        {
            float[] middle = [.. image.Zip(other, (a, b) => (a + b) / 2)];
            if (Scores.Label(linear.Network.Forward(new(middle, 1, 1, 4, 4)).Data) == linear.Labels[0])
                image = middle;
            else
                other = middle;
        }

        Certificate certificate = new SmoothedClassifier(linear.Network, Sigma).Certify(image, 0);

        Assert.Equal((-1, -1, 0.0), (certificate.Prediction, certificate.Certified, certificate.Radius));
    }

    [Fact]
    public void MaxRadius_IsThatOfEqualVotes()
    {
        var linear = new LinearModel(1, 2);
        var smoothed = new SmoothedClassifier(linear.Network, 1e-3) { Samples = 500, Alpha = 0.01 };

        Assert.Equal(smoothed.MaxRadius, smoothed.Certify(linear.Image(0), 0).Radius, 1e-12);
        // Φ(2.36…) = 0.01^(1/500) = 0.99083.
        Assert.Equal(2.359e-3, smoothed.MaxRadius, 2e-6);
    }

    [Fact]
    public void Certify_DoesNotDependOnOtherImagesOrThreads_AndAllNetworksSeeTheSameNoise()
    {
        Network network = TrainedModels.Load("lenet5-digits").With(AxFpm.Released);
        Dataset images = Datasets.Load("digits", Split.Test).First(6);
        SmoothedClassifier one = Create(network), threaded = Create(network.With(AxFpm.Released, threads: 1));

        IReadOnlyList<Certificate> all = one.Certify(images);

        Assert.Equal(all, threaded.Certify(images));
        Assert.Equal(all.Skip(3), one.Certify(images.Skip(3)));
        Assert.NotEqual(all, Create(network, seed: 2).Certify(images));

        static SmoothedClassifier Create(Network of, ulong seed = 1) => new(of, 0.3) { SelectionSamples = 20, Samples = 60, Seed = seed };
    }
}
