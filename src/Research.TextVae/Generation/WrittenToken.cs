namespace Research.TextVae.Generation;

/// <summary>A token as it is written.</summary>
/// <param name="Text">Which text it belongs to, from 0.</param>
/// <param name="Token">Its id.</param>
public readonly record struct GeneratedToken(int Text, int Token);
