namespace Dapprox.Networks.Data;

/// <summary>A part of a data set: for training, or for evaluation and attacks.</summary>
public enum Split
{
    /// <summary>The images for evaluation, never used in training.</summary>
    Test,

    /// <summary>The images for training.</summary>
    Train,
}
