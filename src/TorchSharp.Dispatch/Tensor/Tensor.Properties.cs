using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long[] shape => size();

        public long ndim => Kept(Native.textvae_tensor_dim(Handle));

        public long Dimensions => ndim;

        public long NumberOfElements => Kept(Native.textvae_tensor_numel(Handle));

        public long ElementSize => Kept(Native.textvae_tensor_element_size(Handle));

        public ScalarType dtype => (ScalarType)Kept(Native.textvae_tensor_dtype(Handle));

        public DeviceType device_type => (DeviceType)Kept(Native.textvae_tensor_device_type(Handle));

        public int device_index => Kept(Native.textvae_tensor_device_index(Handle));

        public Device device => device_type == DeviceType.CPU ? CPU : new Device(device_type, device_index);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_sparse => Kept(Native.textvae_tensor_is_sparse(Handle)) != 0;

        public bool is_leaf => Kept(Native.textvae_tensor_is_leaf(Handle)) != 0;

        public bool requires_grad
        {
            get => Kept(Native.textvae_tensor_requires_grad(Handle)) != 0;
            set => Native.Check(Kept(Native.textvae_tensor_set_requires_grad(Handle, value ? 1 : 0)));
        }

        /// <summary>The gradient gathered by backward(); null before. Each read is an owner of its own.</summary>
        public unsafe Tensor? grad
        {
            get
            {
                IntPtr gradient;
                Native.Check(Kept(Native.textvae_tensor_grad(Handle, &gradient)));
                return gradient == IntPtr.Zero ? null : new Tensor(gradient);
            }
            set
            {
                Native.Check(Kept(Native.textvae_tensor_set_grad(Handle, value?.Handle ?? IntPtr.Zero)));
                GC.KeepAlive(value);
            }
        }

        public long dim() => ndim;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public unsafe long[] size() => Kept(new ReadOnlySpan<long>(Native.textvae_tensor_sizes(Handle), (int)ndim).ToArray());

        public unsafe long size(int dim) => Kept(Native.textvae_tensor_sizes(Handle)[Axis(dim)]);

        public unsafe long[] stride() => Kept(new ReadOnlySpan<long>(Native.textvae_tensor_strides(Handle), (int)ndim).ToArray());

        public unsafe long stride(int dim) => Kept(Native.textvae_tensor_strides(Handle)[Axis(dim)]);

        public long storage_offset() => Kept(Native.textvae_tensor_storage_offset(Handle));

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_contiguous() => Kept(Native.textvae_tensor_is_contiguous(Handle)) != 0;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_nonzero() => Op.CallBool("is_nonzero", this);

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Native.Check(Kept(Native.textvae_tensor_retain_grad(Handle)));

        /// <summary>Backpropagates from this tensor; a scalar needs no <paramref name="grad_tensors"/>.</summary>
        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph || create_graph, create_graph, inputs);

        /// <summary>Keeps this tensor from the finalizer until <paramref name="value"/> has been read from it.</summary>
        private T Kept<T>(T value)
        {
            GC.KeepAlive(this);
            return value;
        }

        private int Axis(int dim)
        {
            var dims = (int)ndim;
            return dim >= -dims && dim < dims ? (dim + dims) % dims
                : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"The tensor has {dims} dimensions.");
        }
    }
}
