namespace TorchSharp;

/// <summary>Kinds of devices, numbered as in LibTorch.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MPS = 13,
    META = 14,
}
