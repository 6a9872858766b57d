namespace Research.TextVae.Text;

/// <summary>How often each word occurs; the words in the order of their first occurrence.</summary>
internal sealed class WordCounts
{
    private readonly List<string> _words = [];
    private readonly List<int> _counts = [];
    private readonly List<ulong> _hashes = [];
    private int[] _slots = new int[1 << 10];

    public int Count => _words.Count;

    public (string Word, int Count) this[int index] => (_words[index], _counts[index]);

    public void AddText(ReadOnlySpan<char> text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Gpt2Words.End(text, start);
            Add(text[start..end]);
        }
    }

    private void Add(ReadOnlySpan<char> word)
    {
        var hash = WordHash.Compute(word);
        ref var slot = ref Find(word, hash);
        if (slot > 0)
        {
            _counts[slot - 1]++;
            return;
        }

        _words.Add(word.ToString());
        _counts.Add(1);
        _hashes.Add(hash);
        slot = _words.Count;
        if (2 * _words.Count > _slots.Length)
            Grow();
    }

    // A slot holds the number of a word counted from 1; 0 where there is none.
    private ref int Find(ReadOnlySpan<char> word, ulong hash)
    {
        var i = (int)(hash >> 32) & (_slots.Length - 1);
        while (_slots[i] > 0 && !(_hashes[_slots[i] - 1] == hash && word.SequenceEqual(_words[_slots[i] - 1])))
            i = (i + 1) & (_slots.Length - 1);
        return ref _slots[i];
    }

    private void Grow()
    {
        _slots = new int[4 * _slots.Length];
        for (var n = 0; n < _words.Count; n++)
            Find(_words[n], _hashes[n]) = n + 1;
    }
}
