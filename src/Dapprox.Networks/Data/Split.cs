namespace Dapprox.Networks.Data;

/// <summary>Which part of a data set: what networks are trained on, or what they are judged and attacked on.</summary>
public enum Split
{
    /// <summary>The images that no training sees.</summary>
    Test,

    /// <summary>The images to train on.</summary>
    Train,
}
