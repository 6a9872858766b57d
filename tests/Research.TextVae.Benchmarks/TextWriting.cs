using System.Text.Json;
using Research.TextVae.Generation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks;

/// <summary>Writing texts of <see cref="Time"/> tokens side by side with a language model.</summary>
internal abstract record TextWriting(string Name, string Title, int Vocabulary, int Batch, int Time) : Benchmark(Name, Title)
{
    public override double Units => Batch * Time;

    // The same tokens exactly. A rounding to bfloat16 may change which token is likeliest, and with it all that follow.
    public override double? Tolerance(Precision precision) => precision == Precision.Float32 ? 0 : null;

    public override void Prepare(string folder)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        File.WriteAllText(Path.Combine(folder, "workload.json"), JsonSerializer.Serialize(this, GetType()));
        using var model = Model();
        // The end of a text is never written, so that all have the same length.
        using (no_grad())
            model.named_parameters().Single(entry => entry.name == "output.bias").parameter.narrow(0, 0, 4).fill_(-1e4);
        Safetensors.Write(Path.Combine(folder, "weights.safetensors"), model.state_dict());
    }

    public override IWorker Start(string folder, double randomness, Precision precision) =>
        new Worker(this, folder, randomness == 0, precision);

    protected abstract LanguageModel Model();

    private sealed class Worker : IWorker
    {
        private readonly TextWriting _work;
        private readonly LanguageModel _model;
        private readonly GenerationOptions _options;
        private ulong _seed;

        public Worker(TextWriting work, string folder, bool likeliest, Precision precision)
        {
            _work = work;
            _model = work.Model();
            Weights.Load(_model, folder);
            _ = _model.Use(precision); // for as long as the process lives
            _options = (likeliest ? GenerationOptions.Greedy : GenerationOptions.Sample()) with { MaxTokens = work.Time };
        }

        /// <returns>The sum of the tokens written.</returns>
        public double Step() =>
            TextGenerator.Generate(_model, _work.Batch, _options, _seed++).Sum(text => text.Sum(token => (double)token));
    }
}
