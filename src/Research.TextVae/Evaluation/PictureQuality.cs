using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>What an autoencoder of pictures loses, and what it makes of random codes.</summary>
/// <param name="SquaredError">Mean squared error per pixel of unseen pictures.</param>
/// <param name="TrainingSquaredError">Mean squared error per pixel of the training pictures.</param>
/// <param name="CrossEntropy">Cross-entropy of unseen pictures in nats per pixel; null where the outputs are no probabilities.</param>
/// <param name="Reconstructed">Unseen pictures through the code and back.</param>
/// <param name="Prior">Pictures from codes drawn from N(0, I).</param>
/// <param name="Fitted">Pictures from codes drawn with the mean and spread that each dimension has for the training pictures.</param>
public sealed record PictureQuality(
    double SquaredError,
    double TrainingSquaredError,
    double? CrossEntropy,
    IReadOnlyList<float[]> Reconstructed,
    DecodedPictures Prior,
    DecodedPictures Fitted)
{
    private const int Shown = 12;

    /// <summary>Evaluates an autoencoder.</summary>
    /// <param name="encode">Pictures [count, pixels] to codes [count, code].</param>
    /// <param name="decode">Codes [count, code] to pictures [count, pixels].</param>
    /// <param name="train">The training pictures, ink from 0 to 1.</param>
    /// <param name="test">Unseen pictures.</param>
    /// <param name="compared">Unseen pictures that as many decoded ones are compared with, at most.</param>
    /// <param name="seed">Seed of the codes.</param>
    /// <param name="probabilities">Whether what is decoded is a probability of ink.</param>
    public static PictureQuality Evaluate(
        Func<Tensor, Tensor> encode,
        Func<Tensor, Tensor> decode,
        VectorSet train,
        VectorSet test,
        int compared,
        ulong seed,
        bool probabilities = false)
    {
        ArgumentNullException.ThrowIfNull(encode);
        ArgumentNullException.ThrowIfNull(decode);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (codes, back) = (encode(train.Values), decode(encode(test.Values)));
        var real = test.Values.narrow(0, 0, Math.Min(compared, test.Count));
        var noise = StandardNormal.Sample(real.shape[0], codes.shape[1], seed);
        return new PictureQuality(
            Number(nn.functional.mse_loss(back, test.Values)),
            Number(nn.functional.mse_loss(decode(codes), train.Values)),
            probabilities ? Number(nn.functional.binary_cross_entropy_with_logits(back.clamp(1e-6, 1 - 1e-6).logit(), test.Values)) : null,
            First(back.clamp(0, 1)),
            Decoded(real, decode(noise)),
            // The best that a Gaussian in each dimension can do.
            Decoded(real, decode(codes.mean([0L]) + noise * codes.std(0L))));
    }

    /// <summary>How training pictures compare with unseen ones: what a perfect generator would have.</summary>
    /// <param name="train">The training pictures.</param>
    /// <param name="test">Unseen pictures.</param>
    /// <param name="compared">Pictures of either set, at most.</param>
    public static DecodedPictures Real(VectorSet train, VectorSet test, int compared)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        using var scope = NewDisposeScope();
        var size = Math.Min(compared, test.Count);
        var quality = PrecisionRecall.Estimate(test.Values.narrow(0, 0, size), train.Values.narrow(0, 0, size));
        return new DecodedPictures(quality, First(test.Values));
    }

    // Those that are shown; [count, pixels].
    private static float[][] First(Tensor pictures)
    {
        using var scope = NewDisposeScope();
        var shown = pictures.narrow(0, 0, Math.Min(Shown, pictures.shape[0]));
        return [.. shown.flatten().data<float>().ToArray().Chunk((int)pictures.shape[1])];
    }

    // Ink is a share: what a linear or Gaussian decoder puts outside [0, 1] is cut off.
    private static DecodedPictures Decoded(Tensor real, Tensor decoded)
    {
        var pictures = decoded.clamp(0, 1);
        return new DecodedPictures(PrecisionRecall.Estimate(real, pictures), First(pictures));
    }

    private static double Number(Tensor value) => value.to_type(ScalarType.Float64).item<double>();
}

/// <summary>Pictures decoded from random codes, or others in their place.</summary>
/// <param name="Quality">How they compare with real ones.</param>
/// <param name="Pictures">The pixels of some.</param>
public sealed record DecodedPictures(PrecisionRecall Quality, IReadOnlyList<float[]> Pictures);
