using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Move(device, dtype, non_blocking);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                Move(new Device(deviceType, deviceIndex), null, non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Move(null, dtype, non_blocking);

            // The storage of each tensor is replaced and the object stays, so that fields, shared weights and optimizers keep hold of it.
            private Module Move(Device? device, ScalarType? dtype, bool non_blocking)
            {
                if (dtype is { } asked && !is_floating_point(asked) && !is_complex(asked))
                    throw new ArgumentException($"A module can be converted to a floating-point type only, not to {asked}.", nameof(dtype));
                using var inference = no_grad();
                foreach (var (_, parameter) in named_parameters())
                {
                    MoveStorage(parameter, device, dtype);
                    using var gradient = parameter.grad;
                    if (gradient is not null)
                        MoveStorage(gradient, device, dtype);
                }
                foreach (var (_, buffer) in named_buffers())
                    MoveStorage(buffer, device, dtype);
                return this;
            }

            private static void MoveStorage(Tensor tensor, Device? device, ScalarType? dtype)
            {
                var targetType = dtype is { } type && (tensor.is_floating_point() || tensor.is_complex()) ? type : tensor.dtype;
                var targetDevice = device ?? tensor.device;
                if (targetType == tensor.dtype && targetDevice.type == tensor.device_type)
                    return;
                using var moved = tensor.to(targetType, targetDevice);
                Native.Check(Native.textvae_tensor_set_data(tensor.Handle, moved.Handle));
            }
        }
    }
}
