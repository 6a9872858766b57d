using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private bool areComponentsRegistered;

            /// <summary>
            /// Registers the fields that hold modules, parameters and other tensors (buffers) under their field names,
            /// or under the name a <see cref="ComponentNameAttribute"/> gives. A constructor calls it last.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (areComponentsRegistered)
                    return;
                foreach (var field in InstanceFields(GetType()))
                {
                    var component = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    if (submodules.Contains(component) || ownParameters.Contains(component) || ownBuffers.Contains(component))
                        continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }
                areComponentsRegistered = true;
            }

            /// <summary>Adds a submodule; null removes the one of that name.</summary>
            /// <exception cref="ArgumentException">The name is empty or contains a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module? submodule)
            {
                if (submodule is null)
                {
                    submodules.Remove(name);
                    return;
                }
                ArgumentException.ThrowIfNullOrEmpty(name);
                if (name.Contains('.', StringComparison.Ordinal))
                    throw new ArgumentException($"A module name cannot contain a dot: {name}", nameof(name));
                if (submodules.Contains(name))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                submodules.Set(name, submodule);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Adds a parameter; the module owns it from then on, whatever dispose scope it was made in.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                if (ownParameters.Contains(name))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
                ConditionallyRegisterParameter(name, param);
            }

            /// <summary>Adds a buffer: state that is not trained. Only a persistent one is part of the state dictionary.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                if (ownBuffers.Contains(name))
                    throw new InvalidOperationException($"Buffer {name} is already registered.");
                ConditionallyRegisterBuffer(name, tensor, persistent);
            }

            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null)
                {
                    ownParameters.Remove(name);
                    return;
                }
                value.DetachFromDisposeScope();
                ownParameters.Set(name, value);
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null)
                {
                    ownBuffers.Remove(name);
                    return;
                }
                value.DetachFromDisposeScope();
                ownBuffers.Set(name, value);
                if (!persistent)
                    transientBuffers.Add(name);
            }

            /// <summary>Puts another parameter in the place of the one in the field, which is disposed of, as in TorchSharp.</summary>
            private protected void Replace(string component, ref Parameter? field, Parameter? value)
            {
                if (!ReferenceEquals(field, value))
                    field?.Dispose();
                field = value;
                ConditionallyRegisterParameter(component, value);
            }

            private protected void Replace(string component, ref Tensor? field, Tensor? value)
            {
                if (!ReferenceEquals(field, value))
                    field?.Dispose();
                field = value;
                ConditionallyRegisterBuffer(component, value);
            }

            protected void ClearModules() => submodules.Clear();

            // A derived type's reflection does not list the private fields of its base types.
            private static IEnumerable<FieldInfo> InstanceFields(Type type)
            {
                var flags = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
                for (Type? level = type; level is not null && level != typeof(Module); level = level.BaseType)
                    foreach (var field in level.GetFields(flags))
                        yield return field;
            }
        }
    }
}
