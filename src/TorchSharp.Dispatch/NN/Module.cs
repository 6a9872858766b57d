using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// Base class of neural network modules: a tree of submodules with their parameters and buffers,
        /// found in the fields of the derived class by <see cref="RegisterComponents"/>.
        /// </summary>
        public partial class Module : IDisposable
        {
            private readonly ComponentTable<Module> submodules = [];
            private readonly ComponentTable<Tensor> ownBuffers = [];
            private readonly HashSet<string> transientBuffers = [];
            private readonly ComponentTable<Parameter> ownParameters = [];
            private bool disposed;
            protected string name;

            protected Module(string name) => this.name = name;

            public virtual string GetName() => name;

            /// <summary>Whether the module behaves as in training: dropout drops, batch statistics are used.</summary>
            public virtual bool training { get; private set; } = true;

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, child) in named_children())
                    child.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>Applies a function to every submodule, children first, and to this module.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, child) in named_children())
                    child.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Clears the gradients: to null (which frees their memory) or to zeros.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    using var gradient = parameter.grad;
                    if (gradient is null)
                        continue;
                    if (set_to_none)
                        parameter.grad = null;
                    else
                        gradient.zero_();
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes the submodules and the own parameters and buffers.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || disposed)
                    return;
                disposed = true;
                foreach (var (_, child) in named_children())
                    child.Dispose();
                foreach (var (_, parameter) in ownParameters)
                    parameter.Dispose();
                foreach (var (_, buffer) in ownBuffers)
                    buffer.Dispose();
            }
        }
    }
}
