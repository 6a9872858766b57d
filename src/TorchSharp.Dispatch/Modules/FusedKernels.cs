using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Our own operators, where the native library has them. Each has a twin of standard operators.</summary>
internal static class FusedKernels
{
    private static readonly bool HasLstm = Op.Exists("textvae::lstm");

    public static bool HasAdamStep { get; } = Op.Exists("textvae::adam_step");

    public static bool HasLinear { get; } = Op.Exists("textvae::linear");

    public static bool HasGelu { get; } = Op.Exists("textvae::gelu");

    /// <summary>Whether there are embeddings whose gradient is written once, by all threads.</summary>
    public static bool HasEmbedding { get; } = Op.Exists("textvae::embedding");

    /// <summary>Whether there is a dropout whose mask is a hash, seeded by the default generator.</summary>
    public static bool HasDropout { get; } = Op.Exists("textvae::dropout");

    public static bool HasClipGradNorm { get; } = Op.Exists("textvae::clip_grad_norm_");

    /// <summary>Whether the fused LSTM serves tensors like this one.</summary>
    public static bool ServesLstm(Tensor input) =>
        HasLstm && input.device_type == DeviceType.CPU && input.dtype is (ScalarType.Float32 or ScalarType.Float64);

    /// <summary>One layer and direction: input [batch, time, in], states [batch, hidden].</summary>
    public static (Tensor Output, Tensor Hidden, Tensor Cell) Lstm(
        Tensor input, Tensor h0, Tensor c0, Tensor inputWeight, Tensor hiddenWeight, Tensor? inputBias, Tensor? hiddenBias) =>
        Op.Call3("textvae::lstm", input, h0, c0, inputWeight, hiddenWeight, inputBias, hiddenBias);

    /// <summary>Rows of a table.</summary>
    public static Tensor Embedding(Tensor weight, Tensor indices, long paddingIndex) => Op.Call("textvae::embedding", weight, indices, paddingIndex);

    /// <summary>Sums of rows of a table over bags, each row times its factor.</summary>
    public static Tensor EmbeddingBag(Tensor weight, Tensor indices, Tensor offsets, Tensor? factors) =>
        Op.Call("textvae::embedding_bag", weight, indices, offsets, factors);

    /// <summary>Dropout in training.</summary>
    public static Tensor Dropout(Tensor input, double p) => Op.Call("textvae::dropout", input, p);

    /// <summary>Scales the gradients to a Euclidean norm of at most <paramref name="maxNorm"/> and returns the norm before.</summary>
    public static Tensor ClipGradNorm(Tensor[] gradients, double maxNorm) => Op.Call("textvae::clip_grad_norm_", gradients, maxNorm);

    /// <summary>The update of Adam, or AdamW when decoupled, for all parameters at once.</summary>
    public static void AdamStep(IReadOnlyList<AdamMoments> moments, long step, AdamStep options) => Op.Run(
        "textvae::adam_step",
        moments.Select(Tensor (entry) => entry.Parameter).ToArray(),
        moments.Select(entry => entry.Gradient).ToArray(),
        moments.Select(entry => entry.First).ToArray(),
        moments.Select(entry => entry.Second).ToArray(),
        step,
        options.LearningRate,
        options.Beta1,
        options.Beta2,
        options.Eps,
        options.WeightDecay,
        options.Decoupled);
}
