using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor. It owns one reference to LibTorch's tensor, given back by <see cref="Dispose()"/>, by its
    /// <see cref="DisposeScope"/>, or in the end by the finalizer.
    /// </summary>
    [Display.TypeFormatterSource(typeof(Display.TensorFormatters), PreferredMimeTypes = ["text/plain"])]
    public partial class Tensor : IDisposable
    {
        internal IntPtr handle;
        private long bytesHeld;

        internal Tensor(IntPtr handle, long bytesHeld = 0)
        {
            this.handle = handle;
            this.bytesHeld = bytesHeld;
            OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
            if (bytesHeld > 0) MemoryPressure.Add(bytesHeld);
        }

        ~Tensor() => Release();

        /// <summary>Native tensors that managed code holds.</summary>
        public static long TotalCount => Native.textvae_live_tensors();

        /// <summary>A name for debugging.</summary>
        public string? name { get; set; }

        public bool IsInvalid => handle == IntPtr.Zero;

        /// <exception cref="ObjectDisposedException">The tensor was disposed of.</exception>
        public IntPtr Handle => handle != IntPtr.Zero ? handle : throw new InvalidOperationException(
            "The tensor was disposed of, by itself or by its dispose scope; keep it with MoveToOuterDisposeScope() or DetachFromDisposeScope().");

        internal DisposeScope? OwningDisposeScope { get; set; }

        public void Dispose()
        {
            if (handle == IntPtr.Zero) return;
            CountDisposal();
            Release();
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope scope)
        {
            if (OwningDisposeScope is { } owner) owner.MoveToOther(scope, this);
            else scope.Attach(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Another owner of the same native tensor.</summary>
        public Tensor alias() => new(Kept(Native.textvae_tensor_addref(Handle)));

        /// <summary>Hands the native reference over to the caller and leaves this tensor disposed of.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            var moved = Handle;
            CountDisposal();
            MemoryPressure.Remove(bytesHeld);
            bytesHeld = 0;
            handle = IntPtr.Zero;
            GC.SuppressFinalize(this);
            return moved;
        }

        private void CountDisposal()
        {
            if (OwningDisposeScope is { } scope) scope.MarkAsDisposed(this);
            else DisposeScopeManager.ThreadSingleton.Counts.DisposedOutsideScopeCount++;
        }

        /// <summary>Gives the native reference back; the books are kept by the caller.</summary>
        internal void Release()
        {
            var released = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (released == IntPtr.Zero) return;
            GC.SuppressFinalize(this);
            Native.textvae_tensor_release(released);
            if (bytesHeld > 0) MemoryPressure.Remove(bytesHeld);
        }
    }
}
