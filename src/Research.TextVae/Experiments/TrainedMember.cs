using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>Which member of a run is meant, where a folder and perhaps a name are given.</summary>
internal static class TrainedMember
{
    private const string Members = "members";

    /// <summary>The folder of the member that has a model.</summary>
    /// <param name="folder">A run's folder, or a member's.</param>
    /// <param name="member">The member's name; null where only one has a model.</param>
    /// <exception cref="UserException">There is no such folder or member, it has no model, or several have one.</exception>
    public static string Choose(string folder, string? member)
    {
        if (!Directory.Exists(folder))
            throw new UserException($"there is no folder {folder}; give that of a run or of one of its members.");
        const string why = "it trained no text model, or an older version ran it; run the recipe again to have one";
        var members = Path.Combine(folder, Members);
        if (!Directory.Exists(members))
        {
            if (Path.GetFileName(Path.GetDirectoryName(folder)) != Members && !TrainedModel.Exists(folder))
                throw new UserException(
                    $"{folder} is no folder of a run or of one of its members: it has neither {Members}/ nor {TrainedModel.FileName}.");
            if (member is not null && member != Path.GetFileName(folder))
                throw new UserException(
                    $"{folder} is the folder of one member, not of '{member}'; leave the member out, or give the run's folder.");
            return TrainedModel.Exists(folder) ? folder : throw new UserException($"{folder} has no {TrainedModel.FileName}: {why}.");
        }

        string[] all = [.. Directory.GetDirectories(members).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        string[] usable = [.. all.Where(name => TrainedModel.Exists(Path.Combine(members, name)))];
        if (member is null)
        {
            return usable switch
            {
                [var only] => Path.Combine(members, only),
                [] => throw new UserException($"{folder}: no member has a {TrainedModel.FileName}: {why}."),
                _ => throw new UserException(
                    $"{folder} has {usable.Length} members with a model; choose one of them as the member (--member on the command line): "
                        + $"{string.Join(", ", usable)}."),
            };
        }

        if (usable.Contains(member))
            return Path.Combine(members, member);
        throw new UserException(all.Contains(member)
            ? $"member '{member}' of {folder} has no {TrainedModel.FileName}: {why}."
            : $"{folder} has no member '{member}'; those with a model are: {(usable.Length == 0 ? "none" : string.Join(", ", usable))}.");
    }
}
