using System.CommandLine.Parsing;
using System.Globalization;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary>Numbers of options as they are typed: without thousands separators, which would make 8 of 0,8.</summary>
internal static class Numbers
{
    /// <summary>Reads the one value of an option.</summary>
    public static double Double(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return value;
        var option = (argument.Parent as OptionResult)?.Option.Name;
        argument.AddError($"{option} {Excerpt.Of(text)}: expected a number with a point before its decimals");
        return 0;
    }
}
