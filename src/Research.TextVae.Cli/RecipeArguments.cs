using Research.TextVae.Experiments;

namespace Research.TextVae.Cli;

/// <summary>A recipe and the arguments it is given.</summary>
internal sealed record RecipeArguments(string Recipe, IReadOnlyList<string> Arguments)
{
    private static readonly string[] TakesValue =
        ["-p", "--parameter", "--seed", "--device", "--resume", "--runs", "--jobs", Workers.Option];

    /// <summary>
    /// Finds the recipe among the arguments of <c>run</c>. All others are handed to it as they are: the recipe's own parser
    /// knows which are right. Options may stand before the recipe too. False when there is no recipe.
    /// </summary>
    public static bool TrySplit(string[] arguments, out RecipeArguments split)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (TakesValue.Contains(arguments[i]))
            {
                i++;
            }
            else if (!arguments[i].StartsWith('-'))
            {
                split = new RecipeArguments(arguments[i], [.. arguments[..i], .. arguments[(i + 1)..]]);
                return true;
            }
        }

        split = new RecipeArguments("", []);
        return false;
    }
}
