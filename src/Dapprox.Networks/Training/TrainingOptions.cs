using System.Text.Json.Serialization;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;

namespace Dapprox.Networks.Training;

/// <summary>The algorithm that updates the weights.</summary>
public enum Optimiser
{
    /// <summary>
    /// Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, with their β₁ = 0.9, β₂ = 0.999, ε = 1e-8. Weight decay
    /// is added to the gradient.
    /// </summary>
    Adam,

    /// <summary>Adam with weight decay apart from the gradient: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR
    /// 2019.</summary>
    AdamW,

    /// <summary>Stochastic gradient descent with a momentum of 0.9. Weight decay is added to the gradient.</summary>
    Sgd,

    /// <summary><see cref="Sgd"/> with the gradient one step ahead: Sutskever, Martens, Dahl, Hinton, "On the Importance of
    /// Initialization and Momentum in Deep Learning", ICML 2013.</summary>
    Nesterov,
}

/// <summary>The course of the learning rate over a training.</summary>
public enum Schedule
{
    /// <summary>Half a cosine to zero: Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5, without restarts.</summary>
    Cosine,

    /// <summary>Divided by 10 after half and again after three quarters of the training: He et al., "Deep Residual Learning for Image
    /// Recognition", CVPR 2016, section 4.2.</summary>
    Step,

    /// <summary>The same throughout.</summary>
    Constant,
}

/// <summary>The gradient of a product in training; the forward pass always uses the multiplier.</summary>
public enum ProductGradient
{
    /// <summary>
    /// That of the exact product: Bengio, Léonard, Courville, "Estimating or Propagating Gradients Through Stochastic Neurons", 2013.
    /// </summary>
    StraightThrough,

    /// <summary>
    /// The expected slope of the multiplier's products in each operand (<see cref="Dapprox.Measurement.ExpectedSlope"/>), of integers that
    /// of straight lines through them (<see cref="Dapprox.Measurement.IntegerSlopes"/>). The gain of the multiplier is in it, layer by
    /// layer, so the learning rate has to be smaller.
    /// </summary>
    Smoothed,

    /// <summary>
    /// The difference of neighbouring products of integers, smoothed over a window of the operand, for every pair of operands
    /// (<see cref="Dapprox.Arithmetic.ProductDerivatives"/>): Meng et al., DATE 2025.
    /// </summary>
    Window,

    /// <summary><see cref="Window"/> with products smoothed over a window of the other operand as well.</summary>
    Window2d,
}

/// <summary>The options of a training. Equal options, network and images give bit-identical weights on every processor.</summary>
public sealed record TrainingOptions
{
    /// <summary>Those of a network that is trained already: small steps, half a dozen epochs.</summary>
    public static TrainingOptions Finetuning { get; } = new()
    {
        Epochs = 6,
        BatchSize = 100,
        Optimiser = Optimiser.Sgd,
        LearningRate = 1e-3,
        WeightDecay = 5e-4,
        Gradient = ProductGradient.Smoothed,
        Shift = 0,
        Rotation = 0,
    };

    /// <summary>The maximum number of passes over the training images; at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The training ends after this many epochs none of which was better than all before; 0, the default, for never.</summary>
    public int Patience { get; init; }

    /// <summary>The number of images per step of the optimiser; at least 1. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The algorithm that updates the weights.</summary>
    public Optimiser Optimiser { get; init; } = Optimiser.Adam;

    /// <summary>The gradient of the products of approximate multipliers.</summary>
    public ProductGradient Gradient { get; init; }

    /// <summary>
    /// The half width of the window of a <see cref="ProductGradient.Window"/>, in integers; at least 1. Null, the default, for
    /// <see cref="Dapprox.Arithmetic.ProductDerivatives.DefaultHalfWidth"/>.
    /// </summary>
    public int? Window { get; init; }

    /// <summary>The initial learning rate; positive.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The course of the learning rate.</summary>
    public Schedule Schedule { get; init; } = Schedule.Cosine;

    /// <summary>The factor of each weight in its decay (L2); at least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// Gradients whose L2 norm over all weights is greater are scaled to it; 0, the default, for no limit. (Pascanu, Mikolov, Bengio, "On
    /// the Difficulty of Training Recurrent Neural Networks", ICML 2013.)
    /// </summary>
    public double ClipNorm { get; init; }

    /// <summary>
    /// The probability that the target gives to all classes alike instead of the true one; 0 to below 1. (Szegedy et al., "Rethinking the
    /// Inception Architecture for Computer Vision", CVPR 2016, section 7.)
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>The probability that an input of a dense layer, the last one excepted, is set to zero; 0 to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// The gain of the initial weights, which are uniform in ±gain / √(inputs of one output): 1 as in PyTorch, or √6, which
    /// preserves the signal in a deep ReLU network (He et al., "Delving Deep into Rectifiers", ICCV 2015).
    /// </summary>
    public double Gain { get; init; } = 1;

    /// <summary>Determines the initial weights, the held-out images, the order of the others and their augmentation.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The largest shift and cut-out, in pixels: more than images have.</summary>
    public const int MostPixels = 4096;

    /// <summary>Augmentation: the maximum shift of each image in each direction, in integer pixels; at least 0. Zeros fill up, so this is
    /// also a random crop of the image with as many zeros around.</summary>
    public int Shift { get; init; } = 2;

    /// <summary>Augmentation: the maximum rotation of each image in either direction, in degrees; 0 to 180.</summary>
    public double Rotation { get; init; } = 10;

    /// <summary>Augmentation: every second image is mirrored, left to right.</summary>
    public bool Flip { get; init; }

    /// <summary>
    /// Augmentation: the side of a square of zeros at a random place of each image, in pixels; 0 for none. (DeVries and Taylor, "Improved
    /// Regularization of Convolutional Neural Networks with Cutout", 2017.)
    /// </summary>
    public int CutOut { get; init; }

    /// <summary>
    /// Adversarial training: the maximum perturbation ε per pixel of each batch against the current network; 0 for none, at most 1.
    /// From a random point within ε, steps along the sign of the gradient are projected onto the ε-ball and [0, 1].
    /// </summary>
    public double AdversarialEpsilon { get; init; }

    /// <summary>
    /// The number of these steps; at least 1. A single one has the length 1.25·ε (Wong, Rice, Kolter, "Fast Is Better Than Free", ICLR
    /// 2020), one of k has 2.5·ε/k (Madry et al., "Towards Deep Learning Models Resistant to Adversarial Attacks", ICLR 2018).
    /// </summary>
    public int AdversarialSteps { get; init; } = 1;

    /// <summary>
    /// The name of an attack of the <see cref="Attacks.AttackCatalogue"/> that perturbs the images instead of these steps, with its strong
    /// preset and the budget ε; null for the steps.
    /// </summary>
    public string? AdversarialAttack { get; init; }

    /// <summary>
    /// The fraction of each batch that is perturbed; above 0 and at most 1, the default. (Kurakin, Goodfellow, Bengio, "Adversarial Machine
    /// Learning at Scale", ICLR 2017, mix clean and adversarial images.)
    /// </summary>
    public double AdversarialFraction { get; init; } = 1;

    /// <summary>
    /// β of TRADES, at least 0: the loss is the cross-entropy of the clean images plus β times the divergence of the predictions for the
    /// perturbed ones, which the steps maximise; 0, the default, for the cross-entropy of the perturbed images. (Zhang et al.,
    /// "Theoretically Principled Trade-off between Robustness and Accuracy", ICML 2019.)
    /// </summary>
    public double Trades { get; init; }

    /// <summary>The maximum degree of parallelism; 0 for the number of processors. The weights do not depend on it.</summary>
    [JsonIgnore]
    public int Threads { get; init; }

    /// <summary>
    /// The file in which the state is saved after each epoch; null for none. If the file exists, training resumes from it and gives
    /// the weights of an uninterrupted training.
    /// </summary>
    [JsonIgnore]
    public string? CheckpointPath { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A value is outside its range.</exception>
    internal void Check()
    {
        AtLeast("number of epochs", Epochs, 1);
        AtLeast("patience", Patience, 0);
        AtLeast("batch size", BatchSize, 1);
        AtLeast("half width of the window", Window ?? 1, 1);
        AtLeast("number of threads", Threads, 0);
        Check("shift", Shift, Shift is >= 0 and <= MostPixels, $"0 to {MostPixels} pixels");
        Check("side of the cut-out", CutOut, CutOut is >= 0 and <= MostPixels, $"0 to {MostPixels} pixels");
        AtLeast("number of adversarial steps", AdversarialSteps, 1);
        Check("learning rate", LearningRate, LearningRate > 0, "a positive number such as 0.001");
        Check("weight decay", WeightDecay, WeightDecay >= 0, "a number of at least 0 such as 0.0005");
        Check("norm of clipped gradients", ClipNorm, ClipNorm >= 0, "a positive number such as 1, or 0 for no limit");
        Check("label smoothing", LabelSmoothing, LabelSmoothing is >= 0 and < 1, "0 to below 1, such as 0.1");
        Check("dropout", Dropout, Dropout is >= 0 and < 1, "0 to below 1, such as 0.5");
        Check("gain", Gain, Gain > 0, "a positive number such as 1");
        Check("ε of adversarial training", AdversarialEpsilon, AdversarialEpsilon is >= 0 and <= 1, "0 to 1, pixels from 0 to 1");
        Check(
            "fraction of adversarial images", AdversarialFraction, AdversarialFraction is > 0 and <= 1, "a number above 0 and at most 1");
        Check("β of TRADES", Trades, Trades >= 0, "a number of at least 0 such as 6");
        if (AdversarialEpsilon == 0 && (AdversarialAttack is not null || Trades > 0))
            throw new InputException("an attack or TRADES is asked for without a perturbation; give --adversarial-epsilon");
        if (AdversarialAttack is not null && AttackCatalogue.Find(AdversarialAttack).Budget == AttackBudget.None)
            throw new InputException($"the attack '{AdversarialAttack}' takes no ε; give one that does");
        if (Trades > 0 && (AdversarialAttack is not null || AdversarialFraction < 1))
            throw new InputException("TRADES has steps of its own and perturbs all images; leave out the attack and the fraction");
        Check("rotation", Rotation, Rotation is >= 0 and <= 180, "0 to 180 degrees");
    }

    static void AtLeast(string what, int given, int min)
    {
        if (given < min)
            throw new InputException($"the {what} is {given}; give {min} or more");
    }

    static void Check(string what, double given, bool isLegal, string legal)
    {
        if (!(isLegal && double.IsFinite(given)))
            throw new InputException($"the {what} is {given}; give {legal}");
    }
}
