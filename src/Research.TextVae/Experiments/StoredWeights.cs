using Research.TextVae.Compression;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Weights that one variant of a study leaves in its folder for those after it.</summary>
public static class StoredWeights
{
    private const string FileName = "weights.safetensors";

    /// <summary>Writes the weights of a model into the variant's folder.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model.</param>
    /// <param name="bfloat16">Whether floats are rounded to bfloat16.</param>
    /// <returns>Bytes of the file.</returns>
    public static long Save(this Variant variant, nn.Module model, bool bfloat16 = false)
    {
        ArgumentNullException.ThrowIfNull(variant);
        return WeightFile.Write(Path.Combine(variant.Folder, FileName), model, bfloat16);
    }

    /// <summary>Builds a model, which is disposed when the variant ends, with weights that a variant has saved.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="from">Name of the variant that has saved them; of several seeds, the one of this variant's.</param>
    /// <param name="build">Builds a model of the architecture that the weights belong to.</param>
    /// <exception cref="Support.UserException">The file is missing or damaged, or does not fit the model.</exception>
    public static T Load<T>(this Variant variant, string from, Func<T> build)
        where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(variant);
        var model = variant.Build(build);
        var seed = Path.GetFileName(variant.Folder)[variant.Result.Member.Length..];
        WeightFile.Read(Path.Combine(Path.GetDirectoryName(variant.Folder)!, from + seed, FileName), model);
        return model;
    }

    /// <summary>Saves the weights of a model and reads them into a newly built one, so that what is evaluated is what is stored.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model.</param>
    /// <param name="build">Builds a model of the same architecture, which is disposed when the variant ends.</param>
    /// <param name="bfloat16">Whether floats are rounded to bfloat16.</param>
    /// <returns>The new model, and the bytes of the file.</returns>
    public static (T Model, long Bytes) SaveAndLoad<T>(this Variant variant, nn.Module model, Func<T> build, bool bfloat16 = false)
        where T : nn.Module
    {
        var bytes = variant.Save(model, bfloat16);
        return (variant.Load(variant.Result.Member, build), bytes);
    }
}
