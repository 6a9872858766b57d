using Research.TextVae.Models.Layers;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Tells classes of sentences apart by their words alone: multinomial logistic regression. Trained on real text, it judges whether
/// text generated for a class is of that class, independently of the model that wrote it.
/// </summary>
public sealed class LabelClassifier : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly EmbeddingLayer evidence; // of each word for each class
    private readonly Parameter bias;

    private LabelClassifier(int vocabulary, int classes)
        : base(nameof(LabelClassifier))
    {
        evidence = new EmbeddingLayer(vocabulary, classes);
        bias = nn.Parameter(zeros(classes));
        RegisterComponents();
        this.KeepTensors();
        nn.init.zeros_(evidence.Weight);
    }

    /// <summary>Trains on sentences with classes until the accuracy on others stops rising.</summary>
    /// <param name="train">With <see cref="EncodedSentences.Classes"/>.</param>
    /// <param name="validation">Likewise.</param>
    /// <param name="vocabulary">Tokens in the vocabulary.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="seed">Seed of the batches.</param>
    /// <param name="epochs">Passes at most.</param>
    public static LabelClassifier Train(
        EncodedSentences train, EncodedSentences validation, int vocabulary, int classes, ulong seed, int epochs = 15)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        var model = new LabelClassifier(vocabulary, classes);
        // Shrinking the evidence keeps rare words from deciding alone.
        using var optimizer = optim.AdamW(model.parameters(), 0.01, weight_decay: 0.05);
        var batches = new BatchSampler(train, new BatchOptions { BatchSize = 64, Shuffle = true }, seed);
        var best = (Accuracy: double.NegativeInfinity, Weights: new Dictionary<string, Tensor>());
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            foreach (var indices in batches.Epoch(epoch))
            {
                using var scope = NewDisposeScope();
                var batch = train.Batch(indices, CPU);
                optimizer.zero_grad();
                nn.functional.cross_entropy(model.call(batch.Targets, batch.Mask), batch.Labels!).backward();
                optimizer.step();
            }

            var accuracy = model.Accuracy(validation);
            if (accuracy > best.Accuracy)
                best = (accuracy, model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone()));
            else if (accuracy < best.Accuracy - 0.02)
                break;
        }

        model.load_state_dict(best.Weights);
        return model;
    }

    /// <param name="tokens">int64 [batch, time].</param>
    /// <param name="mask">1 where a token counts; [batch, time].</param>
    /// <returns>Logits [batch, classes].</returns>
    // l_c = b_c + Σ_t e_{w_t, c}
    public override Tensor forward(Tensor tokens, Tensor mask) => (evidence.call(tokens) * mask.unsqueeze(2)).sum(1) + bias;

    /// <summary>The likeliest class of each sentence.</summary>
    public int[] Predict(IReadOnlyList<int[]> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        using var _ = no_grad();
        return
        [
            .. sentences.Chunk(256).SelectMany(part =>
            {
                using var scope = NewDisposeScope();
                var time = Math.Max(1, part.Max(sentence => sentence.Length));
                var tokens = new long[part.Length * time];
                var mask = new float[tokens.Length];
                for (var row = 0; row < part.Length; row++)
                {
                    for (var t = 0; t < part[row].Length; t++)
                        (tokens[row * time + t], mask[row * time + t]) = (part[row][t], 1);
                }

                var logits = call(tensor(tokens).view(part.Length, time), tensor(mask).view(part.Length, time));
                return logits.argmax(1).data<long>().Select(c => (int)c).ToArray();
            }),
        ];
    }

    /// <summary>Share of sentences that are classified correctly.</summary>
    public double Accuracy(EncodedSentences sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        var classes = sentences.Classes ?? throw new ArgumentException("The sentences have no classes.", nameof(sentences));
        return Predict([.. sentences]).Zip(classes, (predicted, actual) => predicted == actual ? 1.0 : 0).Average();
    }
}
