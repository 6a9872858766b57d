using System.Security.Cryptography;
using System.Text;
using Research.TextVae.Datasets;
using Research.TextVae.Kernels;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>
/// Keeps the last compilation of every script in one file. An entry is used only if its checksum holds and nothing it was made from
/// has changed; anything else counts as absent. Files are written beside their place and moved there, so that no reader sees half of one.
/// </summary>
internal sealed class ScriptCache(string folder)
{
    // An entry holds for one build of this host on one runtime.
    private static readonly string Host = $"{typeof(ScriptCache).Module.ModuleVersionId} {Environment.Version}";

    public static string DefaultFolder => Path.Combine(DatasetCache.DefaultFolder, "scripts");

    /// <summary>The compiled script if it may be used as it is, or null.</summary>
    public CompiledScript? Read(string scriptPath)
    {
        try
        {
            var entry = EntryOf(scriptPath);
            if (!File.Exists(entry) || FileTrust.Doubt(entry) is not null)
                return null;
            var content = File.ReadAllBytes(entry);
            var body = content.AsMemory(SHA256.HashSizeInBytes..);
            if (!SHA256.HashData(body.Span).AsSpan().SequenceEqual(content.AsSpan(0, SHA256.HashSizeInBytes)))
                return null;
            var script = Deserialize(new MemoryStream(content, SHA256.HashSizeInBytes, body.Length));
            return script is not null && script.IsCurrent() ? script : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An entry that cannot be read or is too short to be one: compiling replaces it.
            return null;
        }
    }

    /// <summary>Stores a compiled script. A cache that cannot be written costs time, not correctness, so this never fails.</summary>
    public void Write(string scriptPath, CompiledScript script)
    {
        var body = Serialize(script);
        var temporary = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = File.Create(temporary))
            {
                file.Write(SHA256.HashData(body));
                file.Write(body);
            }

            File.Move(temporary, EntryOf(scriptPath), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    internal string EntryOf(string scriptPath)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scriptPath)).AsSpan(0, 8));
        return Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(scriptPath)}-{name}.bin");
    }

    private static byte[] Serialize(CompiledScript script)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Host);
        writer.Write(script.Sources.Count);
        foreach (var (path, hash) in script.Sources)
        {
            writer.Write(path);
            writer.Write(hash);
        }

        writer.Write(script.References.Count);
        foreach (var (path, version) in script.References)
        {
            writer.Write(path);
            writer.Write(version.ToByteArray());
        }

        foreach (var image in (byte[][])[script.Assembly, script.Symbols])
        {
            writer.Write(image.Length);
            writer.Write(image);
        }

        writer.Flush();
        return stream.ToArray();
    }

    private static CompiledScript? Deserialize(Stream stream)
    {
        using var reader = new BinaryReader(stream);
        if (reader.ReadString() != Host)
            return null;
        var sources = new SourceFile[reader.ReadInt32()];
        for (var i = 0; i < sources.Length; i++)
            sources[i] = new SourceFile(reader.ReadString(), reader.ReadString());
        var references = new ReferenceFile[reader.ReadInt32()];
        for (var i = 0; i < references.Length; i++)
            references[i] = new ReferenceFile(reader.ReadString(), new Guid(reader.ReadBytes(16)));
        return new CompiledScript(sources, references, reader.ReadBytes(reader.ReadInt32()), reader.ReadBytes(reader.ReadInt32()));
    }
}
