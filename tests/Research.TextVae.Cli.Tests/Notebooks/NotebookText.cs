using System.Text.Json.Nodes;

namespace Research.TextVae.Cli.Tests.Notebooks;

/// <summary>Small notebooks as the text of their files.</summary>
internal static class NotebookText
{
    /// <param name="cells">Code; one that begins with <c>[tag]</c> is tagged so.</param>
    public static string Of(params string[] cells) => $$$"""
        {
         "cells": [
          {{{string.Join(",\n", cells.Select(Cell))}}}
         ],
         "metadata": {"kernelspec": {"display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp"}},
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    private static string Cell(string code, int i)
    {
        var tag = code.StartsWith('[') && code.IndexOf(']', StringComparison.Ordinal) is > 0 and var end ? code[1..end] : null;
        var source = JsonValue.Create(tag is null ? code : code[(tag.Length + 2)..]).ToJsonString();
        var metadata = tag is null ? "{}" : $"{{\"tags\": [\"{tag}\"]}}";
        return $$"""
            {"cell_type": "code", "execution_count": null, "id": "c{{i}}", "metadata": {{metadata}}, "outputs": [], "source": {{source}}}
            """;
    }
}
