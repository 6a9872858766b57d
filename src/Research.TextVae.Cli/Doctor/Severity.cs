namespace Research.TextVae.Cli.Doctor;

internal enum Severity
{
    /// <summary>As it should be, or only for information.</summary>
    Fine,

    /// <summary>Something works less well, or a part that not everyone uses does not work.</summary>
    Lesser,

    /// <summary>Recipes cannot run.</summary>
    Needed,
}
