using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>How a model is shown in a notebook: its parts and how many parameters each has.</summary>
internal static class ModelParts
{
    public static Description Describe(nn.Module model, params (string Name, string Value)[] facts) =>
        new(model.GetType().Name, [("parameters", $"{Count(model):n0}"), .. facts])
        {
            Rows =
            [
                ["part", "type", "parameters"],
                .. model.named_children().Select(part => new[] { part.name, part.module.GetType().Name, $"{Count(part.module):n0}" }),
            ],
        };

    private static long Count(nn.Module module) => module.parameters().Sum(parameter => parameter.numel());
}
