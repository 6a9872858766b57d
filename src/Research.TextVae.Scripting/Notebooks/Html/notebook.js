for (const place of document.querySelectorAll(".math")) {
  const display = place.classList.contains("display");
  katex.render(place.textContent, place, { displayMode: display, throwOnError: false, strict: false, trust: false });
}
for (const place of document.querySelectorAll(".figure")) {
  const { data, layout } = JSON.parse(place.querySelector("script").textContent);
  Plotly.newPlot(place, data, { ...layout, width: undefined }, { responsive: true, displaylogo: false, plotlyServerURL: "" });
}
