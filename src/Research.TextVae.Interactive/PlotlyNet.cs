using Microsoft.FSharp.Collections;
using Newtonsoft.Json.Linq;
using Plotly.NET;

namespace Research.TextVae.Interactive;

/// <summary>Figures as charts of Plotly.NET, to combine and change them with its functions.</summary>
public static class PlotlyNet
{
    /// <summary>The same traces, layout and configuration; frames of an animation, which Plotly.NET's charts lack, are left out.</summary>
    /// <param name="figure">A figure of the library.</param>
    public static GenericChart ToChart(this Charts.Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        var json = JObject.Parse(figure.ToJson());
        return GenericChart.NewMultiChart(
            ListModule.OfSeq(json["data"]!.Select(TraceOf)), WithProperties(new Layout(), json["layout"]),
            WithProperties(new Config(), json["config"]), DisplayOptions.initCDNOnly());
    }

    private static Plotly.NET.Trace TraceOf(JToken json)
    {
        var trace = new Plotly.NET.Trace((string)json["type"]!);
        foreach (var property in ((JObject)json).Properties().Where(property => property.Name != "type"))
            trace.SetProperty(property.Name, property.Value);
        return trace;
    }

    private static T WithProperties<T>(T target, JToken? json)
        where T : DynamicObj.DynamicObj
    {
        foreach (var property in ((JObject?)json)?.Properties() ?? [])
            target.SetProperty(property.Name, property.Value);
        return target;
    }
}
