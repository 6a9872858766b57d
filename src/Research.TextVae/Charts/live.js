/* Draws a figure in the output of a notebook's cell. The outputs of a page share plotly.js, which one of them brings along, and may
   be shown in any order. */
async (id, figure, library) => {
  const shared = window.textvaePlotly ??= (() => {
    let bring;
    const plotly = new Promise(done => bring = done);
    return { plotly, bring };
  })();
  if (library !== null && !shared.brought) {
    shared.brought = true;
    const bytes = Uint8Array.from(atob(library), character => character.charCodeAt(0));
    const script = document.createElement("script");
    script.text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    document.head.append(script);
    shared.bring(window.Plotly);
  }
  const plotly = await shared.plotly;
  const place = document.getElementById(id);
  place.replaceChildren();
  place.style.height = `${figure.layout.height}px`;
  await plotly.newPlot(place, figure);
}
