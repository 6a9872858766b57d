using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static class autograd
    {
        /// <summary>Gradients of the outputs' weighted sum with respect to the inputs; null where <paramref name="allow_unused"/> let one be missing.</summary>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = new IntPtr[inputs.Count];
            fixed (IntPtr* o = Handles(outputs), i = Handles(inputs), g = Handles(grad_outputs), r = results)
                Native.Check(Native.textvae_grad(
                    o, outputs.Count, i, inputs.Count, g, grad_outputs?.Count ?? 0,
                    retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r));
            KeepAlive(outputs, inputs, grad_outputs);
            return Array.ConvertAll(results, handle => handle == IntPtr.Zero ? null! : new Tensor(handle));
        }

        /// <summary>Adds the gradients of the tensors' weighted sum to <c>grad</c> of the leaves, or of <paramref name="inputs"/> only.</summary>
        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (IntPtr* t = Handles(tensors), g = Handles(grad_tensors), i = Handles(inputs))
                Native.Check(Native.textvae_backward(
                    t, tensors.Count, g, grad_tensors?.Count ?? 0, retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, i, inputs?.Count ?? 0));
            KeepAlive(tensors, inputs, grad_tensors);
        }

        private static IntPtr[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null) return [];
            var handles = new IntPtr[tensors.Count];
            for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i].Handle;
            return handles;
        }

        private static void KeepAlive(params object?[] objects) => GC.KeepAlive(objects);
    }
}
