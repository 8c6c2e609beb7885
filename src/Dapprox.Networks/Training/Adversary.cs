using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Training;

/// <summary>Perturbs training images against the current network; see <see cref="TrainingOptions.AdversarialEpsilon"/>.</summary>
sealed class Adversary(TrainingOptions options)
{
    // The standard deviation of the noise from which TRADES starts.
    const double Noise = 1e-3;

    readonly float epsilon = (float)options.AdversarialEpsilon;

    readonly IAttack<IGradientVictim>? attack = options.AdversarialAttack is null ? null : AttackCatalogue
        .Find(options.AdversarialAttack).Create(new AttackSettings { Epsilon = options.AdversarialEpsilon });

    // A single step of Wong et al., or several of Madry et al.
    float StepSize => (float)(options.AdversarialEpsilon * (options.AdversarialSteps == 1 ? 1.25 : 2.5 / options.AdversarialSteps));

    /// <summary>The images, perturbed.</summary>
    /// <param name="network">The network with the statistics of inference.</param>
    /// <param name="images">The clean images; not changed.</param>
    /// <param name="labels">The true classes.</param>
    /// <param name="numbers">The indices of the images in the data set, which with the epoch determine the random numbers.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public Tensor Perturb(Network network, Tensor images, int[] labels, int[] numbers, int epoch)
    {
        ulong purpose = RandomPurpose.Adversarial + (ulong)epoch;
        if (attack is not null)
        {
            ulong seed = new CounterRandom(options.Seed, (ulong)epoch, RandomPurpose.Adversarial).NextUInt64();
            AttackRecord[] records = AttackRunner.Run(attack, new NetworkVictim(network), images, labels, seed, positions: numbers);
            return new Tensor([.. records.SelectMany(record => record.Adversarial)], images.Shape);
        }

        Tensor perturbed = images.Clone();
        for (int i = 0; i < numbers.Length; i++)
        {
            var random = new CounterRandom(options.Seed, (ulong)numbers[i], purpose);
            foreach (ref float pixel in perturbed.Row(i))
                pixel += options.Trades > 0 ? (float)(Noise * random.NextNormal()) : random.NextSingle(-epsilon, epsilon);
        }

        Tensor? clean = options.Trades > 0 ? network.Forward(images) : null;
        for (int taken = 0; taken < options.AdversarialSteps; taken++)
        {
            (_, Tensor slopes) = network.InputGradient(perturbed, (image, logits, gradient) =>
            {
                if (clean is null)
                    CrossEntropyLoss.Of(logits, labels[image], smoothing: 0, weight: 1, gradient);
                else
                    DivergenceLoss.Of(clean.Row(image), logits, weight: 1, [], gradient);
            });
            for (int i = 0; i < slopes.Data.Length; i++)
            {
                float moved = perturbed.Data[i] + StepSize * (slopes.Data[i] > 0 ? 1 : slopes.Data[i] < 0 ? -1 : 0);
                perturbed.Data[i] = Math.Clamp(Math.Clamp(moved, images.Data[i] - epsilon, images.Data[i] + epsilon), 0, 1);
            }
        }

        return perturbed;
    }
}
