using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>
/// AlexNet for the 32×32 colour images of CIFAR-10, or 28×28 grey ones: the layers of Krizhevsky, Sutskever, Hinton, "ImageNet
/// Classification
/// with Deep Convolutional Neural Networks", NIPS 2012 (five convolutions, of which the first, the second and the last are
/// followed by max-pooling, and three dense layers with dropout), with filters and widths for small images. Guesmi et al. do
/// not publish the sizes of theirs.
/// </summary>
public static class TorchAlexNet
{
    /// <summary>
    /// conv1 3→32 (1→32), conv2 32→64, conv3 64→96, conv4 96→96, conv5 96→64 (each 3×3 with padding 1, then ReLU; max-pooling by 2
    /// after 1, 2 and 5), linear1 1024→512 (576→512 for 28×28 images), linear2 512→512, linear3 512→10.
    /// </summary>
    public static TorchArchitecture Architecture { get; } = new("alexnet", [[3, 32, 32], [1, 28, 28]], 10, Build);

    static Sequential Build(IReadOnlyList<int> inputShape)
    {
        int pooled = inputShape[1] / 8;
        return Sequential(
            ("conv1", Conv2d(inputShape[0], 32, 3, padding: 1)),
            ("relu1", ReLU()),
            ("pool1", MaxPool2d(2)),
            ("conv2", Conv2d(32, 64, 3, padding: 1)),
            ("relu2", ReLU()),
            ("pool2", MaxPool2d(2)),
            ("conv3", Conv2d(64, 96, 3, padding: 1)),
            ("relu3", ReLU()),
            ("conv4", Conv2d(96, 96, 3, padding: 1)),
            ("relu4", ReLU()),
            ("conv5", Conv2d(96, 64, 3, padding: 1)),
            ("relu5", ReLU()),
            ("pool5", MaxPool2d(2)),
            ("flatten", Flatten()),
            ("dropout1", Dropout()),
            ("linear1", Linear(64 * pooled * pooled, 512)),
            ("relu6", ReLU()),
            ("dropout2", Dropout()),
            ("linear2", Linear(512, 512)),
            ("relu7", ReLU()),
            ("linear3", Linear(512, 10)));
    }
}
