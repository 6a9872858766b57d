namespace Research.TextVae.Text;

/// <summary>What an archive says of a package.</summary>
/// <param name="Package">Its name.</param>
/// <param name="Synopsis">The one line.</param>
/// <param name="Paragraph">The first paragraph of the long description.</param>
internal sealed record PackageDescription(string Package, string Synopsis, string Paragraph)
{
    /// <summary>The name without digits and dots: the same for all versions of a package that are offered side by side.</summary>
    public string Family { get; } = string.Concat(Package.Where(c => !char.IsDigit(c) && c != '.'));
}
