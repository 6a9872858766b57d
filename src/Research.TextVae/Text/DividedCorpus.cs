using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>The work behind <see cref="CorpusSplit"/>, keeping the tokens of each sentence so that they are found only once.</summary>
/// <typeparam name="T">A token: a word, or an id.</typeparam>
/// <param name="Parts">Training, validation, test.</param>
internal sealed record DividedCorpus<T>(List<(Sentence Sentence, T[] Tokens)>[] Parts, SplitReport Report)
{
    private const int TrainPart = 0, ValidationPart = 1, TestPart = 2;
    private const int FewestHeldOut = 4, SmallestShare = 5; // a fifth, so that a short text keeps most of itself to train on

    public static DividedCorpus<T> Divide(Corpus corpus, SplitOptions options, Func<string, T[]> tokens)
    {
        var part = Assign(corpus, options);
        var documents = corpus.Documents;
        var scanned = new T[documents.Count][][];
        Parallel.For(0, documents.Count, d => scanned[d] = [.. documents[d].Sentences.Select(tokens)]);

        var parts = new[] { new List<(Sentence, T[])>(), [], [] };
        // By part: too short, too long, word for word in an earlier part.
        var (tooShort, tooLong, leaked) = (new int[3], new int[3], new int[3]);
        var seen = new HashSet<string>();
        // Training first, so that everything held out is compared with all of it.
        foreach (var target in (int[])[TrainPart, ValidationPart, TestPart])
        {
            var own = new List<string>();
            for (var d = 0; d < documents.Count; d++)
            {
                if (part[d] != target)
                    continue;
                for (var s = 0; s < scanned[d].Length; s++)
                {
                    var sentence = scanned[d][s];
                    if (sentence.Length < options.MinTokens || sentence.Length > options.MaxTokens)
                    {
                        (sentence.Length < options.MinTokens ? tooShort : tooLong)[target]++;
                        continue;
                    }

                    var key = string.Join(' ', sentence);
                    if (target != TrainPart && seen.Contains(key))
                    {
                        leaked[target]++;
                        continue;
                    }

                    own.Add(key);
                    parts[target].Add((new Sentence(documents[d].Sentences[s], documents[d].Title, documents[d].Label), sentence));
                }
            }

            seen.UnionWith(own);
        }

        for (var p = 0; p < parts.Length; p++)
        {
            if (parts[p].Count == 0 && (p == TrainPart || (p == ValidationPart ? options.Validation : options.Test) > 0))
                throw new UserException(Nothing(corpus.Name, options, p, tooShort[p], tooLong[p], leaked[p]));
        }

        return new DividedCorpus<T>(parts, new SplitReport(
            part.Count(p => p == TrainPart), part.Count(p => p == ValidationPart), part.Count(p => p == TestPart),
            tooShort.Sum(), tooLong.Sum(), leaked[ValidationPart], leaked[TestPart]));
    }

    /// <summary>The sentences of the documents that train, of any length.</summary>
    public static IEnumerable<string> TrainingSentences(Corpus corpus, SplitOptions options)
    {
        var part = Assign(corpus, options);
        return corpus.Documents.Where((_, d) => part[d] == TrainPart).SelectMany(document => document.Sentences);
    }

    // Documents in random order fill validation, then test, until their share of the sentences is reached; the rest trains.
    private static int[] Assign(Corpus corpus, SplitOptions options)
    {
        if (options.Validation + options.Test >= 1)
            throw new UserException(
                $"validation ({options.Validation}) and test ({options.Test}) leave nothing to train on; their sum must be below 1.");
        var documents = corpus.Documents;
        var parts = 1 + (options.Validation > 0 ? 1 : 0) + (options.Test > 0 ? 1 : 0);
        if (documents.Count < parts)
            throw new UserException(
                $"{corpus.Name} has {documents.Count} document(s), too few for {parts} parts; give more text or a share of 0.");

        var order = Enumerable.Range(0, documents.Count).ToArray();
        new StableRandom(options.Seed).Shuffle<int>(order);
        var total = documents.Sum(document => (long)document.Sentences.Count);
        var part = new int[documents.Count];
        var next = 0;
        foreach (var (target, share) in ((int, double)[])[(ValidationPart, options.Validation), (TestPart, options.Test)])
        {
            var wanted = Math.Max(share * total, share > 0 ? Math.Min(FewestHeldOut, total / SmallestShare) : 0);
            var reserved = target == ValidationPart && options.Test > 0 ? 2 : 1;
            for (long taken = 0; taken < wanted && next < order.Length - reserved; next++)
            {
                part[order[next]] = target;
                taken += documents[order[next]].Sentences.Count;
            }
        }

        return part;
    }

    // Why a part is empty: what most of its sentences were left out for.
    private static string Nothing(string corpus, SplitOptions options, int part, int tooShort, int tooLong, int leaked)
    {
        var name = ((string[])["training", "validation", "test"])[part];
        var count = tooShort + tooLong + leaked;
        var all = $"{corpus} leaves no {name} sentence of {options.MinTokens} to {options.MaxTokens} tokens: of {count}";
        if (leaked > tooShort + tooLong)
            return $"{all}, {leaked} stand word for word in training too. Take repeated lines out, or give text that repeats itself less.";
        return tooLong > tooShort
            ? $"{all}, {tooLong} are longer. If sentences are not told apart, put one on each line; else raise MaxTokens."
            : $"{all}, {tooShort} are shorter. Lower MinTokens or give more text.";
    }
}
