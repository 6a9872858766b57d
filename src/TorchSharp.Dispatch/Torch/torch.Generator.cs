using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers (mt19937 on the CPU) whose state can be saved and restored.</summary>
    public class Generator : IDisposable
    {
        private IntPtr handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            handle = Native.textvae_new_generator((int)this.device.type, this.device.index, seed);
            if (handle == IntPtr.Zero) throw Native.Error();
        }

        private Generator(IntPtr handle) => (this.handle, device) = (handle, CPU);

        ~Generator() => Dispose(false);

        public static Generator Default => new(Native.textvae_default_generator());

        public Device device { get; }

        public IntPtr Handle => handle != IntPtr.Zero ? handle : throw new ObjectDisposedException(nameof(Generator));

        /// <summary>The whole state, as a tensor of bytes.</summary>
        public unsafe Tensor get_state()
        {
            IntPtr state;
            Native.Check(Native.textvae_generator_get_state(Handle, &state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            Native.Check(Native.textvae_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
            GC.KeepAlive(this);
        }

        public Generator manual_seed(long seed)
        {
            Native.textvae_generator_set_seed(Handle, (ulong)seed);
            GC.KeepAlive(this);
            return this;
        }

        /// <summary>Seeds from the machine's entropy and returns that seed.</summary>
        public long seed() => (long)Native.textvae_generator_random_seed(Handle);

        public long initial_seed() => (long)Native.textvae_generator_initial_seed(Handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var released = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (released != IntPtr.Zero) Native.textvae_generator_release(released);
        }
    }
}
