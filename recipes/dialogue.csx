#!/usr/bin/env dotnet-script
// Replies in Austen's dialogues: a sequence-to-sequence model, a conditional VAE of the same size whose latent code is to hold what a reply
// may be about (Zhao et al. 2017), and the replies to the training speeches that are most alike. Every system gives ten replies to a
// speech: how likely is the real one, and how different are they from each other?
//
//   textvae run recipes/dialogue.csx
#load "prelude.csx"

return Recipe.Run(Args, "dialogue", "Replies to speeches of Austen's characters", recipe =>
{
    var config = recipe.Configure(
        new TransformerSeq2SeqVaeConfig
        {
            Shape = new TransformerShape { Width = 128, Layers = 2, Heads = 4, Dropout = 0.3 }, LatentSize = 16, WordDropout = 0.3,
        },
        smoke: config => config with { Shape = config.Shape with { Width = 16 } },
        full: config => config with { Shape = config.Shape with { Width = 256, Layers = 3 } });
    var training = recipe.Configure(
        new TrainingOptions
        {
            Epochs = 8, BatchSize = 64, LearningRate = 1e-3, WarmupSteps = 200, Precision = TensorEngine.FastestPrecision,
        },
        smoke: options => options with { Epochs = 1, WarmupSteps = 5 }, full: options => options with { Epochs = 20 });
    var free = new FreeBits { Nats = recipe.Parameter("free-nats", standard: 4.0), Form = FreeBitsForm.PerSentence };
    var warmUp = recipe.Parameter("warm-up", standard: 3.0);
    var iwSamples = recipe.Parameter("iw-samples", standard: 50, smoke: 2);
    var (tests, replies) = (recipe.Parameter("test-speeches", 200, smoke: 8), recipe.Parameter("replies", 10, smoke: 3));
    var sampling = GenerationOptions.Sample(new TopP(recipe.Parameter("top-p", standard: 0.9)));
    sampling = sampling with { MaxTokens = recipe.Parameter("max-tokens", standard: 30, smoke: 8) };
    var data = recipe.Pairs(
        ParallelCorpora.Replies,
        new PairOptions
        {
            MaxVocabulary = 2500, MaxSourceTokens = 40, ClipSource = true, MaxTargetTokens = 30, Validation = 0.05, Test = 0.08,
        },
        smoke: options => options with { MaxVocabulary = 400, MaxTrainPairs = 200 });
    var (test, tokenizer) = (data.Test.EvenlySpaced(tests), data.Tokenizer);
    var plain = new TransformerSeq2SeqConfig { Shape = config.Shape, LabelSmoothing = 0 };

    const string Nearest = "replies to the nearest speeches", Seq2Seq = "sequence to sequence", Conditional = "conditional VAE";
    var (distinct1, distinct2) = (new Metric("distinct-1", "0.0%", Best.Highest), new Metric("distinct-2", "0.0%", Best.Highest));
    var selfBleu = new Metric("self-BLEU of replies", "0.0", Best.Lowest);
    var different = new Metric("different greedy replies", "0%");
    var (ppl, kl) = (Metric.Perplexity, Metric.Kl);

    // [reply][speech]
    void Evaluate(Variant variant, IReadOnlyList<IReadOnlyList<int[]>> written)
    {
        int[][] all = [.. written.SelectMany(texts => texts)];
        variant.Record((distinct1, DistinctN.Compute(all, 1)), (distinct2, DistinctN.Compute(all, 2)));
        variant.Record(selfBleu, Enumerable.Range(0, test.Count).Average(i => SelfBleu.Compute([.. written.Select(texts => texts[i])])));
        variant.Record("Replies", ["speech", "reply"], Enumerable.Range(0, 4).SelectMany(i => written.Take(4).Select(texts =>
            new[] { test[i * (test.Count / 4)].Source, tokenizer.Decode(texts[i * (test.Count / 4)]) })));
    }

    IReadOnlyList<IReadOnlyList<int[]>> Times(Func<int, IReadOnlyList<int[]>> write) => [.. Enumerable.Range(0, replies).Select(write)];

    IReadOnlyList<int[]> Write(Variant variant, TransformerSeq2SeqVae model, GenerationOptions options, int reply)
    {
        var noise = StandardNormal.Sample(test.Count, model.LatentSize, variant.Seed + (ulong)reply);
        return Prompt.From(model, test.Source, noise).Generate(options, variant.Seed + (ulong)reply);
    }

    TransformerSeq2SeqVae Train(Variant variant)
    {
        var model = variant.Build(() => config.Build(tokenizer.Vocabulary.Count));
        var objective = new ElboObjective { KlWeight = KlSchedule.Linear(warmUp), FreeBits = free };
        variant.Train(new VaeTask<TextPairBatch>(model, data.Train, data.Validation, objective), training);
        return model;
    }

    return recipe.Study()
        .On(data.Summary)
        .About($"Speeches and the replies to them, by chapter. Every system gives {replies} replies to each of {tests} held-out speeches. "
            + "**distinct-n** is the share of different n-grams in all of them, **self-BLEU** how alike the replies to one speech are, "
            + "**PPL** the perplexity per byte pair of the real reply, that of the conditional VAE by importance sampling.")
        .Columns(ppl, kl, distinct1, distinct2, selfBleu, different)
        .Variant(Nearest, variant =>
        {
            var speeches = new TfIdf([.. data.Train.Source]);
            var near = test.Source.Select(text => speeches.Cosines(text).Select((cosine, i) => (cosine, i))
                .OrderByDescending(at => at.cosine).Take(replies).Select(at => data.Train.Target[at.i]).ToArray()).ToArray();
            Evaluate(variant, Times(reply => [.. near.Select(own => own[reply])]));
        })
        .Variant(Seq2Seq, variant =>
        {
            var model = variant.Build(() => plain.Build(tokenizer.Vocabulary.Count));
            variant.Train(new Seq2SeqTask(model, data), training);
            variant.Record(ppl, Likelihood.Evaluate(model, test).Perplexity);
            var start = Prompt.From(model, test.Source);
            Evaluate(variant, Times(reply => start.Generate(sampling, variant.Seed + (ulong)reply)));
        })
        .Variant(Conditional, variant =>
        {
            var model = Train(variant);
            var estimate = ImportanceWeightedNll.Estimate(model, test, iwSamples, variant.Seed);
            variant.Record((ppl, estimate.Perplexity), (kl, VaeMetrics.Evaluate(model, test, variant.Seed).Kl));
            Evaluate(variant, Times(reply => Write(variant, model, sampling, reply)));
            var greedy = Times(reply => Write(variant, model, GenerationOptions.Greedy with { MaxTokens = sampling.MaxTokens }, reply));
            variant.Record(different, greedy.SelectMany(texts => texts.Select((ids, i) => (i, tokenizer.Decode(ids)))).Distinct().Count()
                / (double)(replies * test.Count));
        })
        .Report(report => report
            .Section("How varied the replies are")
            .Figure("distinct", report.Bars(("distinct-1", distinct1), ("distinct-2", distinct2)).Y("share of different n-grams"),
                "Over all replies.")
            .Figure("self-bleu", report.Bars(selfBleu), "How alike the replies to one speech are, the mean over speeches.")
            .Figure("validation", report.Curves("validation loss", y: "nats per reply", markers: true), "On validation replies.")
            .Section("What they reply").TextsBeside("Replies"))
        .Headline("Conditional VAE and sequence to sequence, dialogue", "004", study =>
            $"PPL {study[Conditional].Format(ppl)} (sequence to sequence {study[Seq2Seq].Format(ppl)}); distinct-2 of ten replies "
            + $"{study[Conditional].Format(distinct2)} ({study[Seq2Seq].Format(distinct2)}, real {study[Nearest].Format(distinct2)}); KL "
            + $"{study[Conditional].Format(kl)} nats")
        .Expect("the code of the conditional VAE is used: KL at least 2 nats", study => study.AtLeast(kl, Conditional, 2))
        .Expect("so that replies decoded greedily differ from code to code: at least half of those to one speech", study =>
            study.AtLeast(different, Conditional, 0.5))
        .Expect("replies of either model are more alike than those that are found", study => (
            study[Nearest][selfBleu] < Math.Min(study[Seq2Seq][selfBleu], study[Conditional][selfBleu]),
            $"{study[Nearest].Format(selfBleu)}, {study[Seq2Seq].Format(selfBleu)} and {study[Conditional].Format(selfBleu)}"));
});
