using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// A file from which an interrupted attack resumes, with the same records as an uninterrupted attack. It is a safetensors file with
/// the current point and the best adversarial image of each image, and their counters as text.
/// </summary>
public sealed class AttackCheckpoint
{
    const string DescriptionKey = "attack", PointSuffix = ".point", BestSuffix = ".best";

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    static readonly JsonSerializerOptions Strict = new()
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };

    sealed record Numbers(
        int Iteration, double[] State, StopReason? Ended, long Queries, long GradientCalls, long QueriesToBest);

    readonly string path;
    readonly string description;
    readonly Dictionary<int, SavedImage> saved = [];
    long writtenAt = Stopwatch.GetTimestamp();

    AttackCheckpoint(string path, string description)
    {
        this.path = path;
        this.description = description;
    }

    /// <summary>Opens the file if it exists; otherwise the attack starts from the beginning and will write it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="description">
    /// Identifies the attack by everything that determines its records. A file of another attack is refused.
    /// </param>
    /// <exception cref="InputException">The file cannot be read or written, or belongs to another attack.</exception>
    public static AttackCheckpoint Open(string path, string description)
    {
        var checkpoint = new AttackCheckpoint(path, description);
        AtomicFile.Probe(path);
        if (File.Exists(path))
            checkpoint.Load();
        return checkpoint;
    }

    /// <summary>The saved state of an image; null before it is first written.</summary>
    /// <param name="id">The position of the image in its data set.</param>
    /// <param name="length">The number of pixels of the image, channels included.</param>
    /// <exception cref="InputException">The saved state has another length.</exception>
    internal SavedImage? Find(int id, int length)
    {
        SavedImage? image = saved.GetValueOrDefault(id);
        foreach (float[] numbers in new[] { image?.State?.Point, image?.Best }.OfType<float[]>())
        {
            if (numbers.Length != length)
            {
                throw new InputException($"'{path}' belongs to other images: image {id} has {numbers.Length} numbers there, "
                    + $"and {length} here; name another file, or delete this one");
            }
        }

        return image;
    }

    /// <summary>Writes the file if the last write is old enough.</summary>
    internal void SaveNowAndThen(IEnumerable<AttackedImage> images)
    {
        if (Stopwatch.GetElapsedTime(writtenAt) > Interval)
            Save(images);
    }

    /// <summary>Writes the file.</summary>
    /// <param name="images">The images whose state may have changed; the others keep theirs.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    internal void Save(IEnumerable<AttackedImage> images)
    {
        foreach (AttackedImage image in images)
        {
            if (image.Saved is SavedImage state)
                saved[image.Id] = state;
        }

        var tensors = new Dictionary<string, Tensor>();
        var text = new Dictionary<string, string> { [DescriptionKey] = description };
        foreach ((int id, SavedImage image) in saved)
        {
            if (image.State is AttackState state)
                tensors[id + PointSuffix] = new Tensor(state.Point, state.Point.Length);
            if (image.Best is float[] best)
                tensors[id + BestSuffix] = new Tensor(best, best.Length);
            text[$"{id}"] = JsonSerializer.Serialize(new Numbers(
                image.State?.Iteration ?? 0, [.. image.State?.Numbers ?? []], image.Ended,
                image.Queries, image.GradientCalls, image.QueriesToBest), Strict);
        }

        Safetensors.Save(path, tensors, text);
        writtenAt = Stopwatch.GetTimestamp();
    }

    void Load()
    {
        Safetensors file = Safetensors.Load(path);
        if (!file.Metadata.TryGetValue(DescriptionKey, out string? other))
            throw new InputException($"'{path}' is no saved state of an attack; name another file, or delete this one");
        if (other != description)
        {
            throw new InputException($"'{path}' is the state of another attack ({other}), not of this one ({description}); "
                + "name another file, or delete this one");
        }
        foreach ((string key, string value) in file.Metadata)
        {
            if (key != DescriptionKey)
                saved[Id(key)] = Read(file, key, value);
        }
    }

    SavedImage Read(Safetensors file, string key, string text)
    {
        try
        {
            Numbers numbers = JsonSerializer.Deserialize<Numbers>(text, Strict) ?? throw Damaged(null);
            float[]? point = Pixels(file, key + PointSuffix), best = Pixels(file, key + BestSuffix);
            if (numbers.Iteration < 0 || numbers.GradientCalls < 0 || (numbers.Queries == 0 && numbers.GradientCalls > 0)
                || numbers.QueriesToBest < 0
                || numbers.QueriesToBest > numbers.Queries || (point is null && numbers.Ended is not null))
                throw Damaged(null);
            AttackState? state = point is null ? null : new AttackState(numbers.Iteration, point, numbers.State);
            return new SavedImage(state, numbers.Ended, numbers.Queries, numbers.GradientCalls, best, numbers.QueriesToBest);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    float[]? Pixels(Safetensors file, string name)
    {
        float[]? pixels = file.Tensors.GetValueOrDefault(name)?.Data;
        return pixels is null || pixels.All(pixel => pixel is >= 0 and <= 1) ? pixels : throw Damaged(null);
    }

    int Id(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw Damaged(null);

    InputException Damaged(Exception? cause) =>
        new($"'{path}' is damaged: it does not hold the state of an attack; delete it and start again", cause!);
}
