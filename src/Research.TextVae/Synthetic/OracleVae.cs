using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Synthetic;

/// <summary>A learned encoder before the true decoder: whatever its ELBO is short of log p(x) by is the fault of q(z|x) alone.</summary>
public sealed class OracleVae : TextVaeModel
{
    private readonly LstmOracle oracle;
    private readonly EmbeddingLayer embedding;
    private readonly RecurrentLayer encoder;
    private readonly PosteriorHead posterior;

    /// <param name="oracle">The true p(x|z); its weights stay as they are.</param>
    /// <param name="width">Of the encoder.</param>
    public OracleVae(LstmOracle oracle, int width = 64)
        : base(nameof(OracleVae), oracle.Vocabulary, LstmOracle.Latent)
    {
        this.oracle = oracle;
        embedding = new EmbeddingLayer(oracle.Vocabulary, width);
        encoder = new RecurrentLayer(width, width);
        posterior = new PosteriorHead(width, LstmOracle.Latent, meanScale: null);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> EncoderParameters() =>
        [.. embedding.parameters(), .. encoder.parameters(), .. posterior.parameters()];

    /// <inheritdoc/>
    public override DiagonalGaussian Encode(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (_, after) = encoder.call(embedding.call(batch.Targets)); // all sentences have one length
        return posterior.call(after.Hidden[0]);
    }

    /// <inheritdoc/>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(batch);
        return oracle.Nll(z, batch);
    }

    /// <inheritdoc/>
    public override DecoderState StartDecoding(Tensor z) =>
        throw new NotSupportedException("The oracle samples by itself: LstmOracle.Sample.");

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) =>
        throw new NotSupportedException("The oracle samples by itself: LstmOracle.Sample.");
}
