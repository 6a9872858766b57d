using System.Globalization;
using System.Text;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Unicode normalization form C (Unicode Standard Annex 15). The runtime's own <see cref="string.Normalize()"/> returns its
/// input unchanged when globalization is invariant, as it is in the command line but not in every notebook host,
/// and a vocabulary must not depend on the host.
/// </summary>
internal static class CanonicalComposition
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28;

    private static readonly Lazy<Tables> _tables = new(Tables.Read);

    /// <summary>The text in form C; the same object when it already is.</summary>
    public static string Normalize(string text)
    {
        if (IsComposed(text))
            return text;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, points);
        Reorder(points);
        return Compose(points);
    }

    // Below U+0300 nothing combines; beyond it a text without combining or excluded characters is in form C.
    private static bool IsComposed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\u0300', '\uFFFF') < 0)
            return true;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value >= 0x300 && _tables.Value.Unstable(rune.Value))
                return false;
        }

        return true;
    }

    private static void Decompose(int point, List<int> output)
    {
        var syllable = point - HangulBase;
        if (syllable is >= 0 and < LeadCount * VowelCount * TrailCount)
        {
            output.Add(LeadBase + (syllable / (VowelCount * TrailCount)));
            output.Add(VowelBase + (syllable / TrailCount % VowelCount));
            if (syllable % TrailCount != 0)
                output.Add(TrailBase + (syllable % TrailCount));
        }
        else if (_tables.Value.Decompositions.TryGetValue(point, out var parts))
        {
            foreach (var part in parts)
                Decompose(part, output);
        }
        else
        {
            output.Add(point);
        }
    }

    // Marks between two starters go in the order of their classes; equal classes keep theirs.
    private static void Reorder(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var point = points[i];
            var order = _tables.Value.Class(point);
            var j = i;
            for (; order != 0 && j > 0 && _tables.Value.Class(points[j - 1]) > order; j--)
                points[j] = points[j - 1];
            points[j] = point;
        }
    }

    private static string Compose(List<int> points)
    {
        var starter = -1;
        var lastClass = 0;
        var length = 0;
        // The output takes the places of the input that are done with.
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var order = _tables.Value.Class(point);
            var adjacent = starter == length - 1;
            if (starter >= 0 && (adjacent || (lastClass < order && lastClass != 0)) && Pair(points[starter], point) is { } composed)
            {
                points[starter] = composed;
                continue;
            }

            if (order == 0)
                starter = length;
            lastClass = order;
            points[length++] = point;
        }

        var builder = new StringBuilder(length);
        for (var i = 0; i < length; i++)
            builder.Append(new Rune(points[i]).ToString());
        return builder.ToString();
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
            return HangulBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TrailCount);
        var syllable = first - HangulBase;
        if (syllable is >= 0 and < LeadCount * VowelCount * TrailCount && syllable % TrailCount == 0
            && second is > TrailBase and < TrailBase + TrailCount)
            return first + second - TrailBase;
        return _tables.Value.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, int> _classes = [];
        private readonly HashSet<int> _unstable = [];

        public Dictionary<int, int[]> Decompositions { get; } = [];

        public Dictionary<(int, int), int> Compositions { get; } = [];

        public int Class(int point) => _classes.GetValueOrDefault(point);

        public bool Unstable(int point) =>
            _unstable.Contains(point) || point is (>= VowelBase and < VowelBase + VowelCount) or (> TrailBase and < TrailBase + TrailCount);

        public static Tables Read()
        {
            var tables = new Tables();
            using var stream = typeof(Tables).Assembly.GetManifestResourceStream("nfc.txt")
                ?? throw new InvalidOperationException("The resource nfc.txt is missing from the assembly.");
            using var reader = new StreamReader(stream, Encoding.ASCII);
            while (reader.ReadLine() is { } line)
            {
                if (!line.StartsWith('#'))
                    tables.Add(line.Split(';'));
            }

            return tables;
        }

        private void Add(string[] fields)
        {
            var point = Hex(fields[0]);
            if (fields[1].Length > 0)
            {
                _classes[point] = int.Parse(fields[1], CultureInfo.InvariantCulture);
                _unstable.Add(point);
            }

            if (fields[2].Length == 0)
                return;
            var excluded = fields[2][0] == '!';
            var parts = Array.ConvertAll(fields[2].TrimStart('!').Split(' '), Hex);
            Decompositions[point] = parts;
            if (excluded)
            {
                _unstable.Add(point);
            }
            else
            {
                Compositions[(parts[0], parts[1])] = point;
                _unstable.Add(parts[1]);
            }
        }

        private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
