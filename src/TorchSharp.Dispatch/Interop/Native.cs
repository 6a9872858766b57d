using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.Interop;

/// <summary>The functions of src/native/bridge.cpp. Those that do next to nothing skip the garbage collector's transition.</summary>
internal static unsafe partial class Native
{
    private const string Library = NativeLoader.LibraryName;

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, NativeLoader.Resolve);

    /// <summary>The last error of this thread as the exception TorchSharp throws.</summary>
    public static ExternalException Error() => new(Marshal.PtrToStringUTF8(textvae_last_error()));

    public static void Check(int status)
    {
        if (status < 0) throw Error();
    }

    [DllImport(Library)] public static extern IntPtr textvae_last_error();

    [DllImport(Library)] public static extern long textvae_live_tensors();
    [DllImport(Library)] public static extern long textvae_native_nanoseconds();

    [DllImport(Library)] public static extern IntPtr textvae_find_operator(byte* name, byte* overload);

    [DllImport(Library)] public static extern int textvae_call(IntPtr op, Value* arguments, int count, Value* results, int capacity);

    [DllImport(Library)] public static extern void textvae_tensor_release(IntPtr tensor);

    [DllImport(Library)] public static extern IntPtr textvae_tensor_addref(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern long textvae_tensor_dim(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern long textvae_tensor_numel(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern long* textvae_tensor_sizes(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern long* textvae_tensor_strides(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern long textvae_tensor_storage_offset(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern int textvae_tensor_dtype(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern int textvae_tensor_element_size(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern int textvae_tensor_device_type(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern int textvae_tensor_device_index(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern int textvae_tensor_is_contiguous(IntPtr tensor);

    [DllImport(Library), SuppressGCTransition] public static extern int textvae_tensor_is_sparse(IntPtr tensor);

    [DllImport(Library)] public static extern int textvae_tensor_requires_grad(IntPtr tensor);

    [DllImport(Library)] public static extern int textvae_tensor_is_leaf(IntPtr tensor);

    [DllImport(Library)] public static extern IntPtr textvae_tensor_data(IntPtr tensor);

    [DllImport(Library)] public static extern int textvae_tensor_set_requires_grad(IntPtr tensor, int requiresGrad);

    [DllImport(Library)] public static extern int textvae_tensor_retain_grad(IntPtr tensor);

    [DllImport(Library)] public static extern int textvae_tensor_grad(IntPtr tensor, IntPtr* grad);

    [DllImport(Library)] public static extern int textvae_tensor_set_grad(IntPtr tensor, IntPtr grad);

    [DllImport(Library)] public static extern int textvae_tensor_set_data(IntPtr tensor, IntPtr data);

    [DllImport(Library)]
    public static extern int textvae_backward(
        IntPtr* tensors, int count, IntPtr* gradients, int gradientCount, int retainGraph, int createGraph, IntPtr* inputs, int inputCount);

    [DllImport(Library)]
    public static extern int textvae_grad(
        IntPtr* outputs, int outputCount, IntPtr* inputs, int inputCount, IntPtr* gradients, int gradientCount,
        int retainGraph, int createGraph, int allowUnused, IntPtr* results);

    [DllImport(Library)] public static extern int textvae_grad_mode();

    [DllImport(Library)] public static extern void textvae_set_grad_mode(int enabled);

    [DllImport(Library)] public static extern int textvae_inference_mode();

    [DllImport(Library)] public static extern IntPtr textvae_inference_mode_enter(int enabled);

    [DllImport(Library)] public static extern void textvae_inference_mode_leave(IntPtr guard);

    [DllImport(Library)] public static extern IntPtr textvae_default_generator();

    [DllImport(Library)] public static extern IntPtr textvae_new_generator(int deviceType, int deviceIndex, ulong seed);

    [DllImport(Library)] public static extern void textvae_generator_release(IntPtr generator);

    [DllImport(Library)] public static extern void textvae_generator_set_seed(IntPtr generator, ulong seed);

    [DllImport(Library)] public static extern ulong textvae_generator_initial_seed(IntPtr generator);

    [DllImport(Library)] public static extern ulong textvae_generator_random_seed(IntPtr generator);

    [DllImport(Library)] public static extern int textvae_generator_get_state(IntPtr generator, IntPtr* state);

    [DllImport(Library)] public static extern int textvae_generator_set_state(IntPtr generator, IntPtr state);

    [DllImport(Library)] public static extern int textvae_manual_seed(ulong seed);

    [DllImport(Library)] public static extern int textvae_get_num_threads();

    [DllImport(Library)] public static extern void textvae_set_num_threads(int threads);

    [DllImport(Library)] public static extern int textvae_get_num_interop_threads();

    [DllImport(Library)] public static extern int textvae_cuda_device_count();

    [DllImport(Library)] public static extern IntPtr textvae_torch_configuration();

    [DllImport(Library)] public static extern IntPtr textvae_torch_version();
}
