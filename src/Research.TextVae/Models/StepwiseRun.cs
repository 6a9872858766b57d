using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A decoding run of <see cref="TextModel.DecodeStep"/> and nothing more.</summary>
internal sealed class StepwiseRun(TextModel model, DecoderState state) : DecodingRun
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
