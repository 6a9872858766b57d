using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Research.TextVae.Datasets;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

/// <summary>The reader on modules of its own.</summary>
public sealed class SwordTests : IDisposable
{
    private static readonly string[] Genesis =
    [
        "",
        "<milestone type=\"x-importer\"/>",
        "<div canonical=\"true\" osisID=\"Gen\" sID=\"gen2\" type=\"book\"/> <title level=\"1\" type=\"main\">Genesis</title>",
        "<chapter n=\"1\" osisID=\"Gen.1\" sID=\"Gen.1\"/>",
        "<w lemma=\"strong:H7225\">In the beginning</w>, <w lemma=\"strong:H0430\">God</w><note placement=\"foot\"><reference "
            + "type=\"annotateRef\">1:1 </reference>A note.</note><w lemma=\"strong:H1254 H0853\">created</w> all &amp; "
            + "more<note>Another.</note>. ",
        "",
        "<div sID=\"p1\" type=\"x-p\"/><l level=\"1\"><q marker=\"\">“<w lemma=\"strong:H1961\">Let</w>\n  <w>there</w> be "
            + "light”</q></l><l level=\"2\">  he said</l>",
        "<chapter n=\"2\" osisID=\"Gen.2\" sID=\"Gen.2\"/>",
        "<w lemma=\"strong:H8064\">Heaven</w>",
        "<div canonical=\"true\" osisID=\"Exod\" sID=\"e\" type=\"book\"/>",
        "Introduction",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Verses_are_numbered_by_the_headings_and_hold_their_text_alone()
    {
        Write("ot", Genesis);

        var verses = SwordReader.Verses(Manifest("ot"), _folder);

        Assert.Equal(
            [("Gen.1", 1, "In the beginning, God created all & more."), ("Gen.1", 3, "“Let there be light” he said"),
                ("Gen.2", 1, "Heaven")],
            verses.Select(verse => (verse.Chapter, verse.Number, verse.Text)));
        Assert.Equal(["H0430", "H0853", "H1254", "H7225"], verses[0].Originals.Order());
        var corpus = DatasetReaders.Read(Manifest("ot"), _folder);
        Assert.Equal([("Gen.1", "Gen", 2), ("Gen.2", "Gen", 1)],
            corpus.Documents.Select(document => (document.Title, document.Label, document.Sentences.Count)));
    }

    [Fact]
    public void A_damaged_module_is_an_error_that_names_the_data_set()
    {
        Write("ot", Genesis);
        foreach (var (kind, damage) in new (string, Func<byte[], byte[]>)[]
        {
            ("bzs", bytes => bytes[..^1]), ("bzv", bytes => bytes[..^3]), ("bzz", bytes => bytes[..^4]),
            ("bzv", bytes => [.. bytes[..^2], 255, 255]), ("bzs", bytes => [.. bytes[..^4], 9, 0, 0, 0]),
            ("bzz", bytes => [.. bytes.Select(_ => (byte)7)]),
        })
        {
            var path = Path.Combine(_folder, $"ot.{kind}");
            var whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path, damage(whole));
            var error = Assert.Throws<UserException>(() => DatasetReaders.Read(Manifest("ot"), _folder));
            Assert.StartsWith("data set bible-english: ", error.Message, StringComparison.Ordinal);
            File.WriteAllBytes(path, whole);
        }

        Assert.Equal(3, DatasetReaders.Read(Manifest("ot"), _folder).Sentences.Count());
    }

    /// <summary>What two Bibles count differently is not paired, by the original words that their verses name.</summary>
    [Fact]
    public void Verses_are_paired_where_they_translate_the_same_words()
    {
        static Verse Of(string chapter, int number, string text, params string[] originals) =>
            new(chapter, number, [new Clause(text, originals.ToHashSet())]);
        Verse[] english = [Of("Ps.3", 1, "a", "H1", "H2"), Of("Ps.3", 2, "b", "H3", "H4"), Of("Ps.3", 3, "c"), Of("Tob.1", 1, "d", "H9")];
        Verse[] spanish = [
            Of("Ps.3", 1, "A", "H2", "H7"), Of("Ps.3", 2, "X", "H1", "H2", "H4", "H6"), Of("Ps.3", 3, "C", "H5"), Of("Ps.3", 4, "Y", "H3")];

        Assert.Equal([("a", "A"), ("b", "X"), ("c", "C")], VerseAlignment.Pair(english, spanish)
            .Select(pair => (pair.Source.Text, pair.Target.Text)));
        spanish[1] = Of("Ps.3", 2, "X", "H1", "H2", "H6");
        Assert.Equal(["A", "C"], VerseAlignment.Pair(english, spanish).Select(pair => pair.Target.Text));
    }

    [Fact]
    public void Clauses_are_paired_where_they_are_as_many_and_agree()
    {
        Write("ot", Genesis);
        var verse = SwordReader.Verses(Manifest("ot"), _folder)[0];
        static Verse Of(params (string Text, string Originals)[] clauses) =>
            new("Gen.1", 1, [.. clauses.Select(clause => new Clause(clause.Text, clause.Originals.Split(' ').ToHashSet()))]);

        Assert.Equal([("In the beginning,", "H7225"), ("God created all & more.", "H0430 H0853 H1254")],
            verse.Clauses.Select(clause => (clause.Text, string.Join(' ', clause.Originals.Order()))));
        Assert.Equal(
            [new TextPair("In the beginning,", "Al principio,"), new TextPair("God created all & more.", "creó Dios todo.")],
            VerseAlignment.Clauses(verse, Of(("Al principio,", "H7225"), ("creó Dios todo.", "H0430 H9999"))));
        TextPair[] whole = [new("In the beginning, God created all & more.", "creó Dios todo al principio.")];
        Assert.Equal(whole, VerseAlignment.Clauses(verse, Of(("creó Dios todo", "H0430"), ("al principio.", "H7225"))));
        Assert.Equal(whole, VerseAlignment.Clauses(verse, Of(("creó Dios todo al principio.", "H0430 H7225"))));
    }

    [Fact]
    public void The_two_Bibles_of_the_catalogue_pair_chapter_by_chapter()
    {
        var corpus = ParallelCorpora.Bibles("bible-english", "bible-spanish");

        Assert.Equal(66, corpus.Documents.Select(document => document.Label).Distinct().Count());
        Assert.InRange(corpus.Pairs.Count(), 29_000, 30_000);
        Assert.InRange(ParallelCorpora.Bibles("bible-english", "bible-spanish", clauses: true).Pairs.Count(), 50_000, 60_000);
        var first = corpus.Pairs.First();
        Assert.Equal(("In the beginning, God created the heavens and the earth.", "EN el principio crió Dios los cielos y la tierra."),
            (first.Source, first.Target));
        Assert.All(corpus.Pairs, pair => Assert.DoesNotContain(pair.Source + pair.Target, character => character is '<' or '>'));
        Assert.Contains("bible-english, bible-spanish",
            Assert.Throws<UserException>(() => ParallelCorpora.Bibles("bible-english", "austen")).Message, StringComparison.Ordinal);
    }

    private static DatasetManifest Manifest(params string[] testaments) => DatasetCatalog.Find("bible-english")! with
    {
        Files = [.. testaments.SelectMany(name => new[] { "bzs", "bzv", "bzz" }, (name, kind) => new DatasetFile($"{name}.{kind}", 0, ""))],
    };

    // Two blocks: the first three entries, and the others.
    private void Write(string testament, string[] entries)
    {
        using MemoryStream bzs = new(), bzv = new(), bzz = new();
        void Number(Stream stream, long value, int bytes)
        {
            var buffer = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(buffer, (uint)value);
            stream.Write(buffer.AsSpan(0, bytes));
        }

        foreach (var (block, some) in new[] { entries[..3], entries[3..] }.Index())
        {
            using var plain = new MemoryStream();
            foreach (var entry in some)
            {
                var text = Encoding.UTF8.GetBytes(entry);
                Number(bzv, block, 4);
                Number(bzv, plain.Length, 4);
                Number(bzv, text.Length, 2);
                plain.Write(text);
            }

            var start = bzz.Length;
            using (var zlib = new ZLibStream(bzz, CompressionLevel.Optimal, leaveOpen: true))
                zlib.Write(plain.ToArray());
            Number(bzs, start, 4);
            Number(bzs, bzz.Length - start, 4);
            Number(bzs, plain.Length, 4);
        }

        foreach (var (kind, stream) in new[] { ("bzs", bzs), ("bzv", bzv), ("bzz", bzz) })
            File.WriteAllBytes(Path.Combine(_folder, $"{testament}.{kind}"), stream.ToArray());
    }
}
