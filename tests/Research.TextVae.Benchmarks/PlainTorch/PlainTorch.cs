using TorchSharp;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>The peer of TorchSharp's own modules. Nothing here uses our library, since loading it changes how memory is kept.</summary>
internal static class PlainTorch
{
    /// <summary>The models by the names of PyTorch's scripts.</summary>
    public static IWorker Start(string model, string folder, double randomness, torch.ScalarType type)
    {
        var work = new PlainWorkload(folder, randomness, type);
        return model switch
        {
            "lstm_vae" => PlainLstmVae.Train(work),
            "lstm_lm" => PlainLstmLm.Train(work),
            "lstm_decode" => PlainLstmLm.Write(work),
            "transformer_lm" => PlainTransformerLm.Train(work),
            "transformer_decode" => PlainTransformerLm.Write(work),
            "dense_vae" => PlainBagOfWordsVae.Train(work),
            _ => throw new ArgumentException($"no model \"{model}\""),
        };
    }
}
