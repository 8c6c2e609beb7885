using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>
/// The network of 28×28 digits of Guesmi et al., "Defensive Approximation: Securing CNNs using Approximate Computing",
/// ASPLOS 2021, as in the weights its authors released: wider than the LeNet-5 of LeCun et al. 1998 that it is named
/// after, with ReLU and max-pooling.
/// </summary>
public static class TorchLeNet5
{
    /// <summary>
    /// conv1 1→32, conv2 32→64 (each 3×3 with padding 1, then ReLU, then max-pooling by 2), linear1 3136→200, ReLU,
    /// linear2 200→10.
    /// </summary>
    public static TorchArchitecture Architecture { get; } = new("lenet5", [[1, 28, 28]], 10, _ => Build());

    static Sequential Build() => Sequential(
        ("conv1", Conv2d(1, 32, 3, padding: 1)),
        ("relu1", ReLU()),
        ("pool1", MaxPool2d(2)),
        ("conv2", Conv2d(32, 64, 3, padding: 1)),
        ("relu2", ReLU()),
        ("pool2", MaxPool2d(2)),
        ("flatten", Flatten()),
        ("linear1", Linear(64 * 7 * 7, 200)),
        ("relu3", ReLU()),
        ("linear2", Linear(200, 10)));
}
