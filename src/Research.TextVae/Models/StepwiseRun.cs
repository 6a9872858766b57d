using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A decoding run of <see cref="AutoregressiveModel.DecodeStep"/> and nothing more.</summary>
internal sealed class StepwiseSession(AutoregressiveModel model, DecoderState state) : DecodingSession
{
    private DecoderState state = state;
    private bool own;

    public override Tensor Next(Tensor tokens)
    {
        var (logits, next) = model.DecodeStep(tokens, state);
        next.MoveToOuterDisposeScope();
        state = next;
        return logits;
    }

    public override void Select(Tensor rows) => (state, own) = (state.Replace(rows, own), true);
}
