using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Runs;

/// <summary>
/// Event files as TensorBoard reads them: TFRecords (length, masked CRC-32C of the length, data, masked CRC-32C of the data) of the
/// protocol buffer <c>tensorflow.Event</c> with scalars as <c>simple_value</c>.
/// </summary>
internal static class TensorBoard
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5; // wire types

    /// <summary>Writes <c>folder/recipe/id/member/events.out.tfevents.*</c>.</summary>
    public static void Write(string folder, Run run, IReadOnlyList<Member> members)
    {
        foreach (var member in members)
        {
            var path = Path.Combine(folder, run.Recipe, run.Id, member.Name, "events.out.tfevents.0.textvae");
            AtomicFile.Write(path, stream =>
            {
                Record(stream, Event(0, 0, (3, Encoding.UTF8.GetBytes("brain.Event:2"))));
                foreach (var (name, step, time, value) in RunCurves.Of(member))
                    Record(stream, Event(time.ToUnixTimeMilliseconds() / 1000.0, step, (5, Summary(name, (float)value))));
            });
        }
    }

    // wall_time = 1, step = 2, file_version = 3, summary = 5
    private static byte[] Event(double time, long step, (int Field, byte[] Content) what)
    {
        using var message = new MemoryStream();
        Key(message, 1, Fixed64);
        message.Write(BitConverter.GetBytes(Math.Max(0, time)));
        Key(message, 2, Varint);
        Number(message, (ulong)step);
        Field(message, what.Field, what.Content);
        return message.ToArray();
    }

    // Summary.value = 1; Value.tag = 1, Value.simple_value = 2
    private static byte[] Summary(string tag, float value)
    {
        using var inner = new MemoryStream();
        Field(inner, 1, Encoding.UTF8.GetBytes(tag));
        Key(inner, 2, Fixed32);
        inner.Write(BitConverter.GetBytes(value));
        using var summary = new MemoryStream();
        Field(summary, 1, inner.ToArray());
        return summary.ToArray();
    }

    private static void Field(Stream message, int number, byte[] content)
    {
        Key(message, number, Bytes);
        Number(message, (ulong)content.Length);
        message.Write(content);
    }

    private static void Key(Stream message, int field, int wire) => Number(message, (ulong)((field << 3) | wire));

    private static void Number(Stream message, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            message.WriteByte((byte)(value | 0x80));
        message.WriteByte((byte)value);
    }

    private static void Record(Stream file, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, data.Length);
        file.Write(length);
        Checksum(file, length);
        file.Write(data);
        Checksum(file, data);
    }

    // ((crc >> 15) | (crc << 17)) + 0xa282ead8
    private static void Checksum(Stream file, byte[] data)
    {
        var crc = ~data.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        var masked = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(masked, unchecked(BitOperations.RotateRight(crc, 15) + 0xa282ead8));
        file.Write(masked);
    }
}
