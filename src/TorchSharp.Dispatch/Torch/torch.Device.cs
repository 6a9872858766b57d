using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public static Device CPU { get; } = new(DeviceType.CPU);

    public static Device CUDA => new(DeviceType.CUDA);

    public static Device META { get; } = new(DeviceType.META);

    /// <summary>A device from its name, such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);

    /// <summary>Where a tensor lives. The index is −1 for the current device of its type.</summary>
    public class Device
    {
        public Device(string description)
        {
            var colon = description.IndexOf(':', StringComparison.Ordinal);
            type = Enum.Parse<DeviceType>(colon < 0 ? description : description[..colon], ignoreCase: true);
            index = colon < 0 ? -1 : int.Parse(description[(colon + 1)..], CultureInfo.InvariantCulture);
        }

        public Device(string deviceType, int index = -1)
            : this(Enum.Parse<DeviceType>(deviceType, ignoreCase: true), index)
        {
        }

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        public override bool Equals(object? obj) => obj is Device other && other.type == type && other.index == index;

        public override int GetHashCode() => HashCode.Combine(type, index);
    }
}
