using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module trains.</summary>
    public class Parameter : Tensor
    {
        /// <param name="data">The values; this tensor is emptied, and its dispose scope becomes the parameter's.</param>
        /// <param name="requires_grad">Whether it is trained.</param>
        public Parameter(Tensor data, bool requires_grad = true)
            : this(data.OwningDisposeScope, data.requires_grad_(requires_grad).DecoupleFromNativeHandle())
        {
        }

        private Parameter(DisposeScope? scope, IntPtr handle)
            : base(handle)
        {
            if (scope is null)
                DetachFromDisposeScope();
            else
                MoveToOtherDisposeScope(scope);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
