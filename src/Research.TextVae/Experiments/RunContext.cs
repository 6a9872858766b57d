using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>What a member is done in.</summary>
internal sealed record RunContext(
    RunFolder Folder, RunDescription Description, RunConsole Console, Device Device, TimeProvider Time, CancellationToken Cancellation)
{
    /// <summary>A member's folder.</summary>
    public string MemberFolder(MemberDescription member) => Folder.Member(member.Name);

    /// <summary>A member's <c>metrics.jsonl</c>.</summary>
    public MetricsLog Metrics(MemberDescription member) => new(Path.Combine(MemberFolder(member), "metrics.jsonl"), Console);
}
