using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;
using Research.TextVae.Benchmarks.Tokenizers;
using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using static TorchSharp.torch;
using BpeTokenizer = Research.TextVae.Tokenizers.BpeTokenizer;
using Tokenizer = Research.TextVae.Tokenizers.Tokenizer;

namespace Research.TextVae.Tests.Text;

/// <summary>Microsoft.ML.Tokenizers: its tokenizers as units of text, ours as some of its.</summary>
public sealed class OutsideTokenizerTests : IDisposable
{
    private static readonly string[] _lines =
    [
        .. from subject in (string[])["the cat", "a dog", "my aunt", "nobody here"]
           from rest in (string[])["sees the old garden", "likes music at night", "follows a red bird home", "paints", "never forgets him"]
           select $"{subject} {rest}",
    ];

    private static readonly Corpus _corpus =
        new("lines", "", "", [.. _lines.Select((line, i) => new Document($"{i}", "", [line]))]);

    private static readonly Lazy<BpeTokenizer> _trained =
        new(() => BpeTokenizer.Train(_lines, new BpeTokenizerOptions { MaxVocabulary = 300 }));

    private readonly string _folder = Directory.CreateTempSubdirectory("outside-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Kinds { get; } = ["Tiktoken", "BPE", "BERT", "SentencePiece"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_of_its_tokenizers_is_a_unit_of_text_and_a_model_writes_them(string kind)
    {
        using var scope = NewDisposeScope();
        var outside = Make(kind);
        var data = TextData.Prepare(_corpus, new TextOptions { Tokenizer = outside, Validation = 0.2, Test = 0.2, Seed = 1 });

        foreach (var text in _lines)
        {
            // Without the marks of begin and end, which a model has itself.
            var own = outside.EncodeToTokens(text, out _).Select(token => token.Id).Where(id => !IsMark(outside, id)).ToList();
            var ids = data.Tokenizer.EncodeToIds(text);
            Assert.Equal(own.Select(id => id + 4), ids);
            Assert.Equal(outside.Decode(own), data.Tokenizer.Decode([Vocabulary.BosId, .. ids, Vocabulary.EosId, Vocabulary.PadId]));
            Assert.Equal(text, data.Tokenizer.Decode(ids).Trim());
            Assert.Equal(ids, data.Tokenizer.EncodeToTokens(text, out _).Select(token => token.Id));
            Assert.Equal(ids.Count, data.Tokenizer.CountTokens(text));
        }

        Assert.Equal(data.Tokenizer.EncodeToIds(data.Train.Source(0).Text), data.Train[0]);
        Assert.Equal(0, data.Train.UnknownTokens);

        var task = Autoencoder(data);
        Train(task);
        var refused = Assert.Throws<UserException>(() => TrainedRun.Open(_folder)).Message;
        Assert.EndsWith(
            $"the tokenizer is a {outside.GetType().Name} that the program of the run made, and no file can hold it; give it again, with "
                + "TrainedRun.Open(folder, tokenizer: …) or --tokenizer FILE on the command line.", refused, StringComparison.Ordinal);
        using var run = TrainedRun.Open(_folder, tokenizer: Make(kind));
        var written = Reconstruction.Greedy((TextVaeModel)task.Model, data.Train);
        Assert.Equal(
            written.Select(ids => outside.Decode(ids.Where(id => id >= 4).Select(id => id - 4))), run.Reconstruct([.. data.Train.Texts]));
        Assert.Contains(written, ids => ids.Any(id => id >= 4));
        Assert.Contains("has other tokens than the " + outside.GetType().Name, Assert.Throws<UserException>(() =>
            TrainedRun.Open(_folder, tokenizer: Make(kind == "BERT" ? "BPE" : "BERT"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SentencePiece", "tokenizer.model")]
    [InlineData("BERT", "vocab.txt")]
    [InlineData("Tiktoken", "gpt2.tiktoken")]
    public void A_tokenizer_that_was_read_from_a_published_file_stays_with_the_run(string kind, string name)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Published(kind));
        var data = TextData.Prepare(_corpus, new TextOptions { Tokenizer = Tokenizer.Load(path), Validation = 0.2, Test = 0.2, Seed = 1 });
        Train(Autoencoder(data));
        File.Delete(path);

        using var run = TrainedRun.Open(_folder);

        Assert.Equal(Tokenizer.From(Make(kind)).EncodeToIds("she sees Zoë"), run.Tokenizer.EncodeToIds("she sees Zoë"));
        Assert.Equal(data.Tokenizer.Vocabulary.Words, run.Tokenizer.Vocabulary.Words);
        // BERT's unknown token is the model's; bytes have none.
        Assert.Equal(kind == "Tiktoken" ? 0 : 1, run.CountUnknown("she 猫"));
        var text = Path.Combine(_folder, "lines");
        File.WriteAllLines(text, _lines);
        Assert.All(run.TestSentences(text), ids => Assert.Equal(ids, run.Tokenizer.EncodeToIds(run.Tokenizer.Decode(ids))));
    }

    [Fact]
    public void GPT2_needs_no_file_and_has_the_ids_of_its_files_and_of_Tiktoken()
    {
        var (vocabulary, merges) = TokenizerPeer.Gpt2();
        var (own, published) = (BpeTokenizer.Gpt2(), BpeTokenizer.LoadGpt2(vocabulary, merges));
        Microsoft.ML.Tokenizers.Tokenizer tiktoken = TiktokenTokenizer.CreateForModel("gpt2");
        var couplets = Corpus.Load("tang").Sentences.Select(sentence => sentence.Text).ToArray();
        string[] texts =
        [
            .. Corpus.Load("austen").Sentences.Select(sentence => sentence.Text), .. couplets.Where((_, i) => i % 20 == 0),
            .. RandomUnicode.Texts(5_000, seed: 6),
        ];

        Assert.Equal(published.Tokens, own.Tokens);
        Assert.Equal(published.Merges, own.Merges);
        foreach (var text in texts)
        {
            var ids = own.EncodeToIds(text);
            // To .NET's regular expressions, by which Tiktoken cuts words, no letter lies beyond the basic plane.
            if (!ids.SequenceEqual(published.EncodeToIds(text))
                || (!text.Any(char.IsSurrogate) && !ids.SequenceEqual(tiktoken.EncodeToIds(text))))
                Assert.Fail(string.Join(' ', text.Select(c => $"{(int)c:X}")));
        }

        var small = BpeTokenizer.Gpt2(lowercase: true);
        Assert.Equal(own.EncodeToIds("hello world"), small.EncodeToIds("Hello World"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GPT2_is_a_unit_of_text(bool lowercase)
    {
        var corpus = new Corpus("c", "", "", [.. Enumerable.Range(0, 20).Select(i => new Document($"{i}", "", [$"Line {i} is Here."]))]);
        var data = TextData.Prepare(corpus, new TextOptions { Unit = TextUnit.Gpt2, Lowercase = lowercase, Validation = 0.2, Test = 0.2 });

        var text = data.Train.Source(0).Text;
        text = lowercase ? text.ToLowerInvariant() : text;
        Assert.Equal(50_261, data.Tokenizer.Vocabulary.Count);
        Assert.Equal(TiktokenTokenizer.CreateForModel("gpt2").EncodeToIds(text).Select(id => id + 4), data.Train[0]);
        Assert.Equal(text, data.Tokenizer.Decode(data.Train[0]));
    }

    [Fact]
    public void Ours_are_tokenizers_of_Microsoft_ML_Tokenizers()
    {
        Tokenizer[] tokenizers =
        [
            WordTokenizer.Train(_lines, new WordTokenizerOptions()), CharTokenizer.Train(_lines, new CharTokenizerOptions()),
            BpeTokenizer.Gpt2(), Tokenizer.From(Make("BERT")),
        ];
        foreach (var own in tokenizers)
        {
            Microsoft.ML.Tokenizers.Tokenizer tokenizer = own;
            foreach (var text in _lines)
            {
                var ids = own.EncodeToIds(text);
                Assert.Equal(ids, tokenizer.EncodeToIds(text));
                Assert.Equal(ids, tokenizer.EncodeToIds(text.AsSpan()));
                Assert.Equal(ids, tokenizer.EncodeToTokens(text, out _).Select(token => token.Id));
                Assert.Equal(ids.Count, tokenizer.CountTokens(text));
                Assert.Equal(own.Decode(ids), tokenizer.Decode(ids));

                Assert.Equal(ids.Take(3), tokenizer.EncodeToIds(text, 3, out var normalized, out var consumed));
                Assert.Equal(ids.Take(3), own.EncodeToIds((normalized ?? text)[..consumed]));
                Assert.Equal(consumed, tokenizer.GetIndexByTokenCount(text, 3, out _, out var count));
                Assert.Equal(3, count);

                var room = new char[own.Decode(ids).Length];
                Assert.Equal(OperationStatus.Done, tokenizer.Decode(ids, room, out var read, out var written));
                Assert.Equal((ids.Count, room.Length, own.Decode(ids)), (read, written, new string(room)));
                Assert.Equal(OperationStatus.DestinationTooSmall, tokenizer.Decode(ids, room.AsSpan(1), out read, out written));
                Assert.Equal((0, 0), (read, written));
            }
        }
    }

    [Theory]
    [InlineData("tokenizer.model", "no model", "is not a tokenizer that Microsoft.ML.Tokenizers reads as *.model")]
    [InlineData("vocab.txt", "no\nvocabulary\n", "is not a tokenizer that Microsoft.ML.Tokenizers reads as *.txt")]
    [InlineData("gpt2.tiktoken", "no ranks here\n", "is not a tokenizer that Microsoft.ML.Tokenizers reads as *.tiktoken")]
    [InlineData("mine.tiktoken", "IQ== 0\n", "is known by the file's name, gpt2, r50k_base,")]
    [InlineData("tokenizer.json", "{\"type\": \"Microsoft.ML.Tokenizers\", \"class\": null, \"sha256\": \"\"}", "something in it is null")]
    [InlineData("tokenizer.json",
        "{\"type\": \"Microsoft.ML.Tokenizers\", \"class\": \"A\", \"sha256\": \"\", "
            + "\"file\": {\"name\": \"a.model\", \"content\": \"AAAA\"}}",
        "is not a tokenizer that Microsoft.ML.Tokenizers reads as *.model")]
    public void A_bad_file_is_refused_in_one_line(string name, string content, string expected)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);

        var message = Assert.Throws<UserException>(() => Tokenizer.Load(path)).Message;

        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_tokenizer_without_tokens_is_refused()
    {
        var message = Assert.Throws<UserException>(() => TextData.Prepare(_corpus, new TextOptions { Tokenizer = new Mute() })).Message;

        Assert.StartsWith("the tokens of a Mute cannot be listed", message, StringComparison.Ordinal);
        Assert.Contains("there is no file", Assert.Throws<UserException>(() => Tokenizer.Load(Path.Combine(_folder, "none.model")))
            .Message, StringComparison.Ordinal);
    }

    private static bool IsMark(Microsoft.ML.Tokenizers.Tokenizer tokenizer, int id) =>
        tokenizer is SentencePieceTokenizer pieces && (id == pieces.BeginningOfSentenceId || id == pieces.EndOfSentenceId);

    private static VaeTask Autoencoder(TextData data)
    {
        manual_seed(1);
        var model = new LstmVaeConfig { EmbeddingSize = 16, HiddenSize = 48, LatentSize = 8 }.Build(data.Tokenizer.Vocabulary.Count);
        return new VaeTask(model, data, new ElboObjective { KlWeight = KlSchedule.Constant(0) });
    }

    private void Train(TrainingTask task)
    {
        var member = Directory.CreateDirectory(Path.Combine(_folder, "members", "member")).FullName;
        Assert.True(TrainedModel.Write(member, task));
        new Trainer(task, new TrainingOptions { Epochs = 1, BatchSize = 2, LearningRate = 2e-2 }, 1)
        {
            CheckpointFolder = Path.Combine(member, "checkpoints"),
        }.Run();
    }

    private static Microsoft.ML.Tokenizers.Tokenizer Make(string kind)
    {
        using var file = new MemoryStream(kind == "BPE" ? [] : Published(kind));
        switch (kind)
        {
            case "Tiktoken":
                return TiktokenTokenizer.CreateForModel("gpt2", file);
            case "BERT":
                return BertTokenizer.Create(file);
            case "SentencePiece":
                return SentencePieceTokenizer.Create(file);
            default:
                var trained = _trained.Value;
                var vocabulary = trained.Tokens.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id);
                return Microsoft.ML.Tokenizers.BpeTokenizer.Create(new BpeOptions(vocabulary)
                {
                    Merges = [.. trained.Merges.Select(pair => $"{pair.Left} {pair.Right}")],
                    ByteLevel = true,
                    PreTokenizer = new RegexPreTokenizer(new Regex(@" ?\p{L}+|\s+"), null),
                });
        }
    }

    private static byte[] Published(string kind)
    {
        var words = _lines.SelectMany(line => line.Split(' ')).Distinct().ToList();
        var letters = words.SelectMany(word => word).Distinct().Select(letter => letter.ToString()).ToList();
        return kind switch
        {
            "Tiktoken" => Encoding.ASCII.GetBytes(string.Concat(_trained.Value.Vocabulary.Words
                .Select((token, id) => $"{Convert.ToBase64String(ByteAlphabet.BytesOf(token))} {id}\n"))),
            "BERT" => Encoding.UTF8.GetBytes(string.Join('\n', (string[])
                ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. letters, .. letters.Select(letter => "##" + letter), .. words
                    .Where(word => word.Length > 1)])),
            _ => SentencePieceModel([.. letters, "▁", .. words.Select(word => "▁" + word)]),
        };
    }

    // ModelProto of sentencepiece_model.proto: pieces = 1 (piece = 1, score = 2, type = 3), trainer_spec = 2, normalizer_spec = 3.
    private static byte[] SentencePieceModel(IEnumerable<string> pieces)
    {
        using var file = new MemoryStream();
        using (var model = new CodedOutputStream(file))
        {
            Message(model, 1, piece => piece.Text(1, "<unk>").Number(3, 2));
            foreach (var mark in (string[])["<s>", "</s>"])
                Message(model, 1, piece => piece.Text(1, mark).Number(3, 3));
            foreach (var token in pieces.Distinct())
                Message(model, 1, piece => piece.Text(1, token).Fraction(2, token.Length - 10));
            Message(model, 2, trainer => trainer.Number(3, 1).Number(40, 0).Number(41, 1).Number(42, 2));
            Message(model, 3, normalizer => normalizer.Text(1, "identity").Number(3, 1).Number(5, 1));
        }

        return file.ToArray();
    }

    private static void Message(CodedOutputStream model, int field, Action<Fields> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes))
            write(new Fields(output));
        model.WriteTag(field, WireFormat.WireType.LengthDelimited);
        model.WriteBytes(ByteString.CopyFrom(bytes.ToArray()));
    }

    private sealed class Fields(CodedOutputStream output)
    {
        public Fields Text(int field, string value)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteString(value);
            return this;
        }

        public Fields Number(int field, int value)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt32(value);
            return this;
        }

        public Fields Fraction(int field, float value)
        {
            output.WriteTag(field, WireFormat.WireType.Fixed32);
            output.WriteFloat(value);
            return this;
        }
    }

    private sealed class Mute : Microsoft.ML.Tokenizers.Tokenizer
    {
        public override string Decode(IEnumerable<int> ids) => "";

        public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
        {
            (idsConsumed, charsWritten) = (0, 0);
            return OperationStatus.InvalidData;
        }

        protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
            new() { Tokens = [] };
    }
}
