using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>The Transformer language model of TorchSharp's own modules and its attention, trained, or generating with a cache.</summary>
internal sealed class PlainTransformerLm : nn.Module
{
    private readonly Embeddings embedding;
    private readonly Decoder decoder;
    private readonly Output output;

    private PlainTransformerLm(PlainWorkload work, double rate)
        : base(nameof(PlainTransformerLm))
    {
        embedding = new Embeddings(work.Size("Vocabulary"), work.Size("Width"), work.Size("Time"), rate);
        decoder = new Decoder(work.Size("Layers"), work.Size("Width"), work.Size("Heads"), work.Size("Inner"), rate);
        output = new Output(work.Size("Vocabulary"));
        RegisterComponents();
    }

    public static IWorker Train(PlainWorkload work)
    {
        var model = new PlainTransformerLm(work, work.Randomness);
        work.LoadInto(model);
        var targets = work.Batches()["targets"];
        var inputs = Enumerable.Range(0, work.Size("Batches")).Select(i => PlainWorkload.Inputs(targets[i])).ToList();
        return new PlainTrainer(work, model, inputs.Count, i => model.Loss(inputs[i], targets[i]), work.Number("Clip"));
    }

    public static IWorker Write(PlainWorkload work)
    {
        var model = new PlainTransformerLm(work, 0);
        work.LoadInto(model);
        model.to(work.Type).eval();
        return new PlainWriter(work, () => model.Start(work));
    }

    private Tensor Logits(Tensor states) => F.linear(decoder.norm.forward(states), embedding.tokens.weight!, output.bias);

    private Tensor Loss(Tensor inputs, Tensor targets)
    {
        var x = embedding.At(inputs, 0);
        foreach (var block in decoder.blocks)
            x = block.forward(x);
        return PlainLstmLm.CrossEntropy(Logits(x), targets) / targets.shape[0];
    }

    private Func<Tensor, int, Tensor> Start(PlainWorkload work)
    {
        var (batch, heads, time) = (work.Size("Batch"), work.Size("Heads"), work.Size("Time"));
        Tensor Cache() => empty([batch, heads, time, work.Size("Width") / heads], work.Type);
        var caches = decoder.blocks.Select(_ => (Keys: Cache(), Values: Cache())).ToList();
        return (tokens, place) =>
        {
            var x = embedding.At(tokens, place);
            foreach (var (block, (keys, values)) in decoder.blocks.Zip(caches))
                x = block.Step(x, keys, values, place);
            return Logits(x.select(1, 0));
        };
    }

    private sealed class Embeddings : nn.Module
    {
        public readonly Embedding tokens;
        private readonly Dropout dropout;
        private readonly int _width;
        private Tensor places;

        public Embeddings(int vocabulary, int width, int length, double rate)
            : base(nameof(Embeddings))
        {
            (_width, tokens, dropout) = (width, nn.Embedding(vocabulary, width), nn.Dropout(rate));
            var angles = arange(length).unsqueeze(1) * exp(arange(0, width, 2) * (-Math.Log(10_000) / width));
            places = stack([angles.sin(), angles.cos()], 2).flatten(1);
            RegisterComponents();
        }

        public Tensor At(Tensor ids, int first) => dropout.forward(
            tokens.forward(ids) * Math.Sqrt(_width) + places.narrow(0, first, ids.shape[1]).to(tokens.weight!.dtype));
    }

    private sealed class Decoder : nn.Module
    {
        public readonly ModuleList<Block> blocks;
        public readonly LayerNorm norm;

        public Decoder(int layers, int width, int heads, int inner, double rate)
            : base(nameof(Decoder))
        {
            blocks = nn.ModuleList([.. Enumerable.Range(0, layers).Select(_ => new Block(width, heads, inner, rate))]);
            norm = nn.LayerNorm(width);
            RegisterComponents();
        }
    }

    private sealed class Output : nn.Module
    {
        public readonly Parameter bias;

        public Output(int vocabulary)
            : base(nameof(Output))
        {
            bias = new Parameter(zeros(vocabulary));
            RegisterComponents();
        }
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly LayerNorm attention_norm, feed_forward_norm;
        private readonly Attention attention;
        private readonly FeedForward feed_forward;
        private readonly Dropout dropout;

        public Block(int width, int heads, int inner, double rate)
            : base(nameof(Block))
        {
            (attention_norm, feed_forward_norm) = (nn.LayerNorm(width), nn.LayerNorm(width));
            (attention, feed_forward, dropout) = (new Attention(width, heads, rate), new FeedForward(width, inner), nn.Dropout(rate));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = x + dropout.forward(attention.forward(attention_norm.forward(x)));
            return x + dropout.forward(feed_forward.forward(feed_forward_norm.forward(x)));
        }

        public Tensor Step(Tensor x, Tensor keys, Tensor values, int place)
        {
            x = x + attention.Step(attention_norm.forward(x), keys, values, place);
            return x + feed_forward.forward(feed_forward_norm.forward(x));
        }
    }

    private sealed class Attention : nn.Module<Tensor, Tensor>
    {
        private readonly Linear query_key_value, output;
        private readonly int _heads;
        private readonly double _rate;

        public Attention(int width, int heads, double rate)
            : base(nameof(Attention))
        {
            (query_key_value, output, _heads, _rate) = (nn.Linear(width, 3 * width), nn.Linear(width, width), heads, rate);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var (q, k, v) = Split(x);
            return Joined(F.scaled_dot_product_attention(q, k, v, p: training ? _rate : 0, is_casual: true));
        }

        public Tensor Step(Tensor x, Tensor keys, Tensor values, int place)
        {
            var (q, k, v) = Split(x);
            keys.narrow(2, place, 1).copy_(k);
            values.narrow(2, place, 1).copy_(v);
            return Joined(F.scaled_dot_product_attention(q, keys.narrow(2, 0, place + 1), values.narrow(2, 0, place + 1)));
        }

        private (Tensor, Tensor, Tensor) Split(Tensor x)
        {
            var parts = query_key_value.forward(x).chunk(3, dim: -1);
            Tensor Heads(Tensor part) => part.view(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
            return (Heads(parts[0]), Heads(parts[1]), Heads(parts[2]));
        }

        private Tensor Joined(Tensor attended) => output.forward(attended.transpose(1, 2).flatten(2));
    }

    private sealed class FeedForward : nn.Module<Tensor, Tensor>
    {
        private readonly Linear expand, contract;

        public FeedForward(int width, int inner)
            : base(nameof(FeedForward))
        {
            (expand, contract) = (nn.Linear(width, inner), nn.Linear(inner, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => contract.forward(F.gelu(expand.forward(x)));
    }
}
