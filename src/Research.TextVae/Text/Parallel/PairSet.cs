namespace Research.TextVae.Text;

/// <summary>Pairs as token ids: sentence i of the source goes with sentence i of the target.</summary>
public sealed record EncodedPairs
{
    /// <exception cref="ArgumentException">The two sets differ in size.</exception>
    public EncodedPairs(EncodedSentences source, EncodedSentences target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Count != target.Count)
            throw new ArgumentException($"{source.Count} sources and {target.Count} targets are not pairs.", nameof(target));
        (Source, Target) = (source, target);
    }

    public EncodedSentences Source { get; }

    public EncodedSentences Target { get; }

    /// <summary>Pairs.</summary>
    public int Count => Source.Count;

    /// <summary>The texts of a pair as they were written.</summary>
    public TextPair this[int index] => new(Source.Source(index).Text, Target.Source(index).Text);

    /// <summary>At most <paramref name="count"/> pairs, evenly spaced over the set, in its order.</summary>
    public EncodedPairs Spread(int count) => new(Source.EvenlySpaced(count), Target.EvenlySpaced(count));
}
