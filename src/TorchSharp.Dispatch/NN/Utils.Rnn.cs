using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            public static partial class rnn
            {
                /// <summary>Stacks sequences [time_i, ...] of different lengths, padded at the end to the longest.</summary>
                /// <returns>[time, batch, ...], or [batch, time, ...] when batch first.</returns>
                public static Tensor pad_sequence(IEnumerable<Tensor> sequences, bool batch_first = false, double padding_value = 0.0) =>
                    Op.Call("pad_sequence", sequences.ToArray(), batch_first, padding_value);
            }
        }
    }
}
