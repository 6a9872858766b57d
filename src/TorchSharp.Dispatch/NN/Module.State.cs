namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// Parameters and persistent buffers by PyTorch's names (<c>encoder.weight_ih_l0</c>). The tensors are the
            /// module's own, not copies. A shared parameter is listed under each of its names.
            /// </summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string Key(string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";
                foreach (var (name, parameter) in named_parameters(recurse: false))
                    destination.TryAdd(Key(name), parameter);
                foreach (var (name, buffer) in named_buffers(recurse: false, include_nonpersistent: false))
                    destination.TryAdd(Key(name), buffer);
                foreach (var (name, child) in named_children())
                    child.state_dict(destination, Key(name));
                return destination;
            }

            /// <summary>Copies values into the module's parameters and buffers. Nothing is copied when there is an error.</summary>
            /// <param name="source">Tensors by name; element type and device may differ from the module's.</param>
            /// <param name="strict">Whether missing and unexpected names are errors.</param>
            /// <param name="skip">Names that are left alone on both sides.</param>
            /// <returns>The names that were missing from, and unexpected in, the source.</returns>
            /// <exception cref="InvalidOperationException">Names (when strict) or shapes do not fit; the message lists them.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                bool Considered(string key) => skip is null || !skip.Contains(key);
                var destination = state_dict();
                var missing = destination.Keys.Where(key => Considered(key) && !source.ContainsKey(key)).ToList();
                var unexpected = source.Keys.Where(key => Considered(key) && !destination.ContainsKey(key)).ToList();
                var common = destination.Where(entry => Considered(entry.Key) && source.ContainsKey(entry.Key)).ToList();

                var problems = new List<string>();
                if (strict && missing.Count > 0)
                    problems.Add($"missing {string.Join(", ", missing)}");
                if (strict && unexpected.Count > 0)
                    problems.Add($"unexpected {string.Join(", ", unexpected)}");
                problems.AddRange(common
                    .Where(entry => !entry.Value.shape.SequenceEqual(source[entry.Key].shape))
                    .Select(entry => $"{entry.Key} has shape {Shape(source[entry.Key])}, the module's has {Shape(entry.Value)}"));
                if (problems.Count > 0)
                    throw new InvalidOperationException($"The state does not fit {GetName()}: {string.Join("; ", problems)}.");

                using var inference = no_grad();
                foreach (var (key, tensor) in common)
                    tensor.copy_(source[key]);
                return (missing, unexpected);
            }

            private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
        }
    }
}
