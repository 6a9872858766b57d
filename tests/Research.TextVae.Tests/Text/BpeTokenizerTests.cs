using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Research.TextVae.Benchmarks.Tokenizers;
using Research.TextVae.Datasets;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Text;

public sealed class BpeTokenizerTests : IDisposable
{
    private static readonly Lazy<BpeTokenizer> _gpt2 = new(() =>
    {
        var (vocabulary, merges) = TokenizerPeer.Gpt2();
        return BpeTokenizer.LoadGpt2(vocabulary, merges);
    });

    private static readonly Lazy<string[]> _austen = new(() =>
        [.. RLazyLoad.ReadStrings(File.ReadAllBytes(Path.Combine(new DatasetCache().Fetch(DatasetCatalog.Find("austen")!), "Rdata.rdb")))
            .SelectMany(book => book)]);

    private static readonly Lazy<BpeTokenizer> _small = new(() =>
        BpeTokenizer.Train(_austen.Value.Take(2_000), new BpeTokenizerOptions { MaxVocabulary = 600 }));

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string FilePath => Path.Combine(_folder, "tokenizer.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Ids_are_those_of_Hugging_Face_with_GPT2s_vocabulary()
    {
        var couplets = Corpus.Load("tang").Sentences.Select(sentence => sentence.Text).ToArray();
        string[] texts =
        [
            .. _austen.Value,
            .. Enumerable.Range(0, 10_000).Select(i => couplets[(long)i * couplets.Length / 10_000]),
            .. RandomUnicode.Texts(10_000, seed: 1),
        ];

        AssertIds(HuggingFace.Ids(texts), _gpt2.Value, texts);
    }

    [Fact]
    public void Characters_have_the_class_Hugging_Face_gives_them()
    {
        // All of the basic plane; beyond it the edges of every run of a class. Beside a letter, a number and a sign the class shows.
        var table = CharacterClasses.Table.ToArray();
        int[] points =
        [
            .. Enumerable.Range(0, 0xD800), .. Enumerable.Range(0xE000, 0x2000),
            .. Enumerable.Range(0x10001, 0x110000 - 0x10001).Where(point => table[point] != table[point - 1])
            .SelectMany(point => (int[])[point - 1, point]),
        ];
        string[] texts =
            [.. points.Select(char.ConvertFromUtf32).Select(c => $"a{c}1{c}!{c} ").Chunk(100).Select(chunk => string.Concat(chunk))];

        AssertIds(HuggingFace.Ids(texts), _gpt2.Value, texts);
    }

    [Fact]
    public void Training_gives_the_merges_of_Hugging_Faces_trainer()
    {
        var trained = JsonNode.Parse(HuggingFace.Train(_austen.Value))!["model"]!;
        var expected = trained["merges"]!.AsArray().Select(pair => ((string)pair![0]!, (string)pair[1]!)).ToList();

        var tokenizer = BpeTokenizer.Train(
            _austen.Value.Select(line => line + "\n"), new BpeTokenizerOptions { MaxVocabulary = 4 + 256 + expected.Count });

        Assert.Equal(expected, tokenizer.Merges);
        Assert.InRange(expected.Count, 25_000, 30_000);
        // The peer knows only the bytes it has seen; what follows has the same order.
        Assert.Equal(
            trained["vocab"]!.AsObject().OrderBy(entry => (int)entry.Value!).Select(entry => entry.Key).Where(token => token.Length > 1),
            tokenizer.Vocabulary.Words.Skip(256));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hugging_Face_reads_our_file_and_gives_our_ids(bool lowercase)
    {
        var tokenizer =
            BpeTokenizer.Train(_austen.Value.Take(5_000), new BpeTokenizerOptions { MaxVocabulary = 1_000, Lowercase = lowercase });
        tokenizer.Save(FilePath);
        // There a marker spelled out is the marker, and letters newer than the runtime may have small forms.
        string[] texts =
        [
            .. _austen.Value.TakeLast(2_000),
            .. RandomUnicode.Texts(2_000, seed: 2).Where(text => !text.Contains("<s>", StringComparison.Ordinal)).Select(Assigned),
        ];

        AssertIds(HuggingFace.Ids(texts, FilePath), tokenizer, texts);
        AssertIds(HuggingFace.Ids(texts, FilePath), (BpeTokenizer)Tokenizer.Load(FilePath), texts);
    }

    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
        + @"\s+(?!\S)|\s+";

    public static TheoryData<string, string> FilesOfOthers => new()
    {
        // GPT-2's own file does not name its model.
        { "no type", "{\"model\": {\"type\": null}}" },
        { "merges ignored", "{\"model\": {\"ignore_merges\": true}}" },
        { "form C", "{\"normalizer\": {\"type\": \"NFC\"}}" },
        { "Llama 3", $"{{\"pre_tokenizer\": {Splits(Llama3)}, \"model\": {{\"ignore_merges\": true}}}}" },
        {
            "Qwen 2",
            $"{{\"pre_tokenizer\": {Splits(Llama3.Replace("{1,3}", "", StringComparison.Ordinal))}, \"normalizer\": {{\"type\": \"NFC\"}}}}"
        },
        {
            "added tokens",
            """
            {
              "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
              "added_tokens": [
                {"content": "  ", "normalized": true}, {"content": "   ", "normalized": false}, {"content": "Emma", "normalized": true},
                {"content": "Elton", "normalized": false}, {"content": "Elt", "normalized": false}, {"content": " Mr.", "rstrip": true},
                {"content": "the", "normalized": true, "lstrip": true}, {"content": "é", "normalized": true},
                {"content": "中", "normalized": false}
              ]
            }
            """
        },
    };

    [Theory]
    [MemberData(nameof(FilesOfOthers))]
    public void Files_as_others_publish_them_give_Hugging_Faces_ids(string name, string changes)
    {
        _small.Value.Save(FilePath);
        var json = JsonNode.Parse(File.ReadAllText(FilePath))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject())
        {
            if (key == "model")
                json[key]!["ignore_merges"] = value!["ignore_merges"]?.DeepClone() ?? false;
            else if (key == "added_tokens")
                Add(json, value!.AsArray());
            else
                json[key] = value!.DeepClone();
        }

        if (name == "no type")
            json["model"]!.AsObject().Remove("type");
        // The text's words are tokens that no merge makes, which shows where merges are ignored.
        json["model"]!["merges"]!.AsArray().RemoveRange(0, 5);
        File.WriteAllText(FilePath, json.ToJsonString());
        var couplets = Corpus.Load("tang").Sentences.Select(sentence => sentence.Text).ToArray();
        string[] texts =
        [
            .. _austen.Value.Where((_, i) => i % 5 == 0),
            .. Enumerable.Range(0, 2_000).Select(i => couplets[(long)i * couplets.Length / 2_000]),
            .. RandomUnicode.Texts(5_000, seed: 5).Where(text => !text.Contains("<s>", StringComparison.Ordinal))
                .Select(text => name is "form C" or "Qwen 2" or "added tokens" ? Assigned(text) : text),
            "I'S  it'ſ 1234567 é e\u0301 x\r\n\r\n  y\t\tz ʼ٣٤٥٦ EMMA  the  Mr.  Elton Elt ELTON   the    end",
        ];

        var tokenizer = BpeTokenizer.Load(FilePath);

        var expected = HuggingFace.Ids(texts, FilePath);
        AssertIds(expected, tokenizer, texts);
        foreach (var text in texts.Where((_, i) => i % 50 == 0).Append(texts[^1]))
        {
            var tokens = tokenizer.EncodeToTokens(text, out var normalized);
            Assert.Equal(tokenizer.EncodeToIds(text), tokens.Select(token => token.Id));
            Assert.Equal(tokens.Count, tokenizer.CountTokens(text));
            Assert.All(tokens, token => Assert.InRange(token.Offset.End.Value, 1, (normalized ?? text).Length));
        }

        // What is written is read as the same.
        tokenizer.Save(FilePath);
        AssertIds(expected, (BpeTokenizer)Tokenizer.Load(FilePath), texts);
        AssertIds(HuggingFace.Ids(texts, FilePath), tokenizer, texts);
    }

    private static void Add(JsonObject json, JsonArray tokens)
    {
        var vocabulary = json["model"]!["vocab"]!.AsObject();
        var next = vocabulary.Count;
        foreach (var token in tokens)
        {
            var added = token!.DeepClone().AsObject();
            added["id"] = vocabulary[added["content"]!.ToString()]?.DeepClone() ?? next++;
            foreach (var flag in (string[])["single_word", "lstrip", "rstrip", "normalized", "special"])
                added[flag] ??= false;
            json["added_tokens"]!.AsArray().Add((JsonNode)added);
        }
    }

    private static string Splits(string expression) => new JsonObject
    {
        ["type"] = "Sequence",
        ["pretokenizers"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "Split",
                ["pattern"] = new JsonObject { ["Regex"] = expression },
                ["behavior"] = "Isolated",
                ["invert"] = false,
            },
            new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false }),
    }.ToJsonString();

    [Fact]
    public void A_file_of_Hugging_Face_without_all_bytes_gives_its_ids()
    {
        File.WriteAllText(FilePath, HuggingFace.Train(_austen.Value.Take(500)));
        string[] texts = [.. _austen.Value.Take(1_000), "ab中c 1é2", .. RandomUnicode.Texts(500, seed: 3)];
        var tokenizer = BpeTokenizer.Load(FilePath);

        AssertIds(HuggingFace.Ids(texts, FilePath), tokenizer, texts);
        // What is left out does not keep its neighbours apart.
        Assert.Equal([("ab", 0..3), ("c", 4..5)], tokenizer.EncodeToTokens("a中b中c", out _).Select(token => (token.Value, token.Offset)));
        Assert.Equal(3, tokenizer.WithMarkers().EncodeToIds("中").Count(id => id == Vocabulary.UnkId));
    }

    [Fact]
    public void Any_text_decodes_to_itself_and_has_its_tokens_in_place()
    {
        foreach (var tokenizer in (BpeTokenizer[])[_gpt2.Value, _small.Value])
        {
            foreach (var text in RandomUnicode.Texts(1_000, seed: 4))
            {
                var ids = tokenizer.EncodeToIds(text);
                var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
                Assert.Equal(whole, tokenizer.Decode(ids));
                Assert.Equal(ids.Count, tokenizer.CountTokens(text));

                var tokens = tokenizer.EncodeToTokens(text, out var normalized);
                Assert.Null(normalized);
                Assert.Equal(ids, tokens.Select(token => token.Id));
                foreach (var token in tokens)
                {
                    var piece = tokenizer.Decode([token.Id]);
                    if (!piece.Contains('\uFFFD'))
                        Assert.Equal(piece, text[token.Offset]);
                }
            }
        }

        Assert.Equal([0..1, 1..3, 1..3, 1..3, 3..5], _gpt2.Value.EncodeToTokens("a\U0001F9AE b", out _).Select(token => token.Offset)
            .ToArray());
    }

    [Fact]
    public void Markers_in_text_are_text()
    {
        string[] texts = ["<s> and </s>, <pad> and <unk>", "<s><s><s>"];
        var tokenizer =
            BpeTokenizer.Train(Enumerable.Repeat(texts, 50).SelectMany(text => text), new BpeTokenizerOptions { MaxVocabulary = 400 });

        foreach (var text in texts)
        {
            Assert.All(tokenizer.EncodeToIds(text), id => Assert.True(id >= Vocabulary.Markers.Count));
            Assert.Equal(text, tokenizer.Decode([Vocabulary.BosId, .. tokenizer.EncodeToIds(text), Vocabulary.EosId, Vocabulary.PadId]));
        }
    }

    [Fact]
    public void GPT2s_tokenizer_serves_a_model_only_with_markers()
    {
        var gpt2 = _gpt2.Value;
        var corpus =
            new Corpus("c", "", "", [.. Enumerable.Range(0, 20).Select(i => new Document($"{i}", "", [$"Sentence number {i} is here."]))]);
        var options = new TextOptions { Validation = 0.2, Test = 0.2 };
        Assert.Equal([15496, 995], gpt2.EncodeToIds("Hello world"));
        Assert.Equal("<|endoftext|>", gpt2.Tokens[50_256]);
        Assert.False(gpt2.HasMarkers);
        Assert.Contains("use its WithMarkers()", Assert.Throws<UserException>(() => TextData.Prepare(corpus, options, gpt2))
            .Message, StringComparison.Ordinal);

        var marked = gpt2.WithMarkers();
        var data = TextData.Prepare(corpus, options, marked);

        Assert.Equal(50_261, data.Tokenizer.Vocabulary.Count);
        Assert.Equal(gpt2.EncodeToIds(data.Train.Source(0).Text).Select(id => id + 4), data.Train[0]);
        Assert.Equal(data.Train.Source(0).Text, marked.Decode(data.Train[0]));
        Assert.Same(marked, marked.WithMarkers());
    }

    [Fact]
    public void Files_of_GPT2_are_written_and_read()
    {
        var (vocabulary, merges) = (Path.Combine(_folder, "vocab.json"), Path.Combine(_folder, "merges.txt"));
        _small.Value.SaveGpt2(vocabulary, merges);
        var loaded = BpeTokenizer.LoadGpt2(vocabulary, merges);

        Assert.Equal(_small.Value.Tokens, loaded.Tokens);
        Assert.Equal(_small.Value.Merges, loaded.Merges);
        Assert.True(loaded.HasMarkers);
        var (_, originalMerges) = TokenizerPeer.Gpt2();
        _gpt2.Value.SaveGpt2(vocabulary, merges);
        Assert.Equal(File.ReadAllText(originalMerges), File.ReadAllText(merges));

        var error = Assert.Throws<UserException>(() => BpeTokenizer.Train(["A"], new BpeTokenizerOptions { Lowercase = true })
            .SaveGpt2(vocabulary, merges));
        Assert.Contains("write a tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_may_use_one_tokenizer()
    {
        var expected = _austen.Value.Select(line => _gpt2.Value.EncodeToIds(line)).ToArray();
        var (vocabulary, merges) = TokenizerPeer.Gpt2();
        var fresh = BpeTokenizer.LoadGpt2(vocabulary, merges);

        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            for (var i = 0; i < expected.Length; i++)
                Assert.True(fresh.EncodeToIds(_austen.Value[i]).SequenceEqual(expected[i]));
        });
    }

    [Theory]
    [InlineData("model.dropout", "0.1", "dropout is 0.1")]
    [InlineData("model.type", "\"Unigram\"", "model is Unigram")]
    [InlineData("model.merges", null, "no \"merges\"")]
    [InlineData("model.vocab", "{}", "needs the token")]
    [InlineData("model.vocab", "{\"a\": 0, \"b\": 2}", "are not 0 to")]
    [InlineData("model.merges", "[\"a b c\"]", "'a b c' is not a merge")]
    [InlineData("model.merges", "[[\"a\", 1]]", "")]
    [InlineData("model.byte_fallback", "true", "byte_fallback is true")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "end_of_word_suffix")]
    [InlineData("model.surprise", "1", "model.surprise")]
    [InlineData("model", "[]", "no \"model\" (object)")]
    [InlineData("normalizer", "{\"type\": \"NFKC\"}", "normalizer is NFKC")]
    [InlineData("normalizer", "\"NFC\"", "normalizer has no type")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\"}", "pre_tokenizer is Metaspace")]
    [InlineData("pre_tokenizer", "null", "pre_tokenizer is missing")]
    [InlineData("pre_tokenizer", "{\"type\": \"ByteLevel\", \"add_prefix_space\": true}", "add_prefix_space")]
    [InlineData("pre_tokenizer", "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}", "use_regex")]
    [InlineData("truncation", "{\"max_length\": 8}", "truncation")]
    [InlineData("added_tokens", "[{\"id\": 600, \"content\": \"x y\", \"single_word\": true}]", "single_word")]
    [InlineData("pre_tokenizer", "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Digits\"}, {\"type\": \"ByteLevel\"}]}",
        "Digits and ByteLevel")]
    [InlineData("pre_tokenizer", "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a+\"}, "
        + "\"behavior\": \"Isolated\"}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}]}",
        "splits by 'a+'")]
    [InlineData("added_tokens", "[{\"id\": 7, \"content\": \"<s>\", \"special\": true}]", "has id 7")]
    public void A_file_that_asks_for_something_else_is_refused_in_one_line(string key, string? value, string expected)
    {
        _small.Value.Save(FilePath);
        var json = JsonNode.Parse(File.ReadAllText(FilePath))!.AsObject();
        var path = key.Split('.');
        var parent = path.Length == 1 ? json : json[path[0]]!.AsObject();
        parent.Remove(path[^1]);
        if (value is not null)
            parent[path[^1]] = JsonNode.Parse(value);
        File.WriteAllText(FilePath, json.ToJsonString());

        AssertRefused(expected, () => BpeTokenizer.Load(FilePath));
    }

    [Fact]
    public void Damaged_files_are_refused_in_one_line()
    {
        var (vocabulary, merges) = (Path.Combine(_folder, "vocab.json"), Path.Combine(_folder, "merges.txt"));
        _small.Value.Save(FilePath);
        _small.Value.SaveGpt2(vocabulary, merges);

        AssertRefused("there is no file", () => BpeTokenizer.LoadGpt2(vocabulary, merges + "x"));
        File.WriteAllText(FilePath, File.ReadAllText(FilePath)[..5_000]);
        AssertRefused("tokenizer.json", () => BpeTokenizer.Load(FilePath));
        AssertRefused("tokenizer.json", () => Tokenizer.Load(FilePath));
        File.WriteAllText(FilePath, "[1]");
        AssertRefused("no \"model\"", () => BpeTokenizer.Load(FilePath));
        AssertRefused("is not a tokenizer", () => Tokenizer.Load(FilePath));
        File.AppendAllText(merges, "only-one\n");
        AssertRefused("'only-one' is not a merge", () => BpeTokenizer.LoadGpt2(vocabulary, merges));
        File.WriteAllText(merges, "#version: 0.2\nz zzzz\n");
        AssertRefused("needs the token 'zzzz'", () => BpeTokenizer.LoadGpt2(vocabulary, merges));
        File.WriteAllText(vocabulary, "{\"a\": 1.5}");
        AssertRefused("not a whole number", () => BpeTokenizer.LoadGpt2(vocabulary, merges));
        AssertRefused("at least 260", () => new BpeTokenizerOptions { MaxVocabulary = 100 });
    }

    private static string Assigned(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned));

    private static void AssertRefused(string expected, Func<object> action)
    {
        var message = Assert.Throws<UserException>(action).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void AssertIds(int[][] expected, BpeTokenizer tokenizer, string[] texts)
    {
        Assert.Equal(texts.Length, expected.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            // Compared outside the assertion, which is slow for hundreds of thousands of ids.
            var ids = tokenizer.EncodeToIds(texts[i]);
            if (!ids.SequenceEqual(expected[i]))
                Assert.Fail(
                    $"text {i}, {string.Join(' ', texts[i].Select(c => $"{(int)c:X}"))}: {string.Join(' ', ids)}, not "
                        + $"{string.Join(' ', expected[i])}");
        }
    }
}
