using System.Text;
using System.Text.Json.Nodes;
using Research.TextVae.Notebooks.Jupyter;

namespace Research.TextVae.Cli.Tests.Jupyter;

public sealed class JupyterMessageTests
{
    private const string Header = "{\"msg_id\": \"1\", \"msg_type\": \"kernel_info_request\"}";

    private readonly JupyterSignature _signature = new("a key"u8.ToArray());

    [Fact]
    public void AMessageCountsOnce()
    {
        var frames = Frames(Header);

        Assert.Equal("kernel_info_request", JupyterMessage.Of(frames, _signature)?.Type);
        Assert.Null(JupyterMessage.Of(frames, _signature));
        Assert.NotNull(JupyterMessage.Of(Frames(Header + " "), _signature));
    }

    [Fact]
    public void WhatIsForgedCutOrTooLargeIsNoMessage()
    {
        Assert.Null(JupyterMessage.Of(Frames(Header), new JupyterSignature("another key"u8.ToArray())));
        Assert.Null(JupyterMessage.Of(Frames(Header)[..^1], _signature));
        Assert.Null(JupyterMessage.Of([], _signature));
        Assert.Null(JupyterMessage.Of([new byte[JupyterMessage.Largest], .. Frames(Header)], _signature));
        foreach (var odd in (string[])["{\"msg_id\": \"\\ud800\"}", "{\"msg_id\": 1, \"msg_id\": 2}", "[]", "", "\u0000"])
            Assert.Null(JupyterMessage.Of(Frames(odd), _signature));
        Assert.Equal("", JupyterMessage.Of(Frames("{\"msg_type\": [1]}"), _signature)!.Type);
    }

    [Fact]
    public void AnAnswerNamesWhatItAnswers()
    {
        var question = JupyterMessage.Of(Frames(Header), _signature)!;

        var sent = question.Answer("kernel_info_reply", new JsonObject(), "s").ToFrames(_signature);
        var answer = JupyterMessage.Of(sent, _signature)!;

        Assert.Equal("1", answer.Parent["msg_id"]!.ToString());
        Assert.Equal("kernel_info_reply", answer.Type);
    }

    private List<byte[]> Frames(string header)
    {
        byte[][] parts = [Encoding.UTF8.GetBytes(header), "{}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray()];
        var signature = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_signature.Sign(parts)));
        return ["id"u8.ToArray(), "<IDS|MSG>"u8.ToArray(), signature, .. parts];
    }
}
