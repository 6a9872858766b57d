// Draws every figure of the page. Each has its JSON in a script element, named by the figure or standing before it: data, a wide and a
// narrow layout, and the colours of the dark scheme for those of the light one. A figure that was stored in a notebook has neither
// narrow layout nor dark colours; its layout is fitted, and the page holds the colours of the themes.
(() => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrowBelow = 560;
  const paperWidth = 640;
  const themes = document.getElementById("dark-colors");
  const sharedDark = themes ? JSON.parse(themes.textContent) : {};
  let printing = false;

  // A long title takes two lines or more, and the legend, which may, goes below the axis.
  const fitted = layout => {
    const text = layout.title?.text ?? "";
    const title = text.length > 44 ? text.replace(/(.{20,40})\s/g, "$1<br>") : text;
    const moved = layout.showlegend && !layout.sliders;
    const { t = 60, b = 48 } = layout.margin ?? {};
    const margin = { ...layout.margin, l: 44, r: 10, b, t: t - (moved ? 20 : 0) + 18 * (title.split("<br>").length - 1) };
    return {
      ...layout,
      margin,
      font: { ...layout.font, size: 11 },
      title: layout.title && { ...layout.title, text: title, font: { ...layout.title.font, size: 14 } },
      legend: moved ? { ...layout.legend, y: -60 / ((layout.height ?? 400) - margin.t - b), yanchor: "top" } : layout.legend,
      xaxis: { ...layout.xaxis, nticks: 6 },
      dragmode: false,
      ...layout.sliders && { sliders: layout.sliders.map(slider => ({ ...slider, x: 0.3, len: 0.7 })) },
    };
  };

  const recolour = (node, map) => {
    if (typeof node === "string") return Object.hasOwn(map, node) ? map[node] : node;
    if (Array.isArray(node)) return typeof node[0] === "number" && typeof node[1] === "number" ? node : node.map(item => recolour(item, map));
    if (node === null || typeof node !== "object") return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) =>
      [key, key === "x" || key === "y" || key === "text" || key === "hovertext" ? value : recolour(value, map)]));
  };

  const draw = async plot => {
    const figure = plot.figure ??= JSON.parse((document.getElementById(plot.dataset.figure) ?? plot.previousElementSibling).textContent);
    const narrow = plot.clientWidth < narrowBelow;
    const inTheDark = dark.matches && !printing;
    const state = `${narrow} ${inTheDark} ${printing}`;
    if (plot.dataset.state === state) return;
    plot.dataset.state = state;

    const source = { data: figure.data, layout: narrow ? figure.narrow ?? fitted(figure.layout) : figure.layout, frames: figure.frames };
    // Plotly writes into what it is given, so it gets a copy.
    const { data, layout, frames } = recolour(structuredClone(source), inTheDark ? figure.dark ?? sharedDark : {});
    // A sheet is narrower than the screen that the page was laid out for.
    if (printing) layout.width = paperWidth;
    plot.style.height = `${layout.height}px`;
    await Plotly.react(plot, { data, layout, frames, config: { ...figure.config, displayModeBar: narrow ? false : "hover" } });
  };

  const plots = [...document.querySelectorAll(".plot")];
  const drawAll = async () => {
    for (const plot of plots) {
      await draw(plot);
      await new Promise(done => setTimeout(done));
    }
    document.documentElement.dataset.figures = "drawn";
  };

  let waiting = 0;
  new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 120);
  }).observe(document.body);
  dark.addEventListener("change", drawAll);
  addEventListener("beforeprint", () => { printing = true; plots.forEach(draw); });
  addEventListener("afterprint", () => { printing = false; drawAll(); });
  drawAll();

  // A click on a column head sorts the table by it; a second click turns the order round.
  for (const head of document.querySelectorAll("table.sortable th")) {
    head.querySelector("button").addEventListener("click", () => {
      const column = [...head.parentElement.children].indexOf(head);
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = head.closest("table").tBodies[0];
      const key = row => row.children[column].dataset.sort ?? row.children[column].textContent;
      const numeric = head.classList.contains("number");
      const compare = (a, b) => numeric ? Number(key(a)) - Number(key(b)) : key(a).localeCompare(key(b));
      body.append(...[...body.rows].sort((a, b) => up ? compare(a, b) : compare(b, a)));
    });
  }
})();
