using System.Diagnostics;
using System.Text;
using Research.TextVae.Support;
using Research.TextVae.Training;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safetensors-").FullName;

    private string FilePath => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void EveryElementTypeAndShapeComesBackBitForBit()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["float"] = randn(3, 4),
            ["double"] = randn(5, dtype: ScalarType.Float64),
            ["half"] = randn(7).to(ScalarType.Float16),
            ["brain"] = randn(2, 3).to(ScalarType.BFloat16),
            ["long"] = arange(6).reshape(2, 3),
            ["int"] = arange(5).to(ScalarType.Int32),
            ["byte"] = arange(9).to(ScalarType.Byte),
            ["bool"] = arange(3).to(ScalarType.Bool),
            ["scalar"] = tensor(3.5),
            ["empty"] = zeros(0, 4),
            ["transposed"] = randn(3, 4).t(),
            ["weight 😀 \"quoted\""] = ones(1),
        };

        Safetensors.Write(FilePath, tensors, new Dictionary<string, string> { ["format"] = "pt" });
        var read = Safetensors.Read(FilePath);

        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, value) in tensors)
        {
            Assert.Equal(value.dtype, read[name].dtype);
            Assert.Equal(value.shape, read[name].shape);
            Assert.True(value.contiguous().bytes.SequenceEqual(read[name].bytes), name);
        }
        Assert.Equal("pt", Safetensors.ReadMetadata(FilePath)["format"]);
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void PythonReadsTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(FilePath, new Dictionary<string, Tensor>
        {
            ["a"] = arange(6).to(ScalarType.Float32).reshape(2, 3) / 4,
            ["b"] = tensor(new long[] { 1, -2, 3 }),
            ["c"] = tensor(new[] { 0.5, -1.5 }, dtype: ScalarType.Float64).to(ScalarType.BFloat16),
        });

        // Reads the file by the format's definition alone.
        var output = Python($$"""
            import json, struct, torch
            data = open({{"\"" + FilePath + "\""}}, "rb").read()
            length, = struct.unpack("<Q", data[:8])
            header = json.loads(data[8:8 + length])
            types = {"F32": torch.float32, "I64": torch.int64, "BF16": torch.bfloat16}
            assert length % 8 == 0
            for name in sorted(header):
                entry = header[name]
                begin, end = entry["data_offsets"]
                raw = bytearray(data[8 + length + begin:8 + length + end])
                print(name, torch.frombuffer(raw, dtype=types[entry["dtype"]]).reshape(entry["shape"]).tolist())
            """);

        Assert.Equal("a [[0.0, 0.25, 0.5], [0.75, 1.0, 1.25]]\nb [1, -2, 3]\nc [0.5, -1.5]\n", output);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "a has 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "5 bytes after the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6,
        "b overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "gap before a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "impossible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "impossible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "a has 0 bytes")]
    [InlineData("""{"a":{"dtype":"Q8","shape":[4],"data_offsets":[0,4]}}""", 4, "the element type 'Q8' of a is not supported")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4,
        "'a' stands twice")]
    [InlineData("""{"a":{"dtype":"U16","shape":[2],"data_offsets":[0,4]}}""", 4, "the element type 'U16' of a is not supported")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "the element type 'F8_E4M3' of a is not supported")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "\"shape\" of a has 2.0, which is not a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,"4"]}}""", 4, "\"data_offsets\" of a has \"4\"")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "a has 0 bytes")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "half of a surrogate pair")]
    [InlineData("""{"a":{"dtype":"F32"}}""", 4, "not the JSON of a safetensors file")]
    [InlineData("[1,2]", 0, "not the JSON of a safetensors file")]
    [InlineData("{", 0, "not the JSON of a safetensors file")]
    public void DamagedFilesAreRefusedInOneLine(string header, int dataBytes, string expected)
    {
        var json = Encoding.UTF8.GetBytes(header.PadRight(2));
        File.WriteAllBytes(FilePath, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]]);

        AssertRefused(expected);
    }

    [Fact]
    public void AFileOfAnotherTypeIsNotCalledDamaged()
    {
        var json = """{"a":{"dtype":"F8_E5M2","shape":[4],"data_offsets":[0,4]}}"""u8;
        File.WriteAllBytes(FilePath, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[4]]);

        Assert.DoesNotContain("delete", Assert.Throws<UserException>(() => Safetensors.Read(FilePath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileCutShortAnywhereIsRefused()
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = randn(3), ["b"] = randn(2) });
        var whole = File.ReadAllBytes(FilePath);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            AssertRefused(FilePath);
        }
    }

    [Fact]
    public void RandomBytesAreRefused()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (i % 2 == 0 && bytes.Length > 8)
                BitConverter.GetBytes((long)(bytes.Length - 8)).CopyTo(bytes, 0);
            File.WriteAllBytes(FilePath, bytes);
            AssertRefused(FilePath);
        }
    }

    [Fact]
    public void AMissingFileIsAUsersMistake() => AssertRefused("cannot read");

    [Fact]
    public void AFullDiskLeavesThePreviousFile()
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = ones(2) });
        // The file is written aside under this name; here that is a device without room.
        File.CreateSymbolicLink(FilePath + ".tmp", "/dev/full");

        var error = Assert.Throws<UserException>(() =>
            Safetensors.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = randn(100_000) }));

        Assert.Contains("the disk is full", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.True(ones(2).Equals(Safetensors.Read(FilePath)["a"]));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    private void AssertRefused(string expected)
    {
        var error = Assert.Throws<UserException>(() => Safetensors.Read(FilePath));
        Assert.Contains(expected, error.Message);
        Assert.Contains(FilePath, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static string Python(string script)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", script]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
